from selenium.webdriver.common.by import By

from functional_tests.base import FunctionalTest


class TwoVisitorsTest(FunctionalTest):
    def test_two_visitors_get_two_lists(self) -> None:
        # Edith starts a list, and notices that it has an address of its own.
        edith = self.browser
        self.go_home(edith)
        self.add_item(edith, "Buy peacock feathers")
        self.wait_for_row(edith, "1: Buy peacock feathers")
        self.assertRegex(edith.current_url, r"/lists/.+")

        # Francis comes along, at a computer of his own.
        # Nothing on the home page tells him of Edith or of her list.
        francis = self.new_browser()
        self.go_home(francis)
        self.assertNotIn("Buy peacock feathers", francis.find_element(By.TAG_NAME, "body").text)

        # He starts a list too. He is less interesting than Edith: he needs milk.
        self.add_item(francis, "Buy milk")
        self.wait_for_row(francis, "1: Buy milk")

        # It has an address of its own, which is not Edith's.
        self.assertRegex(francis.current_url, r"/lists/.+")
        self.assertNotEqual(francis.current_url, edith.current_url)

        # His page shows his milk, and none of her feathers.
        francis_sees = francis.find_element(By.TAG_NAME, "body").text
        self.assertIn("Buy milk", francis_sees)
        self.assertNotIn("Buy peacock feathers", francis_sees)

        # Nor does his milk turn up on hers when she looks again.
        edith.refresh()
        self.wait_for_row(edith, "1: Buy peacock feathers")
        self.assertNotIn("Buy milk", edith.find_element(By.TAG_NAME, "body").text)
