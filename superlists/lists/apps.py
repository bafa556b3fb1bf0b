"""The lists app."""

from django.apps import AppConfig


class ListsConfig(AppConfig):
    """Name the app by where it lives; its tables start with `lists_`."""

    name = "superlists.lists"
