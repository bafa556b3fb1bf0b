from selenium.webdriver.common.by import By

from functional_tests.base import FunctionalTest


class NewVisitorTest(FunctionalTest):
    def test_can_start_a_todo_list(self) -> None:
        # Edith has heard of a new to-do app, and has a look at its home page.
        self.go_home(self.browser)

        # She sees from the title and from the heading that it is about to-do lists.
        self.assertIn("To-Do", self.browser.title)
        self.assertIn("To-Do", self.browser.find_element(By.TAG_NAME, "h1").text)

        # The page asks her at once for something to do.
        item_input = self.item_input(self.browser)
        self.assertEqual(item_input.get_attribute("placeholder"), "Enter a to-do item")

        # She types "Buy peacock feathers" (she ties flies for fishing) and hits enter.
        # The page now lists it as her first item.
        self.add_item(self.browser, "Buy peacock feathers")
        self.wait_for_row(self.browser, "1: Buy peacock feathers")

        # There is still room for another item. She adds what the feathers are for.
        self.add_item(self.browser, "Use peacock feathers to make a fly")

        # The page shows both, in the order in which she thought of them.
        self.wait_for_row(self.browser, "2: Use peacock feathers to make a fly")
        self.wait_for_row(self.browser, "1: Buy peacock feathers")

        # Content, she goes back to sleep.
