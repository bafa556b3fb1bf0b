"""A to-do list and the items on it."""

from typing import ClassVar

from django.db import models, transaction
from django.urls import reverse

EMPTY = "You can't have an empty list item"
DUPLICATE = "You've already got this in your list"


class List(models.Model):
    """One visitor's to-do list, known by its address alone."""

    def __str__(self) -> str:
        return f"List {self.pk}"

    def get_absolute_url(self) -> str:
        """Give the address at which the list is shown."""
        return reverse("view_list", args=[self.pk])

    @transaction.atomic
    def add(self, text: str) -> "Item":
        """Put an item at the end of the list, without the space around its text.

        Raises ValidationError where the text is empty, too long or on the list already.
        """
        item = Item(list=self, text=text.strip())
        item.full_clean()
        item.save()
        return item


class Item(models.Model):
    """One thing to do."""

    text = models.CharField(max_length=200, error_messages={"blank": EMPTY})
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="items")

    class Meta:
        """Keep items in the order in which they were added, each text once a list."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["list", "text"], name="one_text_a_list", violation_error_message=DUPLICATE
            )
        ]

    def __str__(self) -> str:
        return self.text
