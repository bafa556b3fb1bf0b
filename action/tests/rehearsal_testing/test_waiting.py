from collections.abc import Callable, Iterator

import pytest
from selenium.common.exceptions import InvalidSessionIdException, NoSuchElementException

from rehearsal_testing.waiting import wait_until


class Clock:
    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def outcomes_in_turn(*outcomes: object) -> Callable[[], object]:
    rest: Iterator[object] = iter(outcomes)

    def condition() -> object:
        outcome = next(rest)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return condition


@pytest.mark.parametrize(
    "outcomes,expected",
    [
        pytest.param([AssertionError("no"), "found"], "found", id="an assertion, then a value"),
        pytest.param([NoSuchElementException("no"), None], None, id="None counts as done"),
        pytest.param([False, [], 0, "found"], "found", id="empty and false values are retried"),
    ],
)
def test_wait_until__retries_every_50_ms(
    clock: Clock, outcomes: list[object], expected: object
) -> None:
    condition = outcomes_in_turn(*outcomes)
    assert wait_until(condition, "x", clock=clock, sleep=clock.sleep) == expected
    assert clock.sleeps == [0.05] * (len(outcomes) - 1)


def test_wait_until__other_errors_are_not_retried(clock: Clock) -> None:
    with pytest.raises(KeyError):
        wait_until(outcomes_in_turn(KeyError("x")), "x", clock=clock, sleep=clock.sleep)
    assert clock.sleeps == []


def test_wait_until__stops_if_the_browser_is_gone(clock: Clock) -> None:
    gone = InvalidSessionIdException("gone")
    with pytest.raises(InvalidSessionIdException):
        wait_until(outcomes_in_turn(gone), "x", clock=clock, sleep=clock.sleep)


@pytest.mark.parametrize(
    "error", [AssertionError("'a' not found in 'b'"), NoSuchElementException("no such element")]
)
def test_wait_until__time_out_keeps_the_last_error(clock: Clock, error: Exception) -> None:
    def condition() -> None:
        raise error

    with pytest.raises(type(error), match=str(error.args[0] if error.args else "no such")) as e:
        wait_until(condition, "the list table", timeout=2, clock=clock, sleep=clock.sleep)
    assert e.value is error
    assert e.value.__notes__ == ["Waited 2 s for the list table."]
    assert 2 <= clock.now < 2.1


def test_wait_until__time_out_without_an_error_shows_the_last_value(clock: Clock) -> None:
    with pytest.raises(AssertionError, match=r"Waited 1 s for two rows, and last found \[\]\."):
        wait_until(list, "two rows", timeout=1, clock=clock, sleep=clock.sleep)


def test_wait_until__tries_once_with_a_time_out_of_0(clock: Clock) -> None:
    assert wait_until(lambda: "there", "x", timeout=0, clock=clock, sleep=clock.sleep) == "there"
