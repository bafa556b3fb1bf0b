"""The examples that publish, under act from the first step to what the registry holds."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import leftovers
from .act import Act, ActRun
from .machine import CHECKOUT
from .registry import PASSWORD, USER, Registry, build_small_image, serve_registry
from .repository import Repository, on_small_python
from .workflow import with_recorder

EXAMPLES = CHECKOUT / "docs/examples"
OURS = "OWNER/dress-rehearsal"
SECRETS = {"DJANGO_SECRET_KEY": "planted by the scenarios that publish", "PASSWORD": PASSWORD}


@pytest.fixture
def tiny(tiny: Repository) -> Repository:
    """Return the repository of an app whose whole image is pushed in little time."""
    on_small_python(tiny)
    return tiny


@pytest.fixture
def private(workdir: Path) -> Iterator[Registry]:
    """A registry that one user alone may read and write."""
    with serve_registry(workdir / "private", password=True) as registry:
        yield registry
    # The examples leave on the runner what they pushed.
    leftovers.remove_images(registry.host)


def example(name: str, registry: Registry) -> str:
    """Return an example that pushes to a registry of this machine, and nothing else changed."""
    text = (EXAMPLES / name).read_text()
    for here, there in (
        (r"ghcr\.io/owner/app", f"{registry.host}/app"),
        (r"(registry:|logout) ghcr\.io", rf"\1 {registry.host}"),
        (r"username: .*", f"username: {USER}"),
        (r"password: .*", "password: ${{ secrets.PASSWORD }}"),
    ):
        text, count = re.subn(here, there, text)
        assert count, f"{name} holds nothing like {here}"
    return with_recorder(text, "publish")


def release(act: Act, tiny: Repository, text: str) -> ActRun:
    others = {f"{OURS}@v0.1.0": tiny} if OURS in text else {}
    return act.push(
        tiny,
        text,
        tag="v1.2.3",
        job="publish",
        secrets=SECRETS,
        others=others,
        environment={"DOCKER_CONFIG": str(act.folder / "docker")},
    )


def test_publish__pushes_what_the_copied_action_rehearsed(
    tiny: Repository, act: Act, private: Registry
) -> None:
    text = example("publish.yml", private)
    here = re.sub(rf"{OURS}/(action\S*)@v0\.1\.0", r"./\1", text)
    assert "uses: ./action\n" in here
    run = release(act, tiny, here)
    assert run.exit_code == 0
    image_id = run.steps["rehearsal"].outputs["image-id"]
    held = private.holds("app", "v1.2.3")
    assert held is not None
    assert image_id in held
    assert private.holds("app", "latest") == held
    assert "Dress rehearsal: published" in run.summary
    assert image_id in run.summary
    assert held[0] in run.summary
    assert "not proven" not in run.summary
    assert PASSWORD not in run.log


def test_publish__refuses_a_verdict_that_was_edited(
    tiny: Repository, act: Act, private: Registry, workdir: Path, run_id: str
) -> None:
    untested = build_small_image(workdir / "untested", run_id)
    text = example("publish.yml", private)
    # As a process that the tests left would do it, or a step of somebody else's.
    edit = f"""- run: sed --in-place 's/sha256:[0-9a-f]*/{untested}/' "$EVIDENCE/verdict.json"
        env:
          EVIDENCE: ${{{{ steps.rehearsal.outputs.evidence-path }}}}
      # The login comes"""
    run = release(act, tiny, text.replace("# The login comes", edit))
    assert run.exit_code != 0
    assert "verdict.json is not the file that the rehearsal wrote" in run.summary
    assert private.is_empty()


def test_publish__nothing_where_the_rehearsal_is_red(
    tiny: Repository, act: Act, private: Registry
) -> None:
    tiny.replace("Dockerfile", "^CMD .*", 'CMD ["python", "-c", "exit(1)"]')
    run = release(act, tiny, example("publish.yml", private))
    assert run.exit_code != 0
    assert run.steps["rehearsal"].outputs["verdict"] == "crashed"
    assert private.is_empty()


def test_publish_later__pushes_from_another_job(
    tiny: Repository, act: Act, private: Registry
) -> None:
    run = release(act, tiny, example("publish-later.yml", private))
    assert run.exit_code == 0
    (evidence,) = [each for name, each in run.artifacts.items() if name != "image"]
    document = json.loads((evidence / "verdict.json").read_text())
    held = private.holds("app", "v1.2.3")
    assert held is not None
    assert document["image-id"] in held
    assert "not proven" not in run.summary


# What the action would do with buildx: push what it built under no tag, and tell the digest.
BUILT = """- id: build
        run: |
          docker build --quiet --tag {host}/app:candidate .
          docker push --quiet {host}/app:candidate
          pushed=$(docker image inspect --format '{{{{.RepoDigests}}}}' {host}/app:candidate)
          docker image rm {host}/app:candidate
          echo "digest=$(grep --only-matching 'sha256:[0-9a-f]*' <<<"$pushed")" >>"$GITHUB_OUTPUT"

"""


def test_publish_candidate__what_was_pulled_is_rehearsed_and_tagged(
    tiny: Repository, act: Act, private: Registry
) -> None:
    text = example("publish-candidate.yml", private)
    built = BUILT.format(host=private.host)
    text, buildx = re.subn(
        r"- uses: docker/setup-buildx-action@.*?(?=- uses)", "", text, flags=re.DOTALL
    )
    text, build = re.subn(r"- id: build\n.*?\n\n", lambda _: built, text, flags=re.DOTALL)
    assert (buildx, build) == (1, 1)
    run = release(act, tiny, text)
    assert run.exit_code == 0
    (evidence,) = run.artifacts.values()
    document = json.loads((evidence / "verdict.json").read_text())
    held = private.holds("app", "v1.2.3")
    assert held is not None
    assert document["image-id"] in held
    assert held == private.holds("app", "candidate"), "the same manifest, and not only the image"
    assert "not proven" not in run.summary
