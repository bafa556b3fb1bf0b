"""Tests of superlists that pytest runs: those that look at it from outside.

Django's own kind, which need its test database, are run by `python manage.py test superlists`.
"""

collect_ignore = ["lists/tests"]
