"""pytest runs the tests of superlists that need no test database.

`python manage.py test superlists` runs the others.
"""

collect_ignore = ["lists/tests"]
