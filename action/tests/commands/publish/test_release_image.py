"""release-image.yml uses every input, and asks for the permissions that it documents."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.config.workflow_inputs import WORKFLOW_INPUTS, WORKFLOW_SECRETS
from rehearsal.local.expressions.template import interpolate
from rehearsal.local.expressions.values import Value

from ...local.test_expressions import FakeContext

TOP = Path(__file__).resolve().parents[4]
WORKFLOWS = TOP / ".github/workflows"
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


def test_inputs__each_of_its_own_is_used_and_typed() -> None:
    used = set(re.findall(r"\binputs\.([a-z-]+)", yaml.safe_dump(RELEASE_IMAGE["jobs"])))
    own = {name: each for name, each in CALL["inputs"].items() if name not in WORKFLOW_INPUTS}
    assert own.keys() <= used
    types = {bool: "boolean", int: "number", str: "string"}
    for each in own.values():
        assert each["type"] == types[type(each.get("default", ""))]
    assert [name for name in own if own[name].get("required")] == ["to"]


def test_rehearse__builds_without_a_cache() -> None:
    assert REHEARSE["with"]["cache"] is False


def test_rehearse__gets_the_secrets_of_a_rehearsal() -> None:
    given = {name: f"${{{{ secrets.{name} }}}}" for name in WORKFLOW_SECRETS}
    assert REHEARSE["secrets"] == given
    assert CALL["secrets"].keys() == {*WORKFLOW_SECRETS, "registry-password"}


@pytest.mark.parametrize("kind", ["inputs", "secrets", "outputs"])
def test_workflow_call__everything_is_described_in_a_sentence(kind: str) -> None:
    for name, entry in CALL[kind].items():
        words = entry["description"]
        assert words[0].isupper(), name
        assert words.endswith("."), name


def test_outputs__refer_to_outputs_of_jobs() -> None:
    assert list(CALL["outputs"]) == [
        "digest", "digests", "image-id", "verdict", "attested", "dropped",
    ]  # fmt: skip
    known = {
        "publish": PUBLISH["outputs"].keys(),
        "rehearse": REHEARSAL["on"]["workflow_call"]["outputs"].keys(),
    }
    for entry in CALL["outputs"].values():
        sources = re.findall(r"jobs\.([a-z]+)\.outputs\.([a-z-]+)", entry["value"])
        assert sources
        assert all(output in known[job] for job, output in sources)


def jobs(**verdicts: str | None) -> dict[str, FakeContext]:
    """Return what a caller's outputs are made from: None is a job that was skipped."""
    ended: dict[str, Value] = {
        job: {"result": "skipped", "outputs": {}}
        if verdict is None
        else {
            "result": "success" if verdict in {"passed", ""} else "failure",
            "outputs": {"verdict": verdict} if verdict else {},
        }
        for job, verdict in verdicts.items()
    }
    return {"jobs": FakeContext("jobs", ended)}


@pytest.mark.parametrize(
    "rehearse, publish, verdict",
    [
        ("passed", "passed", "passed"),
        ("passed", "", "passed"),
        ("passed", "misconfigured", "misconfigured"),
        ("passed", None, "publish-failed"),
        ("tests-failed", None, "tests-failed"),
        (None, None, "error"),
    ],
    ids=[
        "published",
        "dropped",
        "refused",
        "no approval, no artifact, no login",
        "red",
        "cancelled at once",
    ],
)
def test_outputs__verdict_is_passed_only_after_publishing(
    rehearse: str | None, publish: str | None, verdict: str
) -> None:
    expression = CALL["outputs"]["verdict"]["value"]
    assert interpolate(expression, jobs(rehearse=rehearse, publish=publish)) == verdict


def test_outputs__of_publish_are_never_empty() -> None:
    contexts = {"steps": FakeContext("steps", {"attest-rehearsal": {"outcome": "skipped"}})}
    told = {name: interpolate(text, contexts) for name, text in PUBLISH["outputs"].items()}
    assert told == {
        "digest": "none", "digests": "none", "verdict": "publish-failed", "attested": "false",
    }  # fmt: skip


@pytest.mark.parametrize(
    "published, rehearsed, dropped",
    [
        ({"digest": "sha256:1", "digests": "a:1=sha256:1"}, "", ""),
        ({"digest": "none", "digests": "none"}, "tests evidence-artifact ", ""),
        ({"digest": "none"}, "", "digests"),
        ({}, "image-id tests ", "image-id digest digests"),
        (None, "", ""),
    ],
    ids=["all", "of the rehearsal alone", "digests", "each", "not published"],
)
def test_outputs__say_which_one_was_dropped(
    published: dict[str, str] | None, rehearsed: str, dropped: str
) -> None:
    publish: Value = {"result": "success" if published is not None else "skipped"}
    publish |= {"outputs": {**(published or {})}}  # type: ignore[operator]
    rehearse: Value = {"result": "success", "outputs": {"dropped": rehearsed}}
    contexts = {"jobs": FakeContext("jobs", {"publish": publish, "rehearse": rehearse})}
    told = {name: interpolate(each["value"], contexts) for name, each in CALL["outputs"].items()}
    assert told["dropped"] == dropped
    assert (told["digest"], told["digests"]) == tuple(
        "" if (value := (published or {}).get(name)) in {None, "none"} else value
        for name in ("digest", "digests")
    )


NEEDED = ["image-artifact", "image-config", "evidence-artifact", "verdict-digest"]


@pytest.mark.parametrize("missing", [*NEEDED, ""])
def test_publish__ends_where_github_dropped_what_it_needs(missing: str) -> None:
    needed = dict.fromkeys(NEEDED, "x")
    needs: Value = {"outputs": {**needed, missing: ""}}
    step = PUBLISH["steps"][1]
    contexts = {"needs": FakeContext("needs", {"rehearse": needs})}
    assert interpolate(f"${{{{ {step['if']} }}}}", contexts) == ("true" if missing else "false")
    assert step["run"].splitlines()[-1] == "exit 2"


def test_outputs__attested_needs_both_attestations() -> None:
    *_, last = PUBLISH["steps"]
    assert last["uses"].startswith("actions/attest@")
    assert "predicate-type" in last["with"]
    assert PUBLISH["outputs"]["attested"] == f"${{{{ steps.{last['id']}.outcome == 'success' }}}}"
    assert (
        interpolate(CALL["outputs"]["attested"]["value"], jobs(rehearse="passed", publish=None))
        == "false"
    )


@pytest.mark.parametrize(
    "attest, private, owner, refused",
    [
        (True, True, "User", "true"),
        (False, True, "User", "false"),
        (True, False, "User", "false"),
        (True, True, "Organization", "false"),
    ],
    ids=["private of a user", "without attest", "public", "private of an organization"],
)
def test_publish__rejects_first_a_private_repository_of_a_user(
    *, attest: bool, private: bool, owner: str, refused: str
) -> None:
    step = PUBLISH["steps"][0]
    repository: Value = {"private": private, "owner": {"type": owner}}
    contexts = {
        "inputs": FakeContext("inputs", {"attest": attest}),
        "github": FakeContext("github", {"event": {"repository": repository}}),
    }
    assert interpolate(f"${{{{ {step['if']} }}}}", contexts) == refused
    assert step["run"].splitlines()[-1] == "exit 2"


def test_publish__trusts_what_the_runner_holds() -> None:
    given = next(step["with"] for step in PUBLISH["steps"] if step.get("id") == "publish")
    assert given["verdict-digest"] == "${{ needs.rehearse.outputs.verdict-digest }}"
    assert given["image-id"] == "${{ steps.image.outputs.image-id }}"
    attested = next(step["env"] for step in PUBLISH["steps"] if step.get("id") == "predicate")
    assert attested["VERDICT_DIGEST"] == given["verdict-digest"]
    restore = next(step for step in PUBLISH["steps"] if step.get("id") == "image")
    assert restore["env"] == {"CONFIG": "${{ needs.rehearse.outputs.image-config }}"}


def test_workflow_source__is_found_by_the_same_step_in_each_job() -> None:
    steps = [step for job in (PUBLISH, *REHEARSAL["jobs"].values()) for step in job["steps"]]
    first, *others = (step for step in steps if step.get("id") == "workflow-source")
    assert others == [first] * 3


def test_publish__has_its_own_runner() -> None:
    assert "inputs.publish-runs-on" in PUBLISH["runs-on"]
    assert CALL["inputs"]["publish-runs-on"]["default"] == "ubuntu-24.04"


def test_publish__runs_queue_for_one_image() -> None:
    assert PUBLISH["concurrency"] == {
        "group": "dress-rehearsal-publish ${{ inputs.artifact-name }}",
        "cancel-in-progress": False,
        "queue": "max",
    }


def test_publish__needs_a_successful_rehearsal() -> None:
    assert PUBLISH["needs"] == "rehearse"
    # With a condition of its own it could run after a red shard.
    assert "if" not in PUBLISH


def test_permissions__only_publish_may_write() -> None:
    assert RELEASE_IMAGE["permissions"] == {}
    assert REHEARSE["permissions"] == {"contents": "read"}
    assert PUBLISH["permissions"] == PERMISSIONS
    for job in REHEARSAL["jobs"].values():
        assert job["permissions"].items() <= {"contents": "read"}.items()


@pytest.mark.parametrize("caller, job", CALLERS.items(), ids=CALLERS)
def test_callers__grant_exactly_the_needed_permissions(caller: str, job: str) -> None:
    calls = read(TOP / caller)["jobs"][job]
    assert calls["permissions"] == PERMISSIONS
    assert calls["with"].keys() <= CALL["inputs"].keys()
    assert calls.get("secrets", {}).keys() <= CALL["secrets"].keys()


@pytest.mark.parametrize("name", ["release-image.yml", "release.yml"])
def test_workflow__has_timeouts_pins_and_no_injection(name: str) -> None:
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
