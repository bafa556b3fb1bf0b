import os
import sys
from pathlib import Path
from typing import Any

import pytest

from rehearsal.config.parser import make_plan
from rehearsal.config.request import Request
from rehearsal.local.load_request import LocalOptions, read_request
from rehearsal.local.step_selection import StepNotFoundError, StepSelector
from rehearsal.local.yaml_file import YamlMissingError
from rehearsal.verdict import Misconfigured

from .conftest import Project


def ask(
    project: Project, *, cwd: str = ".", environ: dict[str, str] | None = None, **command: Any
) -> Request:
    path = {"PATH": os.environ["PATH"]}
    return read_request(LocalOptions(**command), {**path, **(environ or {})}, project.top / cwd)


def value(project: Project, text: str, **asked: Any) -> Any:
    """Return what an input of that text is."""
    project.step(f"with:\n  target: {text}")
    return ask(project, **asked).given["target"]


def wrong(project: Project, step: str, *, job: str = "", **asked: Any) -> Misconfigured:
    project.step(step, job=job)
    try:
        request = ask(project, **asked)
        make_plan(request.given, environ=request.environ, top=request.top)
    except Misconfigured as problem:
        return problem
    raise AssertionError("nothing was found wrong")


def test_read_request__inputs_as_they_are_written(project: Project) -> None:
    project.step(
        "with:\n  Port: 8080\n  audit: off\n  test-command: |\n    a\n    b\n"
        "  audit-active: false\n  env:\n"
    )
    request = ask(project, cwd="action")
    assert request.given == {
        "port": "8080", "audit": "off", "test-command": "a\nb\n", "audit-active": "false",
        "env": "",
    }  # fmt: skip
    assert request.top == project.top
    assert request.origin == ".github/workflows/ci.yml, job web, step 2, line 7"
    assert request.file == ".github/workflows/ci.yml"
    assert request.notes == ()


GITHUB = {
    "github.ref": "refs/heads/main",
    "github.ref_name": "main",
    "github.ref_type": "branch",
    "github.repository": "OWNER/shop",
    "github.repository_owner": "OWNER",
    "github.event_name": "push",
    "github.event.ref": "refs/heads/main",
    "github.event.head_commit.message": "First\n\nMore",
    "github.event.repository.name": "shop",
    "github.event.pull_request.head.sha || 'none'": "none",
    "github.event.number": "",
    "github.actor": "Mona",
    "github.run_id": "local",
    "github.run_attempt": "1",
    "github.job": "web",
    "github.workflow": ".github/workflows/ci.yml",
    "github.server_url": "https://github.com",
    "github.api_url": "https://api.github.com",
    "github.head_ref": "",
    "github.event_name == 'pull_request' && 'a' || 'b'": "b",
    "runner.os": "Linux",
    "runner.debug": "",
    "format('{0}:{1}', github.REF_NAME, 1)": "main:1",
}


@pytest.mark.parametrize("expression", GITHUB)
def test_read_request__github_from_git(project: Project, expression: str) -> None:
    assert value(project, "${{ %s }}" % expression) == GITHUB[expression]  # noqa: UP031


def test_read_request__github_knows_commit_and_place(project: Project) -> None:
    assert value(project, "${{ github.sha }}") == project.git("rev-parse", "HEAD")
    assert value(project, "${{ github.event.after }}") == project.git("rev-parse", "HEAD")
    assert value(project, "${{ github.workspace }}/x") == f"{project.top}/x"


def test_read_request__github_on_a_tag(project: Project) -> None:
    project.git("tag", "v1")
    project.git("checkout", "--quiet", "--detach")
    text = "'${{ github.ref }} ${{ github.ref_name }} ${{ github.ref_type }}'"
    assert value(project, text) == "refs/tags/v1 v1 tag"


@pytest.mark.parametrize("kind", ["secrets", "vars", "env"])
def test_read_request__values_from_the_environment_then_dotenv(project: Project, kind: str) -> None:
    project.write(".env", "KEY=from-dotenv\nOTHER=other\n")
    text = "${{ %s.KEY }} ${{ %s.other }}" % (kind, kind)  # noqa: UP031
    assert value(project, text) == "from-dotenv other"
    assert value(project, text, environ={"KEY": "ours"}) == "ours other"
    assert value(project, text, settings={f"{kind}.key": "set"}) == "set other"


def test_read_request__dotenv_at_the_top_wherever_one_stands(project: Project) -> None:
    project.write(".env", "KEY=top")
    project.write("action/.env", "KEY=below")
    project.step("with: {target: '${{ secrets.KEY }}'}")
    assert ask(project, cwd="action").given["target"] == "top"


def test_read_request__secrets_that_were_used_are_confidential(project: Project) -> None:
    project.write(".env", "KEY=kkk\nUNUSED=uuu\nPLAIN=ppp\nBARE=bbb\nOWN=ooo")
    text = "${{ secrets.KEY }}${{ vars.PLAIN }}${{ env.OWN }}${{ env.OURS }}${{ github.token }}"
    project.step(f"with:\n  target: {text}\n  secrets: BARE")
    request = ask(project, environ={"OURS": "no secret", "GITHUB_TOKEN": "ttt"})
    assert request.given["target"] == "kkkpppooono secretttt"
    make_plan({"secrets": "BARE"}, environ=request.environ, top=request.top)
    assert request.extra_secrets == {
        "KEY": "kkk", "OWN": "ooo", "GITHUB_TOKEN": "ttt", "BARE": "bbb",
    }  # fmt: skip


def test_read_request__nothing_secret_in_a_repr(project: Project) -> None:
    project.write(".env", "KEY=hush-hush")
    project.step("env: {A: '${{ secrets.KEY }}'}\nwith: {secrets: 'B=${{ secrets.KEY }}'}")
    assert "hush" not in repr(ask(project, inputs={"target": "hush"}))


def test_read_request__env_of_workflow_job_and_step(project: Project) -> None:
    project.step(
        "env: {C: '${{ env.B }}, step', D: 4}\n"
        "with: {target: '${{ env.A }} ${{ env.C }} ${{ env.X }}'}",
        job="env: {B: '${{ env.A }}, job', A: job}",
        workflow="env: {A: workflow}",
    )
    request = ask(project, environ={"A": "outside", "X": "x"})
    assert request.given["target"] == "job workflow, job, step x"
    found = dict(request.environ)
    del found["PATH"]
    step = "workflow, job, step"
    assert found == {"A": "job", "B": "workflow, job", "C": step, "D": "4", "X": "x"}


def test_read_request__env_that_no_input_asks_for_may_stay_unknown(project: Project) -> None:
    project.step("env: {A: '${{ steps.x.outputs.y }}', B: b}\nwith: {secrets: B}")
    request = ask(project, environ={"A": "ours"})
    assert "A" not in dict(request.environ)
    assert request.environ["B"] == "b"
    with pytest.raises(Misconfigured, match=r"A in the env of .* needs steps\.x\.outputs\.y"):
        request.environ.get("A")


def test_read_request__environment_hands_dotenv_to_those_who_ask_by_name(project: Project) -> None:
    project.write(".env", "KEY=value")
    project.step("with: {secrets: KEY}")
    request = ask(project)
    assert request.environ.get("KEY") == "value"
    assert request.environ.get("NOWHERE") is None
    assert "KEY" not in dict(request.environ)
    assert len(request.environ) == 1


def test_read_request__only_what_is_used_is_worked_out(project: Project) -> None:
    project.step(
        "with:\n  artifact-name: a-${{ matrix.x }}\n  retention-days: ${{ steps.a }}\n"
        "  cache-to: type=gha,x=${{ needs.a }}\n  cache-from: ${{ nonsense }}\n"
        "  port: ${{ matrix.x }}\n  shard: ${{ strategy.job-index }}/2"
    )
    request = ask(project, inputs={"port": "80", "shard": "1/2"})
    assert request.given == {"port": "80", "shard": "1/2"}
    assert request.ignored_inputs == ("cache-from", "cache-to", "artifact-name", "retention-days")


def test_read_request__of_an_image_nothing_is_built(project: Project) -> None:
    project.step("with: {image: '${{ steps.build.outputs.image }}', build-args: '${{ steps.a }}'}")
    assert ask(project, inputs={"image": "shop:1"}).given == {"image": "shop:1"}
    settings = {"steps.build.outputs.image": "shop:2"}
    assert ask(project, settings=settings).given == {"image": "shop:2"}
    with pytest.raises(Misconfigured, match="build-args"):
        ask(project, inputs={"image": ""})


def test_read_request__generated_secrets_need_no_value(project: Project) -> None:
    project.step(
        "env: {A: '${{ secrets.A }}'}\nwith: {secrets: A, generate-secrets: A}",
    )
    request = ask(project)
    plan = make_plan(request.given, environ=request.environ, top=request.top)
    assert len(plan.secrets[0].value) > 30


def test_read_request__generated_on_the_command_line(project: Project) -> None:
    project.step("env: {A: '${{ secrets.A }}'}\nwith: {secrets: A}")
    request = ask(project, inputs={"generate-secrets": "A"})
    assert make_plan(request.given, environ=request.environ, top=request.top).secrets


def test_read_request__an_input_that_is_none_is_noted(project: Project) -> None:
    project.step("with: {prot: 80}", job="services: {db: {image: x}}")
    request = ask(project)
    assert request.given == {}
    assert request.notes == (
        "prot is no input of the action (did you mean port?): GitHub ignores it, too.",
        "The job's services (db) are not started here.",
    )


MATRIX = "strategy: {matrix: {python: [3.11, '3.13'], one: [x], include: [{python: 3.9}]}}"


def test_read_request__matrix(project: Project) -> None:
    project.step("with: {target: '${{ matrix.python }} ${{ matrix.one }}'}", job=MATRIX)
    assert ask(project, settings={"matrix.python": "3.10"}).given["target"] == "3.10 x"


STEP = ".github/workflows/ci.yml, job web, step 2"
# The step, what its error says, and what its advice does.
UNKNOWN: dict[str, tuple[str, str, str]] = {
    "secret": (
        "env: {KEY: '${{ secrets.KEY }}'}\nwith: {secrets: KEY}",
        f"KEY in the env of {STEP} needs secrets.KEY, which has no value here.",
        "/.env (empty or not there yet). Where any value will do: --generate-secrets KEY.",
    ),
    "variable": (
        "with: {port: '${{ vars.PORT }}'}",
        f"The input port of {STEP} needs vars.PORT, which has no value here.",
        "(export PORT=…), or as a line PORT=… into {top}/.env (empty or not there yet), or replace",
    ),
    "env": ("with: {port: '${{ env.PORT }}'}", "needs env.PORT, which", "--input port=VALUE."),
    "env that is unknown itself": (
        "env: {A: '${{ secrets.A }}'}\nwith: {port: '${{ env.A }}'}",
        f"A in the env of {STEP} needs secrets.A, which",
        "(export A=…)",
    ),
    "matrix": (
        "with: {target: 'py${{ matrix.python }}'}",
        f"The input target of {STEP} needs matrix.python, which",
        "Give it: --set matrix.python=VALUE (one of 3.11, 3.13), or replace the input: --input ",
    ),
    "step": (
        "with: {image: '${{ steps.a.outputs.b || 1 }}'}",
        "needs steps.a.outputs.b (${{ steps.a.outputs.b || 1 }}), which",
        "--set steps.a.outputs.b=VALUE, or",
    ),
    "push": (
        "with: {target: '${{ github.event.compare }}'}",
        "needs github.event.compare, which",
        "--set github.event.compare=VALUE",
    ),
    "whole context": (
        "with: {target: '${{ toJSON(secrets) }}'}",
        "needs secrets (${{ toJSON(secrets) }}), which",
        "Only GitHub knows all of it; name the parts",
    ),
    "expression": (
        "with: {port: '${{ 1 + }}'}",
        f"The input port of {STEP} holds an expression that cannot be worked out: '+' was",
        "Correct it in .github/workflows/ci.yml, or replace the input: --input port=VALUE.",
    ),
    "function": (
        "with: {port: \"${{ hashFiles('x') }}\"}",
        "hashFiles is worked out on GitHub's runner alone",
        "--input port=VALUE.",
    ),
    "list": ("with: {env: [A=1]}", f"The input env of {STEP} is a list", "write | after"),
    "mapping": ("with: {env: {A: 1}}", "is a mapping", "one item a line"),
    "env list": (
        "env: {A: [1]}\nwith: {secrets: A}",
        f"A in the env of {STEP} is a list",
        "one item a line",
    ),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_read_request__error_names_input_and_expression_and_how_to_give_it(
    project: Project, name: str
) -> None:
    step, what, advice = UNKNOWN[name]
    problem = wrong(project, step, job=MATRIX)
    assert what in problem.message
    assert advice.replace("{top}", str(project.top)) in problem.hint


def test_read_request__error_of_a_dotenv_that_lacks_the_name(project: Project) -> None:
    project.write(".env", "OTHER=hush")
    problem = wrong(project, UNKNOWN["secret"][0])
    assert f"into {project.top}/.env. Where" in problem.hint
    assert "hush" not in problem.message + problem.hint


def test_read_request__error_of_a_broken_dotenv(project: Project) -> None:
    project.write(".env", "A=1\nhush hush\n")
    problem = wrong(project, "with: {port: 80}")
    assert problem.message.startswith(".env, line 2: ")


def test_read_request__error_of_a_dotenv_that_cannot_be_read(project: Project) -> None:
    (project.top / ".env").mkdir()
    assert wrong(project, "with: {port: 80}").message.endswith(
        ".env cannot be read: IsADirectoryError."
    )


def test_read_request__flags_alone_when_wanted(project: Project) -> None:
    project.step("with: {port: '${{ matrix.x }}'}")
    request = ask(project, cwd="action", inputs={"target": "x"}, flags_only=True)
    assert (request.given, request.origin) == ({"target": "x"}, "")
    assert request.top == project.top / "action"
    assert ask(project, flags_only=True).given == {}


def test_read_request__flags_alone_where_there_is_no_step(project: Project) -> None:
    project.write(".env", "KEY=value")
    request = ask(project, inputs={"port": "80"})
    assert request.given == {"port": "80"}
    assert request.notes[0].startswith("There is no workflow in ")
    assert request.notes[0].endswith(" The flags alone count.")
    assert request.environ["KEY"] == "value"
    with pytest.raises(StepNotFoundError):
        ask(project)
    with pytest.raises(StepNotFoundError):
        ask(project, inputs={"port": "80"}, wanted=StepSelector(job="web"))


def test_read_request__no_git_checkout(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    with pytest.raises(StepNotFoundError) as caught:
        read_request(LocalOptions(), environ, tmp_path)
    assert caught.value.message.startswith(f"{tmp_path} is in no git checkout")
    (tmp_path / ".env").write_text("KEY=value")
    request = read_request(LocalOptions(inputs={"port": "80"}), environ, tmp_path)
    assert request.given == {"port": "80"}
    assert request.environ["KEY"] == "value"


def test_read_request__no_git(project: Project) -> None:
    with pytest.raises(StepNotFoundError, match=r"in no git checkout \(there is no git on PATH\)"):
        read_request(LocalOptions(), {"PATH": "/nowhere"}, project.top)


def test_read_request__without_pyyaml(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.step("with: {port: 80}")
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(YamlMissingError):
        ask(project)
    request = ask(project, inputs={"target": "x"})
    assert request.given == {"target": "x"}
    assert "needs PyYAML" in request.notes[0]


def test_read_request__the_call_of_our_workflow(project: Project) -> None:
    project.workflow(
        "jobs: {web: {uses: OWNER/dress-rehearsal/.github/workflows/rehearsal.yml@v1, "
        "with: {port: 80}, secrets: {container-secrets: 'KEY=${{ secrets.KEY }}'}}}"
    )
    request = ask(project, environ={"KEY": "value"})
    assert request.given == {"port": "80", "secrets": "KEY=value"}
    assert request.extra_secrets == {"KEY": "value"}


CALL = """
jobs:
  web:
    uses: ./.github/workflows/rehearsal.yml
    with:
      port: 80
      test-timeout: 90
      audit-active: false
      cache: true
      shards: 2
      browsers: chrome
      generate-secrets: |
        RANDOM
        GIVEN
    secrets:
      container-secrets: |
        KEY=${{ secrets.KEY }}
        RANDOM=${{ secrets.RANDOM }}
        GIVEN=${{ secrets.GIVEN }}
"""


def test_read_request__a_call_with_numbers_booleans_and_what_github_alone_can_do(
    project: Project,
) -> None:
    project.workflow(CALL)
    request = ask(project, environ={"KEY": "value", "GIVEN": "here"})
    assert request.given == {
        "port": "80",
        "test-timeout": "90",
        "audit-active": "false",
        "generate-secrets": "RANDOM\nGIVEN\n",
        "secrets": "KEY=value\nGIVEN=here\n",
    }
    assert request.notes == ()
    assert request.ignored_inputs == ("shards", "browsers", "cache")
    plan = make_plan(request.given, environ=request.environ, top=request.top)
    assert [secret.name for secret in plan.container.secrets] == ["KEY", "GIVEN", "RANDOM"]


def test_read_request__a_call_without_a_secret_that_it_needs(project: Project) -> None:
    project.workflow(CALL)
    with pytest.raises(Misconfigured, match=r"needs secrets\.KEY"):
        ask(project)
