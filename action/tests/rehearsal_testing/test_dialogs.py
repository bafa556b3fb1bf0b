"""Dialogs in real browsers: tests answer them, and one that stays open spoils no evidence."""

from collections.abc import Iterator

import pytest

from .pages import PageHandler, serve
from .sandbox import Sandbox

pytestmark = pytest.mark.e2e

PAGE = """<!doctype html><title>dialogs</title>
<button id="alert" onclick="alert('Saved'); document.title = 'alert was closed'">alert</button>
<button id="confirm" onclick="document.title = 'confirm: ' + confirm('Sure?')">confirm</button>
<button id="prompt" onclick="document.title = 'prompt: ' + prompt('Who?')">prompt</button>
<button id="again" onclick="alert('first'); alert('second')">again</button>
<input id="typed">
<script>
onbeforeunload = (event) => { if (document.getElementById("typed").value) event.preventDefault() }
</script>
"""
SUITE = """
import os
from rehearsal_testing import BrowserTestCase


class Dialogs(BrowserTestCase):
    def setUp(self):
        self.browser.get(os.environ["SITE"])

    def opened(self, name):
        self.browser.find_element("id", name).click()
        return self.browser.switch_to.alert

    def title_is(self, title):
        self.wait_for(lambda: self.assertEqual(self.browser.title, title), "the title")

    def test_alert(self):
        self.opened("alert").accept()
        self.title_is("alert was closed")

    def test_confirm_accepted(self):
        alert = self.opened("confirm")
        self.assertEqual(alert.text, "Sure?")
        alert.accept()
        self.title_is("confirm: true")

    def test_confirm_dismissed(self):
        self.opened("confirm").dismiss()
        self.title_is("confirm: false")

    def test_prompt(self):
        alert = self.opened("prompt")
        alert.send_keys("Edith")
        alert.accept()
        self.title_is("prompt: Edith")

    def test_leaves_a_page_that_asks(self):
        self.browser.find_element("id", "typed").send_keys("x")
        self.browser.get("about:blank")
        self.assertEqual(self.browser.current_url, "about:blank")


class Open(Dialogs):
    def test_alert(self):
        self.opened("again")
        self.fail("with an open alert")

    def test_confirm_accepted(self):
        self.opened("confirm")
        self.fail("with an open confirm")

    def test_confirm_dismissed(self):
        self.browser.find_element("id", "confirm").click()
        self.browser.find_element("id", "typed").send_keys("x")

    def test_prompt(self):
        self.opened("prompt")
        self.fail("with an open prompt")
"""


class Handler(PageHandler):
    def answer(self) -> None:
        self.send_page(PAGE)


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serve(Handler) as url:
        yield url


def run(sandbox: Sandbox, site: str, browser: str, suite: str) -> tuple[int, str]:
    (sandbox.code / "test_dialogs.py").write_text(SUITE)
    command = ["-m", "unittest", f"test_dialogs.{suite}"]
    return sandbox.run(command, {"SITE": site, "BROWSER": browser})


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_dialogs__are_left_to_the_test(sandbox: Sandbox, site: str, browser: str) -> None:
    code, printed = run(sandbox, site, browser, "Dialogs")
    assert code == 0, printed
    assert "Ran 5 tests" in printed


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_open_dialog__spoils_no_evidence(sandbox: Sandbox, site: str, browser: str) -> None:
    code, printed = run(sandbox, site, browser, "Open")
    assert code == 1, printed
    opened = {
        "test_alert": ["first", "second"],
        "test_confirm_accepted": ["Sure?"],
        # Chrome has closed it: the test did not expect it.
        "test_confirm_dismissed": ["Sure?"] if browser == "firefox" else [],
        "test_prompt": ["Who?"],
    }
    for name, texts in opened.items():
        folder = sandbox.evidence / f"test_dialogs.Open.{name}"
        problems = folder / "problems.txt"
        told = problems.read_text() if problems.exists() else ""
        assert told == "".join(f"An open dialog was closed: {text}\n" for text in texts)
        names = {file.name for file in folder.iterdir()}
        assert names - {"problems.txt"} == {
            "address.txt",
            "console.log",
            "page.html",
            "screenshot.png",
        }
        assert (folder / "screenshot.png").read_bytes().startswith(b"\x89PNG")
        assert "<title>" in (folder / "page.html").read_text()
        assert (folder / "address.txt").read_text() == f"{site}/\n"
    assert "UnexpectedAlertPresentException" in printed
