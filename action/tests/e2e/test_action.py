"""The action in a workflow, run by act: its steps, outputs, uploads, and several uses of it."""

import html
import json
import re
import struct
from pathlib import Path

import pytest

from .act import Act, ActRun
from .machine import CHECKOUT, base_image
from .planted_secrets import PEM, find
from .repository import Repository
from .workflow import with_recorder, workflow
from .workflow_commands import parse_step_logs

# The five lines of the README, and what superlists needs on top.
FIVE_LINES = """
- uses: ./action
  env:
    DJANGO_SECRET_KEY: ${{ secrets.DJANGO_SECRET_KEY }}
  with:
    secrets: DJANGO_SECRET_KEY
"""
SUPERLISTS = (
    FIVE_LINES.rstrip().replace("./action", "./action\n  id: rehearsal")
    + """
    env: DJANGO_ALLOWED_HOST=localhost
    setup-command: python manage.py migrate --noinput
"""
)
TINY = """
- uses: ./action
  id: rehearsal
  with:
    test-command: python3 -m unittest checks.Page
"""
AFTERWARDS = """
- name: A later step
  if: always()
  env:
    VERDICT: ${{ steps.rehearsal.outputs.verdict }}
    OUTCOME: ${{ steps.rehearsal.outcome }}
  run: echo "afterwards $VERDICT $OUTCOME"
"""
SECRETS = {"DJANGO_SECRET_KEY": 'p1anted "key" with $quotes\\ and accénts'}


def goes_on(step: str) -> str:
    """Let the job go on after this step."""
    return f"{step.rstrip()}\n  continue-on-error: true\n"


def assert_no_secret(run: ActRun) -> None:
    places = {"the log": run.everything_logged, "the summary": run.summary.encode()}
    for folder in (*run.artifacts.values(), *(r.evidence for r in run.records if r.evidence)):
        places |= {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    for record in run.records:
        places["the outputs"] = repr(record.steps).encode()
    assert not find(SECRETS, places)


def only_artifact(run: ActRun) -> Path:
    assert len(run.artifacts) == 1, f"expected one artifact: {list(run.artifacts)}"
    return next(iter(run.artifacts.values()))


def png_size(file: Path) -> tuple[int, int]:
    head = file.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n", f"{file} is no PNG"
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def test_superlists__passes(superlists: Repository, act: Act) -> None:
    run = act.push(superlists, workflow(SUPERLISTS, AFTERWARDS), secrets=SECRETS)
    assert run.exit_code == 0
    rehearsal = run.steps["rehearsal"]
    assert rehearsal.outcome == "success"
    assert rehearsal.outputs["verdict"] == "passed"
    assert rehearsal.outputs["image-id"].startswith("sha256:")
    assert rehearsal.outputs["tests"] == "3"
    assert rehearsal.outputs["failures"] == "0"
    assert 0 < float(rehearsal.outputs["ready-seconds"]) < 30
    assert not rehearsal.outputs.get("artifact-url")
    assert not run.artifacts
    assert not [each for each in run.annotations if each.level == "error"]
    assert "Dress rehearsal: passed" in run.summary
    assert "afterwards passed success" in run.log
    assert_no_secret(run)


def test_superlists__failing_functional_test(superlists: Repository, act: Act) -> None:
    # The layout's story alone posts this item, and gets a 500 where its list should be.
    superlists.replace(
        "superlists/lists/views.py",
        r'^    text = request\.POST\.get\("item_text", ""\)\n',
        r'\g<0>    if text == "testing":\n        raise RuntimeError("the stage door is locked")\n',
    )
    run = act.push(superlists, workflow(goes_on(SUPERLISTS), AFTERWARDS), secrets=SECRETS)
    assert run.exit_code == 0, "continue-on-error lets the job go on"
    rehearsal = run.steps["rehearsal"]
    assert rehearsal.outcome == "failure"
    assert rehearsal.conclusion == "success"
    assert rehearsal.outputs["verdict"] == "tests-failed"
    assert rehearsal.outputs["tests"] == "3"
    assert rehearsal.outputs["failures"] == "1"
    assert rehearsal.outputs["image-id"].startswith("sha256:")
    assert "/actions/runs/" in rehearsal.outputs["artifact-url"]
    assert rehearsal.outputs["artifact-name"] in run.artifacts
    assert "afterwards tests-failed failure" in run.log
    assert any("tests-failed" in each.properties["title"] for each in run.annotations)
    assert "Dress rehearsal: tests-failed" in run.summary
    assert_evidence_of_a_failed_test(only_artifact(run))
    assert_no_secret(run)


def assert_evidence_of_a_failed_test(evidence: Path) -> None:
    container_log = (evidence / "container.log").read_text()
    assert "Internal Server Error: /lists/new" in container_log
    assert "RuntimeError: the stage door is locked" in container_log
    verdict = json.loads((evidence / "verdict.json").read_text())
    assert verdict["verdict"] == "tests-failed"
    assert verdict["tests"]["ran"] == 3
    summary = (evidence / "summary.md").read_text()
    assert "tests-failed" in summary
    for said in (
        r"request:  \d.* POST /lists/new: 500",
        r"app:      RuntimeError: the stage door is locked \(superlists/lists/views\.py:\d+\)",
    ):
        assert re.search(f"^{said}$", summary, re.MULTILINE)
    page = (evidence / "index.html").read_text()
    assert re.search(
        r'class="key">.{0,60}<code>RuntimeError: the stage door is locked \(superlists', page
    )
    slowest = re.search(
        r"Slowest: \S+ took [0-9.]+ s(?: \(.*?\))? of the test command's [0-9.]+ s; .*", summary
    )
    assert slowest
    assert slowest[0].replace("\\_", "_") in html.unescape(re.sub("<[^>]*>", "", page))
    assert re.search(r"\ngit switch --detach [0-9a-f]{40}\nrehearse --test-command", summary)
    assert "<testsuite" in next((evidence / "tests").rglob("*.xml")).read_text()
    traces = [file.parent for file in (evidence / "tests").rglob("screenshot.png")]
    assert [folder.name.rpartition(".")[2] for folder in traces] == ["test_layout_and_styling"]
    width, height = png_size(traces[0] / "screenshot.png")
    assert width >= 800
    assert height >= 500
    assert "Server Error (500)" in (traces[0] / "page.html").read_text()
    assert "500" in (traces[0] / "console.log").read_text()
    facts = json.loads((evidence / "facts.json").read_text())["lines"]
    assert re.fullmatch(r"Server Error \(500\) at http://localhost:\d+/\S*", *facts["final page"])
    assert "500" in "\n".join(facts["console"])
    assert "Internal Server Error: /lists/new" in "\n".join(
        facts["container.log of the failed tests"]
    )
    assert (evidence / "build.log").stat().st_size
    assert (evidence / "container.json").stat().st_size


def test_superlists__missing_secret_crashes(superlists: Repository, act: Act) -> None:
    without = SUPERLISTS.replace("    secrets: DJANGO_SECRET_KEY\n", "")
    run = act.push(superlists, workflow(without, AFTERWARDS), secrets=SECRETS)
    assert run.exit_code == 1, "a red rehearsal makes the job red"
    assert run.steps["rehearsal"].outputs["verdict"] == "crashed"
    assert run.steps["rehearsal"].conclusion == "failure"
    assert "KeyError: 'DJANGO_SECRET_KEY'" in (only_artifact(run) / "container.log").read_text()
    assert "KeyError" in run.summary
    assert "afterwards crashed failure" in run.log
    assert_no_secret(run)


@pytest.mark.parametrize("secrets", [{}, {"DJANGO_SECRET_KEY": ""}], ids=["unset", "empty"])
def test_superlists__empty_secret_is_misconfigured(
    secrets: dict[str, str], superlists: Repository, act: Act
) -> None:
    # What a pull request from a fork looks like from inside.
    run = act.push(superlists, workflow(SUPERLISTS), secrets=secrets)
    assert run.exit_code == 1
    outputs = run.steps["rehearsal"].outputs
    assert outputs["verdict"] == "misconfigured"
    assert not outputs.get("image-id")
    assert any("DJANGO_SECRET_KEY is empty" in each.text for each in run.annotations)
    assert "generate-secrets" in run.summary
    assert "build.log" not in {file.name for file in only_artifact(run).iterdir()}


def test_twice_in_one_job__each_has_outputs_and_an_artifact_of_its_own(
    tiny: Repository, act: Act
) -> None:
    first = goes_on(TINY.replace("checks.Page", "checks.Wrong"))
    second = f"{TINY.replace('id: rehearsal', 'id: second').rstrip()}\n    evidence: always\n"
    run = act.push(tiny, workflow(first, second))
    assert run.exit_code == 0
    for step, verdict, failures in (("rehearsal", "tests-failed", "1"), ("second", "passed", "0")):
        outputs = run.steps[step].outputs
        assert (outputs["verdict"], outputs["failures"]) == (verdict, failures)
        artifact = run.artifacts[outputs["artifact-name"]]
        assert json.loads((artifact / "verdict.json").read_text())["verdict"] == verdict
        assert "/actions/runs/" in outputs["artifact-url"]
    assert len(run.artifacts) == 2


def test_matrix__legs_run_side_by_side(tiny: Repository, act: Act) -> None:
    leg = goes_on(TINY).replace("checks.Page", "checks.${{ matrix.tests }}")
    job = "strategy:\n  fail-fast: false\n  matrix:\n    tests: [Page, Wrong, Kills]\n"
    run = act.push(tiny, workflow(leg, job=job))
    assert run.exit_code == 0
    verdicts = sorted(record.steps["rehearsal"].outputs["verdict"] for record in run.records)
    assert verdicts == ["crashed", "passed", "tests-failed"]
    assert len(run.artifacts) == 2


def test_evidence_always__is_uploaded_when_it_passed(tiny: Repository, act: Act) -> None:
    run = act.push(tiny, workflow(f"{TINY.rstrip()}\n    evidence: always\n"))
    assert run.exit_code == 0
    assert json.loads((only_artifact(run) / "verdict.json").read_text())["verdict"] == "passed"


def test_evidence_never__is_not_uploaded(tiny: Repository, act: Act) -> None:
    failing = TINY.replace("checks.Page", "checks.Wrong")
    run = act.push(tiny, workflow(f"{failing.rstrip()}\n    evidence: never\n"))
    assert run.exit_code == 1
    assert not run.artifacts
    assert run.steps["rehearsal"].outputs["verdict"] == "tests-failed"


def test_secret__of_several_lines_is_masked_line_by_line(tiny: Repository, act: Act) -> None:
    step = """
    - uses: ./action
      id: rehearsal
      continue-on-error: true
      env:
        TINY_PEM: ${{ secrets.TINY_PEM }}
      with:
        secrets: TINY_PEM
        env: |
          TINY_PRINTS=TINY_PEM
        test-command: python3 -m unittest checks.Wrong checks.Prints
    """
    run = act.push(tiny, workflow(step), secrets={"TINY_PEM": PEM})
    assert run.steps["rehearsal"].outputs["verdict"] == "tests-failed"
    assert "TINY_PEM is" in (only_artifact(run) / "container.log").read_text()
    places = {str(f): f.read_bytes() for f in only_artifact(run).rglob("*") if f.is_file()}
    places["the log"] = run.everything_logged
    assert not find({"TINY_PEM": PEM}, places)
    asked = [e["raw"].rstrip("\n") for e in run.entries if e.get("command") == "add-mask"]
    assert parse_step_logs(asked).masks == tuple(PEM.splitlines()[1:-1])


# The audit has its deadlines: to read all layers, for example.
@pytest.mark.alone
def test_this_repository_s_own_workflow__rehearses(superlists: Repository, act: Act) -> None:
    text = (CHECKOUT / ".github/workflows/ci.yml").read_text()
    run = act.push(
        superlists, with_recorder(text, "rehearse"), variables={"PYTHON_IMAGE": base_image()}
    )
    assert run.exit_code == 0
    uses = [step for step in run.steps.values() if "verdict" in step.outputs]
    assert [step.outputs["verdict"] for step in uses] == ["passed"]
    # None failed, and none was skipped; only what TLS in front can give is waived.
    waived = "(deploy-check:W004, deploy-check:W008, deploy-check:W016)"
    (audit,) = (line for line in run.summary.splitlines() if line.startswith("- Audit: "))
    assert audit.endswith(f" passed, 0 failed, 3 waived {waived}")
