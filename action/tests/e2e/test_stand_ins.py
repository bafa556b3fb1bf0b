"""The stand-ins for other people's actions, held to what the real ones document."""

from pathlib import Path

import yaml

from .act import Act
from .machine import base_image
from .pinned_actions import BUILD_PUSH, CHECKOUT, DOWNLOAD_ARTIFACT, SETUP_BUILDX, UPLOAD_ARTIFACT
from .repository import Repository, repository_of
from .workflow import with_recorder, workflow

FILES = """
- run: |
    mkdir -p out/deep out/.hidden
    echo one >out/one.txt
    echo two >out/deep/two.log
    echo no >out/deep/no.tmp
    echo dotted >out/.hidden/dotted.txt
"""


def upload(identity: str, **inputs: str) -> str:
    lines = [
        f"- uses: {UPLOAD_ARTIFACT}",
        f"  id: {identity}",
        "  continue-on-error: true",
        "  with:",
    ]
    lines += [f"    {name.replace('_', '-')}: {value}" for name, value in inputs.items()]
    return "\n".join(lines)


def test_stand_in__takes_what_the_real_one_takes(tiny: Repository, act: Act) -> None:
    run = act.push(
        tiny,
        workflow(
            FILES,
            upload("folder", name="folder", path="out"),
            upload("file", name="file", path="out/deep/two.log"),
            upload("lines", name="lines", path='"out/**/*.txt\\nout/deep\\n!out/**/*.tmp"'),
            upload("hidden", name="hidden", path="out", include_hidden_files="true"),
            upload("again", name="file", path="out/one.txt"),
            upload("over", name="folder", path="out/one.txt", overwrite="true"),
            upload("nothing", name="nothing", path="nowhere"),
            upload("error", name="error", path="nowhere", if_no_files_found="error"),
            upload("wrong", name="wrong", path="out", if_no_files_found="shrug"),
        ),
    )
    found = {
        name: {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
        for name, folder in run.artifacts.items()
    }
    assert found == {
        "folder": {"one.txt"},
        "file": {"two.log"},
        "lines": {"one.txt", "deep/two.log"},
        "hidden": {"one.txt", "deep/two.log", "deep/no.tmp", ".hidden/dotted.txt"},
    }
    assert {name for name, step in run.steps.items() if step.outcome == "failure"} == {
        "again",
        "error",
        "wrong",
    }
    outputs = run.steps["lines"].outputs
    assert len(outputs["artifact-digest"]) == 64
    assert outputs["artifact-url"].endswith(f"/artifacts/{outputs['artifact-id']}")
    assert not run.steps["nothing"].outputs


HAND_OVER = f"""
name: Scenario
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    outputs:
      image-id: ${{{{ steps.build.outputs.imageid }}}}
    steps:
      - uses: {CHECKOUT}
      - uses: {SETUP_BUILDX}
        with:
          cache-binary: false
      - run: printf %s "between = signs, and commas" >"$RUNNER_TEMP/key"
      - uses: {BUILD_PUSH}
        id: build
        with:
          context: .
          file: Dockerfile
          target: kept
          build-args: GREETING=hello
          secret-files: KEY=${{{{ runner.temp }}}}/key
          secrets: |
            TOKEN=t0k3n
          tags: handed-over:${{{{ github.run_id }}}}
          outputs: type=docker,dest=${{{{ runner.temp }}}}/image.tar
          provenance: false
          sbom: false
          cache-to: type=gha,mode=max
      - run: |
          mkdir "$RUNNER_TEMP/notes"
          echo one >"$RUNNER_TEMP/notes/one.txt"
          ! docker image inspect "handed-over:$GITHUB_RUN_ID" >/dev/null 2>&1
      - uses: {UPLOAD_ARTIFACT}
        with:
          name: an-image
          path: ${{{{ runner.temp }}}}/image.tar
          compression-level: 0
      - uses: {UPLOAD_ARTIFACT}
        with:
          name: notes.1
          path: ${{{{ runner.temp }}}}/notes
      - uses: {UPLOAD_ARTIFACT}
        with:
          name: notes.2
          path: ${{{{ runner.temp }}}}/notes
  rehearse:
    needs: build
    runs-on: ubuntu-latest
    steps:
      - uses: {DOWNLOAD_ARTIFACT}
        with:
          name: an-image
      - uses: {DOWNLOAD_ARTIFACT}
        with:
          pattern: notes.*
          path: several
      - uses: {DOWNLOAD_ARTIFACT}
        with:
          pattern: "*.2"
          path: one
      - uses: {DOWNLOAD_ARTIFACT}
        with:
          pattern: no-such-*
          path: none
      - uses: {CHECKOUT}
        with:
          repository: someone/else
          ref: v1
          path: other/place
          persist-credentials: false
      - id: found
        env:
          ID: ${{{{ needs.build.outputs.image-id }}}}
        run: |
          docker load --input image.tar
          echo "said=$(docker run --rm "$ID")" >>"$GITHUB_OUTPUT"
          files=$(find several one other -name .git -prune -o -type f -print | xargs)
          echo "files=$files" >>"$GITHUB_OUTPUT"
"""
KEEPER = """
ARG PYTHON_IMAGE=python:3.13-slim
FROM ${PYTHON_IMAGE} AS kept
ARG GREETING
RUN --mount=type=secret,id=KEY --mount=type=secret,id=TOKEN \\
    echo "$GREETING $(cat /run/secrets/KEY /run/secrets/TOKEN)" >/said
CMD ["cat", "/said"]
FROM kept
RUN false
"""


def test_stand_ins__hand_an_image_and_files_from_job_to_job(
    tiny: Repository, act: Act, workdir: Path
) -> None:
    tiny.write("Dockerfile", KEEPER.replace("python:3.13-slim", base_image()))
    else_ = repository_of("leaky_app", workdir / "else")
    else_.git("tag", "v1")
    else_.write("later.txt", "not in v1")
    else_.commit("Later")
    run = act.push(
        tiny,
        with_recorder(HAND_OVER, "rehearse"),
        others={"someone/else@v1": else_},
        job="rehearse",
    )
    assert run.exit_code == 0
    outputs = run.steps["found"].outputs
    assert outputs["said"] == "hello between = signs, and commast0k3n"
    files = outputs["files"].split()
    assert {"one/one.txt", "several/notes.1/one.txt", "several/notes.2/one.txt"} <= set(files)
    assert "other/place/leaky_app.py" in files
    assert "other/place/later.txt" not in files
    (build,) = run.builds
    assert (build["target"], build["secrets"]) == ("kept", ["TOKEN"])
    assert build["cacheTo"] == ["type=gha,mode=max"]


# What each is asked, by the step's id, and what it says to that.
REFUSED: dict[str, tuple[str, dict[str, str], str]] = {
    "build": (BUILD_PUSH, {"contex": "."}, "no input contex"),
    "upload": (UPLOAD_ARTIFACT, {"path": ".", "nam": "x"}, "no input nam"),
    "provenance": (
        BUILD_PUSH,
        {"context": ".", "provenance": "max", "sbom": "false"},
        "provenance is not false",
    ),
    "no-such-repository": (
        CHECKOUT,
        {"repository": "no/where", "persist-credentials": "false"},
        "there is no repository no/where",
    ),
    "outside-the-workspace": (
        CHECKOUT,
        {"ref": "main", "path": "../out", "persist-credentials": "false"},
        "is not under",
    ),
    "nothing": (DOWNLOAD_ARTIFACT, {"name": "none"}, "Artifact not found for name: none"),
}


def test_stand_ins__refuse(tiny: Repository, act: Act) -> None:
    steps = [
        {"uses": pin, "id": name, "with": inputs, "continue-on-error": True}
        for name, (pin, inputs, _) in REFUSED.items()
    ]
    run = act.push(tiny, workflow(yaml.safe_dump(steps)))
    assert {name: run.steps[name].outcome for name in REFUSED} == dict.fromkeys(REFUSED, "failure")
    said = "".join(each.text for each in run.annotations)
    assert [words for _, _, words in REFUSED.values() if words not in said] == []
