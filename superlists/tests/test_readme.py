import re

import pytest

from superlists.tests.environment import PRODUCTION, ROOT

README = (ROOT / "superlists/README.md").read_text()
ROWS = re.findall(r"^\| (\d+) \| .+? \| (.+) \|$", README, re.MULTILINE)
OUTSIDE = ("functional_tests/", "action/")


@pytest.mark.parametrize("item, tests", ROWS, ids=[item for item, _ in ROWS])
def test_mapping__names_tests_that_exist(item: str, tests: str) -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", tests)
    assert named, f"item {item} has no test"
    for path, name in named:
        base = ROOT if path.startswith(OUTSIDE) else ROOT / "superlists"
        assert f"def {name}(" in (base / path).read_text(), f"item {item}: {path}::{name}"


def test_mapping__is_complete() -> None:
    assert [int(item) for item, _ in ROWS] == list(range(1, 37))


@pytest.mark.parametrize("name", [*PRODUCTION, "DJANGO_DB_PATH", "DJANGO_BEHIND_TLS"])
def test_variables__each_has_a_row(name: str) -> None:
    assert f"\n| `{name}` |" in README
    assert name in (ROOT / "superlists/settings.py").read_text()
