"""The COPY that brings one more part of a project into its image."""

import posixpath
from collections.abc import Callable

from rehearsal.source.changes import Change
from rehearsal.source.dockerfile import Dockerfile, Instruction, expand, parse_dockerfile
from rehearsal.source.image_layout import copy_words, find_in_image, stages_of
from rehearsal.source.text_lines import split_lines


def add_copy(
    dockerfile: Dockerfile, target: str, path: str, file: str, is_folder: Callable[[str], bool]
) -> Change | None:
    """Return the COPY of a file or folder, None if it cannot be told where it belongs.

    `target` is the name of the stage that is built, empty for the last one. `path` is what to copy
    and `file` one file of it; both are relative to the build context, as is what `is_folder` gets.
    The new line follows the last COPY of the project's own files, and copies beside what that does.
    """
    final = dockerfile.final(target)
    for stage in stages_of(dockerfile, final) if final else ():
        copies = [each for each in stage.all("COPY", "ADD") if not each.flag("from")]
        if not copies:
            continue
        copy = copies[-1]
        text = _copy_beside(copy, path, dockerfile.environment(stage), is_folder)
        lines = split_lines(dockerfile.text)
        lines.insert(copy.last_line, text)
        changed = parse_dockerfile("\n".join(lines), dockerfile.path)
        stage_then = changed.final(target)
        if stage_then and find_in_image(changed, stage_then, file):
            return Change(path=dockerfile.path, text=text, after=copy.last_line)
    return None


def _copy_beside(
    copy: Instruction, path: str, variables: dict[str, str], is_folder: Callable[[str], bool]
) -> str:
    *sources, target = copy_words(expand(copy.arguments, variables)) or [".", "."]
    source = posixpath.normpath(sources[0] if sources else ".")
    beside = posixpath.dirname(source)
    relative = posixpath.relpath(path, beside or ".")
    into = target.endswith(("/", ".")) or len(sources) > 1
    if len(sources) == 1 and is_folder(source):
        # Its content is copied: what is beside the folder belongs beside its copy.
        into = posixpath.basename(source) != posixpath.basename(posixpath.normpath(target))
    base = target if into else posixpath.dirname(posixpath.normpath(target))
    place = posixpath.normpath(posixpath.join(base, relative))
    flags = copy.text[: len(copy.text) - len(copy.arguments)]
    return f"COPY {flags}{path} {place}"
