from pathlib import Path

import pytest

from rehearsal.local.workflow_file import ActionUse, find_uses, is_our_action, workflow_files
from rehearsal.verdict import MisconfiguredError

from .conftest import Project


def uses(
    project: Project, text: str, *, called: bool = False, forks: bool = False
) -> list[ActionUse]:
    file = project.workflow(text)
    return find_uses(
        file, top=project.top, repository="OWNER/shop", include_reusable=called, include_forks=forks
    )


def test_find_uses__reads_all_of_a_step(project: Project) -> None:
    (use,) = uses(
        project,
        """
name: Checks
on: push
env: {A: workflow}
jobs:
  web:
    name: The web
    env: {A: job}
    strategy: {matrix: {python: ["3.13"]}}
    services: {database: {image: postgres}}
    steps:
      - run: echo
      - id: rehearsal
        name: Rehearse
        uses: ./action
        env: {A: step}
        with: {port: 80}
""",
    )
    assert (use.file, use.line, use.step_number) == (".github/workflows/ci.yml", 13, 2)
    assert (use.workflow_name, use.job, use.job_name) == ("Checks", "web", "The web")
    assert (use.step_id, use.step_name, use.uses) == ("rehearsal", "Rehearse", "./action")
    assert use.inputs == {"port": 80.0}
    assert use.env == ({"A": "workflow"}, {"A": "job"}, {"A": "step"})
    assert use.matrix == {"python": ["3.13"]}
    assert use.services == {"database": {"image": "postgres"}}
    assert str(use) == ".github/workflows/ci.yml, job web, step 2"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "jobs: []",
        "jobs: {a: x}",
        "jobs: {a: {steps: x}}",
        "jobs: {a: {steps: [x, {run: y}, {uses: null}, {uses: {}}]}}",
        "jobs: {a: {uses: 1}}",
        "jobs: {a: {steps: [{uses: actions/checkout@v4}]}}",
    ],
)
def test_find_uses__none(project: Project, text: str) -> None:
    assert uses(project, text) == []


def test_find_uses__values_of_a_wrong_type_are_ignored(project: Project) -> None:
    (use,) = uses(
        project,
        "env: x\njobs: {a: {env: [], strategy: {matrix: '${{ x }}'}, services: 1, "
        "steps: [{uses: ./action, with: text, env: 3, name: null}]}}",
    )
    assert (use.inputs, use.env, use.matrix, use.services, use.step_name) == (
        {},
        ({}, {}, {}),
        {},
        {},
        "",
    )


@pytest.mark.parametrize(
    "on, found",
    [
        ("push", 1),
        ("workflow_call", 0),
        ("[workflow_call]", 0),
        ("{workflow_call: {inputs: {}}}", 0),
        ("[workflow_call, push]", 1),
        ("{workflow_call: null, workflow_dispatch: null}", 1),
    ],
)
def test_find_uses__reusable_workflows_only_if_asked_for(
    project: Project, on: str, found: int
) -> None:
    text = f"on: {on}\njobs: {{a: {{steps: [{{uses: ./action}}]}}}}"
    assert len(uses(project, text)) == found
    assert len(uses(project, text, called=True)) == 1


def test_find_uses__call_of_rehearsal_yml(project: Project) -> None:
    (use,) = uses(
        project,
        """
on: push
env: {A: unseen}
jobs:
  web:
    uses: OWNER/dress-rehearsal/.github/workflows/rehearsal.yml@v1
    with: {port: 80, shards: 4, nonsense: 1}
    secrets:
      container-secrets: KEY=${{ secrets.KEY }}
      other: x
""",
    )
    assert use.step_number == 0
    assert use.inputs == {"port": 80.0, "shards": 4.0}
    assert use.secret_inputs == {"secrets": "KEY=${{ secrets.KEY }}"}
    assert use.env == ()
    assert str(use) == ".github/workflows/ci.yml, job web"


def test_find_uses__call_of_release_image_yml_without_its_publishing_inputs(
    project: Project,
) -> None:
    (use,) = uses(
        project,
        """
jobs:
  image:
    uses: OWNER/dress-rehearsal/.github/workflows/release-image.yml@v1
    with: {to: ghcr.io/o/a:1, attest: false, port: 80}
    secrets: {container-secrets: KEY=1, registry-password: x}
""",
    )
    assert use.calls_release_workflow
    assert use.inputs == {"port": 80.0}
    assert use.secret_inputs == {"secrets": "KEY=1"}


@pytest.mark.parametrize(
    "called, is_ours",
    [
        ("./.github/workflows/rehearsal.yml", True),
        ("$/.github/workflows/rehearsal.yaml", True),
        ("ACME/Dress-Rehearsal/.github/workflows/rehearsal.yml@abc", True),
        ("ACME/dress-rehearsal/.github/workflows/release-image.yml@v1", True),
        ("./.github/workflows/release.yml", False),
        ("./.github/workflows/deploy.yml", False),
        ("ACME/other/.github/workflows/rehearsal.yml@v1", False),
    ],
)
def test_find_uses__which_called_workflows_are_ours(
    project: Project, called: str, is_ours: bool
) -> None:
    assert bool(uses(project, f"jobs: {{a: {{uses: '{called}', secrets: inherit}}}}")) is is_ours


@pytest.mark.parametrize(
    "named, is_ours",
    [
        ("./action", True),
        ("$/action", True),
        ("./action/", True),
        ("./", False),
        ("./other", False),
        ("./plain", False),
        ("./vendor/dress-rehearsal/action", True),
        ("./action/publish", False),
        ("OWNER/dress-rehearsal/action@v1", True),
        ("ACME/Dress-Rehearsal/action@0123abcd", True),
        ("ACME/dress-rehearsal/action/publish@v1", False),
        ("ACME/dress-rehearsal@v1", False),
        ("ACME/fork/action@v1", False),
        ("OWNER/shop/action@main", True),
        ("owner/SHOP/action@main", True),
        ("OWNER/shop/plain@main", False),
        ("OWNER/shop", False),
        ("actions/checkout@v4", False),
        ("docker://alpine:3", False),
        ("", False),
    ],
)
def test_is_our_action(project: Project, named: str, is_ours: bool) -> None:
    project.write("plain/action.yml", "runs: {using: composite, steps: []}\n")
    assert is_our_action(named, top=project.top, repository="OWNER/shop") is is_ours


def test_find_uses__forks_only_if_asked_for(project: Project) -> None:
    text = "jobs: {a: {steps: [{uses: ACME/stage/action@v1}, {uses: ACME/stage@v1}]}}"
    assert uses(project, text) == []
    assert [use.step_number for use in uses(project, text, forks=True)] == [1]


def test_find_uses__path_of_a_file_outside_the_checkout(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "other.yml"
    file.write_text("jobs: {a: {steps: [{uses: ./action}]}}")
    (use,) = find_uses(file, top=project.top, repository="")
    assert use.file == str(file)


def test_find_uses__invalid_yaml(project: Project) -> None:
    with pytest.raises(MisconfiguredError, match=r"\.github/workflows/ci\.yml, line 1"):
        uses(project, "a: b: c")


def test_workflow_files__both_suffixes(project: Project) -> None:
    for name in ("b.yml", "a.yaml", "c.txt", "d.yml.bak"):
        project.workflow("", name)
    assert [file.name for file in workflow_files(project.top)] == ["a.yaml", "b.yml"]


@pytest.mark.parametrize("named", ["./action/publish", "OWNER/shop/action/publish@v1"])
def test_is_our_action__not_the_action_that_publishes(project: Project, named: str) -> None:
    publish_action = Path(__file__).resolve().parents[2] / "publish/action.yml"
    project.write("action/publish/action.yml", publish_action.read_text(encoding="utf-8"))
    assert not is_our_action(named, top=project.top, repository="OWNER/shop")
