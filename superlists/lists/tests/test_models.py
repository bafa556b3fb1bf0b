"""What a list takes and refuses."""

from django.core.exceptions import ValidationError
from django.test import TestCase

from superlists.lists.models import DUPLICATE, EMPTY, Item, List


class ListTest(TestCase):
    """A list and the items added to it."""

    def test_add__keeps_the_order(self) -> None:
        chosen = List.objects.create()
        for text in ("zebra", "apple", "moth"):
            chosen.add(text)
        self.assertEqual([item.text for item in chosen.items.all()], ["zebra", "apple", "moth"])

    def test_add__drops_the_space_around(self) -> None:
        self.assertEqual(List.objects.create().add("  a fly \n").text, "a fly")

    def test_add__refuses_an_empty_item(self) -> None:
        for text in ("", "   ", "\t\n"):
            with self.subTest(text=text), self.assertRaises(ValidationError) as caught:
                List.objects.create().add(text)
            self.assertEqual(caught.exception.messages, [EMPTY])
        self.assertEqual(Item.objects.count(), 0)

    def test_add__refuses_what_is_there(self) -> None:
        chosen = List.objects.create()
        chosen.add("a fly")
        with self.assertRaises(ValidationError) as caught:
            chosen.add(" a fly ")
        self.assertEqual(caught.exception.messages, [DUPLICATE])
        self.assertEqual(chosen.items.count(), 1)

    def test_add__same_text_on_another_list(self) -> None:
        for _ in range(2):
            List.objects.create().add("a fly")
        self.assertEqual(Item.objects.count(), 2)

    def test_add__refuses_more_than_200_characters(self) -> None:
        chosen = List.objects.create()
        chosen.add("x" * 200)
        with self.assertRaisesMessage(ValidationError, "at most 200 characters"):
            chosen.add("x" * 201)

    def test_str__says_what_it_is(self) -> None:
        chosen = List.objects.create()
        self.assertEqual(str(chosen), f"List {chosen.pk}")
        self.assertEqual(str(chosen.add("a fly")), "a fly")

    def test_get_absolute_url__is_the_list_page(self) -> None:
        chosen = List.objects.create()
        self.assertEqual(chosen.get_absolute_url(), f"/lists/{chosen.pk}/")
