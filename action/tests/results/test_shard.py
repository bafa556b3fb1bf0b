import pytest

from rehearsal.results.shard import Shard, parse_shard, shard_title
from rehearsal.verdict import Verdict


@pytest.mark.parametrize(
    "shard, found",
    [
        ("", (1, 1)),
        ("1/1", (1, 1)),
        ("2/4", (2, 4)),
        ("9999/9999", (9999, 9999)),
        ("0/4", None),
        ("5/4", None),
        ("1/0", None),
        ("01/4", None),
        ("1/4\n", None),
        ("1/12345", None),
        ("x", None),
        ("٢/٤", None),
    ],
)
def test_numbers(shard: str, found: tuple[int, int] | None) -> None:
    assert parse_shard(shard) == found


@pytest.mark.parametrize(
    "shard, browser, title",
    [
        ("2/4", "firefox", "shard 2/4 on firefox"),
        ("2/4", "", "shard 2/4"),
        ("", "firefox", "firefox"),
        ("", "", ""),
    ],
)
def test_titled(shard: str, browser: str, title: str) -> None:
    assert shard_title(shard, browser) == title


def test_shard__without_anything_else_is_called_by_its_artifact() -> None:
    assert Shard(name="artifact", verdict=Verdict.PASSED).title == "artifact"
    assert Shard(name="artifact", verdict=Verdict.PASSED, shard="1/2").title == "shard 1/2"
