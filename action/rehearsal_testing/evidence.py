"""Save what the browsers show when a test fails: screenshot, page, its address, console."""

import contextlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from selenium.common.exceptions import UnexpectedAlertPresentException, WebDriverException
from selenium.webdriver.common.alert import Alert
from selenium.webdriver.remote.webdriver import WebDriver
from urllib3.exceptions import HTTPError

from rehearsal_capture.evidence import safe_name
from rehearsal_capture.trace.recorder import RECORDER
from rehearsal_testing.browser import Browser

DEFAULT_FOLDER = "test-evidence"
_MAX_DIALOGS = 10


@dataclass(frozen=True, kw_only=True)
class EvidenceFolder:
    """The folder for the evidence of one test; `save` creates it."""

    path: Path
    test: str
    location: str
    """Where to find it, for the reader of the test's output."""

    @classmethod
    def for_test(cls, test_id: str, environ: Mapping[str, str]) -> "EvidenceFolder":
        """Name the folder, in REHEARSAL_EVIDENCE or else in `test-evidence/` here."""
        name = safe_name(test_id)
        if root := environ.get("REHEARSAL_EVIDENCE"):
            # A rehearsal removes this folder at its end, after it has copied the content.
            location = f"tests/{name} of the evidence"
            return cls(path=Path(root).absolute() / name, test=test_id, location=location)
        path = Path(DEFAULT_FOLDER).absolute() / name
        return cls(path=path, test=test_id, location=str(path))

    def delete(self) -> None:
        """Delete what an earlier run of the same test left."""
        shutil.rmtree(self.path, ignore_errors=True)

    def save(
        self,
        browsers: Sequence[Browser],
        *,
        failure: int = 1,
        retry: int = 0,
        error: BaseException | None = None,
    ) -> None:
        """Write screenshot.png, page.html, address.txt and console.log of each browser.

        The second browser's files are called screenshot-browser2.png and so on, those of a second
        failure in the same test (a sub-test, tearDown) screenshot-failure2.png, those of the first
        retry screenshot-retry1.png. Errors go into problems.txt: they must not replace the
        failure of the test.
        """
        problems = self._write_trace(error)
        with RECORDER.paused():
            problems += self._save_pages(browsers, failure=failure, retry=retry)
        if problems:
            self._write_problems(problems)

    def _save_pages(self, browsers: Sequence[Browser], *, failure: int, retry: int) -> list[str]:
        """Write the files of each browser; return the problems that there were."""
        problems: list[str] = []
        for number, browser in enumerate(browsers, start=1):
            suffix = (
                (f"-retry{retry}" if retry else "")
                + (f"-failure{failure}" if failure > 1 else "")
                + (f"-browser{number}" if number > 1 else "")
            )
            dialogs = _close_dialogs(browser.driver)
            for name, read in _evidence_readers(browser).items():
                file = Path(name).with_stem(f"{Path(name).stem}{suffix}")
                try:
                    content = _read_despite_dialogs(read, browser.driver, dialogs)
                    self.path.mkdir(parents=True, exist_ok=True)
                    (self.path / file).write_bytes(content)
                except (WebDriverException, HTTPError, OSError) as error:
                    problems.append(f"{file}: {error}\n")
            problems += (f"An open dialog was closed: {text}\n" for text in dialogs)
        return problems

    def _write_trace(self, error: BaseException | None) -> list[str]:
        """Write what the test made the browsers do; return the problem that there was."""
        try:
            RECORDER.write(self.path, self.test, error=error)
        except (OSError, ValueError) as problem:
            return [f"trace{RECORDER.suffix}.jsonl: {problem}\n"]
        return []

    def _write_problems(self, problems: Sequence[str]) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with (self.path / "problems.txt").open("a", encoding="utf-8") as file:
                file.writelines(problems)
        except OSError:
            # The disk is full, say: the failure of the test is still reported.
            return


def _close_dialogs(driver: WebDriver) -> list[str]:
    """Dismiss the dialogs that are open, which hide the page, and return their texts."""
    texts: list[str] = []
    with contextlib.suppress(WebDriverException, HTTPError, OSError):
        # A script may open one after the other for ever.
        while len(texts) < _MAX_DIALOGS:
            dialog = Alert(driver)
            texts.append(dialog.text)
            dialog.dismiss()
    return texts


def _read_despite_dialogs(
    read: Callable[[], bytes], driver: WebDriver, dialogs: list[str]
) -> bytes:
    """Read again if a dialog has just opened; add the texts of those that are closed."""
    while len(dialogs) < _MAX_DIALOGS:
        try:
            return read()
        except UnexpectedAlertPresentException as error:
            # Most drivers close it before they say so.
            dialogs += _close_dialogs(driver) or [error.alert_text or ""]
    return read()


def _evidence_readers(browser: Browser) -> dict[str, Callable[[], bytes]]:
    driver = browser.driver
    return {
        # The console first: reading the page may add messages to it.
        "console.log": lambda: browser.console.text().encode(errors="replace"),
        "address.txt": lambda: f"{driver.current_url}\n".encode(errors="replace"),
        "screenshot.png": driver.get_screenshot_as_png,
        "page.html": lambda: driver.page_source.encode(errors="replace"),
    }
