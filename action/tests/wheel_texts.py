"""References to documents in the texts of an installed package: whoever reads them has no checkout.

A document is named by its URL, or is in the package itself.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# A path of a document that no URL has before it.
DOCUMENT = re.compile(r"(?<![\w/.:-])(?:[\w-]+/)*[\w-]+\.(?:md|rst)\b")
FOLDER = re.compile(r"(?<![\w/.:-])docs/\w")
# These are names of files in the evidence, in images and in projects.
OTHER_FILES = {"summary.md", "README.rst"}


def dangling_references(packages: Path) -> list[str]:
    """Return "FILE: reference" for each document that a text names and the packages lack."""
    found = []
    for path in sorted(packages.glob("rehearsal*/**/*")):
        if path.suffix not in (".py", ".css", ".js", ".sh"):
            continue
        for text in _texts(path):
            names = {*DOCUMENT.findall(text), *FOLDER.findall(text)} - OTHER_FILES
            found += [f"{path.relative_to(packages)}: {name}" for name in sorted(names)
                      if not any(packages.glob(f"rehearsal*/{name}"))]  # fmt: skip
    return found


def _texts(path: Path) -> Iterator[str]:
    """Yield the strings of a module, and the whole of any other file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield text
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
