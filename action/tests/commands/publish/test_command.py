import json
import re
import signal
import time
from hashlib import sha256
from pathlib import Path

import pytest

from rehearsal import cli
from rehearsal.results.tests import SuiteResults
from rehearsal.verdict import Problem, Verdict

from ...fakes import write_verdict
from .fake_registries import ANOTHER, IMAGE, MANIFEST, OTHER

TO = "localhost:5000/app:1"
# An engine with one image, and a registry that holds what was pushed.
SCRIPT = r"""#!/bin/bash
state=@STATE@
echo "$*" >>"$state/calls"
case "$1 $2" in
"version --format") echo 28.2.2 ;;
"buildx version") exit 1 ;;
"info --format") echo '{}' ;;
"image inspect")
    if [[ $3 == @IMAGE@ || -e $state/tagged ]]; then
        echo '[{"Id": "@IMAGE@", "RepoTags": ["rehearsed/app:latest"], "RepoDigests": []}]'
    else echo "No such image: $3" >&2; exit 1; fi ;;
"tag @IMAGE@") touch "$state/tagged" ;;
"image rm") rm "$state/tagged" ;;
"manifest inspect")
    [[ -e $state/pushed ]] || { echo "no such manifest: $4" >&2; exit 1; }
    echo '{"Descriptor": {"digest": "@MANIFEST@"},'
    echo '"OCIManifest": {"config": {"digest": "@IMAGE@"}}}' ;;
"push "*)
    env >"$state/environment"
    if [[ -e $state/hangs ]]; then exec sleep 60; fi
    [[ -e $state/refuses ]] && { cat "$state/refuses" >&2; exit 1; }
    touch "$state/pushed"
    echo "1: digest: @MANIFEST@ size: 7" ;;
"version ") ;;
*) echo "the fake does not know: $*" >&2; exit 99 ;;
esac
"""


class Scenario:
    """A fake docker client, a rehearsal that passed, and the files of a runner."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.state = top / "state"
        self.state.mkdir()
        (top / "bin").mkdir()
        script = SCRIPT.replace("@STATE@", str(self.state))
        client = top / "bin/docker"
        client.write_text(script.replace("@IMAGE@", IMAGE).replace("@MANIFEST@", MANIFEST))
        client.chmod(0o755)
        self.write_rehearsal()

    def write_rehearsal(self, **changes: object) -> None:
        ours = {"name": "r-1", "image_id": IMAGE, "suite_results": SuiteResults(test_count=3)}
        write_verdict(self.top, **ours | changes)

    def environ(self, **inputs: str) -> dict[str, str]:
        files = {f"GITHUB_{name}": str(self.top / name) for name in ("OUTPUT", "STEP_SUMMARY")}
        given = {"evidence-path": str(self.top), "to": TO} | inputs
        return {
            "PATH": f"{self.top / 'bin'}:/usr/bin:/bin",
            "HOME": str(self.top),
            "GITHUB_ACTIONS": "true",
            "GITHUB_TOKEN": "the runner's own",
            "REHEARSAL_INPUTS": json.dumps(given),
            **files,
        }

    @property
    def outputs(self) -> dict[str, str]:
        pairs = re.findall(r"^([a-z-]+)<<(\S+)\n(.*?)\n?\2$", (self.top / "OUTPUT").read_text(),
                           re.MULTILINE | re.DOTALL)  # fmt: skip
        return {name: value for name, _, value in pairs}

    @property
    def summary(self) -> str:
        return (self.top / "STEP_SUMMARY").read_text()


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return Scenario(tmp_path)


def test_publish__reports_tests_image_and_digests(
    scenario: Scenario, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert cli.main(["publish"], scenario.environ()) == 0
    log = capfdbinary.readouterr().out.decode()
    assert scenario.outputs == {
        "verdict": "passed",
        "digest": MANIFEST,
        "digests": f"{TO}={MANIFEST}",
    }
    assert "## ✅ Dress rehearsal: published" in scenario.summary
    for text in ("the rehearsal r-1 passed, 3 tests ran", IMAGE, TO, f"`{MANIFEST}`", "pushed"):
        assert text in scenario.summary
    assert f"registry: {TO}: {MANIFEST}, pushed" in log
    assert log.endswith("verdict:  passed\n")
    assert not (scenario.state / "tagged").exists()


def test_publish__says_what_is_not_proven(
    scenario: Scenario, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    words = "It is not proven that verdict.json is as the rehearsal wrote it"
    assert cli.main(["publish"], scenario.environ()) == 0
    assert f"\n- {words}" in scenario.summary
    assert f"\nnotice:   {words}" in capfdbinary.readouterr().out.decode()

    (scenario.top / "STEP_SUMMARY").unlink()
    content = (scenario.top / "verdict.json").read_bytes()
    digest = f"sha256:{sha256(content).hexdigest()}"
    assert cli.main(["publish"], scenario.environ(**{"verdict-digest": digest})) == 0
    assert "proven" not in scenario.summary
    assert "proven" not in capfdbinary.readouterr().out.decode()


def test_publish__two_inputs_that_name_different_images(scenario: Scenario) -> None:
    scenario.write_rehearsal(image_id=OTHER)
    assert cli.main(["publish"], scenario.environ(**{"image-id": IMAGE})) == 16
    told = f"The input image-id names the image {IMAGE}, but verdict.json names {OTHER}."
    assert told in scenario.summary
    assert not (scenario.state / "pushed").exists()


def test_publish__the_client_gets_no_token_of_the_runner(scenario: Scenario) -> None:
    assert cli.main(["publish"], scenario.environ()) == 0
    environment = (scenario.state / "environment").read_text()
    assert "GITHUB_TOKEN" not in environment
    assert "REHEARSAL_INPUTS" not in environment


def test_publish__reports_a_registry_error(
    scenario: Scenario, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (scenario.state / "refuses").write_text("no basic auth credentials\n")
    assert cli.main(["publish"], scenario.environ()) == 16
    log = capfdbinary.readouterr().out.decode()
    assert scenario.outputs == {"verdict": "publish-failed", "digest": "", "digests": ""}
    (error,) = [line for line in log.splitlines() if line.startswith("::error ")]
    assert error.startswith("::error title=Dress rehearsal%3A publish-failed::")
    assert f"{TO} was not published: not logged in" in error
    assert "docker/login-action" in error
    assert "## ❌ Dress rehearsal: publish-failed" in scenario.summary
    assert "| nothing | ❌ not logged in: no basic auth credentials |" in scenario.summary


def test_publish__rejects_a_failed_rehearsal_without_an_engine(scenario: Scenario) -> None:
    scenario.write_rehearsal(problems=(Problem(Verdict.TESTS_FAILED, "w"),))
    assert cli.main(["publish"], scenario.environ() | {"PATH": "/nowhere"}) == 16
    assert scenario.outputs["verdict"] == "publish-failed"
    assert "Nothing was pushed" in scenario.summary


def test_publish__sets_the_outputs_for_an_invalid_input(scenario: Scenario) -> None:
    assert cli.main(["publish"], scenario.environ(to="app")) == 2
    assert scenario.outputs == {"verdict": "misconfigured", "digest": "", "digests": ""}
    assert not (scenario.state / "calls").exists()


def test_publish__without_an_engine(scenario: Scenario) -> None:
    assert cli.main(["publish"], scenario.environ() | {"PATH": "/nowhere"}) == 20
    assert scenario.outputs["verdict"] == "engine-failed"


def test_publish__takes_flags_on_a_laptop(
    scenario: Scenario, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    environ = {"PATH": scenario.environ()["PATH"], "HOME": str(scenario.top)}
    argv = ["publish", "--image-id", IMAGE, "--to", TO, "--to", "localhost:5000/app:2"]
    assert cli.main(argv, environ) == 0
    log = capfdbinary.readouterr().out.decode()
    assert f"registry: {TO}: {MANIFEST}, pushed" in log
    assert "registry: localhost:5000/app:2: " in log
    assert "tests:    not known; only the ID of the image was given" in log
    assert "::" not in log


def test_publish__timed_out(scenario: Scenario) -> None:
    (scenario.state / "hangs").touch()
    started = time.monotonic()
    assert cli.main(["publish"], scenario.environ(timeout="1")) == 17
    assert time.monotonic() - started < 10
    assert scenario.outputs["verdict"] == "timed-out"
    assert "interrupted" in scenario.summary
    assert not (scenario.state / "tagged").exists()


def test_publish__cancelled_before_the_first_push(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancelled(*_: object) -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr("rehearsal.commands.publish.command.find_engine", cancelled)
    assert cli.main(["publish"], scenario.environ()) == 18
    assert scenario.outputs == {"verdict": "cancelled", "digest": "", "digests": ""}
    assert "Nothing was pushed." in scenario.summary


def test_publish__reports_our_own_fault(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a planted fault")

    monkeypatch.setattr("rehearsal.commands.publish.command.publish", broken)
    assert cli.main(["publish"], scenario.environ()) == 70
    assert scenario.outputs == {"verdict": "error", "digest": "", "digests": ""}
    assert b"a planted fault" in capfdbinary.readouterr().out


def test_publish__escapes_messages_in_the_summary(scenario: Scenario) -> None:
    (scenario.state / "refuses").write_text(f"denied: | <b>{ANOTHER}</b> | `x`\n## Passed\n")
    assert cli.main(["publish"], scenario.environ()) == 16
    assert "<b>" not in scenario.summary
    assert "\n## Passed" not in scenario.summary
