"""release-image.yml hands on what rehearsal.yml takes, and asks for no more than it says."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

TOP = Path(__file__).resolve().parents[2]
WORKFLOWS = TOP / ".github/workflows"
# Its cache is never asked: what is released is made from its sources alone.
NOT_HANDED_ON = {"cache"}
OWN = {
    "to": "string",
    "overwrite": "boolean",
    "allow-flaky": "boolean",
    "attest": "boolean",
    "registry": "string",
    "registry-username": "string",
    "environment": "string",
}
SECRETS = {"container-secrets", "build-secrets"}
PERMISSIONS = {
    "contents": "read",
    "packages": "write",
    "id-token": "write",
    "attestations": "write",
}


def read(file: Path) -> dict[str, Any]:
    workflow: dict[Any, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    # YAML 1.1 takes the key `on` for true.
    return workflow | {"on": workflow[True]}


RELEASE_IMAGE = read(WORKFLOWS / "release-image.yml")
REHEARSAL = read(WORKFLOWS / "rehearsal.yml")
CALL = RELEASE_IMAGE["on"]["workflow_call"]
REHEARSE, PUBLISH = RELEASE_IMAGE["jobs"]["rehearse"], RELEASE_IMAGE["jobs"]["publish"]
CALLERS = {"docs/examples/release.yml": "image", ".github/workflows/release.yml": "image"}


def handed_on() -> dict[str, Any]:
    inputs: dict[str, Any] = REHEARSAL["on"]["workflow_call"]["inputs"]
    return {name: entry for name, entry in inputs.items() if name not in NOT_HANDED_ON}


def test_inputs__are_its_own_and_the_rehearsals() -> None:
    assert CALL["inputs"].keys() == OWN.keys() | handed_on().keys()
    assert not OWN.keys() & handed_on().keys()


def test_inputs__handed_on_have_the_rehearsals_type_default_and_words() -> None:
    assert {name: CALL["inputs"][name] for name in handed_on()} == handed_on()


def test_inputs__of_its_own_are_typed() -> None:
    assert {name: CALL["inputs"][name]["type"] for name in OWN} == OWN
    assert [name for name in OWN if CALL["inputs"][name].get("required")] == ["to"]


def test_rehearse__gets_every_input_and_no_cache() -> None:
    given = {name: f"${{{{ inputs.{name} }}}}" for name in handed_on()}
    assert REHEARSE["with"] == given | {"cache": False}
    assert REHEARSE["secrets"] == {name: f"${{{{ secrets.{name} }}}}" for name in SECRETS}


def test_secrets__are_the_rehearsals_and_the_registrys() -> None:
    theirs = REHEARSAL["on"]["workflow_call"]["secrets"]
    assert theirs.keys() == SECRETS
    assert {name: CALL["secrets"][name] for name in SECRETS} == theirs
    assert CALL["secrets"].keys() - SECRETS == {"registry-password"}


@pytest.mark.parametrize("kind", ["inputs", "secrets", "outputs"])
def test_call__everything_is_described_in_a_sentence(kind: str) -> None:
    for name, entry in CALL[kind].items():
        words = entry["description"]
        assert words[0].isupper(), name
        assert words.endswith("."), name


def test_outputs__come_from_jobs_that_have_them() -> None:
    assert list(CALL["outputs"]) == ["digest", "digests", "image-id", "verdict"]
    known = {
        "publish": PUBLISH["outputs"].keys(),
        "rehearse": REHEARSAL["on"]["workflow_call"]["outputs"].keys(),
    }
    for entry in CALL["outputs"].values():
        sources = re.findall(r"jobs\.([a-z]+)\.outputs\.([a-z-]+)", entry["value"])
        assert sources
        assert all(output in known[job] for job, output in sources)


def test_publish__waits_for_a_rehearsal_that_succeeded() -> None:
    assert PUBLISH["needs"] == "rehearse"
    # With a condition of its own it could run after a red shard.
    assert "if" not in PUBLISH


def test_permissions__only_publishing_writes() -> None:
    assert RELEASE_IMAGE["permissions"] == {}
    assert REHEARSE["permissions"] == {"contents": "read"}
    assert PUBLISH["permissions"] == PERMISSIONS
    for job in REHEARSAL["jobs"].values():
        assert job["permissions"].items() <= {"contents": "read"}.items()


@pytest.mark.parametrize("caller, job", CALLERS.items(), ids=CALLERS)
def test_callers__grant_exactly_what_is_asked_for(caller: str, job: str) -> None:
    calls = read(TOP / caller)["jobs"][job]
    assert calls["permissions"] == PERMISSIONS
    assert calls["with"].keys() <= CALL["inputs"].keys()
    assert calls.get("secrets", {}).keys() <= CALL["secrets"].keys()


@pytest.mark.parametrize("name", ["release-image.yml", "release.yml"])
def test_workflow__is_bounded_pinned_and_pastes_nothing_into_a_script(name: str) -> None:
    text = (WORKFLOWS / name).read_text(encoding="utf-8")
    workflow = read(WORKFLOWS / name)
    for title, job in workflow["jobs"].items():
        assert "permissions" in job, title
        assert "uses" in job or "timeout-minutes" in job, title
        for step in job.get("steps", ()):
            assert "${{" not in step.get("run", ""), title
    for used in re.findall(r"uses: (.*)", text):
        assert used.startswith("./") or re.fullmatch(
            r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used
        )
    # Each permission and each time-out says why.
    for line in re.findall(r".*(?:: (?:read|write)|timeout-minutes: \d+)\b.*", text):
        assert " # " in line, line
