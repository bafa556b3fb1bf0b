import os
from typing import TYPE_CHECKING

from django.contrib.staticfiles.testing import StaticLiveServerTestCase
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test import SimpleTestCase
from django.test.testcases import LiveServerThread
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

from rehearsal_testing import BrowserTestCase

TEST_SERVER = os.environ.get("TEST_SERVER")


class PatientServer(ThreadedWSGIServer):
    """Server that waits for its request threads when it stops.

    Django's own server leaves threads behind, which close the shared in-memory database too late
    and report errors. The wait is short, since the browsers are closed by then.
    """

    daemon_threads = False


class PatientServerThread(LiveServerThread):
    server_class = PatientServer


if TYPE_CHECKING or not TEST_SERVER:

    class ServerTestCase(StaticLiveServerTestCase):
        server_thread_class = PatientServerThread
else:

    class ServerTestCase(SimpleTestCase):
        """Tests against a server that runs already: they start none, and need no database."""

        live_server_url = f"http://{TEST_SERVER}"


class FunctionalTest(BrowserTestCase, ServerTestCase):
    """What visitors of superlists do, in the words of the stories."""

    shared_browser = True

    def go_home(self, browser: WebDriver) -> None:
        try:
            browser.get(self.live_server_url)
        except WebDriverException as error:
            error.add_note(f"Does anything answer at {self.live_server_url}? It was asked for /.")
            raise
        # Where an error page or another app answers, fail here and show its title.
        self.assertIn("To-Do", browser.title)

    def item_input(self, browser: WebDriver) -> WebElement:
        return browser.find_element(By.ID, "id_new_item")

    def add_item(self, browser: WebDriver, text: str) -> None:
        item_input = self.item_input(browser)
        item_input.send_keys(text)
        item_input.send_keys(Keys.ENTER)

    def wait_for_row(self, browser: WebDriver, row: str) -> None:
        def shows_row() -> None:
            table = browser.find_element(By.CSS_SELECTOR, '[id="id_list_table"]')
            rows = table.find_elements(By.TAG_NAME, "tr")
            self.assertIn(row, [found.text for found in rows])

        self.wait_for(shows_row, f"the row {row!r} in the list")
