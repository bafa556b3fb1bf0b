from collections.abc import Iterator

import pytest

from .processes import Room


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room.make()
    yield room
    room.remove()
