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
    """Ends when its last request has.

    Django's own leaves threads behind, which then close the shared in-memory database too late
    and report errors about it. They end soon: by now the browsers are gone.
    """

    daemon_threads = False


class PatientServerThread(LiveServerThread):
    server_class = PatientServer


if TYPE_CHECKING or not TEST_SERVER:

    class ServerTestCase(StaticLiveServerTestCase):
        server_thread_class = PatientServerThread
else:

    class ServerTestCase(SimpleTestCase):
        """Against a server that runs already: no database and no server of our own."""

        live_server_url = f"http://{TEST_SERVER}"


class FunctionalTest(BrowserTestCase, ServerTestCase):
    """What visitors of superlists do, in the words of the stories."""

    def go_home(self, browser: WebDriver) -> None:
        try:
            browser.get(self.live_server_url)
        except WebDriverException as error:
            error.add_note(f"Does anything answer at {self.live_server_url}? It was asked for /.")
            raise
        # Whatever else answers (an error page, another app) is told at once, by what it says.
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
