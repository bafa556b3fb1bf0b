"""Which files of an image belong to packages, to languages or to the distribution.

They have tests, keys for tests and databases of their own, so nothing is said of them.
"""

import re
from collections.abc import Iterable

from rehearsal.regex import regex

SYSTEM = regex(
    r"""
    (?: bin | boot | dev | lib(?:32|64|x32)? | proc | run | sbin | sys
    | usr/(?:bin | games | include | lib\w* | sbin | share(?!/nginx/html/)
           | src/(?:linux|python|php)[^/]*)
    | usr/local/(?:bin | cargo | go | include | lib\w* | man | rustup | sbin | share)
    | opt/\w*conda\d?
    | var/(?:cache | lib/(?:apt|dnf|dpkg|pacman|rpm|yum))
    )/""",
    re.VERBOSE,
)
PACKAGES = regex(
    r"""
    (?:^|/)
    (?: (?:site|dist)-packages | node_modules | bower_components | vendor | gems | pkg/mod
    | \.nuget/packages | registry/src | lib/(?:python|ruby|perl|erlang|php|R)[\d.]*
    | \.(?:nvm|pyenv|rbenv|asdf|sdkman|rustup|cargo|oh-my-zsh)
    )/""",
    re.VERBOSE,
)
# Packages that were installed into a folder of the project (pip install --target).
PACKAGE_RECORD = regex(r"(.*/)?[^/]+\.dist-info/RECORD")


def is_foreign(path: str) -> bool:
    """Whether a file is not the project's own; the path has no slash before it."""
    return bool(SYSTEM.match(path) or PACKAGES.search(path))


def package_folder(path: str) -> str | None:
    """Return a folder of the project in which a package was installed, if this is its record."""
    record = PACKAGE_RECORD.fullmatch(path)
    return None if record is None or is_foreign(path) else record[1] or ""


def is_below(path: str, folders: Iterable[str]) -> bool:
    """Whether a path is in a folder that is in one of these folders."""
    return any(path.startswith(each) and "/" in path[len(each) :] for each in folders)
