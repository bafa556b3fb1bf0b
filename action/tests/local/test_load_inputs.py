import os
import sys
from pathlib import Path
from typing import Any

import pytest

from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.parser import make_plan
from rehearsal.local.load_inputs import LocalOptions, load_inputs
from rehearsal.local.step_selection import StepNotFoundError, StepSelector
from rehearsal.local.yaml_file import YamlMissingError
from rehearsal.verdict import MisconfiguredError, Problem

from .conftest import Project


def load(
    project: Project, *, cwd: str = ".", environ: dict[str, str] | None = None, **options: Any
) -> GivenInputs:
    path = {"PATH": os.environ["PATH"]}
    return load_inputs(LocalOptions(**options), {**path, **(environ or {})}, project.top / cwd)


def target(project: Project, text: str, **options: Any) -> Any:
    """Return the value of an input with this text."""
    project.step(f"with:\n  target: {text}")
    return load(project, **options).inputs["target"]


def problem_of(project: Project, step: str, *, job: str = "", **options: Any) -> Problem:
    project.step(step, job=job)
    try:
        request = load(project, **options)
        make_plan(request.inputs, environ=request.environ, top=request.top)
    except MisconfiguredError as problem:
        return problem.problem
    raise AssertionError("no error was raised")


def test_load_request__inputs_as_written(project: Project) -> None:
    project.step(
        "with:\n  Port: 8080\n  audit: off\n  test-command: |\n    a\n    b\n"
        "  audit-active: false\n  env:\n"
    )
    request = load(project, cwd="action")
    assert request.inputs == {
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
def test_load_request__github_context_from_git(project: Project, expression: str) -> None:
    assert target(project, "${{ %s }}" % expression) == GITHUB[expression]  # noqa: UP031


def test_load_request__github_context_has_commit_and_workspace(project: Project) -> None:
    assert target(project, "${{ github.sha }}") == project.git("rev-parse", "HEAD")
    assert target(project, "${{ github.event.after }}") == project.git("rev-parse", "HEAD")
    assert target(project, "${{ github.workspace }}/x") == f"{project.top}/x"


def test_load_request__github_context_on_a_tag(project: Project) -> None:
    project.git("tag", "v1")
    project.git("checkout", "--quiet", "--detach")
    text = "'${{ github.ref }} ${{ github.ref_name }} ${{ github.ref_type }}'"
    assert target(project, text) == "refs/tags/v1 v1 tag"


@pytest.mark.parametrize("kind", ["secrets", "vars", "env"])
def test_load_request__values_from_the_environment_then_dotenv(project: Project, kind: str) -> None:
    project.write(".env", "KEY=from-dotenv\nOTHER=other\n")
    text = "${{ %s.KEY }} ${{ %s.other }}" % (kind, kind)  # noqa: UP031
    assert target(project, text) == "from-dotenv other"
    assert target(project, text, environ={"KEY": "ours"}) == "ours other"
    assert target(project, text, set_values={f"{kind}.key": "set"}) == "set other"


def test_load_request__dotenv_is_read_at_the_top_of_the_checkout(project: Project) -> None:
    project.write(".env", "KEY=top")
    project.write("action/.env", "KEY=below")
    project.step("with: {target: '${{ secrets.KEY }}'}")
    assert load(project, cwd="action").inputs["target"] == "top"


def test_load_request__secrets_that_were_read_are_extra_secrets(project: Project) -> None:
    project.write(".env", "KEY=kkk\nUNUSED=uuu\nPLAIN=ppp\nBARE=bbb\nOWN=ooo")
    text = "${{ secrets.KEY }}${{ vars.PLAIN }}${{ env.OWN }}${{ env.OURS }}${{ github.token }}"
    project.step(f"with:\n  target: {text}\n  secrets: BARE")
    request = load(project, environ={"OURS": "no secret", "GITHUB_TOKEN": "ttt"})
    assert request.inputs["target"] == "kkkpppooono secretttt"
    make_plan({"secrets": "BARE"}, environ=request.environ, top=request.top)
    assert request.extra_secrets == {
        "KEY": "kkk", "PLAIN": "ppp", "OWN": "ooo", "GITHUB_TOKEN": "ttt", "BARE": "bbb",
    }  # fmt: skip


def test_load_request__no_secret_in_its_repr(project: Project) -> None:
    project.write(".env", "KEY=hush-hush")
    project.step("env: {A: '${{ secrets.KEY }}'}\nwith: {secrets: 'B=${{ secrets.KEY }}'}")
    assert "hush" not in repr(load(project, inputs={"target": "hush"}))


def test_load_request__env_of_workflow_job_and_step(project: Project) -> None:
    project.step(
        "env: {C: '${{ env.B }}, step', D: 4}\n"
        "with: {target: '${{ env.A }} ${{ env.C }} ${{ env.X }}'}",
        job="env: {B: '${{ env.A }}, job', A: job}",
        workflow="env: {A: workflow}",
    )
    request = load(project, environ={"A": "outside", "X": "x"})
    assert request.inputs["target"] == "job workflow, job, step x"
    found = dict(request.environ)
    del found["PATH"]
    step = "workflow, job, step"
    assert found == {"A": "job", "B": "workflow, job", "C": step, "D": "4", "X": "x"}


def test_load_request__unknown_env_is_an_error_only_if_it_is_read(project: Project) -> None:
    project.step("env: {A: '${{ steps.x.outputs.y }}', B: b}\nwith: {secrets: B}")
    request = load(project, environ={"A": "ours"})
    assert "A" not in dict(request.environ)
    assert request.environ["B"] == "b"
    with pytest.raises(MisconfiguredError, match=r"A in the env of .* needs steps\.x\.outputs\.y"):
        request.environ.get("A")


def test_load_request__environ_reads_dotenv_by_name_but_does_not_list_it(project: Project) -> None:
    project.write(".env", "KEY=value")
    project.step("with: {secrets: KEY}")
    request = load(project)
    assert request.environ.get("KEY") == "value"
    assert request.environ.get("NOWHERE") is None
    assert "KEY" not in dict(request.environ)
    assert len(request.environ) == 1


def test_load_request__unused_inputs_are_not_evaluated(project: Project) -> None:
    project.step(
        "with:\n  artifact-name: a-${{ matrix.x }}\n  retention-days: ${{ steps.a }}\n"
        "  cache-to: type=gha,x=${{ needs.a }}\n  cache-from: ${{ nonsense }}\n"
        "  port: ${{ matrix.x }}\n  shard: ${{ strategy.job-index }}/2"
    )
    request = load(project, inputs={"port": "80", "shard": "1/2"})
    assert request.inputs == {"port": "80", "shard": "1/2"}
    assert request.ignored_inputs == ("cache-from", "cache-to", "artifact-name", "retention-days")


def test_load_request__build_inputs_are_ignored_with_an_image(project: Project) -> None:
    project.step("with: {image: '${{ steps.build.outputs.image }}', build-args: '${{ steps.a }}'}")
    assert load(project, inputs={"image": "shop:1"}).inputs == {"image": "shop:1"}
    set_values = {"steps.build.outputs.image": "shop:2"}
    assert load(project, set_values=set_values).inputs == {"image": "shop:2"}
    with pytest.raises(MisconfiguredError, match="build-args"):
        load(project, inputs={"image": ""})


def test_load_request__generated_secrets_need_no_value(project: Project) -> None:
    project.step(
        "env: {A: '${{ secrets.A }}'}\nwith: {secrets: A, generate-secrets: A}",
    )
    request = load(project)
    plan = make_plan(request.inputs, environ=request.environ, top=request.top)
    assert len(plan.secrets[0].value) > 30


def test_load_request__generate_secrets_on_the_command_line(project: Project) -> None:
    project.step("env: {A: '${{ secrets.A }}'}\nwith: {secrets: A}")
    request = load(project, inputs={"generate-secrets": "A"})
    assert make_plan(request.inputs, environ=request.environ, top=request.top).secrets


def test_load_request__unknown_input_gives_a_note(project: Project) -> None:
    project.step("with: {prot: 80}", job="services: {db: {image: x}}")
    request = load(project)
    assert request.inputs == {}
    assert request.notes == (
        "The action has no input prot (did you mean port?); GitHub ignores it, too.",
        NOT_STARTED,
    )


NOT_STARTED = (
    "The job's services (db) are not started here. They are if the step has network: "
    "${{ job.container.network }}."
)
MATRIX = "strategy: {matrix: {python: [3.11, '3.13'], one: [x], include: [{python: 3.9}]}}"


def test_load_request__matrix(project: Project) -> None:
    project.step("with: {target: '${{ matrix.python }} ${{ matrix.one }}'}", job=MATRIX)
    assert load(project, set_values={"matrix.python": "3.10"}).inputs["target"] == "3.10 x"


STEP = ".github/workflows/ci.yml, job web, step 2"
# The step, a part of the error message, a part of its hint.
UNKNOWN: dict[str, tuple[str, str, str]] = {
    "secret": (
        "env: {KEY: '${{ secrets.KEY }}'}\nwith: {secrets: KEY}",
        f"KEY in the env of {STEP} needs secrets.KEY, which has no value here.",
        "/.env (empty or missing now). If any value will do: --generate-secrets KEY.",
    ),
    "variable": (
        "with: {port: '${{ vars.PORT }}'}",
        f"The input port of {STEP} needs vars.PORT, which has no value here.",
        "(export PORT=…), or add a line PORT=… to {top}/.env (empty or missing now), or replace",
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
        "Give it with --set matrix.python=VALUE (one of 3.11, 3.13), or replace the input: --input",
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
        "Only GitHub knows the whole context; name the items",
    ),
    "expression": (
        "with: {port: '${{ 1 + }}'}",
        f"The input port of {STEP} holds an expression that cannot be evaluated: '+' was",
        "Correct it in .github/workflows/ci.yml, or replace the input: --input port=VALUE.",
    ),
    "function": (
        "with: {port: \"${{ hashFiles('x') }}\"}",
        "hashFiles works on GitHub's runner only",
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
def test_load_request__error_says_what_is_missing_and_how_to_give_it(
    project: Project, name: str
) -> None:
    step, message, hint = UNKNOWN[name]
    problem = problem_of(project, step, job=MATRIX)
    assert message in problem.message
    assert hint.replace("{top}", str(project.top)) in problem.hint


def test_load_request__error_if_dotenv_lacks_the_name(project: Project) -> None:
    project.write(".env", "OTHER=hush")
    problem = problem_of(project, UNKNOWN["secret"][0])
    assert f"to {project.top}/.env. If" in problem.hint
    assert "hush" not in problem.message + problem.hint


def test_load_request__error_in_an_invalid_dotenv(project: Project) -> None:
    project.write(".env", "A=1\nhush hush\n")
    problem = problem_of(project, "with: {port: 80}")
    assert problem.message.startswith(".env, line 2: ")


def test_load_request__error_if_dotenv_cannot_be_read(project: Project) -> None:
    (project.top / ".env").mkdir()
    assert problem_of(project, "with: {port: 80}").message.endswith(
        ".env cannot be read: IsADirectoryError."
    )


def test_load_request__flags_only_if_asked_for(project: Project) -> None:
    project.step("with: {port: '${{ matrix.x }}'}")
    request = load(project, cwd="action", inputs={"target": "x"}, flags_only=True)
    assert (request.inputs, request.origin) == ({"target": "x"}, "")
    assert request.top == project.top / "action"
    assert load(project, flags_only=True).inputs == {}


def test_load_request__flags_only_if_there_is_no_step(project: Project) -> None:
    project.write(".env", "KEY=value")
    request = load(project, inputs={"port": "80"})
    assert request.inputs == {"port": "80"}
    assert request.notes[0].startswith("There is no workflow in ")
    assert request.notes[0].endswith(" Only the flags are used.")
    assert request.environ["KEY"] == "value"
    with pytest.raises(StepNotFoundError):
        load(project)
    with pytest.raises(StepNotFoundError):
        load(project, inputs={"port": "80"}, selector=StepSelector(job="web"))


def test_load_request__no_git_checkout(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    with pytest.raises(StepNotFoundError) as caught:
        load_inputs(LocalOptions(), environ, tmp_path)
    assert caught.value.problem.message.startswith(f"{tmp_path} is not in a git checkout")
    (tmp_path / ".env").write_text("KEY=value")
    request = load_inputs(LocalOptions(inputs={"port": "80"}), environ, tmp_path)
    assert request.inputs == {"port": "80"}
    assert request.environ["KEY"] == "value"


def test_load_request__no_git(project: Project) -> None:
    with pytest.raises(
        StepNotFoundError, match=r"not in a git checkout \(there is no git on PATH\)"
    ):
        load_inputs(LocalOptions(), {"PATH": "/nowhere"}, project.top)


def test_load_request__without_pyyaml(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.step("with: {port: 80}")
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(YamlMissingError):
        load(project)
    request = load(project, inputs={"target": "x"})
    assert request.inputs == {"target": "x"}
    assert "needs PyYAML" in request.notes[0]


def test_load_request__call_of_rehearsal_yml(project: Project) -> None:
    project.workflow(
        "jobs: {web: {uses: OWNER/dress-rehearsal/.github/workflows/rehearsal.yml@v1, "
        "with: {port: 80}, secrets: {container-secrets: 'KEY=${{ secrets.KEY }}'}}}"
    )
    request = load(project, environ={"KEY": "value"})
    assert request.inputs == {"port": "80", "secrets": "KEY=value"}
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


def test_load_request__call_with_typed_and_ignored_inputs(
    project: Project,
) -> None:
    project.workflow(CALL)
    request = load(project, environ={"KEY": "value", "GIVEN": "here"})
    assert request.inputs == {
        "port": "80",
        "test-timeout": "90",
        "audit-active": "false",
        "generate-secrets": "RANDOM\nGIVEN\n",
        "secrets": "KEY=value\nGIVEN=here\n",
    }
    assert request.notes == ()
    assert request.ignored_inputs == ("shards", "browsers", "cache")
    plan = make_plan(request.inputs, environ=request.environ, top=request.top)
    assert [secret.name for secret in plan.container.secrets] == ["KEY", "GIVEN", "RANDOM"]


def test_load_request__call_whose_secret_is_generated_by_flag(project: Project) -> None:
    project.workflow(CALL)
    request = load(project, inputs={"generate-secrets": "KEY\nRANDOM\nGIVEN"})
    plan = make_plan(request.inputs, environ=request.environ, top=request.top)
    assert [secret.name for secret in plan.container.secrets] == ["KEY", "RANDOM", "GIVEN"]
    with pytest.raises(MisconfiguredError, match=r"needs secrets\.RANDOM"):
        load(project, inputs={"generate-secrets": "KEY\nGIVEN"})


def test_load_request__call_without_a_secret_that_it_needs(project: Project) -> None:
    project.workflow(CALL)
    with pytest.raises(MisconfiguredError, match=r"needs secrets\.KEY"):
        load(project)
