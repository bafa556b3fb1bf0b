from datetime import UTC, datetime

import pytest

from rehearsal.evidence.log import Log
from rehearsal.pipeline.stages.container_end import (
    EXCERPT_LINES,
    crash_error,
    has_ended,
    read_end,
)
from rehearsal.results.tests import Failure, Span
from rehearsal.verdict import Verdict

from ...fakes import FakeEngine, fake_container, inspect_result


def test_crash_error__message_and_last_lines(log: Log) -> None:
    log.stream()(b"".join(b"line %d\n" % n for n in range(100)))
    log.close()
    engine = FakeEngine(states=[inspect_result("exited", code=3)])
    problem = crash_error(fake_container(3), engine, log, when="during the tests").problem
    assert problem.verdict is Verdict.CRASHED
    assert problem.message == "The container ended during the tests: exit code 3."
    assert problem.excerpt[-1] == "line 99"
    assert len(problem.excerpt) == EXCERPT_LINES
    assert problem.hint.startswith("Its last lines are in the log and the summary; ")


def test_crash_error__promises_no_lines_of_an_app_that_wrote_none(log: Log) -> None:
    log.stream()(b"\n \n")
    engine = FakeEngine(states=[inspect_result("exited", code=3)])
    problem = crash_error(fake_container(3), engine, log, when="during the tests").problem
    assert problem.excerpt == ()
    assert problem.hint.startswith(f"It wrote nothing: {log.name} is empty. ")
    assert "last lines" not in problem.hint


@pytest.mark.parametrize(
    "status, state_code, restarts, expected",
    [
        pytest.param("exited", 3, 0, "exit code 3.", id="for good"),
        pytest.param("running", 0, 0, "exit code 3.", id="the engine does not know yet"),
        pytest.param(
            "running", 0, 1, "exit code 3, and its restart policy starts it again.", id="runs again"
        ),
        pytest.param(
            "restarting", 3, 1, "exit code 3, and its restart policy starts it again.", id="soon"
        ),
        pytest.param("exited", 3, 3, "exit code 3.", id="its policy gave up"),
    ],
)
def test_crash_error__exit_code_in_every_state(
    status: str, state_code: int, restarts: int, expected: str, log: Log
) -> None:
    engine = FakeEngine(
        states=[inspect_result(status, code=state_code) | {"RestartCount": restarts}]
    )
    problem = crash_error(fake_container(3), engine, log, when="during the tests").problem
    assert problem.message == f"The container ended during the tests: {expected}"


@pytest.mark.parametrize(
    "code, status, restarts, expected",
    [
        pytest.param(None, "running", 1, False, id="runs, after a restart that is known"),
        pytest.param(None, "paused", 1, False, id="paused"),
        pytest.param(None, "exited", 1, True, id="the client does not know yet"),
        pytest.param(None, "restarting", 1, True, id="a policy will start it again"),
        pytest.param(None, "running", 2, True, id="a policy has started it again"),
        pytest.param(3, "running", 1, True, id="the engine does not know yet"),
    ],
)
def test_has_ended__by_client_and_engine(
    code: int | None, status: str, restarts: int, expected: bool
) -> None:
    container = fake_container(code)
    container.restarts = 1
    engine = FakeEngine(states=[inspect_result(status) | {"RestartCount": restarts}])
    assert has_ended(container, engine) is expected


ENDED = datetime(2026, 11, 22, 18, 0, 0, 123456, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "spans, expected",
    [
        pytest.param([(-5, 0.1, True)], ", while t0 ran", id="running"),
        pytest.param([(-5, -0.1, True)], ", while t0 ran", id="just before the end"),
        pytest.param([(-9, -5, True), (1, 2, True)], "", id="others"),
        pytest.param([(-9, -0.9, False)], ", while t0 ran", id="rounded times"),
        pytest.param([(-9, -1.1, False), None], "", id="too long before"),
        pytest.param([(-1, 1, True), (-2, 2, True)], ", while t0 and t1 ran", id="parallel"),
        pytest.param(
            [(-1, 1, True)] * 9, ", while t0 and t1 and t2 and t3 and 5 more ran", id="many"
        ),
    ],
)
def test_crash_error__names_failed_tests_that_were_running(
    spans: list[tuple[float, float, bool] | None], expected: str, log: Log
) -> None:
    failed = [
        Failure(
            name=f"t{number}",
            message="no",
            span=Span(start=ENDED + span[0], end=ENDED + span[1], exact=span[2]) if span else None,
        )
        for number, span in enumerate(spans)
    ]
    engine = FakeEngine(states=[inspect_result("exited", code=3)])
    problem = crash_error(
        fake_container(3), engine, log, when="during the tests", failed=failed
    ).problem
    assert problem.message == f"The container ended during the tests{expected}: exit code 3."


@pytest.mark.parametrize("recorded, code", [(4, 4), (0, 0), (None, 1)])
def test_read_end__exit_code_of_a_restarted_container(recorded: int | None, code: int) -> None:
    again = inspect_result("running") | {"RestartCount": 1}
    end = read_end(fake_container(1), FakeEngine(states=[again], exit_code=recorded))
    assert (end.exit_code, end.restarted) == (code, True)


@pytest.mark.parametrize("status, kept", [("exited", True), ("dead", True), ("running", False)])
def test_read_end__keeps_a_final_state(status: str, kept: bool) -> None:
    container = fake_container(3)
    read_end(container, FakeEngine(states=[inspect_result(status, code=3)]))
    assert (container.final_state is not None) is kept


def test_crash_error__killed_for_memory(log: Log) -> None:
    engine = FakeEngine(states=[inspect_result("exited", code=137, oom=True)])
    problem = crash_error(fake_container(137), engine, log, when="before it was ready").problem
    assert "exit code 137, killed for memory" in problem.message


OUTPUT = b"""\
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
    "output, raised",
    [
        pytest.param(OUTPUT, " It raised shop.wsgi.FlagsMissing: no flags", id="traceback"),
        pytest.param(b"hello\nKeyError: 'A'\nbye\n", " It raised KeyError: 'A'", id="single line"),
        pytest.param(b"hello\n", "", id="none"),
    ],
)
def test_crash_error__exception_of_the_app(output: bytes, raised: str, log: Log) -> None:
    log.stream()(output)
    log.close()
    engine = FakeEngine(states=[inspect_result("exited", code=3)])
    problem = crash_error(fake_container(3), engine, log, when="before it was ready").problem
    assert problem.message == f"The container ended before it was ready: exit code 3.{raised}"
