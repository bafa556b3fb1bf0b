"""The commands that start an app, in the files of its repository."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.command_line import CommandLine, Word, instruction_command, shell_command
from rehearsal.source.dockerfile import Dockerfile, Stage
from rehearsal.source.image_layout import find_all_in_image, workdir_of
from rehearsal.source.project_files import ProjectFiles
from rehearsal.source.servers import find_server

# npm runs the script of this name in package.json.
NODE_SCRIPT = regex(r'"start"\s*:\s*"(?P<script>(?:[^"\\]|\\.)*)"')
PACKAGE_MANAGERS = frozenset({"npm", "yarn", "pnpm"})
# The lines of the input command in a workflow, one argument a line.
INPUT_COMMAND = regex(
    r"^(?P<margin> *)command: *\|[-+]?\n(?P<lines>(?:(?P=margin) +\S.*\n?)+)", re.MULTILINE
)
# What the shell calls a script's own arguments.
ARGUMENTS = ("$@", "${@}")
# In bytes. What starts an app is shorter.
MAX_SCRIPT = 1 << 16


@dataclass(frozen=True, kw_only=True)
class _Image:
    """An image and the project that it is built from; `context` is the build context's path."""

    project: ProjectFiles
    dockerfile: Dockerfile
    stage: Stage
    context: str

    def path(self, name: str) -> str:
        """Return the absolute path that a word of a command means."""
        return posixpath.normpath(posixpath.join(workdir_of(self.dockerfile, self.stage), name))

    def has(self, path: str, name: str) -> bool:
        """Whether the image has the project's file `path` where `name` means it."""
        relative = posixpath.relpath(path, self.context)
        places = find_all_in_image(self.dockerfile, self.stage, relative)
        return self.path(name) in {place.path for place in places}


def image_commands(
    project: ProjectFiles,
    dockerfile: Dockerfile | None,
    stage: Stage | None,
    running: str,
    context: str,
) -> Iterator[CommandLine]:
    """Yield the commands that the image starts: those of scripts first, which come last.

    A script that ends in `exec "$@"` prepares what the image's own command then starts.
    `running` is the container's command, which may name a script that the Dockerfile does not.
    """
    if not dockerfile or not stage:
        return
    image = _Image(project=project, dockerfile=dockerfile, stage=stage, context=context)
    own = [
        command
        for keyword in ("CMD", "ENTRYPOINT")
        if (found := dockerfile.last(stage, keyword))
        and (command := instruction_command(dockerfile.text, dockerfile.path, found))
    ]
    words = dict.fromkeys(word for each in own for word in each.texts)
    words |= dict.fromkeys(running.split())
    scripts = list(_scripts(image, list(words)))
    # `npm start` is a server of its own only if its script is unknown.
    first = [each for each in scripts if find_server(each.texts) and not _runs_arguments(each)]
    yield from first
    yield from own
    yield from (each for each in scripts if each not in first)


def _runs_arguments(script: CommandLine) -> bool:
    return script.texts[-1] in ARGUMENTS


def _scripts(image: _Image, words: Sequence[str]) -> Iterator[CommandLine]:
    project = image.project
    if PACKAGE_MANAGERS & {word.rpartition("/")[2] for word in words} and "start" in words:
        for path in _find(project, "package.json"):
            named = NODE_SCRIPT.search(project.read(path))
            span = named.span("script") if named else (0, 0)
            if named and (script := shell_command(project.read(path), path, *span)):
                yield script
    for word in words:
        found = list(_find(project, PurePosixPath(word).name)) if re.search(r"[/.]", word) else []
        # Projects have a script of the same name for development.
        exact = [path for path in found if image.has(path, word)]
        for path in exact or found[:1]:
            if script := _script(path, project.read(path)):
                yield script


def _script(path: str, text: str) -> CommandLine | None:
    begin = text.partition("\n")[0]
    is_script = path.endswith(".sh") or (begin.startswith("#!") and "sh" in begin)
    return shell_command(text, path) if is_script and len(text) < MAX_SCRIPT else None


def _find(project: ProjectFiles, name: str) -> Iterator[str]:
    for folder in project.nearest_first():
        if name and project.has(folder, name):
            yield str(PurePosixPath(folder, name))


def workflow_commands(path: str, text: str, running: str) -> Iterator[CommandLine]:
    """Yield the inputs `command` in a workflow that are a part of what runs."""
    for found in INPUT_COMMAND.finditer(text):
        begin = found.start("lines")
        words = tuple(
            Word(text=line[0].strip(), start=begin + line.start(), end=begin + line.end())
            for line in re.finditer(r"\S.*", found["lines"])
        )
        command = CommandLine(path=path, source=text, words=words, joined_by="\n")
        if " ".join(command.texts) in running:
            yield command
