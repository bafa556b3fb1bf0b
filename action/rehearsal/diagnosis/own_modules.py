"""A module of the project that its app does not find: where it is, and why not in the image."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.facts import START_LOGS
from rehearsal.diagnosis.missing_modules import MissingModule, find_missing_module
from rehearsal.diagnosis.paste import INPUTS_ORIGIN
from rehearsal.diagnosis.proposal_context import Context
from rehearsal.regex import regex
from rehearsal.source.changes import Change
from rehearsal.source.copy_line import add_copy
from rehearsal.source.dockerignore import ignoring_rule
from rehearsal.source.image_layout import find_in_image, place_for_run
from rehearsal.source.project_files import ProjectFiles, join

FRAME = regex(r'^ *File "([^"\n]+)", line \d+', re.MULTILINE)
INSTALLED = regex(r"/(?:site|dist)-packages/|/lib/python|/s?bin/[^/.]+$|^<")
# What Node tries for a name without an ending.
NODE_ENDINGS = ("", ".js", ".cjs", ".mjs", ".json", ".node", ".ts", "/index.js", "/index.mjs")


@dataclass(frozen=True, kw_only=True)
class OwnModule:
    """A module of the project: its file or folder, and one file of it.

    `base` is the folder in which Python has to search. Paths are relative to the working directory.
    """

    path: str
    file: str
    base: str = ""


def own_module_lines(context: Context) -> tuple[str, ...]:
    """Return lines: `module NAME`, `file PATH` or `folder PATH`, and why the app does not find it.

    That is `ignored FILE:LINE PATTERN`, `uncopied DOCKERFILE`, `elsewhere FOLDER` (in the image)
    or, if the image is not built from the Dockerfile, nothing.
    """
    return tuple(_lines(context))


def _lines(context: Context) -> Iterator[str]:
    missing, own = _find(context)
    if not missing or not own:
        return
    yield f"module {missing.name}"
    yield f"{'file' if own.path == own.file else 'folder'} {context.place(own.path)}"
    if rule := _ignoring(context, own.file):
        yield f"ignored {context.place(rule[0])}:{rule[1]} {rule[2]}"
    if not _is_built(context):
        return
    placed = _placed(context, own.file)
    if not placed and not rule and context.shape.dockerfile:
        yield f"uncopied {context.place(context.shape.dockerfile.path)}"
    elif not rule and own.base:
        yield f"elsewhere {_root(own, placed)}"


def own_module(context: Context) -> str:
    """Return how to let the app find its own module, empty if that is unknown."""
    _missing, own = _find(context)
    dockerfile, stage = context.shape.dockerfile, context.shape.stage
    if not own or not dockerfile or not stage or not _is_built(context):
        return ""
    placed = _placed(context, own.file)
    if not placed or _ignoring(context, own.file):
        return context.describe(bring_into_image(context, own.path, own.file))
    if not own.base or "PYTHONPATH" in dockerfile.environment(stage):
        return ""
    line = place_for_run(dockerfile, stage).line
    text = f"ENV PYTHONPATH={_root(own, placed)}"
    return context.describe([Change(path=dockerfile.path, text=text, after=line)])


def bring_into_image(context: Context, path: str, file: str) -> list[Change]:
    """Return how to bring a file or folder into the image, nothing if that is unknown.

    `file` is a file of the folder.
    """
    dockerfile, stage = context.shape.dockerfile, context.shape.stage
    inside = context.in_build_context(path)
    if not dockerfile or not stage or not _is_built(context) or inside.startswith(".."):
        return []
    rule = _ignoring(context, file)
    changes = [Change(path=rule[0], text=f"!{inside}")] if rule else []
    if _placed(context, file):
        return changes
    folders = {context.in_build_context(each) for each in context.shape.project.folders}
    file = context.in_build_context(file)
    copy = add_copy(dockerfile, stage.name, inside, file, folders.__contains__)
    return [*changes, copy] if copy else []


def is_in_image(context: Context, file: str) -> bool:
    """Whether the image has a file of the project; so it seems if no Dockerfile makes it."""
    is_known = context.shape.dockerfile and _is_built(context)
    return not is_known or (bool(_placed(context, file)) and not _ignoring(context, file))


def find_file(project: ProjectFiles, path: str, endings: Sequence[str] = ("",)) -> str:
    """Return the project's file that the image knows by a path, empty if there is none.

    It is the longest end of the path, with one of these endings, that the project has.
    """
    parts = PurePosixPath(posixpath.normpath(path)).parts
    for start in range(len(parts)):
        for ending in endings:
            found = PurePosixPath(*parts[start:]).as_posix() + ending
            parent = str(PurePosixPath(found).parent)
            if not found.startswith("/") and project.has(parent, PurePosixPath(found).name):
                return found
    return ""


def has_python_module(context: Context, name: str) -> bool:
    """Whether the project itself has a Python module of this name."""
    stem = name.replace(".", "/")
    return _find_python(context.shape.project, stem, _importer(context, name)) is not None


def _find(context: Context) -> tuple[MissingModule | None, OwnModule | None]:
    missing = find_missing_module(context.facts)
    if not missing:
        return None, None
    if missing.is_node:
        own = _find_node(context.shape.project, missing)
        return missing, own and _with_folder(context, own)
    stem = missing.name.replace(".", "/")
    return missing, _find_python(context.shape.project, stem, _importer(context, missing.name))


def _importer(context: Context, module: str) -> str:
    """Return the file that imports a module, empty if no traceback shows one.

    It is a path of the project, or that of the image if the project seems to have no such file.
    """
    for log in START_LOGS:
        before, error, _after = context.facts.text(log).rpartition(f"No module named '{module}'")
        if error:
            paths = [path for path in FRAME.findall(before) if not INSTALLED.search(path)]
            found = (find_file(context.shape.project, path) for path in reversed(paths))
            return next(filter(None, found), paths[-1] if paths else "")
    return ""


def _find_python(project: ProjectFiles, stem: str, importer: str) -> OwnModule | None:
    """Return the project's module; one file in a folder of others may be no part of the app."""
    for base in project.nearest_first():
        # Python does not search in a package: shop/celery.py is no module celery.
        if project.has(base, "__init__.py"):
            continue
        path = join(base, stem)
        is_near = base == "." or not importer or PurePosixPath(importer).is_relative_to(base)
        parent = PurePosixPath(path).parent
        in_package = is_near or project.has(str(parent), "__init__.py")
        if in_package and project.has(str(parent), f"{PurePosixPath(path).name}.py"):
            return OwnModule(path=f"{path}.py", file=f"{path}.py", base=base)
        names = sorted(name for name in project.folders.get(path, ()) if name.endswith(".py"))
        if names and (is_near or "__init__.py" in names):
            return OwnModule(path=path, file=join(path, names[0]), base=base)
    return None


def _with_folder(context: Context, own: OwnModule) -> OwnModule:
    """Return the module with the largest folder around it of which the image has nothing."""
    path = own.path
    for parent in map(str, PurePosixPath(own.path).parents):
        if parent == "." or any(
            _placed(context, file) for file in context.shape.project.below(parent)
        ):
            break
        path = parent
    return replace(own, path=path)


def _find_node(project: ProjectFiles, missing: MissingModule) -> OwnModule | None:
    name = missing.name
    if not name.startswith((".", "/")):
        return None
    if name.startswith("."):
        name = posixpath.normpath(posixpath.join(posixpath.dirname(missing.by), name))
    path = find_file(project, name, NODE_ENDINGS)
    return OwnModule(path=path, file=path) if path else None


def _is_built(context: Context) -> bool:
    return "given image" not in context.facts.lines.get(INPUTS_ORIGIN, ())


def _placed(context: Context, file: str) -> str:
    """Return the path of a file in the image, empty if it is not there."""
    dockerfile, stage = context.shape.dockerfile, context.shape.stage
    if not dockerfile or not stage:
        return ""
    placed = find_in_image(dockerfile, stage, context.in_build_context(file))
    return placed.path if placed else ""


def _root(own: OwnModule, placed: str) -> str:
    """Return the folder of the image in which Python has to search."""
    inside = posixpath.relpath(own.file, own.base)
    return placed.removesuffix(inside).rstrip("/") or "/"


def _ignoring(context: Context, file: str) -> tuple[str, int, str] | None:
    """Return the file, line and pattern that keep a file out of the build context."""
    dockerfile = context.shape.dockerfile
    # A file beside the Dockerfile, named after it, counts instead of the context's.
    own = f"{dockerfile.path}.dockerignore" if dockerfile else ""
    for name in filter(None, (own, posixpath.join(context.build_context, ".dockerignore"))):
        if text := context.shape.project.read(name):
            rule = ignoring_rule(text, context.in_build_context(file))
            return (posixpath.normpath(name), rule.line, rule.pattern) if rule else None
    return None
