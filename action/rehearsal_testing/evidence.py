"""Keep what the browsers of a failed test show: picture, page and its address, console."""

import hashlib
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from selenium.common.exceptions import UnexpectedAlertPresentException, WebDriverException
from urllib3.exceptions import HTTPError

from rehearsal_testing.browser import Browser

DEFAULT_FOLDER = "test-evidence"
# A rehearsal takes names of up to 100 characters as they are, and `.xml` may follow.
_LONGEST_NAME = 96
_HASH = 8


def safe_name(test_id: str) -> str:
    """Return a file name of [A-Za-z0-9._-] for a test, different for different tests."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", test_id).lstrip("._-")
    if name == test_id and len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(test_id.encode()).hexdigest()[:_HASH]
    return f"{name[: _LONGEST_NAME - _HASH - 1]}-{digest}"


@dataclass(frozen=True, kw_only=True)
class EvidenceFolder:
    """Where the evidence of one test goes. It exists once there is some."""

    path: Path
    place: str
    """How a reader of the test's output finds it."""

    @classmethod
    def for_test(cls, test_id: str, environ: Mapping[str, str]) -> "EvidenceFolder":
        """Name the folder, in REHEARSAL_EVIDENCE or else in `test-evidence/` here."""
        name = safe_name(test_id)
        if root := environ.get("REHEARSAL_EVIDENCE"):
            # The folder itself is gone when a rehearsal is over: what it held is evidence by then.
            return cls(path=Path(root).absolute() / name, place=f"tests/{name} of the evidence")
        path = Path(DEFAULT_FOLDER).absolute() / name
        return cls(path=path, place=str(path))

    def forget(self) -> None:
        """Remove what an earlier run of the same test left, lest it pass for this one's."""
        shutil.rmtree(self.path, ignore_errors=True)

    def keep(self, browsers: Sequence[Browser], *, failure: int = 1, retry: int = 0) -> None:
        """Write screenshot.png, page.html, address.txt and console.log, as they are now.

        The second browser's are called screenshot-browser2.png and so on, those of a second
        failure in the same test (a sub-test, tearDown) screenshot-failure2.png, those of its first
        retry screenshot-retry1.png. What cannot be taken is named in problems.txt: it never hides
        why the test failed.
        """
        problems = []
        for number, browser in enumerate(browsers, start=1):
            suffix = (
                (f"-retry{retry}" if retry else "")
                + (f"-failure{failure}" if failure > 1 else "")
                + (f"-browser{number}" if number > 1 else "")
            )
            for name, take in _pieces(browser).items():
                file = Path(name)
                try:
                    content = _despite_alerts(take)
                    self.path.mkdir(parents=True, exist_ok=True)
                    (self.path / f"{file.stem}{suffix}{file.suffix}").write_bytes(content)
                except (WebDriverException, HTTPError, OSError) as error:
                    problems.append(f"{file.stem}{suffix}{file.suffix}: {error}\n")
        if problems:
            self._note(problems)

    def _note(self, problems: Sequence[str]) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with (self.path / "problems.txt").open("a", encoding="utf-8") as file:
                file.writelines(problems)
        except OSError:
            # A full disk: the test's own failure still gets through.
            return


def _pieces(browser: Browser) -> dict[str, Callable[[], bytes]]:
    driver = browser.driver
    return {
        # The console first: looking at the page must not be able to add to it.
        "console.log": lambda: browser.console.text().encode(errors="replace"),
        "address.txt": lambda: f"{driver.current_url}\n".encode(errors="replace"),
        "screenshot.png": driver.get_screenshot_as_png,
        "page.html": lambda: driver.page_source.encode(errors="replace"),
    }


def _despite_alerts(take: Callable[[], bytes]) -> bytes:
    try:
        return take()
    except UnexpectedAlertPresentException:
        # The driver has just closed the alert that was in the way.
        return take()
