import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from rehearsal.outside.file_lock import lock, try_lock, unlock
from rehearsal.outside.folder import Folder


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[list[int]]:
    """One folder, opened as by three processes."""
    with ExitStack() as stack:
        folders = [Folder(tmp_path) for _ in range(3)]
        stack.callback(folders.clear)
        yield [folder.descriptor for folder in folders]


def test_try_lock__alone(opened: list[int]) -> None:
    one, two, _ = opened
    assert try_lock(one)
    assert not try_lock(two)
    assert not try_lock(two, shared=True)
    unlock(one)
    assert try_lock(two)


def test_try_lock__shared(opened: list[int]) -> None:
    one, two, three = opened
    assert try_lock(one, shared=True)
    assert try_lock(two, shared=True)
    assert not try_lock(three)
    assert not try_lock(one), "the other shares it"
    unlock(two)
    assert try_lock(one)
    assert not try_lock(two, shared=True)


def test_lock__waits_in_vain(opened: list[int]) -> None:
    one, two, _ = opened
    lock(one, 0)
    with pytest.raises(BlockingIOError, match="another process holds its lock"):
        lock(two, 0.1)


def test_lock__ends_with_its_process(opened: list[int]) -> None:
    one, two, _ = opened
    read, write = os.pipe()
    if not (child := os.fork()):
        lock(one, 0)  # The parent has this descriptor, too.
        os.write(write, b"x")
        os._exit(0)
    os.read(read, 1)
    os.waitpid(child, 0)
    for pipe in (read, write):
        os.close(pipe)
    assert not try_lock(two)
    os.close(os.dup(one))
    unlock(one)
    assert try_lock(two)
