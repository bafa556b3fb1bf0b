"""Tests that each leave something in their browser, and expect that no other has done so.

Run by test_shared_browsers.py under several runners, with a browser for each test or a shared one.
"""

import json
import os
import threading
import time
from pathlib import Path

from selenium.common.exceptions import (
    InvalidCookieDomainException,
    NoAlertPresentException,
    NoSuchElementException,
    UnexpectedAlertPresentException,
    WebDriverException,
)
from selenium.webdriver import ActionChains, Chrome, Firefox, Remote
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from rehearsal_testing import BrowserTestCase

SITE = os.environ["SITE"]
IS_CHROME = os.environ["BROWSER"] == "chrome"
IS_REMOTE = "SELENIUM_REMOTE_URL" in os.environ
STORED = """
const done = arguments[arguments.length - 1];
const open = indexedDB.open("all", 1);
let fresh = false;
open.onupgradeneeded = () => { fresh = true; };
open.onsuccess = async () => {
  const before = [document.cookie, localStorage.left, sessionStorage.left,
                  fresh ? "" : "database", (await caches.keys()).join()].join("");
  document.cookie = "left=cookie; path=/; max-age=9999";
  localStorage.left = sessionStorage.left = "storage";
  await caches.open("cache");
  open.result.close();
  done(before);
};
"""


class Shared(BrowserTestCase):
    shared_browser = os.environ["SHARED"] == "1"
    wait_timeout = 20

    def setUp(self):
        self.browser.get(SITE)
        if log := os.environ.get("SESSIONS"):
            with Path(log).open("a") as file:
                print(self.id(), self.browser.session_id, file=file)

    def script(self, text, *arguments):
        return self.browser.execute_script(text, *arguments)

    def assert_as_new(self):
        """Fail if anything of an earlier test is there; then leave all of it."""
        browser = self.browser
        self.assertEqual(browser.get_window_size(), {"width": 1024, "height": 768})
        self.assertEqual(len(browser.window_handles), 1)
        self.assertEqual(browser.get_cookies(), [])
        timeouts = browser.timeouts
        self.assertEqual((timeouts.implicit_wait, timeouts.page_load), (0, 30))
        self.assertEqual(self.script("return window.name"), "")
        self.assertTrue(self.script("return document.hasFocus()"))
        self.assertEqual(browser.execute_async_script(STORED), "")
        with self.assertRaises(NoAlertPresentException):
            browser.switch_to.alert.text  # noqa: B018
        # The page says who has visited it: a cookie, a cache or credentials would tell.
        self.assertEqual(browser.find_element(By.ID, "sent").text, "")
        browser.implicitly_wait(1)
        browser.set_page_load_timeout(77)
        browser.set_window_size(700, 600)
        browser.get(SITE + "/again")
        self.assertEqual(browser.find_element(By.ID, "sent").text, "left=cookie")
        browser.switch_to.new_window("tab")
        browser.get(SITE + "/tab")
        self.assertEqual(browser.find_element(By.ID, "sent").text, "left=cookie")

    def test_isolation_a(self):
        self.assert_as_new()

    def test_isolation_b(self):
        self.assert_as_new()

    def test_driver_is_real(self):
        self.assertIsInstance(
            self.browser, Remote if IS_REMOTE else Chrome if IS_CHROME else Firefox
        )
        self.assertEqual(self.browser.name, "chrome" if IS_CHROME else "firefox")
        sent = self.browser.command_executor.execute(
            "getTitle", {"sessionId": self.browser.session_id}
        )
        self.assertEqual(sent["value"], "page /")
        element = self.browser.find_element(By.TAG_NAME, "h1")
        self.assertIs(element.parent, self.browser)
        self.assertEqual(self.script("return arguments[0].tagName", element), "H1")

    def test_windows(self):
        browser = self.browser
        first = browser.current_window_handle
        browser.find_element(By.ID, "popup").click()
        self.wait_for(lambda: self.assertEqual(len(browser.window_handles), 2), "the pop-up")
        (popup,) = set(browser.window_handles) - {first}
        browser.switch_to.window(popup)
        self.wait_for(lambda: self.assertEqual(browser.title, "page /popup"), "its page")
        self.assertTrue(self.script("return Boolean(opener)"))
        browser.close()
        self.assertEqual(browser.window_handles, [first])
        browser.switch_to.window(first)
        for kind in ("tab", "window"):
            browser.switch_to.new_window(kind)
            self.assertEqual(browser.current_url, "about:blank")
            browser.get(SITE + "/" + kind)
        self.assertEqual(len(browser.window_handles), 3)
        browser.close()
        browser.switch_to.window(first)
        self.assertEqual(browser.title, "page /")

    def test_windows_are_all_closed(self):
        self.browser.close()
        with self.assertRaises(WebDriverException):
            self.browser.title  # noqa: B018

    def test_windows_of_all_sizes(self):
        self.browser.maximize_window()
        self.browser.fullscreen_window()
        self.browser.switch_to.new_window("window")
        self.browser.set_window_rect(5, 5, 500, 400)
        self.browser.minimize_window()

    def test_frames(self):
        browser = self.browser
        browser.switch_to.frame("inner")
        self.assertEqual(browser.find_element(By.ID, "sent").text, "")
        self.assertEqual(self.script("return location.pathname"), "/frame")
        browser.switch_to.parent_frame()
        browser.switch_to.frame("inner")

    def test_alerts(self):
        browser = self.browser
        self.script("setTimeout(() => { document.title = 'said ' + prompt('Who?') })")
        alert = self.wait_for(lambda: browser.switch_to.alert, "the prompt")
        self.assertEqual(alert.text, "Who?")
        alert.send_keys("Edith")
        alert.accept()
        self.wait_for(lambda: self.assertEqual(browser.title, "said Edith"), "the answer")
        self.script("setTimeout(() => { document.title = 'sure ' + confirm('Sure?') })")
        self.wait_for(lambda: browser.switch_to.alert, "the question").dismiss()
        self.wait_for(lambda: self.assertEqual(browser.title, "sure false"), "the answer")

    def test_alert_is_left_open(self):
        self.script("setTimeout(() => alert('still here'))")
        self.wait_for(lambda: self.browser.switch_to.alert, "the alert")

    def test_alert_is_unexpected(self):
        self.script("setTimeout(() => alert('surprise'))")
        self.wait_for(lambda: self.browser.switch_to.alert, "the alert")
        with self.assertRaises(UnexpectedAlertPresentException):
            self.browser.title  # noqa: B018

    def test_page_asks_before_it_is_left(self):
        self.browser.find_element(By.ID, "typed").send_keys("x")
        self.script("onbeforeunload = event => event.preventDefault()")

    def assert_download(self):
        if IS_REMOTE:
            return
        folder = self._open_browsers()[0].workspace.downloads
        self.assertEqual(sorted(folder.glob("*")), [])
        self.browser.find_element(By.ID, "download").click()
        self.wait_for(
            lambda: self.assertEqual(
                {file.name: file.read_text() for file in folder.glob("*.txt")},
                {"report.txt": "the report"},
            ),
            "the download",
        )

    def test_download_a(self):
        self.assert_download()

    def test_download_b(self):
        self.assert_download()

    def assert_permission(self):
        query = "navigator.permissions.query({name: 'notifications'})"
        asynchronous = f"{query}.then(found => arguments[0](found.state))"
        before = self.browser.execute_async_script(asynchronous)
        self.assertNotEqual(before, "granted")
        if IS_CHROME and not IS_REMOTE:
            for state in ("denied", "granted"):
                self.browser.set_permissions("notifications", state)
                self.assertEqual(self.browser.execute_async_script(asynchronous), state)

    def test_permission_a(self):
        self.assert_permission()

    def test_permission_b(self):
        self.assert_permission()

    def assert_cookies(self):
        browser = self.browser
        browser.add_cookie({"name": "plain", "value": "a=b"})
        self.assertEqual(self.script("return document.cookie"), "plain=a=b")
        browser.add_cookie(
            {
                "name": "full",
                "value": "x",
                "path": "/deep",
                "httpOnly": True,
                "secure": False,
                "expiry": int(time.time()) + 1000,
                "sameSite": "Lax",
            }
        )
        self.assertIsNone(browser.get_cookie("full"))
        browser.get(SITE + "/deep/page")
        self.assertEqual(
            sorted(browser.find_element(By.ID, "sent").text.split("; ")), ["full=x", "plain=a=b"]
        )
        full = browser.get_cookie("full")
        self.assertAlmostEqual(full.pop("expiry"), time.time() + 1000, delta=100)
        self.assertEqual(
            full,
            {
                "name": "full",
                "value": "x",
                "path": "/deep",
                "domain": "localhost",
                "httpOnly": True,
                "secure": False,
                "sameSite": "Lax",
            },
        )
        self.assertEqual({each["name"] for each in browser.get_cookies()}, {"plain", "full"})
        browser.delete_cookie("plain")
        self.assertIsNone(browser.get_cookie("plain"))
        browser.delete_all_cookies()
        self.assertEqual(browser.get_cookies(), [])
        browser.get(SITE + "/deep/page")
        self.assertEqual(browser.find_element(By.ID, "sent").text, "")
        with self.assertRaises(InvalidCookieDomainException):
            browser.add_cookie({"name": "a", "value": "b", "domain": "example.org"})
        browser.add_cookie({"name": "left", "value": "behind"})
        browser.get("about:blank")
        with self.assertRaises(WebDriverException):
            browser.add_cookie({"name": "a", "value": "b"})

    def test_cookies_a(self):
        self.assert_cookies()

    def test_cookies_b(self):
        self.assert_cookies()

    def test_two_visitors_in_turns(self):
        edith, francis = self.browser, self.new_browser()
        self.assertIsNot(edith, francis)
        francis.get(SITE + "/francis")
        edith.switch_to.frame("inner")
        for _ in range(3):
            self.assertEqual(francis.title, "page /francis")
            self.assertEqual(edith.execute_script("return location.pathname"), "/frame")
        edith.execute_script("document.cookie = 'who=edith; path=/'")
        francis.refresh()
        self.assertEqual(francis.find_element(By.ID, "sent").text, "")
        self.assertEqual(len(francis.window_handles), 1)
        self.assertEqual(len(edith.window_handles), 1)
        francis.execute_script("setTimeout(() => alert('to Francis'))")
        self.wait_for(lambda: francis.switch_to.alert, "the alert of Francis")
        self.assertEqual(edith.execute_script("return location.pathname"), "/frame")
        francis.switch_to.alert.accept()
        self.assertTrue(edith.execute_script("return top.document.hasFocus()"))
        self.assertTrue(francis.execute_script("return document.hasFocus()"))

    def test_two_visitors_at_once(self):
        seen = []

        def visit(browser, name):
            for number in range(5):
                browser.get(f"{SITE}/{name}/{number}")
                seen.append(browser.title)

        threads = [
            threading.Thread(target=visit, args=(browser, name))
            for browser, name in ((self.browser, "edith"), (self.new_browser(), "francis"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(
            sorted(seen),
            sorted(f"page /{name}/{n}" for name in ("edith", "francis") for n in range(5)),
        )

    def test_quits_by_itself(self):
        self.browser.quit()
        with self.assertRaises(Exception):  # noqa: B017
            self.browser.title  # noqa: B018
        self.browser.quit()

    def assert_keys_are_up(self):
        """Fail if an earlier test has left a key down; then leave one down."""
        typed = self.browser.find_element(By.ID, "typed")
        keys = ActionChains(self.browser).click(typed).send_keys("a").key_down(Keys.SHIFT)
        keys.send_keys("a").perform()
        self.assertEqual(typed.get_property("value"), "aA")

    def test_keys_a(self):
        self.assert_keys_are_up()

    def test_keys_b(self):
        self.assert_keys_are_up()

    def assert_unchanged(self):
        """Fail if an earlier test has changed the browser; then change it beyond its context."""
        browser = self.browser
        self.assertNotEqual(self.script("return navigator.userAgent"), "changed")
        self.assertIsNone(self.script("return window.preloaded"))
        if IS_CHROME and not IS_REMOTE:
            granted = {"permissions": ["geolocation"]}
            browser.execute_cdp_cmd("Browser.grantPermissions", granted)
            query = "navigator.permissions.query({name: 'geolocation'})"
            asynchronous = f"{query}.then(found => arguments[0](found.state))"
            self.assertEqual(browser.execute_async_script(asynchronous), "granted")
            browser.execute_cdp_cmd("Network.setUserAgentOverride", {"userAgent": "changed"})
            browser.execute_cdp_cmd("Network.enable", {})
            browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*blocked*"]})
        # Chrome's own driver is not asked for BiDi.
        if self.shared_browser or not IS_CHROME:
            browser.script.add_preload_script("() => { window.preloaded = true }")
            browser.get(SITE)
            self.assertIs(self.script("return window.preloaded"), True)

    def test_unchanged_a(self):
        self.assert_unchanged()

    def test_unchanged_b(self):
        self.assert_unchanged()

    def assert_fetched_anew(self):
        # It may be kept for an hour, and the server counts.
        fetch = "const done = arguments[0]; fetch('/counted').then(r => r.text()).then(done)"
        first, again = (self.browser.execute_async_script(fetch) for _ in range(2))
        self.assertEqual(first, again)
        log = os.environ["SESSIONS"] + ".counted"
        before = json.loads(Path(log).read_text()) if Path(log).exists() else []
        self.assertNotIn(first, before)
        Path(log).write_text(json.dumps([*before, first]))

    def test_cache_a(self):
        self.assert_fetched_anew()

    def test_cache_b(self):
        self.assert_fetched_anew()

    def test_uploads(self):
        file = Path(os.environ["SESSIONS"] + ".upload.txt")
        file.write_text("uploaded")
        self.browser.find_element(By.ID, "file").send_keys(str(file))
        read = "arguments[0].files[0].text().then(arguments[1])"
        chosen = self.browser.find_element(By.ID, "file")
        self.assertEqual(self.browser.execute_async_script(read, chosen), "uploaded")

    def test_missing_element(self):
        with self.assertRaises(NoSuchElementException):
            self.browser.find_element(By.ID, "none")
