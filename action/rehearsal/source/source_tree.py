"""The project's source code in its checkout."""

import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex

# A path like this is not the project's, even if the project has a file of the same name.
INSTALLED_CODE = regex(
    r"/(?:site|dist)-packages/|/lib/python3|/rehearsal_(?:testing|capture)/|^<"  # Python
    r"|(?:^|/)node_modules/|^node:"  # Node
    r"|/gems/|/lib/ruby/|(?:^|/)vendor/"  # Ruby; PHP and Go use vendor/, too
    r"|/usr/(?:local|lib)/go(?:-[\d.]+)?/src/|/go/pkg/mod/"  # Go
    r"|^/rustc/|/\.?cargo/(?:registry|git)/|^/_/"  # Rust; .NET's own builds
)
# Where the folders of packages begin in projects of the Java machine.
PACKAGE_ROOTS = ("src", "src/*/*", "*/src/*/*")
# Where projects keep what their pages link to: Django's apps, other frameworks, and its own folder.
STATIC_ROOTS = (
    *(f"{'*/' * depth}{name}" for depth in range(4) for name in ("static", "public", "assets")),
    "src",
)
# What a build puts into the name of such a file.
HASH_IN_NAME = regex(r"[.-][0-9a-f]{8,32}(?=\.\w+$)")
# No file of a project is so deep below its folder; others may log any path.
MAX_PARTS = 24
JVM_SUFFIXES = (".java", ".kt", ".scala", ".groovy", ".clj")


@dataclass(frozen=True, kw_only=True)
class SourceTree:
    """The checkout (`top`), and the rehearsal's working directory in it.

    `dockerfile` is the path of the Dockerfile relative to `top`, empty if it is not in there.
    `context` is the build context (None: the working directory), `target` the stage to build.
    """

    top: Path
    directory: Path
    dockerfile: str = ""
    context: Path | None = None
    target: str = ""

    def locate(self, path: str) -> str:
        """Return the project's file that a path from a log or a report means, or an empty string.

        The path may be one of the container. The file is the longest end of the path that exists
        below the working directory; its path is relative to the checkout. A path that is relative
        and of the Java machine may be that of a package: it counts as a whole.
        """
        path = path.removeprefix(f"{self.directory}/")
        parts = PurePosixPath(path).parts
        if INSTALLED_CODE.search(path) or ".." in parts:
            return ""
        first = max(0, len(parts) - MAX_PARTS)
        places: Iterable[tuple[str, ...]] = (parts[at:] for at in range(first, len(parts)))
        if path.endswith(JVM_SUFFIXES) and not path.startswith("/"):
            places = ((*root, *parts) for root in ((), *self._package_roots))
        return next(filter(None, map(self._find, places)), "")

    def locate_static(self, path: str) -> str:
        """Return the project's file that a page links to by this path, or an empty string.

        It is the longest end of the path that exists in a folder for such files. The path may have
        a hash in its name.
        """
        parts = PurePosixPath(path.lstrip("/")).parts
        if not parts or ".." in parts:
            return ""
        names = dict.fromkeys((parts[-1], HASH_IN_NAME.sub("", parts[-1])))
        places = (
            (*root, *parts[start:-1], name)
            for start in range(max(0, len(parts) - MAX_PARTS), len(parts))
            for name in names
            for root in self._static_roots
        )
        return next(filter(None, map(self._find, places)), "")

    @cached_property
    def _static_roots(self) -> tuple[tuple[str, ...], ...]:
        # Once: projects with thousands of folders need half a second.
        return (*(folder for root in STATIC_ROOTS for folder in self._folders(root)), ())

    def _folders(self, pattern: str) -> Iterator[tuple[str, ...]]:
        for folder in sorted(self.directory.glob(pattern)):
            parts = folder.relative_to(self.directory).parts
            if not INSTALLED_CODE.search(f"{'/'.join(parts)}/"):
                yield parts

    @cached_property
    def _package_roots(self) -> tuple[tuple[str, ...], ...]:
        return tuple(folder for root in PACKAGE_ROOTS for folder in self._folders(root))

    def relative(self, file: Path) -> str:
        """Return the path in the checkout, empty if it is outside or cannot be printed."""
        try:
            path = str(file.resolve().relative_to(self.top.resolve()))
        except (OSError, ValueError):
            return ""
        return path if path.isprintable() else ""

    def _find(self, parts: Iterable[str]) -> str:
        if list(parts)[:1] == ["/"]:
            return ""
        try:
            # First what takes least: most paths name no file of the project.
            if not os.path.isfile(path := os.path.join(self.directory, *parts)):  # noqa: PTH113, PTH118
                return ""
            file = Path(path).resolve()
            if file.is_relative_to(self.directory.resolve()):
                return str(file.relative_to(self.top.resolve()))
        except (OSError, ValueError):
            pass  # No valid file name, or the working directory is outside the checkout.
        return ""
