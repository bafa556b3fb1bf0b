import pytest

from rehearsal.results.quoted_line import MAX_CODE, quoted_line

PYTHON = """\
Traceback (most recent call last):
  File "/src/tests/test_shop.py", line 28, in test_buy
    self.buy("tea")
    ~~~~~~~~^^^^^^^
  File "tests/base.py", line 8, in buy
    raise Sold(
"""
PYTEST = """\
    def test_buy(self):
>       self.buy("tea")

tests/test_shop.py:28:
_ _ _ _ _ _
    def buy(self, what):
>       raise Sold(what)
E       Sold: tea

tests/base.py:8: Sold
"""


@pytest.mark.parametrize("traceback", [PYTHON, PYTEST], ids=["python", "pytest"])
def test_quoted_line(traceback: str) -> None:
    assert quoted_line(traceback, "tests/test_shop.py", 28) == 'self.buy("tea")'
    assert quoted_line(traceback, "tests/base.py", 8).startswith("raise Sold(")
    for file, line in (("tests/base.py", 28), ("base.pyx", 8), ("shop.py", 28), ("", 28)):
        assert quoted_line(traceback, file, line) == ""


def test_quoted_line__without_the_source_is_empty() -> None:
    text = 'Traceback:\n  File "a.py", line 1, in a\n  File "b.py", line 2, in b\nE: no\n'
    assert quoted_line(text, "a.py", 1) == ""
    assert quoted_line(text, "b.py", 2) == ""


def test_quoted_line__is_short() -> None:
    text = f'  File "a.py", line 1, in a\n    {"x" * 9999}\n'
    assert len(quoted_line(text, "a.py", 1)) <= MAX_CODE
