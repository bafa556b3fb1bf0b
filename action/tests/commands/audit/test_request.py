from pathlib import Path

import pytest

from rehearsal.arguments import parse
from rehearsal.commands.audit.request import TEST_INPUTS, read_request
from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.parser import plan_of
from rehearsal.outside.git import git
from rehearsal.verdict import MisconfiguredError

PATH = {"PATH": "/usr/bin:/bin"}
STEP = """
on: push
jobs:
  web:
    steps:
      - uses: OWNER/dress-rehearsal/action@v1
        with:
          port: 80
          image: ${{ steps.build.outputs.image }}
          shard: 2/4
          test-command: ${{ steps.tests.outputs.command }}
          test-requirements: missing.txt
          audit: 'off'
          audit-ignore: ''
          env: MODE=production
"""


def request(folder: Path, *argv: str) -> GivenInputs:
    return read_request(parse(["audit", *argv]), PATH, folder)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A Django project with functional tests and a workflow; no checkout of git's."""
    (tmp_path / "functional_tests").mkdir()
    for name in ("manage.py", "functional_tests/requirements.txt", "Dockerfile"):
        (tmp_path / name).touch()
    workflows = tmp_path / ".github/workflows"
    workflows.mkdir(parents=True)
    (workflows / "ci.yml").write_text(STEP)
    return tmp_path


def test_request__flags_alone_and_no_test(project: Path) -> None:
    found = request(project, "web:1", "--port", "80", "--env", "A=1", "--env", "B=2")
    assert found.inputs == {"image": "web:1", "port": "80", "env": "A=1\nB=2", "audit": "enforce"}
    plan = plan_of(found)
    assert (plan.image, plan.audit.mode, plan.container.env) == (
        "web:1",
        "enforce",
        {"A": "1", "B": "2"},
    )
    assert plan.audit_only
    assert not plan.suite.command
    assert not plan.suite.requirements


def test_request__the_inputs_of_a_step(project: Path) -> None:
    """Neither its image nor its tests count, nor what it says of the audit."""
    assert git(project, PATH, "init", "--quiet")[0] == 0
    plan = plan_of(request(project, "web:1", "--workflow", "ci.yml", "--audit-ignore", ""))
    assert (plan.image, plan.container.port) == ("web:1", 80)
    assert plan.container.env == {"MODE": "production"}
    assert plan.audit.mode == "enforce"
    assert not plan.suite.command
    assert not plan.suite.shard


@pytest.mark.parametrize("place", [("--audit-active", "web:1"), ("web:1", "--audit-active")])
def test_request__a_boolean_is_a_switch(place: tuple[str, ...], project: Path) -> None:
    found = request(project, *place)
    assert (found.inputs["image"], found.inputs["audit-active"]) == ("web:1", "true")


def test_request__a_boolean_takes_a_value(project: Path) -> None:
    found = request(project, "--audit-active", "false", "web:1")
    assert (found.inputs["image"], found.inputs["audit-active"]) == ("web:1", "false")


def test_request__warn(project: Path) -> None:
    assert request(project, "web:1", "--audit", "warn").inputs["audit"] == "warn"


@pytest.mark.parametrize(
    "argv, what, advice",
    [
        ([], "needs the name or the ID of an image", "docker image ls"),
        (["--audit-active"], "needs the name or the ID of an image", "docker image ls"),
        (["web:1", "--audit", "off"], "does nothing with --audit off", "--audit warn"),
        (["web:1", "--input", "prot=80"], "no input named 'prot'", "port"),
    ],
    ids=["no image", "only a switch", "off", "unknown input"],
)
def test_request__errors(argv: list[str], what: str, advice: str, project: Path) -> None:
    with pytest.raises(MisconfiguredError) as caught:
        request(project, *argv)
    assert what in caught.value.problem.message
    assert advice in caught.value.problem.hint


def test_request__any_input_but_those_of_tests(project: Path) -> None:
    argv = [word for name in TEST_INPUTS for word in ("--input", f"{name}=1/2")]
    assert not {*TEST_INPUTS} & request(project, "web:1", *argv).inputs.keys()


@pytest.mark.parametrize("flag", ["--test-command", "--image", "--context", "--artifact-name"])
def test_arguments__without_effect_are_no_flags(
    flag: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        request(project, "web:1", flag, "x")
    assert f"there is no flag {flag}" in capsys.readouterr().err
