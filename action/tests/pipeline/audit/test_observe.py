import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.audit.observations import (
    DjangoProject,
    FurtherStarts,
    ImageContent,
    ProgramOutput,
    StartRun,
)
from rehearsal.config.rehearsal_plan import AuditPlan
from rehearsal.evidence.folder import Evidence
from rehearsal.outside.engine import EngineError
from rehearsal.outside.folder import Folder
from rehearsal.outside.github import Console
from rehearsal.pipeline.audit import observe as module
from rehearsal.pipeline.audit.observe import observe, observe_in_time
from rehearsal.pipeline.audit.programs import OutOfTimeError
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.pipeline.context import RunContext
from rehearsal.redaction.redactor import Redactor
from rehearsal.verdict import RehearsalError, Verdict

from ...fakes import PLAN, FakeEngine, engine_lost, fake_container

LOOKS = (
    "observe_pages", "list_processes", "run_healthcheck", "ask_django", "read_packages",
    "observe_idle_clients", "read_content", "start_further",
)  # fmt: skip
STARTS = FurtherStarts(plain=StartRun(ready=True))


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Replace each look: what stands here for its name is returned, or raised."""
    results: dict[str, object] = {"read_content": ImageContent()}

    def replaced(name: str) -> Callable[[Subject], object]:
        def look(subject: Subject) -> object:
            found = results.get(name)
            if isinstance(found, Exception):
                raise found
            return found(subject) if callable(found) else found

        return look

    for name in LOOKS:
        monkeypatch.setattr(module, name, replaced(name))
    return results


def subject(folder: Path, *, active: bool = False) -> Subject:
    return Subject(
        plan=replace(PLAN, audit=AuditPlan(mode="warn", active=active)),
        context=RunContext(
            engine=FakeEngine(image_settings={"User": "1"}),
            console=Console({}),
            evidence=Evidence(Folder(folder), Redactor()),
            env={},
            label="dress-rehearsal=77-1-c0ffee00",
            image_tag="app",
        ),
        container=fake_container(),
        log=Evidence(Folder(folder), Redactor()).log("container.log"),
        image="sha256:1",
    )


def test_observe__looks_at_everything_and_ends_what_it_began(
    tmp_path: Path, looked: dict[str, object]
) -> None:
    looked |= {"run_healthcheck": ProgramOutput(exit_code=0), "start_further": STARTS}
    faults: list[str] = []
    seen = observe(asked := subject(tmp_path), faults)
    assert (seen.image_config, seen.healthcheck) == ({"User": "1"}, ProgramOutput(exit_code=0))
    assert seen.content == ImageContent()
    assert seen.starts is None
    assert observe(subject(tmp_path, active=True), faults).starts == STARTS
    assert not faults
    assert asked.stopped.is_set()


def test_observe__all_looks_together_are_bounded(
    tmp_path: Path, looked: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def takes_all(asked: Subject) -> None:
        time.sleep(asked.looks_end - time.monotonic())
        raise OutOfTimeError

    monkeypatch.setattr(module, "MAX_SECONDS", 0.5)
    looked |= {"run_healthcheck": takes_all, "ask_django": DjangoProject(version="5")}
    faults: list[str] = []
    seen = observe(subject(tmp_path), faults)
    assert (seen.is_late, seen.healthcheck, seen.django) == (True, None, None)
    assert not faults


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize(
    "error, fault",
    [
        (EngineError("no such container"), "the engine refused: no such container"),
        (KeyError("planted"), "KeyError at pipeline/audit/observe.py:"),
    ],
)
def test_observe__a_fault_costs_one_observation(
    tmp_path: Path, looked: dict[str, object], name: str, error: Exception, fault: str
) -> None:
    looked[name] = error
    faults: list[str] = []
    observe(subject(tmp_path, active=True), faults)
    (found,) = faults
    assert fault in found
    assert "planted" not in found


@pytest.mark.parametrize("name", LOOKS)
def test_observe__ends_with_the_run(tmp_path: Path, looked: dict[str, object], name: str) -> None:
    looked[name] = engine_lost()
    asked = subject(tmp_path, active=True)
    with pytest.raises(RehearsalError):
        observe(asked, [])
    assert asked.stopped.is_set()


@pytest.mark.parametrize(
    "mode, verdict, is_raised",
    [
        ("warn", Verdict.TIMED_OUT, False),
        ("enforce", Verdict.TIMED_OUT, True),
        ("warn", Verdict.CANCELLED, True),
    ],
)
def test_observe_in_time__only_an_enforced_audit_times_out(
    tmp_path: Path, looked: dict[str, object], mode: str, verdict: Verdict, *, is_raised: bool
) -> None:
    looked["ask_django"] = RehearsalError(verdict, "It was not finished after 9 s.")
    asked = subject(tmp_path)
    asked = replace(asked, plan=replace(PLAN, audit=AuditPlan(mode=mode)))
    faults: list[str] = []
    if is_raised:
        with pytest.raises(RehearsalError):
            observe_in_time(asked, faults)
        assert not faults
    else:
        assert observe_in_time(asked, faults) is None
        assert faults == ["It was not finished after 9 s"]
