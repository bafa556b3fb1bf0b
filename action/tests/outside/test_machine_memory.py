from pathlib import Path

import pytest

from rehearsal.outside import machine_memory


def test_memory_mib__the_machine_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    total = int(Path("/proc/meminfo").read_text().split()[1]) // 1024
    for content in ("max\n", f"{1 << 60}\n"):
        limit = tmp_path / "memory.max"
        limit.write_text(content)
        monkeypatch.setattr(machine_memory, "LIMIT", limit)
        assert abs(machine_memory.memory_mib() - total) <= 1
    monkeypatch.setattr(machine_memory, "LIMIT", tmp_path / "none")
    assert abs(machine_memory.memory_mib() - total) <= 1


def test_memory_mib__the_limit_of_a_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text(f"{64 << 20}\n")
    monkeypatch.setattr(machine_memory, "LIMIT", limit)
    assert machine_memory.memory_mib() == 64


def test_shared_memory_mib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_memory, "SHARED", str(tmp_path))
    assert machine_memory.shared_memory_mib() > 0
    monkeypatch.setattr(machine_memory, "SHARED", str(tmp_path / "none"))
    assert machine_memory.shared_memory_mib() == 0
