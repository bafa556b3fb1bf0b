from pathlib import Path

import pytest

from rehearsal_testing import RehearsalSettingsError
from rehearsal_testing.durations import FILE, read_durations


@pytest.fixture(autouse=True)
def _checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(text: str | bytes) -> tuple[dict[str, float], list[str]]:
    Path(FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    warnings: list[str] = []
    return dict(read_durations(warnings.append)), warnings


@pytest.mark.parametrize(
    "text,expected",
    [
        ('{"a.B.test_c": 1.5, "b/c.py::test_d": 2}', {"a.B.test_c": 1.5, "b.c.test_d": 2.0}),
        (
            '{"a.b.C.test_d": 2, "a/b.py::C::test_d": 1, "a/b.py::C::test_e": 3}',
            {"a.b.C.test_d": 2.0, "a.b.C.test_e": 3.0},
        ),
    ],
    ids=["by dotted name", "the dotted name counts if both are there"],
)
def test_read__returns_seconds_by_dotted_name(text: str, expected: dict[str, float]) -> None:
    assert read(text) == (expected, [])


def test_read__without_the_file_returns_none() -> None:
    warnings: list[str] = []
    assert (read_durations(warnings.append), warnings) == ({}, [])


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"a": "1"}', '{"a": -1}', '{"a": NaN}', '{"a": 1', b"\xff\xfe\x00", "[" * 100000,
     '{"a": 1' + "0" * 400 + "}"],
    ids=["empty", "list", "text", "negative", "nan", "cut", "binary", "deep", "huge"],
)  # fmt: skip
def test_read__warns_of_an_invalid_file_and_ignores_it(text: str | bytes) -> None:
    found, (warning,) = read(text)
    assert found == {}
    assert warning.startswith(".test_durations does not balance the shards (")
    assert "`python -m rehearsal_testing.record_durations FOLDER`" in warning


def test_read__stops_if_the_file_cannot_be_read() -> None:
    Path(FILE).mkdir()
    with pytest.raises(RehearsalSettingsError, match=r"^\.test_durations cannot be read: "):
        read_durations(print)
