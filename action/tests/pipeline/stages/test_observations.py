from typing import Any

import pytest

from rehearsal.outside.http_probe import Answer
from rehearsal.outside.sockets import Listener
from rehearsal.pipeline.stages import observations

from ...fakes import container_plan, probe_plan


def test_of_inputs__names_alone() -> None:
    plan = container_plan(env={"SHOP": "value"}, setup_command="migrate")
    assert observations.of_inputs(plan) == ("setup-command given", "variable SHOP")
    assert observations.of_inputs(container_plan()) == ("setup-command none",)


def test_of_question__tells_what_was_asked() -> None:
    asked = observations.of_question(probe_plan(path="/healthz"), 8888, "localhost:49153")
    assert asked == ("port 8888", "path /healthz", "host localhost:49153")


@pytest.mark.parametrize(
    "answer, lines",
    [
        (Answer(status=400, body="<h1>Bad\nRequest"), ("HTTP status 400", "<h1>Bad", "Request")),
        (Answer(error="connection refused (x)"), ("connection refused (x)",)),
        (
            Answer(status=301, headers={"location": "https://localhost/"}),
            ("HTTP status 301, a redirect to https://localhost/, where a rehearsal has no TLS",),
        ),
    ],
    ids=["a page", "none", "to https"],
)
def test_of_answer__tells_status_and_page(answer: Answer, lines: tuple[str, ...]) -> None:
    assert observations.of_answer(probe_plan(), answer) == lines


def test_of_listeners__tells_who_can_be_reached() -> None:
    found = [
        Listener(port=8888, address="0.0.0.0"),  # noqa: S104  (read, not bound)
        Listener(port=8888, address="::1"),
        Listener(port=80, address="127.0.0.1"),
    ]
    assert observations.of_listeners(found, 8888) == (
        "reachable 0.0.0.0:8888",
        "loopback [::1]:8888",
        "elsewhere 127.0.0.1:80",
    )


def test_of_listeners__nobody_is_not_the_same_as_unknown() -> None:
    assert observations.of_listeners([], 8888) == ("nobody",)
    assert observations.of_listeners(None, 8888) == ()


EXITED: dict[str, Any] = {
    "Path": "python",
    "Args": ["-u", "/app.py"],
    "RestartCount": 3,
    "State": {"Status": "exited", "ExitCode": 137, "OOMKilled": True},
    "Config": {"User": "10001", "Env": ["KEY=planted"]},
    "HostConfig": {"Memory": 48 << 20, "RestartPolicy": {"Name": "always"}},
}


def test_of_container__tells_how_it_ended_and_what_bounds_it() -> None:
    assert observations.of_container(EXITED) == (
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
    assert observations.of_container({"State": state}) == (
        "command",
        "user root",
        "memory limit none",
        "restart policy no",
        "health unhealthy: refused",
    )
