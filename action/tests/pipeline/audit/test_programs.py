from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.pipeline.audit.programs import MAX_OUTPUT, OutOfTimeError, run_program
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import Secret
from rehearsal.verdict import RehearsalError

from ...fakes import FakeEngine, FakeProcess, engine_lost
from .subjects import subject_of

# Recorded from the real engines: Docker 20.10 with clients 20.10 and 28, Podman 5.8 with its own.
NOT_THERE = {
    "docker": (
        126,
        (
            "OCI runtime exec failed: exec failed: unable to start container process: exec: "
            '"nosuch": executable file not found in $PATH: unknown'
        ),
    ),
    "docker-28": (
        127,
        (
            "OCI runtime exec failed: exec failed: unable to start container process: exec: "
            '"nosuch": executable file not found in $PATH'
        ),
    ),
    "not-executable": (
        126,
        (
            "OCI runtime exec failed: exec failed: unable to start container process: exec: "
            '"/etc/passwd": permission denied: unknown'
        ),
    ),
    "podman": (
        127,
        (
            "Error: crun: executable file `nosuch` not found in $PATH: No such file or directory: "
            "OCI runtime attempted to invoke a command that was not found"
        ),
    ),
}


def test_run_program__what_it_printed(tmp_path: Path) -> None:
    engine = FakeEngine(process=FakeProcess(3), output=b"one\ntw\xff\n")
    output = run_program(subject_of(engine, tmp_path), ["sh", "-c", "x"], seconds=5)
    assert engine.calls == [("execute", "c0ffee", "sh", "-c", "x")]
    assert (output.exit_code, output.lines, output.missing) == (3, ("one", "tw\ufffd"), False)


@pytest.mark.parametrize("code, words", NOT_THERE.values(), ids=NOT_THERE)
def test_run_program__missing(tmp_path: Path, code: int, words: str) -> None:
    engine = FakeEngine(process=FakeProcess(code), output=words.encode())
    assert run_program(subject_of(engine, tmp_path), ["nosuch"], seconds=5).missing


def test_run_program__missing_for_a_shell_is_an_exit_code(tmp_path: Path) -> None:
    engine = FakeEngine(process=FakeProcess(127), output=b"sh: 1: curl: not found\n")
    output = run_program(subject_of(engine, tmp_path), ["sh", "-c", "curl"], seconds=5)
    assert (output.exit_code, output.missing) == (127, False)


def test_run_program__takes_too_long(tmp_path: Path) -> None:
    engine = FakeEngine(output=b"so far\n")
    output = run_program(subject_of(engine, tmp_path), ["sleep"], seconds=5)
    assert (output.exit_code, output.lines) == (None, ("so far",))
    assert engine.process.was_ended


def test_run_program__keeps_a_bounded_part_in_whole_lines(tmp_path: Path) -> None:
    engine = FakeEngine(process=FakeProcess(0), output=b"a line\n" * MAX_OUTPUT)
    lines = run_program(subject_of(engine, tmp_path), ["yes"], seconds=5).lines
    assert set(lines) == {"a line"}
    assert len(lines) == MAX_OUTPUT // len("a line\n")


def test_run_program__what_it_printed_is_redacted(tmp_path: Path) -> None:
    engine = FakeEngine(process=FakeProcess(1), output=b"refused: correct-horse-battery\n")
    subject = subject_of(engine, tmp_path)
    subject.context.evidence.redactor = Redactor(
        [Secret(name="TOKEN", value="correct-horse-battery")]
    )
    (line,) = run_program(subject, ["check"], seconds=5).lines
    assert line.startswith("refused: ")
    assert "horse" not in line


def test_run_program__ends_with_the_run(tmp_path: Path) -> None:
    engine = FakeEngine(errors={"execute": engine_lost()})
    with pytest.raises(RehearsalError):
        run_program(subject_of(engine, tmp_path), ["true"], seconds=5)


def test_run_program__the_time_for_all_looks_is_over(tmp_path: Path) -> None:
    asked = replace(subject_of(FakeEngine(process=FakeProcess(None)), tmp_path), looks_end=0.0)
    with pytest.raises(OutOfTimeError):
        run_program(asked, ["sleep"], seconds=5)
