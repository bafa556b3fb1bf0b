"""`rehearse audit IMAGE` on a laptop, and in the example that uploads to code scanning."""

import json
from typing import Any

import pytest

from .act import Act
from .leftovers import engine
from .machine import base_image, tool
from .repository import Repository
from .runner import Runner
from .test_examples import EXAMPLES, GH
from .workflow import with_recorder

PUBLISHED = "OWNER/dress-rehearsal"
# The app is served by Python's http.server, and its page has none of the headers.
FAILED = {"dev-server", "headers:nosniff", "headers:frame", "headers:referrer", "healthcheck"}


@pytest.fixture
def image(tiny: Repository, run_id: str) -> str:
    """An image of the tiny app, with a name of this run."""
    name = f"audited:{run_id}"
    base_is = f"PYTHON_IMAGE={base_image()}"
    engine("build", "--build-arg", base_is, "--tag", name, str(tiny.root))
    return name


def test_audit__table(image: str, tiny: Repository, runner: Runner) -> None:
    done = runner.run_locally(tiny, {}, flags=[image], command="audit")
    text = done.output.decode()
    assert done.exit_code == 15, text
    table = text.partition("\nfinding ")[2].partition("\nWhat to do about")[0].splitlines()
    rows = [line.split()[:2] for line in table[1:] if line[:1].strip()]
    assert {name for name, outcome in rows if outcome == "failed"} == FAILED
    assert "What to do about dev-server\n" in text
    assert "  | Server: BaseHTTP/" in text
    assert text.endswith("verdict:  audit-failed\n")


def test_audit__sarif_and_waivers(image: str, tiny: Repository, runner: Runner) -> None:
    out = runner.folder / "audit.sarif"
    inputs = {"audit": "warn", "audit-ignore": "headers\nhealthcheck"}
    done = runner.run_locally(
        tiny,
        inputs,
        flags=[image, "--format", "sarif"],
        command="audit",
        before=["sh", "-c", 'exec "$@" >"$0"', str(out)],
    )
    assert done.exit_code == 0, done.output
    assert done.output.endswith(b"verdict:  passed\n")
    (run,) = json.loads(out.read_text())["runs"]
    shown = [each["ruleId"] for each in run["results"] if "suppressions" not in each]
    assert shown == ["dev-server"]
    assert len(run["results"]) == len(FAILED)
    places = {
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for each in run["results"]
    }
    assert places == {"Dockerfile"}


def test_audit__an_app_that_does_not_start(image: str, tiny: Repository, runner: Runner) -> None:
    inputs = {"env": "TINY_FAULT=crash"}
    done = runner.run_locally(tiny, inputs, flags=[image], command="audit")
    text = done.output.decode()
    assert done.exit_code == 11, text
    assert "The environment variable TINY_KEY is missing in the container" in text
    assert "--secrets TINY_KEY" in text
    assert "(rehearse audit --help lists them all)" in text


def uploaded(act: Act, tiny: Repository, flags: str = "") -> tuple[int, Any]:
    """Run the example; return the exit code, and the results that GitHub would show."""
    tool("jq")
    image, sarif = f"audited:{act.run_id}", act.folder / "uploaded.sarif"
    text = (EXAMPLES / "code-scanning.yml").read_text()
    for old, new in {
        "--tag app .": f"--tag {image} .",
        "audit app ": f"audit {image} {flags} ",
    }.items():
        assert old in text
        text = text.replace(old, new)
    # The action of this checkout, as released.
    tiny.commit("With the action")
    tiny.git("tag", "v0.1.0")
    run = act.push(
        tiny,
        with_recorder(text, "audit"),
        secrets={"GITHUB_TOKEN": "a token"},
        environment={"GH_SARIF": str(sarif)},
        others={f"{PUBLISHED}@v0.1.0": tiny},
        programs=[GH],
        job="audit",
    )
    results = json.loads(sarif.read_text())["runs"][0]["results"] if sarif.exists() else None
    return run.exit_code, results


def test_code_scanning__an_alert_for_each_finding(tiny: Repository, act: Act) -> None:
    exit_code, results = uploaded(act, tiny, "--audit-ignore headers")
    assert exit_code == 0
    assert {each["ruleId"] for each in results} == {"dev-server", "healthcheck"}


def test_code_scanning__nothing_of_an_app_that_does_not_start(tiny: Repository, act: Act) -> None:
    exit_code, results = uploaded(act, tiny, "--env TINY_FAULT=crash")
    assert exit_code != 0
    assert results is None
