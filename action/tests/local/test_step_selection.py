import pytest

from rehearsal.local.step_selection import StepNotFoundError, StepSelector, select_step
from rehearsal.local.workflow_file import ActionUse
from rehearsal.verdict import MisconfiguredError

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


def select(project: Project, cwd: str = ".", **names: str) -> ActionUse:
    return select_step(
        StepSelector(**names), top=project.top, cwd=project.top / cwd, repository="OWNER/shop"
    )


def test_select_step__the_only_one(project: Project) -> None:
    project.workflow("jobs: {lint: {steps: [{run: x}]}}", "lint.yml")
    project.workflow(STEP)
    assert select(project).file == ".github/workflows/ci.yml"


@pytest.mark.parametrize(
    "workflow", ["ci.yml", "ci", ".github/workflows/ci.yml", "../.github/workflows/ci.yml"]
)
def test_select_step__in_the_named_workflow(project: Project, workflow: str) -> None:
    project.workflow(STEP)
    project.workflow(STEP, "other.yaml")
    assert select(project, "action", workflow=workflow).file == ".github/workflows/ci.yml"


@pytest.mark.parametrize(
    "names, number, job",
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
def test_select_step__named_among_several(
    project: Project, names: dict[str, str], number: int, job: str
) -> None:
    project.workflow(SEVERAL)
    use = select(project, **names)
    assert (use.step_number, use.job) == (number, job)


def test_select_step__several_are_listed_with_their_flags(project: Project) -> None:
    project.workflow(SEVERAL)
    project.workflow(STEP, "nightly.yml")
    with pytest.raises(MisconfiguredError) as caught:
        select(project)
    assert caught.value.problem.message.startswith("4 steps use the action")
    ci = ".github/workflows/ci.yml"
    assert caught.value.problem.hint.splitlines()[1:] == [
        f"  --workflow ci.yml --job web --step 1   ({ci}, job web, step 1, line 6)  'First'",
        f"  --workflow ci.yml --job web --step 2   ({ci}, job web, step 2, line 8)",
        f"  --workflow ci.yml --job api   ({ci}, job api, step 2, line 13)",
        "  --workflow nightly.yml   (.github/workflows/nightly.yml, job web, step 1, line 1)",
    ]


def test_select_step__the_listed_flags_select_their_step(project: Project) -> None:
    project.workflow(SEVERAL)
    project.workflow(STEP, "nightly.yml")
    with pytest.raises(MisconfiguredError) as caught:
        select(project)
    for line in caught.value.problem.hint.splitlines()[1:]:
        words = line.partition("(")[0].split()
        names = {
            flag.removeprefix("--"): value
            for flag, value in zip(words[::2], words[1::2], strict=True)
        }
        assert f"{select(project, **names)}, line" in line


@pytest.mark.parametrize(
    "names, words",
    [
        ({"workflow": "cy.yml"}, "There is no workflow 'cy.yml'. Did you mean 'ci.yml'?"),
        ({"job": "wep"}, "No job 'wep' uses the action. Did you mean 'web'?"),
        ({"step": "Frist"}, "No step 'Frist' uses the action. Did you mean 'First'?"),
        ({"job": "api", "step": "1"}, "No step '1' uses the action."),
    ],
    ids=str,
)
def test_select_step__unknown_name(project: Project, names: dict[str, str], words: str) -> None:
    project.workflow(SEVERAL)
    with pytest.raises(MisconfiguredError) as caught:
        select(project, **names)
    assert caught.value.problem.message == words
    assert "ci.yml" in caught.value.problem.hint


def test_select_step__no_workflow(project: Project) -> None:
    with pytest.raises(StepNotFoundError, match=r"There is no workflow in .*/workflows"):
        select(project)


def test_select_step__no_step_uses_the_action(project: Project) -> None:
    project.workflow("jobs: {lint: {steps: [{uses: ./other}]}}")
    with pytest.raises(StepNotFoundError) as caught:
        select(project)
    assert caught.value.problem.message == (
        "No step uses the action in .github/workflows/ci.yml, and no job calls its workflow."
    )
    assert "./action" in caught.value.problem.hint
    assert ".github/workflows/rehearsal.yml@REF" in caught.value.problem.hint


def test_select_step__a_release_if_it_is_the_only_one_or_named(
    project: Project,
) -> None:
    project.workflow("jobs: {image: {uses: ./.github/workflows/release-image.yml}}", "release.yml")
    assert select(project).job == "image"
    project.workflow("jobs: {web: {uses: ./.github/workflows/rehearsal.yml}}")
    assert select(project).job == "web"
    assert select(project, job="image").file == ".github/workflows/release.yml"


def test_select_step__several_calls_and_steps(project: Project) -> None:
    call = "uses: ./.github/workflows/rehearsal.yml"
    project.workflow(f"jobs: {{a: {{{call}}}, b: {{{call}}}}}")
    with pytest.raises(
        MisconfiguredError, match="2 jobs use the action, and only one can be"
    ) as caught:
        select(project)
    assert [line.split()[1] for line in caught.value.problem.hint.splitlines()[1:]] == ["a", "b"]
    project.workflow(STEP, "more.yml")
    with pytest.raises(MisconfiguredError, match="3 steps and jobs use the action"):
        select(project)


def test_select_step__ignores_another_invalid_file(project: Project) -> None:
    project.workflow("a: b: c", "broken.yml")
    project.workflow(STEP)
    assert select(project).file == ".github/workflows/ci.yml"


def test_select_step__reports_an_invalid_file_if_there_is_no_step(project: Project) -> None:
    project.workflow("a: b: c")
    with pytest.raises(MisconfiguredError, match=r"ci\.yml, line 1: this is not valid YAML"):
        select(project)


def test_select_step__a_reusable_workflow_if_it_is_named(project: Project) -> None:
    project.workflow(f"on: workflow_call\n{STEP}", "rehearsal.yml")
    with pytest.raises(StepNotFoundError):
        select(project)
    assert select(project, workflow="rehearsal").job == "web"


def test_select_step__a_fork_if_its_step_is_named(project: Project) -> None:
    project.workflow("jobs: {web: {steps: [{uses: ACME/stage/action@v1}]}}")
    with pytest.raises(StepNotFoundError):
        select(project)
    assert select(project, step="1").uses == "ACME/stage/action@v1"


@pytest.mark.parametrize("workflow", ["", "ci.yml", "ci"])
@pytest.mark.parametrize("link", [".github/workflows/ci.yml", ".github"])
def test_select_step__no_link_out_of_the_repository(
    project: Project, workflow: str, link: str
) -> None:
    outside = project.top.parent / "outside" / link
    outside.parent.mkdir(parents=True)
    project.workflow(STEP)
    (project.top / link).rename(outside)
    (project.top / link).symlink_to(outside)
    with pytest.raises(MisconfiguredError) as error:
        select(project, workflow=workflow)
    assert "symbolic link leads out of the repository" in str(error.value)
    assert ".github/workflows/ci.yml" in str(error.value)


def test_select_step__a_link_in_the_repository(project: Project) -> None:
    project.workflow(STEP, "other.txt")
    link = project.top / ".github/workflows/ci.yml"
    link.symlink_to("other.txt")
    assert select(project, workflow="ci.yml").step_number == 1
