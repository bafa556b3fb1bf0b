from pathlib import Path
from typing import Any

import pytest

from rehearsal.junit import Failure
from rehearsal.outside.sockets import Listener
from rehearsal.outside.web import Answer
from rehearsal.stages import facts
from rehearsal.verdict import Problem, Verdict

from .fakes import container_plan, probe_plan


def test_of_inputs__names_alone() -> None:
    plan = container_plan(env={"SHOP": "value"}, setup_command="migrate")
    assert facts.of_inputs(plan) == ("setup-command given", "variable SHOP")
    assert facts.of_inputs(container_plan()) == ("setup-command none",)


def test_of_question__tells_what_was_asked() -> None:
    asked = facts.of_question(probe_plan(path="/healthz"), 8888, "localhost:49153")
    assert asked == ("port 8888", "path /healthz", "host localhost:49153")


@pytest.mark.parametrize(
    "answer, lines",
    [
        (Answer(status=400, body="<h1>Bad\nRequest"), ("HTTP status 400", "<h1>Bad", "Request")),
        (Answer(refusal="connection refused (x)"), ("connection refused (x)",)),
        (
            Answer(status=301, headers={"location": "https://localhost/"}),
            ("HTTP status 301, a redirect to https://localhost/, where a rehearsal has no TLS",),
        ),
    ],
    ids=["a page", "none", "to https"],
)
def test_of_answer__tells_status_and_page(answer: Answer, lines: tuple[str, ...]) -> None:
    assert facts.of_answer(probe_plan(), answer) == lines


def test_of_listeners__tells_who_can_be_reached() -> None:
    found = [
        Listener(port=8888, address="0.0.0.0"),  # noqa: S104  (read, not bound)
        Listener(port=8888, address="::1"),
        Listener(port=80, address="127.0.0.1"),
    ]
    assert facts.of_listeners(found, 8888) == (
        "reachable 0.0.0.0:8888",
        "loopback [::1]:8888",
        "elsewhere 127.0.0.1:80",
    )


def test_of_listeners__nobody_is_not_the_same_as_unknown() -> None:
    assert facts.of_listeners([], 8888) == ("nobody",)
    assert facts.of_listeners(None, 8888) == ()


EXITED: dict[str, Any] = {
    "Path": "python",
    "Args": ["-u", "/app.py"],
    "RestartCount": 3,
    "State": {"Status": "exited", "ExitCode": 137, "OOMKilled": True},
    "Config": {"User": "10001", "Env": ["KEY=planted"]},
    "HostConfig": {"Memory": 48 << 20, "RestartPolicy": {"Name": "always"}},
}


def test_of_container__tells_how_it_ended_and_what_bounds_it() -> None:
    assert facts.of_container(EXITED) == (
        "command python -u /app.py",
        "user 10001",
        "memory limit 48 MiB",
        "restart policy always",
        "exit code 137",
        "killed for memory",
        "restarted 3 times",
    )


def test_of_container__one_that_runs_has_no_exit_code_and_may_have_a_health() -> None:
    log = [{"Output": "ok"}, {"Output": "trying\nrefused\n"}]
    state = {"Status": "running", "ExitCode": 0, "Health": {"Status": "unhealthy", "Log": log}}
    assert facts.of_container({"State": state}) == (
        "command",
        "user root",
        "memory limit none",
        "restart policy no",
        "health unhealthy: refused",
    )


def test_lines_of__without_colours_and_a_builds_numbers(tmp_path: Path) -> None:
    text = '#8 0.345   File "x", line 1\n#8 ERROR: no\n\x1b[31mred\x1b[0m \n> plain\n'
    for name in ("build.log", "container.log"):
        (tmp_path / name).write_text(text)
    assert facts.lines_of(tmp_path / "build.log") == (
        '  File "x", line 1',
        "ERROR: no",
        "red",
        "> plain",
    )
    assert facts.lines_of(tmp_path / "container.log")[0].startswith("#8 0.345")


def test_lines_of__beginning_and_end_of_a_long_log(tmp_path: Path) -> None:
    path = tmp_path / "container.log"
    path.write_text("first\n" + "x\n" * facts.TAIL + "last\n")
    lines = facts.lines_of(path)
    assert (lines[0], lines[-1]) == ("first", "last")
    assert len(lines) < facts.TAIL


def test_lines_of__a_log_that_is_not_there(tmp_path: Path) -> None:
    assert facts.lines_of(tmp_path / "none.log") == ()


def test_gathered__of_failed_tests_parts_the_log_where_they_began(tmp_path: Path) -> None:
    (tmp_path / "container.log").write_text("ready\n\x1b[31mbroken\x1b[0m\n")
    (tmp_path / "container.log.index").write_text("100.0 out 0 6\n200.0 out 6 16\n")

    def told(verdict: Verdict, tested: float) -> dict[str, tuple[str, ...]]:
        found = facts.gathered(Problem(verdict, "x"), {}, [], tmp_path, tested=tested)
        return {name: lines for name, lines in found.lines.items() if name.startswith("con")}

    whole = {"container.log": ("ready", "broken")}
    parted = {"container.log": ("broken",), facts.BEFORE: ("ready",)}
    assert told(Verdict.TESTS_FAILED, 150) == parted
    assert told(Verdict.TESTS_FAILED, 0) == whole
    assert told(Verdict.CRASHED, 150) == whole
    (tmp_path / "container.log.index").unlink()
    assert told(Verdict.TESTS_FAILED, 150) == whole


def test_gathered__everything_by_where_it_was_seen(tmp_path: Path) -> None:
    (tmp_path / "container.log").write_text("hello\n")
    failed = [Failure(name="t", message="no list")]
    problem = Problem(Verdict.TESTS_FAILED, "1 of 1 tests failed.")
    found = facts.gathered(problem, {"asked": ("port 1",)}, failed, tmp_path)
    assert found.verdict is Verdict.TESTS_FAILED
    assert {source: lines for source, lines in found.lines.items() if lines} == {
        "problem": ("1 of 1 tests failed.",),
        "asked": ("port 1",),
        "container.log": ("hello",),
        "failures": ("t: no list",),
    }
