from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rehearsal.evidence.log import Log
from rehearsal.pipeline.stages import container as containers
from rehearsal.pipeline.stages.container import (
    crash_error,
    create_arguments,
    create_container,
    makes_volumes,
    mount,
    port_taken,
    read_end,
    start_container,
    without_secrets,
)
from rehearsal.results.tests import Failure, Span
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

from ...fakes import FakeEngine, FakeProcess, container_plan, gone, refused, running, secret, state

HUSH = "planted-secret-value"
LABEL = "dress-rehearsal=1"


def arguments(**changes: Any) -> list[str]:
    return create_arguments(
        container_plan(**changes),
        image="sha256:1",
        name="dress-rehearsal-1",
        label=LABEL,
        directory=Path("/srv/app"),
    )


def after(argv: list[str], option: str) -> list[str]:
    return [argv[i + 1] for i, argument in enumerate(argv) if argument == option]


def test_create_arguments__of_the_plainest_container() -> None:
    assert arguments() == [
        "--name",
        "dress-rehearsal-1",
        "--label",
        LABEL,
        "--log-driver",
        "json-file",
        "--publish",
        "127.0.0.1::8888",
        "sha256:1",
    ]


def test_create_arguments__of_everything() -> None:
    argv = arguments(
        port=80,
        host_port=8080,
        env={"A": "two words", "B": ""},
        secrets=(secret("KEY"), secret("TOKEN")),
        command=("gunicorn", "--workers", "2"),
        volumes=("data:/data", "./conf:/conf:ro"),
        network="backend",
    )
    assert after(argv, "--publish") == ["127.0.0.1:8080:80"]
    assert sorted(after(argv, "--env")) == ["A=two words", "B=", "KEY", "TOKEN"]
    assert after(argv, "--network") == ["backend"]
    assert len(after(argv, "--mount")) == 2
    assert argv[-4:] == ["sha256:1", "gunicorn", "--workers", "2"]


def test_create_arguments__hold_no_value_of_a_secret() -> None:
    argv = arguments(secrets=(secret("KEY", HUSH), secret("PEM", "-----BEGIN\nabc\n-----END")))
    assert not any(HUSH in argument or "BEGIN" in argument for argument in argv)
    assert after(argv, "--env") == ["KEY", "PEM"]


def test_create_arguments__publish_to_this_machine_alone() -> None:
    for host_port in (0, 80):
        (published,) = after(arguments(host_port=host_port), "--publish")
        assert published.startswith("127.0.0.1:")


@pytest.mark.parametrize("command", ["--privileged", "-v", "--env-file=/etc/passwd"])
def test_create_arguments__a_command_cannot_be_an_option(command: str) -> None:
    argv = arguments(command=(command,))
    assert argv.index("sha256:1") < argv.index(command)


@pytest.mark.parametrize(
    "volume, expected",
    [
        ("data:/data", "type=volume,source=data,target=/data"),
        ("data:/data:ro", "type=volume,source=data,target=/data,readonly"),
        ("data:/data:rw", "type=volume,source=data,target=/data"),
        ("/srv/x:/x", "type=bind,source=/srv/x,target=/x"),
        ("./conf:/conf:ro", "type=bind,source=/srv/app/conf,target=/conf,readonly"),
        (".:/src", "type=bind,source=/srv/app,target=/src"),
        ("../shared:/s", "type=bind,source=/srv/shared,target=/s"),
        ("~/x:/x", f"type=bind,source={Path.home()}/x,target=/x"),
    ],
)
def test_mount__kinds(volume: str, expected: str) -> None:
    assert mount(volume, Path("/srv/app")) == expected


def create(engine: FakeEngine, **changes: Any) -> str:
    return create_container(
        container_plan(**changes),
        engine,
        image="sha256:1",
        name="n",
        label=LABEL,
        directory=Path("/work"),
    )


def test_create_container__secrets_travel_beside_the_arguments() -> None:
    engine = FakeEngine()
    assert create(engine, secrets=(secret("KEY", HUSH),)) == "c0ffee"
    assert engine.secrets == {"KEY": HUSH}
    assert HUSH not in repr(engine.calls)


def test_create_container__makes_named_volumes_and_no_paths() -> None:
    engine = FakeEngine()
    create(engine, volumes=("data:/data", "/srv:/srv", "./x:/x", "~/y:/y"))
    made = [call for call in engine.calls if call[0] == "ensure_volume"]
    assert made == [("ensure_volume", "data", LABEL)]


# What the engine says (20.10 and 28), and the input that it comes from.
WORDS = {
    'invalid mount config for type "bind": bind source path does not exist: /nowhere': "volumes",
    "failed to mount local volume: mount /x: no such file": "volumes",
    "network nowhere not found": "network",
    'OCI runtime create failed: exec: "gunicron": executable file not found in $PATH': "command",
}


@pytest.mark.parametrize("words, name", WORDS.items(), ids=WORDS.values())
def test_create_container__a_refusal_names_the_input(words: str, name: str) -> None:
    engine = FakeEngine(refuses={"create": refused(words)})
    with pytest.raises(MisconfiguredError) as caught:
        create(engine)
    assert words in caught.value.problem.message
    assert f"the input {name}" in caught.value.problem.hint


def test_create_container__an_unknown_refusal_is_told_in_the_engines_words() -> None:
    engine = FakeEngine(refuses={"create": refused("something new")})
    with pytest.raises(MisconfiguredError, match="something new") as caught:
        create(engine)
    assert caught.value.problem.hint == ""


def test_create_container__a_lost_engine_is_not_the_inputs_fault() -> None:
    with pytest.raises(RehearsalError) as caught:
        create(FakeEngine(refuses={"create": gone()}))
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED


PORT_WORDS = [
    "Bind for 127.0.0.1:8080 failed: port is already allocated",
    "Error starting userland proxy: listen tcp4 127.0.0.1:8080: bind: address already in use",
]


@pytest.mark.parametrize("words", PORT_WORDS, ids=["allocated", "in use"])
def test_start_container__a_taken_host_port_is_named_with_the_ways_out(
    log: Log, words: str
) -> None:
    engine = FakeEngine(process=FakeProcess(1), states=[state("created", error=words)])
    with pytest.raises(MisconfiguredError) as caught:
        start_container("c0ffee", container_plan(host_port=8080), engine, log)
    assert caught.value.problem.message == port_taken(8080).problem.message
    assert "port 8080 on 127.0.0.1 is already allocated" in caught.value.problem.message
    assert "leave host-port out" in caught.value.problem.hint


def test_start_container__without_an_error_of_the_engine_the_clients_words_are_told(
    log: Log,
) -> None:
    engine = FakeEngine(
        process=FakeProcess(1), states=[state("created")], says=b'exec: "x": not found\n'
    )
    with pytest.raises(MisconfiguredError, match='exec: "x": not found') as caught:
        start_container("c0ffee", container_plan(), engine, log)
    assert "the input command" in caught.value.problem.hint


def test_start_container__returns_when_the_port_is_published(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rehearsal.pipeline.stages.container.time.sleep", lambda _: None)
    engine = FakeEngine(states=[state("created"), state(), state(port=49153)])
    container = start_container("c0ffee", container_plan(), engine, log)
    assert (container.id, container.port, container.ended) == ("c0ffee", 49153, False)


def test_start_container__one_that_ended_at_once_is_returned_to_be_told_of(log: Log) -> None:
    engine = FakeEngine(process=FakeProcess(3), states=[state("exited", code=3)])
    assert start_container("c0ffee", container_plan(), engine, log).ended


def test_start_container__an_end_right_after_the_look_is_no_refusal(log: Log) -> None:
    """The client may tell of the end while an older answer of the engine says "created"."""
    process = FakeProcess(None)

    class Quick(FakeEngine):
        def inspect(self, name: str, kind: str = "container") -> dict[str, Any]:
            found = super().inspect(name, kind)
            process.code = 1
            return found

    engine = Quick(process=process, states=[state("created"), state("exited", code=1)])
    assert start_container("c0ffee", container_plan(), engine, log).ended


def test_start_container__an_engine_that_never_starts_it_is_engine_failed(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, "START_TIMEOUT", 0.1)
    engine = FakeEngine(states=[state("created")])
    with pytest.raises(RehearsalError) as caught:
        start_container("c0ffee", container_plan(), engine, log)
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED
    assert engine.process.was_ended


def test_crashed__tells_how_when_and_the_last_lines(log: Log) -> None:
    log.stream()(b"".join(b"line %d\n" % n for n in range(100)))
    log.close()
    engine = FakeEngine(states=[state("exited", code=3)])
    problem = crash_error(running(3), engine, log, when="during the tests").problem
    assert problem.verdict is Verdict.CRASHED
    assert problem.message == "The container ended during the tests: exit code 3."
    assert problem.excerpt[-1] == "line 99"
    assert len(problem.excerpt) == containers.EXCERPT


@pytest.mark.parametrize(
    "status, forgotten, restarts, told",
    [
        pytest.param("exited", 3, 0, "exit code 3.", id="for good"),
        pytest.param("running", 0, 0, "exit code 3.", id="the engine has not heard of it yet"),
        pytest.param(
            "running", 0, 1, "exit code 3, and its restart policy starts it again.", id="runs again"
        ),
        pytest.param(
            "restarting", 3, 1, "exit code 3, and its restart policy starts it again.", id="soon"
        ),
        pytest.param("exited", 3, 3, "exit code 3.", id="its policy has given it up"),
    ],
)
def test_crashed__tells_how_it_ended_whatever_became_of_it(
    status: str, forgotten: int, restarts: int, told: str, log: Log
) -> None:
    engine = FakeEngine(states=[state(status, code=forgotten) | {"RestartCount": restarts}])
    problem = crash_error(running(3), engine, log, when="during the tests").problem
    assert problem.message == f"The container ended during the tests: {told}"


ENDED = datetime(2026, 11, 22, 18, 0, 0, 123456, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "spans, told",
    [
        pytest.param([(-5, 0.1, True)], ", while t0 ran", id="the one that ran"),
        pytest.param([(-5, -0.1, True)], ", while t0 ran", id="the engine knows a moment later"),
        pytest.param([(-9, -5, True), (1, 2, True)], "", id="others"),
        pytest.param([(-9, -0.9, False)], ", while t0 ran", id="as near as a report tells"),
        pytest.param([(-9, -1.1, False), None], "", id="not as near"),
        pytest.param([(-1, 1, True), (-2, 2, True)], ", while t0 and t1 ran", id="side by side"),
        pytest.param([(-1, 1, True)] * 9, ", while t0 and t1 and t2 and t3 ran", id="a row"),
    ],
)
def test_crashed__names_the_failed_tests_that_ran_just_then(
    spans: list[tuple[float, float, bool] | None], told: str, log: Log
) -> None:
    failed = [
        Failure(
            name=f"t{number}",
            message="no",
            span=Span(start=ENDED + span[0], end=ENDED + span[1], exact=span[2]) if span else None,
        )
        for number, span in enumerate(spans)
    ]
    engine = FakeEngine(states=[state("exited", code=3)])
    problem = crash_error(running(3), engine, log, when="during the tests", failed=failed).problem
    assert problem.message == f"The container ended during the tests{told}: exit code 3."


@pytest.mark.parametrize("recorded, code", [(4, 4), (0, 0), (None, 1)])
def test_read_end__of_one_that_runs_again_the_engine_has_a_record(
    recorded: int | None, code: int
) -> None:
    again = state("running") | {"RestartCount": 1}
    end = read_end(running(1), FakeEngine(states=[again], exit_code=recorded))
    assert (end.exit_code, end.restarted) == (code, True)


@pytest.mark.parametrize("status, kept", [("exited", True), ("dead", True), ("running", False)])
def test_read_end__keeps_what_will_not_change(status: str, kept: bool) -> None:
    container = running(3)
    read_end(container, FakeEngine(states=[state(status, code=3)]))
    assert (container.inspected is not None) is kept


@pytest.mark.parametrize(
    "volumes, made",
    [((), False), (("./data:/data", "/srv:/srv:ro"), False), (("./data:/data", "db:/db"), True)],
    ids=["none", "folders", "a named one"],
)
def test_makes_volumes__of_a_name_alone(volumes: tuple[str, ...], made: bool) -> None:
    assert makes_volumes(container_plan(volumes=volumes)) is made


def test_crashed__tells_of_memory(log: Log) -> None:
    engine = FakeEngine(states=[state("exited", code=137, oom=True)])
    problem = crash_error(running(137), engine, log, when="before it was ready").problem
    assert "exit code 137, killed for memory" in problem.message


BOOT = b"""\
[7] [ERROR] Exception in worker process
Traceback (most recent call last):
  File "/src/shop/wsgi.py", line 3, in <module>
    raise FlagsMissing("no flags")
shop.wsgi.FlagsMissing: no flags
[1] [ERROR] Worker (pid:7) exited with code 3
Traceback (most recent call last):
  File "/venv/bin/gunicorn", line 8, in <module>
    sys.exit(run())
gunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>
"""


@pytest.mark.parametrize(
    "said, raised",
    [
        pytest.param(BOOT, " It raised shop.wsgi.FlagsMissing: no flags", id="the root"),
        pytest.param(b"hello\nKeyError: 'A'\nbye\n", " It raised KeyError: 'A'", id="its line"),
        pytest.param(b"hello\n", "", id="none"),
    ],
)
def test_crashed__tells_what_the_app_raised(said: bytes, raised: str, log: Log) -> None:
    log.stream()(said)
    log.close()
    engine = FakeEngine(states=[state("exited", code=3)])
    problem = crash_error(running(3), engine, log, when="before it was ready").problem
    assert problem.message == f"The container ended before it was ready: exit code 3.{raised}"


def test_without_secrets__takes_values_out_and_leaves_the_rest() -> None:
    env = [f"KEY={HUSH}", "PATH=/usr/bin", f"KEY_2={HUSH}=x", "KEYS=kept", "EMPTY="]
    found: dict[str, object] = {"Id": "c0ffee", "Config": {"Env": env, "Image": "app"}}
    plan = container_plan(secrets=(secret("KEY", HUSH), secret("KEY_2", HUSH)))
    known = without_secrets(found, plan)
    assert known["Id"] == "c0ffee"
    assert known["Config"] == {
        "Env": ["KEY=***", "PATH=/usr/bin", "KEY_2=***", "KEYS=kept", "EMPTY="],
        "Image": "app",
    }
    assert found["Config"] == {"Env": env, "Image": "app"}


@pytest.mark.parametrize(
    "found", [{}, {"Config": None}, {"Config": {"Env": None}}], ids=["none", "null", "no env"]
)
def test_without_secrets__a_container_without_environment(found: dict[str, object]) -> None:
    assert HUSH not in repr(without_secrets(found, container_plan(secrets=(secret("KEY", HUSH),))))


@pytest.mark.parametrize(
    "code, volumes, where, removal",
    [
        (
            None,
            [],
            "http://localhost:49153 (the app still runs)",
            "docker rm --force --volumes a-1",
        ),
        (
            3,
            ["data", "more"],
            "a-1 (it has ended; docker logs a-1 shows why)",
            "docker rm --force --volumes a-1 && docker volume rm data && docker volume rm more",
        ),
    ],
    ids=["runs", "has ended"],
)
def test_left_up__says_where_it_is_and_how_to_remove_it(
    code: int | None, volumes: list[str], where: str, removal: str
) -> None:
    assert containers.keep_running(running(code), "a=1", volumes) == (where, removal)
