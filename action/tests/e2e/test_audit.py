"""The audit of whole images: sound ones, and others that fail just what is expected of them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .audit_apps import AUDITED_APPS
from .audit_case import SECRETS, AuditCase
from .audit_faults import audit_runs
from .repository import Repository
from .runner import ActionResult, Runner
from .services import load_images

# The checks that a project without Django cannot have.
DJANGO_ONLY = {"deploy-check", "migrations"}
# The checks that start further containers.
STARTS = ("secret-required", "confined", "read-only", "restart")
AUDIT = {
    "audit": "enforce",
    "audit-active": "true",
    # All layers are read, also on a busy machine.
    "audit-layer-timeout": "300",
    "evidence": "always",
    # Tests would add nothing.
    "test-command": "true",
}


def findings(rehearsed: ActionResult, outcome: str) -> dict[str, Mapping[str, Any]]:
    """Return the findings that ended so, by their ids."""
    found = json.loads(rehearsed.file("verdict.json"))["audit"]["findings"]
    return {each["id"]: each for each in found if each["outcome"] == outcome}


def audited(repository: Repository, runner: Runner, inputs: Mapping[str, str]) -> ActionResult:
    """Rehearse and audit, without tests, and keep the evidence."""
    return runner.use(repository, {**AUDIT, **inputs}, environment=SECRETS, first_step_only=True)


def audited_case(case: AuditCase, workdir: Path, runner: Runner) -> ActionResult:
    if "services" in case.inputs:
        load_images()
    return audited(case.lay_out(workdir / "repository"), runner, case.all_inputs)


def assert_fails(rehearsed: ActionResult, fails: Mapping[str, str]) -> None:
    """These findings and no others have failed, and each says why and what to do."""
    failed = findings(rehearsed, "failed")
    assert set(failed) == set(fails)
    for id_, words in fails.items():
        finding = failed[id_]
        assert finding["evidence"]
        assert finding["hint"]
        assert finding["why"]
        assert words in "\n".join([finding["message"], *finding["evidence"]])
    assert rehearsed.outputs["verdict"] == ("audit-failed" if fails else "passed")
    assert "audit is incomplete" not in rehearsed.file("verdict.json")


@pytest.mark.parametrize(
    "case",
    [
        AuditCase(name="sound_app", fails={}),
        AuditCase(name="superlists", app="superlists", fails={}),
    ],
    ids=str,
)
def test_passed__every_check(case: AuditCase, workdir: Path, runner: Runner) -> None:
    rehearsed = audited_case(case, workdir, runner)
    assert_fails(rehearsed, {})
    skipped = set(findings(rehearsed, "skipped"))
    assert skipped == (set() if case.app == "superlists" else DJANGO_ONLY)


def parameter(case: AuditCase) -> Any:
    """A request is held in flight only if the app takes it in time."""
    marks = [pytest.mark.alone] if "graceful-stop" in case.fails else []
    return pytest.param(case, id=str(case), marks=marks)


@pytest.mark.parametrize("case", [*map(parameter, audit_runs())])
def test_audit_failed__only(case: AuditCase, workdir: Path, runner: Runner) -> None:
    # Where no check of theirs fails, the further containers would only take time.
    active = any(id_.partition(":")[0] in STARTS for id_ in case.fails)
    case = replace(case, inputs={**case.inputs, "audit-active": str(active).lower()})
    assert_fails(audited_case(case, workdir, runner), case.fails)


@pytest.mark.parametrize("case", AUDITED_APPS, ids=str)
def test_app__fails_what_is_listed(case: AuditCase, workdir: Path, runner: Runner) -> None:
    assert_fails(audited_case(case, workdir, runner), case.fails)
