import pytest

from rehearsal.source.dockerignore import ignoring_rule

WHITELIST = "# first\n*\n\n!shop\n!manage.py\nshop/**/tests\n**/*.sqlite3\n"


@pytest.mark.parametrize(
    "text, path, line",
    [
        (WHITELIST, "manage.py", 0),
        (WHITELIST, "lists/models.py", 2),
        (WHITELIST, "shop/models.py", 0),
        (WHITELIST, "shop/cart/tests/test_a.py", 6),
        (WHITELIST, "shop/db.sqlite3", 7),
        ("lists\n", "lists/models.py", 1),
        ("/lists/\n", "lists/models.py", 1),
        ("lists\n", "shop/lists/models.py", 0),
        ("**/lists\n", "shop/lists/models.py", 1),
        ("**/lists\n", "lists/models.py", 1),
        ("list?/*.py\n", "lists/models.py", 1),
        ("list?/*.py\n", "lists/a/models.py", 0),
        ("**/migrations/0*.py\n", "lists/migrations/0002_done.py", 1),
        ("*.md\n", "lists/README.md", 0),
        ("[a-l]ists\n", "lists/models.py", 1),
        (".\n", "lists/models.py", 1),
        ("", "lists/models.py", 0),
        ("**\n!lists/**\n", "lists/a/b.py", 0),
        ("l.sts\n", "lists/models.py", 0),
        ("**.py\n", "lists/models.py", 1),
        ("lists/**\n", "lists/a/b.py", 1),
        ("[^m]*/models.py\n", "lists/models.py", 1),
        ("\\*\n", "lists", 0),
        ("\\*\n", "*", 1),
        ("l\\ists\n", "lists", 1),
        # No valid patterns.
        ("[]\n", "lists", 0),
        ("[z-a]*\n", "lists", 0),
        ("[\n", "[", 1),
        ("\\\n", "lists", 0),
        # These took longer than the universe is old.
        ("**/" * 40 + "x\n", "a/" * 100 + "y", 0),
        ("*a" * 40 + "z\n", "a" * 200, 0),
    ],
)
def test_ignoring_rule(text: str, path: str, line: int) -> None:
    found = ignoring_rule(text, path)
    assert (found.line if found else 0) == line
    assert not found or found.pattern == text.splitlines()[line - 1]


def test_ignoring_rule__lines_that_other_marks_do_not_end() -> None:
    found = ignoring_rule("# \f\u2028\r\nlists\r\n", "lists/models.py")
    assert found
    assert (found.line, found.pattern) == (2, "lists")
