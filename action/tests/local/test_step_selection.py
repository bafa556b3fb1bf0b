import pytest

from rehearsal.local.step_selection import StepNotFoundError, StepSelector, select_step
from rehearsal.local.workflow_file import Use
from rehearsal.verdict import Misconfigured

from .conftest import Project

STEP = "jobs: {web: {steps: [{uses: ./action}]}}"
SEVERAL = """
jobs:
  web:
    name: The web
    steps:
      - uses: ./action
        name: First
      - uses: ./action
        id: again
  api:
    steps:
      - run: echo
      - uses: ./action
"""


def find(project: Project, cwd: str = ".", **wanted: str) -> Use:
    return select_step(
        StepSelector(**wanted), top=project.top, cwd=project.top / cwd, repository="OWNER/shop"
    )


def test_find_use__the_only_one(project: Project) -> None:
    project.workflow("jobs: {lint: {steps: [{run: x}]}}", "lint.yml")
    project.workflow(STEP)
    assert find(project).file == ".github/workflows/ci.yml"


@pytest.mark.parametrize(
    "workflow", ["ci.yml", "ci", ".github/workflows/ci.yml", "../.github/workflows/ci.yml"]
)
def test_find_use__of_the_workflow_named(project: Project, workflow: str) -> None:
    project.workflow(STEP)
    project.workflow(STEP, "other.yaml")
    assert find(project, "action", workflow=workflow).file == ".github/workflows/ci.yml"


@pytest.mark.parametrize(
    "wanted, number, job",
    [
        ({"job": "api"}, 2, "api"),
        ({"job": "web", "step": "2"}, 2, "web"),
        ({"job": "The web", "step": "1"}, 1, "web"),
        ({"step": "First"}, 1, "web"),
        ({"step": "again"}, 2, "web"),
        ({"job": "api", "step": "./action"}, 2, "api"),
    ],
    ids=str,
)
def test_find_use__of_several(
    project: Project, wanted: dict[str, str], number: int, job: str
) -> None:
    project.workflow(SEVERAL)
    use = find(project, **wanted)
    assert (use.number, use.job) == (number, job)


def test_find_use__of_several_lists_them_with_what_tells_them_apart(project: Project) -> None:
    project.workflow(SEVERAL)
    project.workflow(STEP, "nightly.yml")
    with pytest.raises(Misconfigured) as caught:
        find(project)
    assert caught.value.message.startswith("4 steps use the action")
    ci = ".github/workflows/ci.yml"
    assert caught.value.hint.splitlines()[1:] == [
        f"  --workflow ci.yml --job web --step 1   ({ci}, job web, step 1, line 6)  'First'",
        f"  --workflow ci.yml --job web --step 2   ({ci}, job web, step 2, line 8)",
        f"  --workflow ci.yml --job api   ({ci}, job api, step 2, line 13)",
        "  --workflow nightly.yml   (.github/workflows/nightly.yml, job web, step 1, line 1)",
    ]


def test_find_use__each_listed_line_chooses_its_step(project: Project) -> None:
    project.workflow(SEVERAL)
    project.workflow(STEP, "nightly.yml")
    with pytest.raises(Misconfigured) as caught:
        find(project)
    for line in caught.value.hint.splitlines()[1:]:
        words = line.partition("(")[0].split()
        wanted = {
            flag.removeprefix("--"): value
            for flag, value in zip(words[::2], words[1::2], strict=True)
        }
        assert f"{find(project, **wanted)}, line" in line


@pytest.mark.parametrize(
    "wanted, words",
    [
        ({"workflow": "cy.yml"}, "There is no workflow 'cy.yml'. Did you mean 'ci.yml'?"),
        ({"job": "wep"}, "No job 'wep' uses the action. Did you mean 'web'?"),
        ({"step": "Frist"}, "No step 'Frist' uses the action. Did you mean 'First'?"),
        ({"job": "api", "step": "1"}, "No step '1' uses the action."),
    ],
    ids=str,
)
def test_find_use__a_name_that_is_none(
    project: Project, wanted: dict[str, str], words: str
) -> None:
    project.workflow(SEVERAL)
    with pytest.raises(Misconfigured) as caught:
        find(project, **wanted)
    assert caught.value.message == words
    assert "ci.yml" in caught.value.hint


def test_find_use__no_workflow_at_all(project: Project) -> None:
    with pytest.raises(StepNotFoundError, match=r"There is no workflow in .*/workflows"):
        find(project)


def test_find_use__none_that_uses_it(project: Project) -> None:
    project.workflow("jobs: {lint: {steps: [{uses: ./other}]}}")
    with pytest.raises(StepNotFoundError) as caught:
        find(project)
    assert caught.value.message == (
        "No step uses the action in .github/workflows/ci.yml, and no job calls its workflow."
    )
    assert "./action" in caught.value.hint
    assert ".github/workflows/rehearsal.yml@REF" in caught.value.hint


def test_find_use__a_release_counts_where_nothing_else_is_there_or_when_asked_for(
    project: Project,
) -> None:
    project.workflow("jobs: {image: {uses: ./.github/workflows/release-image.yml}}", "release.yml")
    assert find(project).job == "image"
    project.workflow("jobs: {web: {uses: ./.github/workflows/rehearsal.yml}}")
    assert find(project).job == "web"
    assert find(project, job="image").file == ".github/workflows/release.yml"


def test_find_use__of_several_calls_and_steps(project: Project) -> None:
    call = "uses: ./.github/workflows/rehearsal.yml"
    project.workflow(f"jobs: {{a: {{{call}}}, b: {{{call}}}}}")
    with pytest.raises(Misconfigured, match="2 jobs use the action, and one can be") as caught:
        find(project)
    assert [line.split()[1] for line in caught.value.hint.splitlines()[1:]] == ["a", "b"]
    project.workflow(STEP, "more.yml")
    with pytest.raises(Misconfigured, match="3 steps and jobs use the action"):
        find(project)


def test_find_use__a_broken_file_beside_it_does_no_harm(project: Project) -> None:
    project.workflow("a: b: c", "broken.yml")
    project.workflow(STEP)
    assert find(project).file == ".github/workflows/ci.yml"


def test_find_use__a_broken_file_may_be_why_there_is_none(project: Project) -> None:
    project.workflow("a: b: c")
    with pytest.raises(Misconfigured, match=r"ci\.yml, line 1: this is no YAML"):
        find(project)


def test_find_use__a_workflow_that_others_call_when_named(project: Project) -> None:
    project.workflow(f"on: workflow_call\n{STEP}", "rehearsal.yml")
    with pytest.raises(StepNotFoundError):
        find(project)
    assert find(project, workflow="rehearsal").job == "web"


def test_find_use__a_fork_when_its_step_is_named(project: Project) -> None:
    project.workflow("jobs: {web: {steps: [{uses: ACME/stage/action@v1}]}}")
    with pytest.raises(StepNotFoundError):
        find(project)
    assert find(project, step="1").uses == "ACME/stage/action@v1"
