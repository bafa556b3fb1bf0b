"""Superlists' three stories as one writes them for pytest-playwright."""

import re

from playwright.sync_api import Browser, Page, expect


def add_item(page: Page, text: str) -> None:
    page.locator("#id_new_item").fill(text)
    page.locator("#id_new_item").press("Enter")


def expect_row(page: Page, row: str) -> None:
    expect(page.locator("#id_list_table tr", has_text=row)).to_be_visible()


def test_can_start_a_todo_list(page: Page) -> None:
    page.goto("/")
    expect(page).to_have_title(re.compile("To-Do"))
    expect(page.locator("h1")).to_contain_text("To-Do")
    expect(page.locator("#id_new_item")).to_have_attribute("placeholder", "Enter a to-do item")
    add_item(page, "Buy peacock feathers")
    expect_row(page, "1: Buy peacock feathers")
    add_item(page, "Use peacock feathers to make a fly")
    expect_row(page, "2: Use peacock feathers to make a fly")
    expect_row(page, "1: Buy peacock feathers")


def test_two_visitors_get_two_lists(page: Page, browser: Browser, base_url: str) -> None:
    page.goto("/")
    add_item(page, "Buy peacock feathers")
    expect_row(page, "1: Buy peacock feathers")
    expect(page).to_have_url(re.compile(r"/lists/.+"))
    context = browser.new_context(base_url=base_url)
    francis = context.new_page()
    francis.goto("/")
    expect(francis.locator("body")).not_to_contain_text("Buy peacock feathers")
    add_item(francis, "Buy milk")
    expect_row(francis, "1: Buy milk")
    expect(francis).to_have_url(re.compile(r"/lists/.+"))
    assert francis.url != page.url
    expect(francis.locator("body")).not_to_contain_text("Buy peacock feathers")
    page.reload()
    expect_row(page, "1: Buy peacock feathers")
    expect(page.locator("body")).not_to_contain_text("Buy milk")
    context.close()


def test_layout_and_styling(page: Page) -> None:
    page.goto("/")
    page.set_viewport_size({"width": 1024, "height": 768})
    expect_centred(page)
    add_item(page, "testing")
    expect_row(page, "1: testing")
    expect_centred(page)


def expect_centred(page: Page) -> None:
    box = page.locator("#id_new_item").bounding_box()
    assert box is not None
    assert abs(box["x"] + box["width"] / 2 - 512) <= 10
