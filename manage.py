#!/usr/bin/env python
"""Run Django's commands for superlists."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Hand the command line to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "superlists.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
