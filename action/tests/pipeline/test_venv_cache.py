import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.outside.folder_content import read_content
from rehearsal.pipeline import venv_cache
from rehearsal.pipeline.venv_cache import KeptVenv, VenvCache

KEY = "0123abcd"
DAY = 86400


@pytest.fixture
def cache(tmp_path: Path) -> VenvCache:
    return VenvCache(tmp_path / "home/.cache/dress-rehearsal/venvs")


def made(cache: VenvCache, key: str = KEY, *, size: int = 0) -> KeptVenv:
    """Make an environment, with a module of some bytes, and publish it."""
    venv = cache.create(key)
    (venv.path / "lib").mkdir(parents=True)
    (venv.path / "lib/module.py").write_text(f"# {key}\n")
    files, found = read_content(venv.path, 1000)
    cache.publish(venv, files, size or found)
    return venv


def free(cache: VenvCache, key: str = KEY, **content: int) -> Path:
    """Make one as a process that has ended did; return its folder."""
    return made(cache, key, **content).folder.path


def set_times(folder: Path, *, made: float | None = None, used: float | None = None) -> None:
    """Set when an environment was made, and when it was used, in seconds ago."""
    record = folder / "record.json"
    now = time.time()
    if made is not None:
        record.write_text(json.dumps(json.loads(record.read_text()) | {"made": now - made}))
    if used is not None:
        os.utime(record, (now - used, now - used))


def left(cache: VenvCache) -> set[str]:
    """Return the keys of what is there after a sweep."""
    cache.sweep()
    return {path.name.partition("-")[0] for path in cache.folder.iterdir()}


def test_find__what_was_published(cache: VenvCache) -> None:
    assert cache.find(KEY) is None
    folder = free(cache)
    found = cache.find(KEY)
    assert found
    assert found.path == folder / "venv"
    assert found.find_fault() == ""
    assert cache.find(KEY[:-1]) is None, "a key that begins like it is another one"
    assert [path.stat().st_mode & 0o777 for path in (cache.folder, folder)] == [0o700] * 2


def test_find__not_what_is_being_made(cache: VenvCache) -> None:
    venv = cache.create(KEY)
    assert cache.find(KEY) is None
    cache.sweep()
    assert venv.folder.path.exists(), "another process is at work in it"
    second = made(cache)
    found = cache.find(KEY)
    assert found
    assert found.path == second.path


def test_find__shared_by_two_at_once(cache: VenvCache) -> None:
    venv = made(cache)
    one, two = cache.find(KEY), cache.find(KEY)
    assert one
    assert two
    assert one.path == two.path == venv.path
    cache.discard(one)
    assert two.find_fault() == "", "the other still uses it"


def test_find__the_newest(cache: VenvCache) -> None:
    """Two rehearsals that made one at the same time."""
    one, two = cache.create(KEY), cache.create(KEY)
    for venv in (one, two):
        venv.path.mkdir()
        cache.publish(venv, {}, 0)
    set_times(one.folder.path, used=-60)
    found = cache.find(KEY)
    assert found
    assert found.path == one.path


def plant_pth(venv: Path) -> None:
    (venv / "lib/planted.pth").write_text("import os; os.abort()\n")


def change_module(venv: Path) -> None:
    (venv / "lib/module.py").write_text("# 0123abce\n")


@pytest.mark.parametrize(
    "change, fault",
    [
        (plant_pth, "'lib/planted.pth' was added"),
        (change_module, "'lib/module.py' was changed"),
        (lambda venv: (venv / "lib/module.py").unlink(), "'lib/module.py' is missing"),
        (lambda venv: (venv / "../record.json").write_text("{"), "its record is damaged"),
        (lambda venv: (venv / "../record.json").write_text("[]"), "its record is damaged"),
        (
            lambda venv: (venv / "../record.json").write_text('{"made": 1, "size": Infinity}'),
            "its record is damaged",
        ),
        (lambda venv: os.truncate(venv / "../content.json", 1 << 40), "its record is damaged"),
        (lambda venv: os.truncate(venv / "lib/module.py", 1 << 40), "'lib/module.py' was changed"),
        (lambda venv: (venv / "../content.json").write_text("{}"), "its record is damaged"),
        (
            lambda venv: (venv / "../content.json").unlink(),
            "it cannot be read (No such file or directory)",
        ),
        (lambda venv: venv.rename(venv.with_name("moved")), "it cannot be read (No such file or"),
        (lambda venv: set_times(venv.parent, made=7 * DAY + 1), "it is older than 7 days"),
        (lambda venv: set_times(venv.parent, made=-60), "it is older than 7 days"),
        (lambda venv: set_times(venv.parent, made=6.9 * DAY), ""),
    ],
)
def test_find_fault(cache: VenvCache, change: Callable[[Path], object], fault: str) -> None:
    change(free(cache) / "venv")
    found = cache.find(KEY)
    assert found
    assert found.find_fault().startswith(fault)
    assert bool(found.find_fault()) is bool(fault)
    if fault:
        cache.discard(found)
        assert cache.find(KEY) is None
        assert left(cache) == set()


def test_find_fault__what_python_compiled_is_no_fault(cache: VenvCache) -> None:
    folder = free(cache)
    compiled = folder / "venv/lib/__pycache__"
    compiled.mkdir()
    (compiled / "module.cpython-311.pyc").write_bytes(b"perhaps planted")
    found = cache.find(KEY)
    assert found
    assert found.find_fault() == ""
    assert list(compiled.iterdir()) == [], "but it is not trusted"


def test_publish__the_oldest_goes_where_there_are_too_many(cache: VenvCache) -> None:
    for number in range(5):
        set_times(free(cache, f"{number}"), used=1000 - 100 * number)
    used = cache.find("0")
    assert used
    used.note_use()
    del used
    free(cache, "5")
    assert left(cache) == {"0", "2", "3", "4", "5"}


def test_publish__the_oldest_go_where_all_are_too_large(cache: VenvCache) -> None:
    for number in range(4):
        set_times(free(cache, f"{number}", size=500_000_000), used=1000 - 100 * number)
    assert left(cache) == {"0", "1", "2", "3"}
    free(cache, "4", size=900_000_000)
    assert left(cache) == {"2", "3", "4"}


def test_publish__what_is_in_use_stays(cache: VenvCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venv_cache, "MAX_COUNT", 1)
    in_use = made(cache, "0")
    set_times(in_use.folder.path, used=60)
    free(cache, "1")
    assert left(cache) == {"0", "1"}
    assert (in_use.path / "lib/module.py").exists()


def test_publish__what_is_old_or_superseded_goes(cache: VenvCache) -> None:
    set_times(free(cache, "0"), made=8 * DAY)
    superseded = free(cache)
    set_times(superseded, used=60)
    set_times(free(cache, "1"), used=100)
    newest = free(cache)
    assert left(cache) == {"1", KEY}
    assert not superseded.exists()
    assert newest.exists()


def test_sweep__what_a_killed_rehearsal_left(cache: VenvCache) -> None:
    kept = free(cache, "1")
    half_made = cache.create(KEY).folder.path
    (half_made / "venv").mkdir()
    (half_made / "record.json.new").touch()
    (cache.folder / "somebody's").mkdir()
    assert not cache.has_removed
    cache.sweep()
    assert {path.name for path in cache.folder.iterdir()} == {kept.name, "somebody's"}


def test_sweep__of_nothing(cache: VenvCache) -> None:
    cache.sweep()
    assert not cache.has_removed
    assert not cache.folder.exists()


def test_discard__is_removed_by_a_sweep(cache: VenvCache) -> None:
    cache.discard(made(cache))
    assert cache.has_removed
    assert cache.find(KEY) is None
    assert left(cache) == set()


def test_locked__by_a_process_that_does_not_go_on(
    cache: VenvCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(venv_cache, "LOCK_TIMEOUT", 0.1)
    with cache._locked(make=True), pytest.raises(BlockingIOError):
        cache.find(KEY)
    assert cache.find(KEY) is None


def test_create__where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / ".cache").touch()
    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        VenvCache(tmp_path / ".cache/dress-rehearsal/venvs").create(KEY)
