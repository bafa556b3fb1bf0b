from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from rehearsal_testing import WaitFor


def test_greets(browser: WebDriver, live_url: str, wait_for: WaitFor) -> None:
    browser.get(live_url)
    heading = wait_for(lambda: browser.find_element(By.TAG_NAME, "h1"), "a heading")
    assert heading.text == "It works"
