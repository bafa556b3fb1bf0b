import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from rehearsal.results.junit.time_stamps import Window, read_time_stamp

THEN = datetime(2026, 11, 29, 0, 3, 38, tzinfo=UTC).timestamp()
HOUR = 3600


@pytest.fixture(autouse=True)
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An hour before UTC, as far as time stamps without a zone are concerned."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2026-11-29T00:03:38+00:00", id="pytest"),
        pytest.param("2026-11-29T00:03:38.000Z", id="playwright"),
        pytest.param("2026-11-29T01:03:38", id="local"),
        pytest.param("Sun, 29 Nov 2026 00:03:38 GMT", id="mocha"),
        pytest.param("Sun, 29 Nov 2026 01:03:38 +0100", id="with another zone"),
        pytest.param("1795910618", id="seconds"),
        pytest.param("1795910618000", id="milliseconds"),
        pytest.param(" 2026-11-29T00:03:38Z\n", id="with space around"),
    ],
)
def test_read_time_stamp__is_understood(text: str) -> None:
    assert read_time_stamp(text) == THEN


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "0001-01-01T00:00:00", "12", "9" * 5000, "²", "Sun, 99 Nov 2026 00:00:00 GMT",
     "9999-12-31T23:59:59-23:00"],
    ids=lambda text: text[:9],
)  # fmt: skip
def test_read_time_stamp__nonsense_is_no_error(text: str) -> None:
    moment = read_time_stamp(text, (THEN, THEN + 1))
    assert moment is None or not THEN <= moment <= THEN + 1


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z"])
def test_read_time_stamp__before_1970_no_test_ran(text: str) -> None:
    assert read_time_stamp(text) is None


@pytest.mark.parametrize(
    "window, expected",
    [
        pytest.param(None, THEN - HOUR, id="no window: local"),
        pytest.param((THEN - HOUR, THEN - HOUR + 5), THEN - HOUR, id="local fits"),
        pytest.param((THEN, THEN + 5), THEN, id="only UTC fits"),
        pytest.param((THEN + 1, THEN + 5), THEN, id="cut to full seconds"),
        pytest.param((THEN - 2 * HOUR, THEN + HOUR), THEN - HOUR, id="both fit: local"),
        pytest.param((THEN + HOUR, THEN + HOUR + 5), THEN - HOUR, id="neither fits: local"),
    ],
)
def test_read_time_stamp__without_a_zone(window: Window | None, expected: float) -> None:
    assert read_time_stamp("2026-11-29T00:03:38", window) == expected


def test_read_time_stamp__a_zone_is_believed() -> None:
    window = (THEN, THEN + 5)
    assert read_time_stamp("2026-11-29T00:03:38+01:00", window) == THEN - HOUR
