from pathlib import Path

import pytest

from rehearsal.local.workflow_file import Use, find_uses, is_our_action, workflow_files
from rehearsal.verdict import Misconfigured

from .conftest import Project


def uses(project: Project, text: str, *, called: bool = False, forks: bool = False) -> list[Use]:
    file = project.workflow(text)
    return find_uses(file, top=project.top, repository="OWNER/shop", called=called, forks=forks)


def test_find_uses__everything_of_a_step(project: Project) -> None:
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
    assert (use.file, use.line, use.number) == (".github/workflows/ci.yml", 13, 2)
    assert (use.workflow, use.job, use.job_name) == ("Checks", "web", "The web")
    assert (use.id, use.name, use.uses) == ("rehearsal", "Rehearse", "./action")
    assert use.given == {"port": 80.0}
    assert use.env == ({"A": "workflow"}, {"A": "job"}, {"A": "step"})
    assert use.matrix == {"python": ["3.13"]}
    assert use.services == ("database",)
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


def test_find_uses__odd_shapes_are_left_out(project: Project) -> None:
    (use,) = uses(
        project,
        "env: x\njobs: {a: {env: [], strategy: {matrix: '${{ x }}'}, services: 1, "
        "steps: [{uses: ./action, with: text, env: 3, name: null}]}}",
    )
    assert (use.given, use.env, use.matrix, use.services, use.name) == (
        {},
        ({}, {}, {}),
        {},
        (),
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
def test_find_uses__not_in_what_only_others_call(project: Project, on: str, found: int) -> None:
    text = f"on: {on}\njobs: {{a: {{steps: [{{uses: ./action}}]}}}}"
    assert len(uses(project, text)) == found
    assert len(uses(project, text, called=True)) == 1


def test_find_uses__the_call_of_our_workflow(project: Project) -> None:
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
    assert use.number == 0
    assert use.given == {"port": 80.0, "shards": 4.0}
    assert use.secrets == {"secrets": "KEY=${{ secrets.KEY }}"}
    assert use.env == ()
    assert str(use) == ".github/workflows/ci.yml, job web"


def test_find_uses__the_call_of_a_release_without_what_it_publishes(project: Project) -> None:
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
    assert use.publishes
    assert use.given == {"port": 80.0}
    assert use.secrets == {"secrets": "KEY=1"}


@pytest.mark.parametrize(
    "called, ours",
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
def test_find_uses__calls(project: Project, called: str, ours: bool) -> None:
    assert bool(uses(project, f"jobs: {{a: {{uses: '{called}', secrets: inherit}}}}")) is ours


@pytest.mark.parametrize(
    "named, ours",
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
def test_is_our_action(project: Project, named: str, ours: bool) -> None:
    project.write("plain/action.yml", "runs: {using: composite, steps: []}\n")
    assert is_our_action(named, top=project.top, repository="OWNER/shop") is ours


def test_find_uses__forks_of_another_name_when_asked_for(project: Project) -> None:
    text = "jobs: {a: {steps: [{uses: ACME/stage/action@v1}, {uses: ACME/stage@v1}]}}"
    assert uses(project, text) == []
    assert [use.number for use in uses(project, text, forks=True)] == [1]


def test_find_uses__a_file_from_elsewhere_keeps_its_path(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "other.yml"
    file.write_text("jobs: {a: {steps: [{uses: ./action}]}}")
    (use,) = find_uses(file, top=project.top, repository="")
    assert use.file == str(file)


def test_find_uses__broken(project: Project) -> None:
    with pytest.raises(Misconfigured, match=r"\.github/workflows/ci\.yml, line 1"):
        uses(project, "a: b: c")


def test_workflow_files__both_suffixes(project: Project) -> None:
    for name in ("b.yml", "a.yaml", "c.txt", "d.yml.bak"):
        project.workflow("", name)
    assert [file.name for file in workflow_files(project.top)] == ["a.yaml", "b.yml"]


@pytest.mark.parametrize("named", ["./action/publish", "OWNER/shop/action/publish@v1"])
def test_is_our_action__the_one_that_publishes_rehearses_nothing(
    project: Project, named: str
) -> None:
    own = Path(__file__).resolve().parents[2] / "publish/action.yml"
    project.write("action/publish/action.yml", own.read_text(encoding="utf-8"))
    assert not is_our_action(named, top=project.top, repository="OWNER/shop")
