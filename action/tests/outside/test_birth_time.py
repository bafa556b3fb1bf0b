import os
import time
from pathlib import Path

from rehearsal.outside.birth_time import birth_time
from rehearsal.outside.folder import Folder


def test_birth_time__stays_when_a_folder_is_changed_and_moved(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    folder = Folder(tmp_path / "old")
    born = birth_time(folder.descriptor)
    assert abs(time.time_ns() - born) < 60 * 10**9
    time.sleep(0.02)
    (tmp_path / "old/new").mkdir()
    os.utime(tmp_path / "old")
    (tmp_path / "old").rename(tmp_path / "moved")
    assert birth_time(Folder(tmp_path / "moved").descriptor) == born
    assert birth_time(Folder(tmp_path / "moved/new").descriptor) > born


def test_birth_time__unknown() -> None:
    descriptor = os.open("/proc/self", os.O_RDONLY)
    try:
        assert birth_time(descriptor) == 0
    finally:
        os.close(descriptor)
    assert birth_time(-1) == 0
