import json
import os
import shlex
import stat
import time
from pathlib import Path

import pytest

from rehearsal.outside.find_engine import EngineNeeds, find_engine
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

from .test_engine import DEAD, client, dead


def version(number: str, *, buildx: bool = False) -> str:
    shown = json.dumps({"Client": {"Version": number}, "Server": {"Version": "28.5.2"}})
    plugin = "echo github.com/docker/buildx v0.30.1 9e66234" if buildx else "exit 1"
    return (
        f'case "$1 $2" in "version --format") echo {shlex.quote(shown)};; '
        f'"buildx version") {plugin};; "info --format") echo "[]";; *) exit 9;; esac'
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


@pytest.mark.parametrize("number", ["23.0.0", "28.2.2", "", "dev"])
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
    monkeypatch.setattr("rehearsal.outside.engine_versions.TIMEOUT", 0.2)
    started = time.monotonic()
    with pytest.raises(RehearsalError, match="TimeoutExpired") as caught:
        find_engine(only(tmp_path / "a"), EngineNeeds.BUILDKIT)
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED
    assert time.monotonic() - started < 5


# Docker 20.10.24's client at an engine 28.5.2 with DOCKER_MIN_API_VERSION=1.44, as 29 has it.
TOO_OLD = (
    "Error response from daemon: client version 1.41 is too old. Minimum supported API version is "
    "1.44, please upgrade your client to a newer version"
)


def test_find_engine__a_client_that_is_too_old_for_the_engine(tmp_path: Path) -> None:
    path = client(tmp_path / "a", dead(TOO_OLD))
    with pytest.raises(RehearsalError, match="is too old for the engine: client version") as caught:
        find_engine(only(tmp_path / "a"))
    problem = caught.value.problem
    assert problem.verdict is Verdict.ENGINE_FAILED
    assert str(path) in problem.message
    assert "Start the engine" not in problem.hint
    assert "newer client" in problem.hint


def podman(*, client_version: str = "5.8.6") -> str:
    server = {"Components": [{"Name": "Podman Engine"}], "Version": "5.8.6"}
    shown = {"Client": {"Version": client_version}, "Server": server}
    return f"[[ $1 == version ]] && echo {shlex.quote(json.dumps(shown))} || exit 0"


def test_find_engine__podman_builds_by_its_own_client(tmp_path: Path) -> None:
    path = client(tmp_path / "a", podman())
    found = find_engine(only(tmp_path / "a"), EngineNeeds.BUILDKIT)
    assert (found.client, found.buildx) == (str(path), False)


def test_find_engine__podman_runs_a_ready_image_by_any_client(tmp_path: Path) -> None:
    path = client(tmp_path / "a", podman(client_version="28.5.2"))
    assert find_engine(only(tmp_path / "a")).client == str(path)


def test_find_engine__docker_publishes_without_buildx(tmp_path: Path) -> None:
    path = client(tmp_path / "a", "[[ $1 == version ]] && echo '{}' || exit 1")
    assert find_engine(only(tmp_path / "a"), EngineNeeds.REGISTRIES).client == str(path)


@pytest.mark.parametrize(
    "needs, message, hint",
    [
        (EngineNeeds.BUILDKIT, "Podman, and the Docker client .* cannot build", "podman-docker"),
        (EngineNeeds.BUILDX, "Podman, which has no buildx", "Leave these inputs out"),
        (EngineNeeds.REGISTRIES, "Podman, and publishing works only with Docker", "docker load"),
    ],
)
def test_find_engine__what_podman_cannot_do(
    tmp_path: Path, needs: EngineNeeds, message: str, hint: str
) -> None:
    client(tmp_path / "a", podman(client_version="28.5.2"))
    with pytest.raises(MisconfiguredError, match=message) as caught:
        find_engine(only(tmp_path / "a"), needs)
    assert hint in caught.value.problem.hint
