from functional_tests.base import FunctionalTest


class LayoutAndStylingTest(FunctionalTest):
    def test_layout_and_styling(self) -> None:
        # Edith opens the home page in a window of a certain size.
        self.go_home(self.browser)
        self.browser.set_window_size(1024, 768)

        # She sees that the input is nicely centred.
        self.assert_input_is_centred()

        # She starts a list, and there it is nicely centred too.
        self.add_item(self.browser, "testing")
        self.wait_for_row(self.browser, "1: testing")
        self.assert_input_is_centred()

    def assert_input_is_centred(self) -> None:
        item_input = self.item_input(self.browser)
        centre = item_input.location["x"] + item_input.size["width"] / 2
        self.assertAlmostEqual(centre, 512, delta=10)
