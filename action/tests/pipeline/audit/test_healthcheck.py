from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rehearsal.audit.observations import ProgramOutput
from rehearsal.pipeline.audit import healthcheck as module
from rehearsal.pipeline.audit.healthcheck import run_healthcheck
from rehearsal.pipeline.audit.subject import Subject

from ...fakes import FakeEngine
from .subjects import subject_of

PASSED, FAILED, SLOW = (ProgramOutput(exit_code=code) for code in (0, 1, None))
MISSING = ProgramOutput(exit_code=127, missing=True)


def run(
    folder: Path,
    outputs: Sequence[ProgramOutput],
    monkeypatch: pytest.MonkeyPatch,
    **fields: Any,
) -> tuple[ProgramOutput | None, list[tuple[tuple[str, ...], float]]]:
    """Return the result, and the commands that were run with the seconds that each had."""
    calls: list[tuple[tuple[str, ...], float]] = []

    def run_program(_: Subject, command: tuple[str, ...], *, seconds: float) -> ProgramOutput:
        calls.append((command, seconds))
        return outputs[len(calls) - 1]

    monkeypatch.setattr(module, "run_program", run_program)
    monkeypatch.setattr(module, "PAUSE", 0)
    test = {"Test": ["CMD", "health"], **fields}
    engine = FakeEngine(image_settings={"Healthcheck": test})
    return run_healthcheck(subject_of(engine, folder)), calls


@pytest.mark.parametrize(
    "outputs, result",
    [
        ([PASSED], PASSED),
        ([FAILED, PASSED], PASSED),
        ([FAILED, FAILED, FAILED], FAILED),
        ([SLOW, PASSED], PASSED),
        ([SLOW, FAILED, SLOW], SLOW),
        ([FAILED, MISSING], MISSING),
    ],
)
def test_run_healthcheck__tries_again_what_may_pass(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    outputs: list[ProgramOutput],
    result: ProgramOutput,
) -> None:
    found, calls = run(tmp_path, outputs, monkeypatch)
    assert (found, len(calls)) == (result, len(outputs))


def test_run_healthcheck__as_declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = {"Timeout": 2 * 10**9, "Retries": 1}
    _, calls = run(tmp_path, [FAILED], monkeypatch, **declared)
    assert calls == [(("health",), 2.0)]


def test_run_healthcheck__is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = {"Timeout": 3600 * 10**9, "Retries": 100}
    _, calls = run(tmp_path, [FAILED] * 3, monkeypatch, **declared)
    assert calls == [(("health",), 30.0)] * 3


def test_run_healthcheck__is_not_tried_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 29.0, 31.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    found, calls = run(tmp_path, [SLOW, SLOW], monkeypatch)
    assert (found, len(calls)) == (SLOW, 2)


def test_run_healthcheck__none_is_declared(tmp_path: Path) -> None:
    assert run_healthcheck(subject_of(FakeEngine(), tmp_path)) is None
