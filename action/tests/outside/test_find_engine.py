import os
import stat
import time
from pathlib import Path

import pytest

from rehearsal.outside.find_engine import EngineNeeds, find_engine
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

from .test_engine import DEAD, client, dead


def version(number: str, *, buildx: bool = False) -> str:
    return (
        f'case "$1 $2" in "version --format") echo {number};; '
        f'"buildx version") exit {0 if buildx else 1};; *) exit 9;; esac'
    )


def only(*folders: Path) -> dict[str, str]:
    """Return a PATH without the machine's own client; bash is called by its full name."""
    return {"PATH": os.pathsep.join(map(str, folders))}


@pytest.mark.parametrize("number", ["20.10.24+dfsg1", "22.0.0"])
def test_find_engine__an_old_client_needs_no_plugin(tmp_path: Path, number: str) -> None:
    path = client(tmp_path / "a", version(number))
    found = find_engine(only(tmp_path / "a"), EngineNeeds.BUILDKIT)
    assert (found.client, found.buildx) == (str(path), False)


def test_find_engine__a_recent_client_with_its_plugin(tmp_path: Path) -> None:
    path = client(tmp_path / "a", version("28.2.2", buildx=True))
    found = find_engine(only(tmp_path / "a"), EngineNeeds.BUILDKIT)
    assert (found.client, found.buildx) == (str(path), True)


def test_find_engine__skips_a_recent_client_without_its_plugin(tmp_path: Path) -> None:
    client(tmp_path / "a", version("28.2.2"))
    old = client(tmp_path / "b", version("20.10.24"))
    assert find_engine(only(tmp_path / "a", tmp_path / "b"), EngineNeeds.BUILDKIT).client == str(
        old
    )


def test_find_engine__the_first_that_builds_wins(tmp_path: Path) -> None:
    first = client(tmp_path / "a", version("20.10.24"))
    client(tmp_path / "b", version("28.2.2", buildx=True))
    assert find_engine(only(tmp_path / "a", tmp_path / "b"), EngineNeeds.BUILDKIT).client == str(
        first
    )


@pytest.mark.parametrize("number", ["23.0.0", "28.2.2", "''", "dev"])
def test_find_engine__no_client_that_builds(tmp_path: Path, number: str) -> None:
    path = client(tmp_path / "a", version(number))
    with pytest.raises(MisconfiguredError, match="no buildx plugin") as caught:
        find_engine(only(tmp_path / "a"), EngineNeeds.BUILDKIT)
    assert str(path) in caught.value.problem.message
    assert "docker-buildx" in caught.value.problem.hint


@pytest.mark.parametrize("what", ["nothing", "no run bit", "a folder"])
def test_find_engine__no_client(tmp_path: Path, what: str) -> None:
    if what == "no run bit":
        client(tmp_path / "a", version("20.10.24")).chmod(stat.S_IRUSR)
    elif what == "a folder":
        (tmp_path / "a" / "docker").mkdir(parents=True)
    with pytest.raises(RehearsalError, match="no docker client on PATH") as caught:
        find_engine(only(tmp_path / "a"), EngineNeeds.BUILDKIT)
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED
    assert "not the app's fault" in caught.value.problem.hint


def test_find_engine__no_client_reaches_an_engine(tmp_path: Path) -> None:
    client(tmp_path / "a", dead())
    client(tmp_path / "b", dead("another"))
    with pytest.raises(RehearsalError) as caught:
        find_engine(only(tmp_path / "a", tmp_path / "b"), EngineNeeds.BUILDKIT)
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED
    assert DEAD in caught.value.problem.message


def test_find_engine__one_client_reaches_an_engine(tmp_path: Path) -> None:
    client(tmp_path / "a", dead())
    good = client(tmp_path / "b", version("20.10.24"))
    assert find_engine(only(tmp_path / "a", tmp_path / "b"), EngineNeeds.BUILDKIT).client == str(
        good
    )


def test_find_engine__ignores_files_that_are_not_programs(tmp_path: Path) -> None:
    path = client(tmp_path / "a", "")
    path.write_bytes(b"\x7fELF but not really")
    with pytest.raises(RehearsalError) as caught:
        find_engine(only(tmp_path / "a"), EngineNeeds.BUILDKIT)
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED
    assert str(path) in caught.value.problem.message


def test_find_engine__a_client_that_never_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A DOCKER_HOST behind a firewall, say."""
    client(tmp_path / "a", "exec /bin/sleep 30")
    monkeypatch.setattr("rehearsal.outside.find_engine.CALL_TIMEOUT", 0.2)
    started = time.monotonic()
    with pytest.raises(RehearsalError, match="TimeoutExpired") as caught:
        find_engine(only(tmp_path / "a"), EngineNeeds.BUILDKIT)
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED
    assert time.monotonic() - started < 5
