import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.outside import engine as engines
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.results.engine_versions import EngineVersions
from rehearsal.verdict import RehearsalError, Verdict

DEAD = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is it running?"


def client(folder: Path, script: str) -> Path:
    """Make a `docker` in a folder; the script sees `$1 $2 …` as the client would."""
    folder.mkdir(exist_ok=True)
    path = folder / "docker"
    path.write_text(f"#!/bin/bash\n{script}\n")
    path.chmod(0o755)
    return path


def dead(words: str = DEAD) -> str:
    return f'[[ $1 == buildx ]] && exit 0; echo "{words}" >&2; exit 1'


def path_of(*folders: Path) -> dict[str, str]:
    return {"PATH": os.pathsep.join([*map(str, folders), "/usr/bin", "/bin"])}


def engine_of(tmp_path: Path, script: str, *, buildx: bool = False) -> Engine:
    path = client(tmp_path / "client", script)
    return Engine(client=str(path), buildx=buildx, env=path_of())


def test_create__passes_secrets_in_the_client_s_environment(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, 'printf "%s|" "$@" "$KEY"')
    output = engine.create(["--env", "KEY", "image"], secrets={"KEY": "hush\nhush"})
    assert output == "create|--env|KEY|image|hush\nhush|"
    assert "KEY" not in engine.env


@pytest.mark.parametrize(
    "shown, low, high",
    [
        # Docker's answer has nanoseconds.
        ("date --utc +%Y-%m-%dT%H:%M:%S.%NZ", 0, 0),
        ("date --utc --date '1 hour ago' +%Y-%m-%dT%H:%M:%S.%NZ", -3601, -3599),
        ("echo unknown", 0, 0),
        ("exit 1", 0, 0),
    ],
    ids=["same", "behind", "unknown", "refused"],
)
def test_clock_offset__in_seconds(tmp_path: Path, shown: str, low: int, high: int) -> None:
    assert low <= engine_of(tmp_path, shown).clock_offset() <= high


def test_watch_signals__prints_a_line_for_each_and_no_refusal(tmp_path: Path) -> None:
    told: list[bytes] = []
    engine = engine_of(tmp_path, 'echo "$@"; echo "permission denied" >&2')
    assert engine.watch_signals("c0ffee", out=told.append).wait(30) == 0
    assert told == [b"events --filter container=c0ffee --filter event=kill\n"]


def test_repr__shows_no_environment() -> None:
    engine = Engine(client="docker", buildx=False, env={"TOKEN": "hush"})
    assert "hush" not in repr(engine)


@pytest.mark.parametrize(
    "words",
    [
        DEAD,
        "error during connect: this error may indicate that the docker daemon is not running",
        "Cannot connect to Podman. Please verify your connection to the Linux system",
    ],
    ids=["cannot connect", "error during connect", "podman"],
)
def test_call__a_lost_engine_is_engine_failed(tmp_path: Path, words: str) -> None:
    engine = engine_of(tmp_path, dead(words))
    with pytest.raises(RehearsalError) as caught:
        engine.inspect("c0ffee")
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED
    assert words in caught.value.problem.message


def test_call__raises_with_the_engine_s_message(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, 'echo "Error response from daemon: no way" >&2; exit 1')
    with pytest.raises(EngineError) as caught:
        engine.inspect("c0ffee")
    assert str(caught.value) == "no way"


def test_call__a_silent_engine_is_engine_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "CALL_TIMEOUT", 0.1)
    with pytest.raises(RehearsalError, match="stop: TimeoutExpired") as caught:
        engine_of(tmp_path, "exec sleep 30").stop("c0ffee", seconds=1)
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED


def test_call__a_missing_client_is_engine_failed(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, "")
    Path(engine.client).unlink()
    with pytest.raises(RehearsalError) as caught:
        engine.check()
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED


def test_check__accepts_any_answer(tmp_path: Path) -> None:
    engine_of(tmp_path, "echo no >&2; exit 1").check()


DOCKER_EVENTS = "".join(
    json.dumps({"Action": "die", "Actor": {"ID": "c0ffee", "Attributes": {"exitCode": code}}})
    + "\n"
    for code in ("4", "0", "3")
)
PODMAN_EVENT = '{"ContainerExitCode":137,"ID":"c0ffee","Image":"localhost/pp:1","Status":"died"}'


@pytest.mark.parametrize(
    "says, code",
    [(DOCKER_EVENTS, 3), (PODMAN_EVENT, 137), ("", None)],
    ids=["several", "podman", "none"],
)
def test_last_exit_code__is_that_of_the_latest_end(
    tmp_path: Path, says: str, code: int | None
) -> None:
    engine = engine_of(tmp_path, f"printf %s '{says}'; echo $* >{tmp_path}/asked")
    assert engine.last_exit_code("c0ffee") == code
    asked = (tmp_path / "asked").read_text()
    assert asked.startswith("events --since 0 --until ")
    assert "container=c0ffee" in asked


@pytest.mark.parametrize(
    "words",
    [
        "Error response from daemon: network not found",
        "Error: unable to find network with name or ID x: network not found",
        "Error response from daemon: network x not found",
    ],
    ids=["podman's socket", "podman", "docker"],
)
def test_remove_labelled__ignores_a_network_that_is_gone(tmp_path: Path, words: str) -> None:
    script = (
        f'case "$1 $2" in "network ls") echo x;; "network rm") echo "{words}" >&2; exit 1;; esac'
    )
    engine_of(tmp_path, script).remove_labelled("a=b")


@pytest.mark.parametrize("prefix", ["Error response from daemon: ", "Error: "], ids=ascii)
def test_call__leaves_the_client_s_prefix_out(tmp_path: Path, prefix: str) -> None:
    engine = engine_of(tmp_path, f"echo '{prefix}statfs /x' >&2; exit 125")
    with pytest.raises(EngineError, match=r"\Astatfs /x\Z"):
        engine.tag("a", "b")


@pytest.mark.parametrize(
    "words",
    ["Error: No such image: app:1", "Error: app:1: image not known"],
    ids=["docker", "podman"],
)
def test_image_names__none_if_there_is_no_image(tmp_path: Path, words: str) -> None:
    assert engine_of(tmp_path, f'echo "{words}" >&2; exit 1').image_names("app:1") is None


def test_why_not_started__asks_without_attaching(tmp_path: Path) -> None:
    words = "crun: executable file `x` not found in $PATH"
    script = f"""[ "$*" = 'start c0ffee' ] && echo '{words}' >&2
        echo 'Error: failed to start containers: c0ffee' >&2; exit 1"""
    engine = engine_of(tmp_path, script)
    assert engine.why_not_started("c0ffee") == words


def test_why_not_started__stops_a_container_that_starts_after_all(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, f'echo "$1" >>{tmp_path}/calls')
    assert engine.why_not_started("c0ffee") == ""
    assert (tmp_path / "calls").read_text().split() == ["start", "stop"]


def test_foreground_env__is_for_what_ends_with_its_client(tmp_path: Path) -> None:
    found: list[bytes] = []
    engine = replace(engine_of(tmp_path, 'echo "$MARK"'), foreground_env={"MARK": "ours"})
    engine.build([], secrets={}, out=found.append).wait()
    engine.execute("c0ffee", ["true"], out=found.append).wait()
    engine.start("c0ffee", out=found.append, err=found.append).wait()
    assert b"".join(found) == b"ours\nours\n\n"


# As `docker context inspect` finds it: DOCKER_CONTEXT, then currentContext in the configuration.
CONTEXTS = """[[ "$1 $2" == "context inspect" ]] || exit 9
chosen=$(sed -n 's/.*"currentContext": "\\(.*\\)".*/\\1/p' "$DOCKER_CONFIG/config.json")
name=${DOCKER_CONTEXT:-$chosen}
case ${name:-default} in
rootless) echo unix:///run/user/1000/docker.sock ;;
far) echo ssh://build@example.invalid ;;
default) echo unix:///var/run/docker.sock ;;
*) echo "context \"$name\" does not exist" >&2; exit 1 ;;
esac"""


@pytest.mark.parametrize(
    "current, env, host",
    [
        ("", {}, "unix:///var/run/docker.sock"),
        ("rootless", {}, "unix:///run/user/1000/docker.sock"),
        ("rootless", {"DOCKER_CONTEXT": "far"}, "ssh://build@example.invalid"),
        (
            "far",
            {"DOCKER_HOST": "unix:///run/user/1000/docker.sock"},
            "unix:///run/user/1000/docker.sock",
        ),
        ("rootless", {"DOCKER_HOST": ""}, "unix:///run/user/1000/docker.sock"),
        ("gone", {}, ""),
    ],
)
def test_host__is_the_one_that_the_client_uses(
    tmp_path: Path, current: str, env: dict[str, str], host: str
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"currentContext": current}))
    engine = engine_of(tmp_path, CONTEXTS)
    engine = replace(engine, env={**engine.env, "DOCKER_CONFIG": str(tmp_path), **env})
    assert engine.host() == host


def test_host__of_podman_itself(tmp_path: Path) -> None:
    env = {**path_of(), "DOCKER_HOST": "ssh://ignored", "CONTAINER_HOST": "ssh://far"}
    versions = EngineVersions(name="Podman", version="5.8.6", client="5.8.6")
    engine = replace(engine_of(tmp_path, "exit 0"), env=env, versions=versions)
    assert engine.host() == "ssh://far"
    assert replace(engine, env={**env, "CONTAINER_HOST": ""}).host() == ""


def test_inspect(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, """echo '[{"Id": "'$*'"}]'""")
    assert engine.inspect("c0ffee") == {"Id": "container inspect c0ffee"}
    assert engine.inspect("app", "image") == {"Id": "image inspect app"}


@pytest.mark.parametrize(
    "buildx, expected",
    [(False, "build -t x ."), (True, "buildx build --load -t x .")],
    ids=["old client", "buildx"],
)
def test_build__uses_buildkit(tmp_path: Path, buildx: bool, expected: str) -> None:
    pieces: list[bytes] = []
    script = 'echo "$*"; echo "$DOCKER_BUILDKIT $BUILDKIT_PROGRESS $TOKEN" >&2; exit 4'
    process = engine_of(tmp_path, script, buildx=buildx).build(
        ["-t", "x", "."], secrets={"TOKEN": "planted"}, out=pieces.append
    )
    assert process.wait() == 4
    assert b"".join(pieces).decode() == f"{expected}\n1 plain planted\n"


def test_start__attaches_to_both_streams(tmp_path: Path) -> None:
    out: list[bytes] = []
    err: list[bytes] = []
    engine = engine_of(tmp_path, 'echo "$*"; echo trouble >&2')
    engine.start("c0ffee", out=out.append, err=err.append).wait()
    assert b"".join(out) == b"start --attach c0ffee\n"
    assert b"".join(err) == b"trouble\n"


@pytest.mark.parametrize(
    "answer, found", [("exit 0", True), ('echo "No such image: db" >&2; exit 1', False)]
)
def test_has_image(tmp_path: Path, answer: str, found: bool) -> None:
    assert engine_of(tmp_path, f"echo '[{{}}]'; {answer}").has_image("db") is found


def test_has_image__another_refusal(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="invalid reference"):
        engine_of(tmp_path, "echo invalid reference format >&2; exit 1").has_image("DB")


def test_execute__passes_a_list_of_arguments(tmp_path: Path) -> None:
    out: list[bytes] = []
    engine = engine_of(tmp_path, 'printf "%s|" "$@"')
    engine.execute("c0ffee", ["sh", "-ec", "a b; $(c)"], out=out.append).wait()
    assert b"".join(out) == b"exec|c0ffee|sh|-ec|a b; $(c)|"


@pytest.mark.parametrize(
    "words",
    [
        "Error: No such container: $4",
        "removal of container $4 is already in progress",
        "Error response from daemon: no container with ID or name $4 found: no such container",
    ],
    ids=["gone", "going", "podman"],
)
def test_remove__ignores_containers_that_are_gone(tmp_path: Path, words: str) -> None:
    calls = tmp_path / "calls"
    script = f'echo "$*" >> {calls}; echo "{words}" >&2; exit 1'
    engine_of(tmp_path, script).remove(["a", "b"])
    removals = calls.read_text().splitlines()
    assert removals == [f"rm --force --volumes {names}" for names in ("a b", "a", "b")]


def test_remove__raises_after_removing_the_others(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    script = f'echo "$4" >> {calls}; [[ $4 == b ]] || {{ echo "$4 not permitted" >&2; exit 1; }}'
    with pytest.raises(EngineError, match="a not permitted; c not permitted"):
        engine_of(tmp_path, script).remove(["a", "b", "c"])
    assert calls.read_text().split() == ["a", "a", "b", "c"]


def test_remove__podman_does_not_wait_for_what_ignores_sigterm(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    script = f'echo "$*" >> {calls}; [[ $1 != kill ]] || exit 125'
    engine = replace(engine_of(tmp_path, script), versions=EngineVersions(name="Podman"))
    engine.remove(["a", "b"])
    assert calls.read_text().splitlines() == ["kill a b", "rm --force --volumes a b"]


@pytest.mark.parametrize("there", [True, False], ids=["there", "not there"])
def test_ensure_volume__creates_and_labels_a_missing_volume(tmp_path: Path, there: bool) -> None:
    calls = tmp_path / "calls"
    answer = 0 if there else 1
    script = f'echo "$*" >> {calls}; [[ $2 == inspect ]] && exit {answer}; exit 0'
    engine_of(tmp_path, script).ensure_volume("data", "dress-rehearsal=1")
    made = "volume create --label dress-rehearsal=1 data"
    assert (made in calls.read_text().splitlines()) is not there


def test_remove_labelled__with_a_prefix(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    script = f"""echo "$*" >> {calls}
    case "$1 $2" in
        "ps --all") printf 'c1\\n';;
        "network ls") printf 'x-1\\nx-1.audit\\n';;
        "volume ls") printf 'x-1.audit-plain-1\\ndata\\n';;
    esac"""
    engine_of(tmp_path, script).remove_labelled("x=1", "x-1.audit")
    lines = calls.read_text().splitlines()
    assert lines[0].endswith(r"--filter label=x=1 --filter name=^x\-1\.audit")
    assert [line for line in lines if " rm " in line or line.startswith("rm ")] == [
        "rm --force --volumes c1",
        "network rm x-1.audit",
        "volume rm x-1.audit-plain-1",
    ]


def test_copy_out__as_an_archive(tmp_path: Path) -> None:
    out, err = bytearray(), bytearray()
    engine = engine_of(tmp_path, 'printf "%s|" "$@"; echo oops >&2')
    process = engine.copy_out("c0ffee", "/data", out=out.extend, err=err.extend)
    assert process.wait() == 0
    assert (bytes(out), bytes(err)) == (b"cp|c0ffee:/data|-|", b"oops\n")


def test_copy_in__from_an_archive(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, f'echo "$*" >{tmp_path}/asked; cat >{tmp_path}/archive')
    engine.copy_in("c0ffee", "/data", b"\0tar\xff")
    assert (tmp_path / "asked").read_text() == "cp - c0ffee:/data\n"
    assert (tmp_path / "archive").read_bytes() == b"\0tar\xff"


def test_remove_labelled__removes_nothing_else(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    script = f"""echo "$*" >> {calls}
    case "$*" in
        "ps --all --quiet --no-trunc --filter label=dress-rehearsal=1") printf 'c1\\nc2\\n';;
        "volume ls --quiet --filter label=dress-rehearsal=1") printf 'v1\\n';;
    esac"""
    engine_of(tmp_path, script).remove_labelled("dress-rehearsal=1")
    changes = [line for line in calls.read_text().splitlines() if " ls " not in line][1:]
    assert changes == ["rm --force --volumes c1 c2", "volume rm v1"]


@pytest.mark.parametrize(
    "versions, arguments",
    [
        (EngineVersions(name="Docker", version="20.10.24"), "top c0ffee -eo user,pid,ppid,args"),
        (EngineVersions(name="Podman", version="5.8.6"), "top c0ffee huser,pid,ppid,args"),
    ],
    ids=["docker", "podman"],
)
def test_processes__each_engine_has_its_own_columns(
    tmp_path: Path, versions: EngineVersions, arguments: str
) -> None:
    engine = engine_of(tmp_path, 'echo "USER PID"; echo "$@"')
    assert replace(engine, versions=versions).processes("c0ffee") == [arguments]
