"""Keep the log out of the test run's output."""

import logging
from unittest.mock import patch

from django.test import SimpleTestCase


class QuietLog(SimpleTestCase):
    """Drop what the app logs: these tests provoke errors, and read them with assertLogs."""

    def setUp(self) -> None:
        super().setUp()
        self.enterContext(patch.object(logging.getLogger(), "handlers", [logging.NullHandler()]))
