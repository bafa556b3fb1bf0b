"""User contexts that are made ahead."""

import threading

import pytest

from rehearsal_testing.user_contexts import UserContext, UserContexts


class Maker:
    """Makes user contexts a, b, c …, the first one when it may."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.threads: list[threading.Thread] = []
        self.error: Exception | None = None

    def make(self) -> UserContext:
        self.threads.append(threading.current_thread())
        name = "abc"[len(self.threads) - 1]
        self.may_end.wait(60)
        if self.error:
            raise self.error
        return UserContext(name=name, window=f"window of {name}")


@pytest.fixture
def maker() -> Maker:
    return Maker()


def test_make_next__does_not_wait(maker: Maker) -> None:
    contexts = UserContexts(maker.make)
    contexts.make_next()
    contexts.make_next()
    maker.may_end.set()
    # Tests must not see its window, from the moment at which it may be there.
    assert contexts.unused_windows() == {"window of a"}
    assert contexts.take().name == "a"
    assert contexts.unused_windows() == frozenset()
    assert contexts.take().name == "b"
    assert [each is threading.current_thread() for each in maker.threads] == [False, True]


def test_make_next__fails_and_is_tried_again(maker: Maker) -> None:
    maker.may_end.set()
    maker.error = OSError("the browser has crashed")
    contexts = UserContexts(maker.make)
    contexts.make_next()
    assert contexts.unused_windows() == frozenset()
    with pytest.raises(OSError, match="crashed"):
        contexts.take()
    maker.error = None
    contexts.make_next()
    assert contexts.take().name == "c"
