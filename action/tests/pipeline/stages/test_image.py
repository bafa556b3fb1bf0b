import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal.config.default_image_tag import image_tag
from rehearsal.config.rehearsal_plan import BuildPlan
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import EngineError
from rehearsal.outside.process import Process, Sink
from rehearsal.pipeline.stages.image import Image, build_arguments, build_image, find_image
from rehearsal.redaction.secret import Secret
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

from ...fakes import PLAN, FakeEngine, FakeProcess, engine_lost

MANIFEST = "sha256:" + "2" * 64


def build_plan(**changes: Any) -> BuildPlan:
    places = {"context": Path("/srv/app"), "dockerfile": Path("/srv/app/Dockerfile")}
    return replace(PLAN.build, **places | changes)


@pytest.mark.parametrize(
    "folder, tag",
    [
        ("superlists", "rehearsed/superlists:1"),
        ("My App (v2)", "rehearsed/my-app-v2:1"),
        ("--help", "rehearsed/help:1"),
        ("___", "rehearsed/app:1"),
        ("", "rehearsed/app:1"),
        ("Żółw", "rehearsed/w:1"),
    ],
)
def test_image_tag__valid_name(folder: str, tag: str) -> None:
    assert image_tag(folder, "1") == tag


@pytest.mark.parametrize(
    "buildx, attested",
    [
        (
            True,
            [
                *("--metadata-file", "/s/image-metadata.json"),
                *("--provenance=false", "--sbom=false"),
            ],
        ),
        (False, []),
    ],
    ids=["buildx", "old client"],
)
def test_build_arguments__no_attestations(buildx: bool, attested: list[str]) -> None:
    argv = build_arguments(build_plan(), tag="t", folder=Path("/s"), buildx=buildx)
    file = ["--file", "/srv/app/Dockerfile", "--tag", "t", "--iidfile", "/s/image-id"]
    assert argv == [*file, *attested, "/srv/app"]


def test_build_arguments__all_options() -> None:
    plan = build_plan(target="final", platform="linux/amd64", args={"A": "two words", "B": ""})
    argv = build_arguments(plan, tag="t", folder=Path("/s"), buildx=False)
    assert argv[6:] == [
        "--target",
        "final",
        "--platform",
        "linux/amd64",
        "--build-arg",
        "A=two words",
        "--build-arg",
        "B=",
        "/srv/app",
    ]


def test_build_image__returns_name_and_id(tmp_path: Path, log: Log) -> None:
    engine = FakeEngine(process=FakeProcess(0))
    image = build_image(build_plan(), engine, tag="t", folder=tmp_path, log=log)
    assert image == Image(
        reference="t", id=engine.image_id, config=engine.image_id, size=engine.image_size
    )


class ContainerdEngine(FakeEngine):
    """An engine that knows an image by the digest of its manifest only; buildx writes both."""

    def inspect(self, name: str, kind: str = "container") -> dict[str, Any]:
        if name != MANIFEST:
            raise EngineError(f"No such image: {name}")
        return super().inspect(name, kind) | {"Id": MANIFEST}

    def build(self, arguments: Sequence[str], *, secrets: Mapping[str, str], out: Sink) -> Process:
        metadata = Path(arguments[arguments.index("--metadata-file") + 1])
        metadata.write_text(json.dumps({"containerimage.digest": MANIFEST}))
        return super().build(arguments, secrets=secrets, out=out)


def test_build_image__containerd_knows_the_manifest_only(tmp_path: Path, log: Log) -> None:
    engine = ContainerdEngine(process=FakeProcess(0), buildx=True)
    image = build_image(build_plan(), engine, tag="t", folder=tmp_path, log=log)
    assert (image.id, image.config) == (MANIFEST, engine.image_id)


@pytest.mark.parametrize("metadata", ["", "[]", "{", '{"containerimage.digest": null}'])
def test_build_image__the_engine_does_not_know_it(tmp_path: Path, log: Log, metadata: str) -> None:
    engine = FakeEngine(process=FakeProcess(0), errors={"inspect": EngineError("No such image")})
    (tmp_path / "image-metadata.json").write_text(metadata)
    with pytest.raises(RehearsalError, match="does not know it as sha256:1111") as caught:
        build_image(build_plan(), engine, tag="t", folder=tmp_path, log=log)
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED


# A tool inside the build may print the same errors as the engine.
@pytest.mark.parametrize(
    "output",
    [
        b"#9 ERROR: No matching distribution found for django==99\n",
        b"#9 0.3 dial tcp 127.0.0.1:3128: connect: connection refused\n",
        b"#9 0.3 Cannot connect to the Docker daemon at unix:///var/run/docker.sock\n",
    ],
    ids=["a pin that does not exist", "a proxy that is not there", "docker inside the build"],
)
def test_build_image__failed_build(tmp_path: Path, log: Log, output: bytes) -> None:
    engine = FakeEngine(process=FakeProcess(1), output=output)
    with pytest.raises(RehearsalError) as caught:
        build_image(build_plan(), engine, tag="t", folder=tmp_path, log=log)
    assert caught.value.problem.verdict is Verdict.BUILD_FAILED
    assert "Dockerfile (exit code 1)" in caught.value.problem.message
    assert caught.value.problem.excerpt == (output.decode().strip(),)


def test_build_image__lost_engine(tmp_path: Path, log: Log) -> None:
    engine = FakeEngine(process=FakeProcess(1), errors={"check": engine_lost()}, output=b"EOF\n")
    with pytest.raises(RehearsalError) as caught:
        build_image(build_plan(), engine, tag="t", folder=tmp_path, log=log)
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED


def test_build_image__cancellation_ends_the_build(tmp_path: Path, log: Log) -> None:
    class Cancelled(FakeProcess):
        def wait(self, seconds: float | None = None) -> int | None:
            raise RehearsalError(Verdict.CANCELLED, f"cancelled while waiting {seconds}")

    engine = FakeEngine(process=Cancelled(None))
    with pytest.raises(RehearsalError, match="cancelled"):
        build_image(build_plan(), engine, tag="t", folder=tmp_path, log=log)
    assert engine.process.was_ended


def test_find_image__returns_the_id() -> None:
    engine = FakeEngine()
    image = find_image("app:1", engine)
    assert (image.reference, image.id) == ("app:1", engine.image_id)
    assert image.size == engine.image_size


@pytest.mark.parametrize("size", [None, 0, -1, True, "12", 1.5, 1 << 60])
def test_find_image__a_size_that_is_none_is_not_known(size: Any) -> None:
    assert find_image("app:1", FakeEngine(image_size=size)).size is None


def test_find_image__unknown_image() -> None:
    engine = FakeEngine(errors={"inspect": EngineError("No such image: app:1")})
    with pytest.raises(MisconfiguredError) as caught:
        find_image("app:1", engine)
    assert (
        caught.value.problem.message
        == "The input image is 'app:1', and the engine has no such image."
    )
    assert "earlier step" in caught.value.problem.hint


def test_build_arguments__secrets_by_name_only(tmp_path: Path) -> None:
    build = build_plan(secrets=(Secret(name="TOKEN", value="planted-value"),))
    arguments = build_arguments(build, tag="t", folder=tmp_path, buildx=False)
    assert arguments[arguments.index("--secret") + 1] == "id=TOKEN,env=TOKEN"
    assert "planted-value" not in " ".join(arguments)


def test_build_arguments__caches(tmp_path: Path) -> None:
    build = build_plan(cache_from=("type=local,src=a", "b"), cache_to=("type=inline",))
    arguments = build_arguments(build, tag="t", folder=tmp_path, buildx=True)
    assert " ".join(arguments).count("--cache-from") == 2
    assert arguments[arguments.index("--cache-to") + 1] == "type=inline"
