"""Where the project's files are in its image, and where in the Dockerfile a RUN finds them."""

import posixpath
import re
import shlex
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import islice

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.dockerfile import Dockerfile, Instruction, Stage, expand

INSTALLS = regex(
    r"\b(?:pip3?|uv|poetry|pdm|pipenv|npm|yarn|pnpm)\b.*\b(?:install|sync|ci)\b", re.DOTALL
)
# More than a file has; each stage could copy all of them several times from another.
MAX_PLACES = 3
MAX_STAGES = 4
ROOT_USERS = frozenset({"", "root", "0", "root:root", "0:0"})


@dataclass(frozen=True, kw_only=True)
class PlacedFile:
    """A file of the context in an image: its path there, and the stage that copied it in."""

    path: str
    stage: Stage


@dataclass(frozen=True, kw_only=True)
class RunPlace:
    """The line after which a RUN finds the project and its packages.

    `folder` is the WORKDIR there, `user` the one who runs it, empty for root or if that user owns
    the project's files.
    """

    line: int
    folder: str
    user: str = ""


def find_in_image(dockerfile: Dockerfile, stage: Stage, path: str) -> PlacedFile | None:
    """Return where an image has a file of the build context; `path` is relative to the context.

    Of several places it is the one that was copied last.
    """
    return next(find_all_in_image(dockerfile, stage, path), None)


def find_all_in_image(
    dockerfile: Dockerfile, stage: Stage, path: str, seen: frozenset[str] = frozenset()
) -> Iterator[PlacedFile]:
    """Yield the places of a file in an image, the last copy first; `seen` are stages."""
    if stage.name in seen or len(seen) > MAX_STAGES:
        return
    variables = dockerfile.environment(stage)
    for owner, copy, workdir in reversed(list(_copies(dockerfile, stage))):
        origin = copy.flag("from")
        other = dockerfile.stage(origin) if origin else None
        if other:
            places = find_all_in_image(dockerfile, other, path, seen | {stage.name})
            for inner in islice(places, MAX_PLACES):
                if target := _copied(inner.path, copy, workdir, variables):
                    yield PlacedFile(path=target, stage=inner.stage)
        elif not origin and (
            target := _copied(posixpath.join("/", path), copy, workdir, variables)
        ):
            yield PlacedFile(path=target, stage=owner)


def stages_of(dockerfile: Dockerfile, stage: Stage) -> Iterator[Stage]:
    """Yield the stages from which a stage has its files, itself first."""
    waiting, seen = [stage], set[str]()
    while waiting:
        current = waiting.pop(0)
        if current.name in seen:
            continue
        seen.add(current.name)
        yield current
        waiting += dockerfile.lineage(current)[1:]
        origins = (each.flag("from") for each in current.all("COPY"))
        waiting += filter(None, (dockerfile.stage(each) for each in origins if each))


def workdir_of(dockerfile: Dockerfile, stage: Stage) -> str:
    """Return the folder in which the image's command starts."""
    folder = "/"
    for each, found in _steps(dockerfile, stage):
        del each
        folder = found
    return folder


def place_for_run(dockerfile: Dockerfile, stage: Stage) -> RunPlace:
    """Return where a RUN belongs that needs the project, its packages and their PATH.

    That is behind the last instruction of the stage that brings any of them.
    """
    needed = [each for each in stage.instructions if _is_needed(each)]
    line = max((each.last_line for each in needed), default=stage.instructions[0].last_line)
    folder, user, owner = "/", "", ""
    for each, found in _steps(dockerfile, stage):
        if each.last_line > line and each in stage.instructions:
            break
        folder = found
        if each.keyword == "USER":
            user = each.text.strip()
        if each.keyword in {"COPY", "ADD"} and not each.flag("from"):
            owner = each.flag("chown").partition(":")[0]
    is_owner = bool(owner) and owner == user.partition(":")[0]
    return RunPlace(line=line, folder=folder, user="" if is_owner or user in ROOT_USERS else user)


def _is_needed(instruction: Instruction) -> bool:
    if instruction.keyword == "RUN":
        return bool(INSTALLS.search(f"{instruction.text}\n{instruction.body}"))
    if instruction.keyword == "ENV":
        return bool(re.match(r"PATH\b", instruction.text) or " PATH=" in instruction.text)
    return instruction.keyword in {"COPY", "ADD", "WORKDIR"}


def _steps(dockerfile: Dockerfile, stage: Stage) -> Iterator[tuple[Instruction, str]]:
    """Yield the instructions that count for a stage, each with the WORKDIR after it."""
    folder = "/"
    variables = dockerfile.environment(stage)
    for each in reversed(dockerfile.lineage(stage)):
        for instruction in each.instructions:
            if instruction.keyword == "WORKDIR":
                text = expand(instruction.text.strip().strip("\"'"), variables)
                folder = posixpath.normpath(posixpath.join(folder, text))
            yield instruction, folder


def _copies(dockerfile: Dockerfile, stage: Stage) -> Iterator[tuple[Stage, Instruction, str]]:
    owners = {id(step): each for each in dockerfile.lineage(stage) for step in each.instructions}
    for instruction, folder in _steps(dockerfile, stage):
        if instruction.keyword in {"COPY", "ADD"}:
            yield owners[id(instruction)], instruction, folder


def _copied(path: str, copy: Instruction, workdir: str, variables: dict[str, str]) -> str:
    """Return the path that a copied file gets, empty if the instruction does not copy it."""
    *sources, target = copy_words(expand(copy.arguments, variables)) or [""]
    destination = posixpath.normpath(posixpath.join(workdir, target))
    is_folder = target.endswith(("/", ".")) or len(sources) > 1 or destination == workdir
    for source in sources:
        origin = posixpath.normpath(posixpath.join("/", source))
        if path == origin or fnmatch(path, origin):
            name = posixpath.basename(path)
            return posixpath.join(destination, name) if is_folder else destination
        prefix = origin.rstrip("/") + "/"
        if path.startswith(prefix):
            return posixpath.join(destination, path.removeprefix(prefix))
    return ""


def copy_words(text: str) -> list[str]:
    if text.startswith("["):
        return re.findall(r'"([^"]*)"', text)
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
