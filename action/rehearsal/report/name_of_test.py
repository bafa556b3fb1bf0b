"""The parts of a test's name as Python's runners write it."""

import re

from rehearsal.regex import regex
from rehearsal.results.bounded_text import cut_name

# A test of unittest or pytest, by its dotted name or its node ID: module and class, then the test.
PYTHON_TEST = regex(
    r"(?P<module>(?:[^\W\d]\w*\.)+|[\w./-]+\.py::(?:\w+(?:::|\.))*)(?P<own>test\w*(?:\[.*\])?)",
    re.DOTALL,
)


def own_name(name: str) -> str:
    """Return what a test is called itself, short and in one line; of other runners, all of it."""
    found = PYTHON_TEST.fullmatch(name)
    return cut_name(" ".join((found["own"] if found else name).split()))
