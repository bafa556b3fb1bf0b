import os

from selenium.webdriver.common.by import By

from rehearsal_testing import BrowserTestCase


class HomePageTest(BrowserTestCase):
    def test_greets(self) -> None:
        self.browser.get(os.environ["REHEARSAL_URL"])
        heading = self.wait_for(lambda: self.browser.find_element(By.TAG_NAME, "h1"), "a heading")
        self.assertEqual(heading.text, "It works")
