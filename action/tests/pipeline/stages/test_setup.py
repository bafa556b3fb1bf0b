import pytest

from rehearsal.evidence.log import Log
from rehearsal.pipeline.stages.setup import run_setup
from rehearsal.verdict import RehearsalError, Verdict

from ...fakes import FakeEngine, FakeProcess, running

# What a shell would do with it is the container's shell's business, not ours.
SCRIPT = "python manage.py migrate --noinput\necho $(date) 'done'"


def test_run_setup__hands_the_script_to_the_containers_shell(log: Log) -> None:
    engine = FakeEngine(process=FakeProcess(0), says=b"Applying lists.0001_initial... OK\n")
    run_setup(SCRIPT, running(), engine, log)
    assert engine.calls == [("execute", "c0ffee", "sh", "-ec", SCRIPT)]
    assert log.tail(1) == ("Applying lists.0001_initial... OK",)


def test_run_setup__a_failure_is_setup_failed_with_its_last_words(log: Log) -> None:
    engine = FakeEngine(process=FakeProcess(4), says=b"no such table: lists_list\n")
    with pytest.raises(RehearsalError) as caught:
        run_setup("migrate", running(), engine, log)
    assert caught.value.problem.verdict is Verdict.SETUP_FAILED
    assert "exit code 4" in caught.value.problem.message
    assert caught.value.problem.excerpt == ("no such table: lists_list",)


def test_run_setup__the_containers_own_end_is_told_by_who_sees_it(log: Log) -> None:
    """A variable that is missing fails the command as it fails the app: the app is the cause."""
    run_setup("migrate", running(1), FakeEngine(process=FakeProcess(137)), log)


def test_run_setup__is_ended_when_it_is_interrupted(log: Log) -> None:
    class Cancelled(FakeProcess):
        def wait(self, seconds: float | None = None) -> int | None:
            raise RehearsalError(Verdict.CANCELLED, f"cancelled while waiting {seconds}")

    engine = FakeEngine(process=Cancelled(None))
    with pytest.raises(RehearsalError, match="cancelled"):
        run_setup("migrate", running(), engine, log)
    assert engine.process.was_ended
