from collections.abc import Iterator

import pytest

from .sandbox import Room


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room.make()
    yield room
    room.remove()
