"""A file that leads a browser to an address which no other user of this machine may see."""

import html
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

FILE = "open.html"
PREFIX = "rehearse-show-"


class PrivateLink:
    """A page that redirects to `address`; only this user can read it.

    Everybody sees the command line of a browser (`ps`), so an address with a token in it must not
    be there. The page is in a new folder of `home`, or else of the temporary directory: browsers
    from a snap read neither that nor a folder whose name begins with a dot.
    """

    def __init__(self, address: str, home: str) -> None:
        self._address = address
        self._parents = [*filter(None, [home]), tempfile.gettempdir()]
        self._folder: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()

    def make(self) -> str:
        """Write the page; return its URL, or an empty text where it can be written nowhere."""
        for parent in self._parents:
            with suppress(OSError):
                # Its mode is 0700.
                self._folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
                file = self._folder / FILE
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
                with os.fdopen(os.open(file, flags, 0o600), "w", encoding="utf-8") as page:
                    page.write(_redirect(self._address))
                return file.absolute().as_uri()
            self.remove()
        return ""

    def remove(self) -> None:
        """Remove the page and its folder; afterwards the browser needs neither."""
        folder, self._folder = self._folder, None
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _redirect(address: str) -> str:
    shown = html.escape(address)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Dress Rehearsal</title>'
        '<meta name="referrer" content="no-referrer">'
        f'<meta http-equiv="refresh" content="0;url={shown}"><a href="{shown}">the page</a></html>'
    )
