import pytest

from rehearsal.evidence.log import Log
from rehearsal.pipeline.stages.setup import run_setup
from rehearsal.verdict import RehearsalError, Verdict

from ...fakes import FakeEngine, FakeProcess, fake_container

# Only the shell in the container may interpret this.
SCRIPT = "python manage.py migrate --noinput\necho $(date) 'done'"


def test_run_setup__uses_the_shell_of_the_container(log: Log) -> None:
    engine = FakeEngine(process=FakeProcess(0), output=b"Applying lists.0001_initial... OK\n")
    run_setup(SCRIPT, fake_container(), engine, log)
    assert engine.calls == [("execute", "c0ffee", "sh", "-ec", SCRIPT)]
    assert log.tail(1) == ("Applying lists.0001_initial... OK",)


def test_run_setup__failure(log: Log) -> None:
    engine = FakeEngine(process=FakeProcess(4), output=b"no such table: lists_list\n")
    with pytest.raises(RehearsalError) as caught:
        run_setup("migrate", fake_container(), engine, log)
    assert caught.value.problem.verdict is Verdict.SETUP_FAILED
    assert "exit code 4" in caught.value.problem.message
    assert caught.value.problem.excerpt == ("no such table: lists_list",)


@pytest.mark.parametrize("code", [None, 4])
def test_run_setup__what_is_checked_meanwhile_comes_first(code: int | None, log: Log) -> None:
    """It fails because its database has ended, or waits for it for ever."""

    def check() -> None:
        raise RehearsalError(Verdict.CRASHED, "The service db ended")

    engine = FakeEngine(process=FakeProcess(code))
    with pytest.raises(RehearsalError, match="The service db ended"):
        run_setup("migrate", fake_container(), engine, log, check=check)
    assert engine.process.was_ended


def test_run_setup__no_error_if_the_container_ends(log: Log) -> None:
    """A missing variable fails both; the crash of the app is what to report."""
    run_setup("migrate", fake_container(1), FakeEngine(process=FakeProcess(137)), log)


@pytest.mark.parametrize("took, wait", [(0.1, 3.0), (2.0, 6.0), (60.0, 10.0)])
def test_run_setup__waits_longer_for_the_crash_on_a_busy_machine(
    took: float, wait: float, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter((100.0, 100.0 + took))
    monkeypatch.setattr("rehearsal.pipeline.stages.setup.time.monotonic", lambda: next(times))
    container = fake_container()
    waits: list[float] = []
    monkeypatch.setattr(type(container), "ends_within", lambda _, seconds: waits.append(seconds))
    with pytest.raises(RehearsalError):
        run_setup("migrate", container, FakeEngine(process=FakeProcess(4)), log)
    assert waits == [pytest.approx(wait)]


def test_run_setup__ended_when_interrupted(log: Log) -> None:
    class Cancelled(FakeProcess):
        def wait(self, seconds: float | None = None) -> int | None:
            raise RehearsalError(Verdict.CANCELLED, f"cancelled while waiting {seconds}")

    engine = FakeEngine(process=Cancelled(None))
    with pytest.raises(RehearsalError, match="cancelled"):
        run_setup("migrate", fake_container(), engine, log)
    assert engine.process.was_ended
