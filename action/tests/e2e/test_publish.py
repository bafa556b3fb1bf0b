"""action/publish against registries on this machine: what it claims is what they hold."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from rehearsal.results.tests import Failure, SuiteResults
from tests.fakes import write_verdict

from .leftovers import engine
from .machine import with_buildx
from .registry import (
    PASSWORD,
    USER,
    Registry,
    build_small_image,
    push_recompressed,
    serve_registry,
)
from .registry_proxy import registry_proxy
from .repository import Repository, on_small_python
from .runner import ActionResult, Runner, RunningStep, cancel

CHECKS = "python checks.py"


def publish(
    runner: Runner,
    repository: Repository,
    inputs: Mapping[str, str],
    environment: Mapping[str, str] | None = None,
) -> ActionResult:
    return runner.use(repository, inputs, action="action/publish", environment=environment)


def digests_of(published: ActionResult) -> dict[str, str]:
    """Read the output `digests`."""
    lines = published.outputs["digests"].splitlines()
    return {reference: digest for reference, _, digest in (line.partition("=") for line in lines)}


def assert_published(published: ActionResult, digests: Mapping[str, str]) -> None:
    """Hold what is told of a publication that went well against what it should tell."""
    assert published.exit_code == 0, published.log
    assert published.outputs["verdict"] == "passed"
    assert digests_of(published) == dict(digests)
    assert published.outputs["digest"] == (
        next(iter(digests.values())) if len({*digests.values()}) == 1 else ""
    )
    assert not published.shown.annotations
    for reference, digest in digests.items():
        assert reference in published.summary
        assert digest in published.summary


def assert_failed(
    published: ActionResult, words: str, digests: Mapping[str, str] | None = None
) -> None:
    """Hold what is told of a publication that failed: it claims no more than what is there."""
    assert published.exit_code == 16, published.log
    assert published.outputs["verdict"] == "publish-failed"
    assert published.outputs["digest"] == ""
    assert digests_of(published) == dict(digests or {})
    assert words in published.errors
    assert "publish-failed" in published.summary
    (error,) = [each for each in published.shown.annotations if each.level == "error"]
    assert error.text.count("\n") == 1, "what is wrong, and what to do"


def tags_of_the_engine(host: str) -> list[str]:
    listed = engine("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
    return [tag for tag in listed if tag.startswith(host)]


def test_publish__exactly_what_was_rehearsed(
    tiny: Repository, runner: Runner, registry: Registry, run_id: str
) -> None:
    rehearsed = runner.use(tiny, {"test-command": CHECKS})
    image_id = rehearsed.outputs["image-id"]
    to = [f"{registry.host}/{run_id}/app:{tag}" for tag in ("1.2.3", "latest")]
    handed = ("evidence-path", "verdict-digest", "image-id")
    order = {"to": "\n".join(to)} | {name: rehearsed.outputs[name] for name in handed}
    published = publish(runner, tiny, order)

    held = registry.holds(f"{run_id}/app", "1.2.3")
    assert held is not None
    assert image_id in held, "the digest of the manifest or of the configuration"
    assert registry.holds(f"{run_id}/app", "latest") == held
    assert_published(published, dict.fromkeys(to, held[0]))
    assert image_id in published.summary
    assert "passed; the number of tests is not known" in published.summary
    assert "not proven" not in published.summary
    assert not tags_of_the_engine(registry.host)

    again = publish(runner, tiny, order)
    assert_published(again, dict.fromkeys(to, held[0]))
    assert again.log.count("already there") == 4
    assert "The push refers to" not in again.log


def test_publish__nothing_when_tests_are_red(
    tiny: Repository, runner: Runner, registry: Registry, run_id: str
) -> None:
    rehearsed = runner.use(tiny, {"test-command": "exit 1"})
    assert rehearsed.outputs["verdict"] == "tests-failed"
    published = publish(
        runner,
        tiny,
        {
            "evidence-path": rehearsed.outputs["evidence-path"],
            "to": f"{registry.host}/{run_id}/red:1",
        },
    )
    assert_failed(
        published, "Nothing was pushed. The rehearsal did not pass: its verdict is tests-failed"
    )
    assert registry.holds(f"{run_id}/red", "1") is None


@pytest.fixture
def image(workdir: Path, run_id: str) -> str:
    """An image that no registry has, by its ID."""
    return build_small_image(workdir / "image", run_id)


@pytest.mark.parametrize(
    "password, login, read_only, words",
    [
        pytest.param(True, "", False, "not logged in", id="without a login"),
        pytest.param(True, "wrong", False, "not logged in", id="with a wrong password"),
        pytest.param(False, "", True, "read-only", id="read-only"),
    ],
)
def test_publish__a_registry_that_refuses(
    *,
    password: bool,
    login: str,
    read_only: bool,
    words: str,
    image: str,
    tiny: Repository,
    runner: Runner,
    workdir: Path,
) -> None:
    with serve_registry(workdir / "serving", password=password, read_only=read_only) as refusing:
        to = [f"{refusing.host}/app:1", f"{refusing.host}/app:latest"]
        environment = logged_in(workdir, refusing.host, login) if login else {}
        published = publish(
            runner, tiny, {"image-id": image, "to": "\n".join(to)}, environment=environment
        )
        assert_failed(published, f"{to[0]} was not published: {words}")
        assert "not tried" in published.summary
        assert refusing.holds("app", "1") is None
        assert not tags_of_the_engine(refusing.host)


def test_publish__with_a_login_of_the_clients_own(
    image: str, tiny: Repository, runner: Runner, workdir: Path
) -> None:
    with serve_registry(workdir / "serving", password=True) as private:
        to = f"{private.host}/app:1"
        environment = logged_in(workdir, private.host, PASSWORD)
        # What `docker manifest create` remembers is believed before any registry is asked.
        lie = Path(
            environment["DOCKER_CONFIG"], "manifests", to.replace("/", "_").replace(":", "-")
        )
        lie.mkdir(parents=True)
        published = publish(runner, tiny, {"image-id": image, "to": to}, environment=environment)
        assert published.exit_code == 0, published.log
        assert [*digests_of(published)] == [to]
        for text in published.everything().values():
            assert PASSWORD.encode() not in text


def logged_in(workdir: Path, host: str, password: str) -> dict[str, str]:
    """Return the environment in which a client has logged in, as docker/login-action leaves it."""
    folder = workdir / "client"
    folder.mkdir()
    credentials = subprocess.run(
        ["base64", "--wrap=0"], input=f"{USER}:{password}", text=True, capture_output=True,
        check=True,
    ).stdout  # fmt: skip
    (folder / "config.json").write_text(json.dumps({"auths": {host: {"auth": credentials}}}))
    return {"DOCKER_CONFIG": str(folder)}


@pytest.mark.parametrize(
    "to, words",
    [
        # An engine without a name server says that the network is not reachable.
        pytest.param("registry.invalid/app:1", "", id="no such host"),
        pytest.param("localhost:1/app:1", "not reachable", id="nothing listens"),
    ],
)
def test_publish__a_registry_that_is_not_there_keeps_all_from_being_pushed(
    *,
    to: str,
    words: str,
    image: str,
    tiny: Repository,
    runner: Runner,
    registry: Registry,
    run_id: str,
) -> None:
    order = {"image-id": image, "to": f"{registry.host}/{run_id}/alone:1\n{to}"}
    published = publish(runner, tiny, order)
    assert_failed(published, f"Nothing was pushed. The registry of {to} cannot be reached: {words}")
    assert registry.holds(f"{run_id}/alone", "1") is None


def test_publish__completes_what_broke_off_half_way(
    image: str, tiny: Repository, runner: Runner, registry: Registry, run_id: str
) -> None:
    name = f"{run_id}/half"
    with registry_proxy(registry) as stand:

        def goes_away(_method: str, _path: str) -> int | None:
            layers = [path for method, path in stand.seen if method == "PUT" and "uploads" in path]
            return 502 if len(layers) > 1 else None

        stand.before = goes_away
        first, second = f"{stand.host}/{name}:1", f"{stand.host}/{name}:2"
        order = {"image-id": image, "to": f"{first}\n{second}"}
        published = publish(runner, tiny, order)
        assert_failed(published, f"{first} was not published: broke off")
        assert registry.holds(name, "1") is None

        stand.before = lambda _method, _path: None
        again = publish(runner, tiny, order)
        held = registry.holds(name, "1")
        assert held is not None
        assert image in held
        assert_published(again, {first: held[0], second: held[0]})


def test_publish__claims_what_is_there_when_the_second_fails(
    *, image: str, tiny: Repository, runner: Runner, registry: Registry, run_id: str, workdir: Path
) -> None:
    with serve_registry(workdir / "serving", read_only=True) as refusing:
        first, second = f"{registry.host}/{run_id}/first:1", f"{refusing.host}/second:1"
        published = publish(runner, tiny, {"image-id": image, "to": f"{first}\n{second}"})
        held = registry.holds(f"{run_id}/first", "1")
        assert held is not None
        assert_failed(published, f"{second} was not published", {first: held[0]})


def test_publish__notices_what_somebody_else_pushed_meanwhile(
    *, image: str, tiny: Repository, runner: Runner, registry: Registry, run_id: str, workdir: Path
) -> None:
    name = f"{run_id}/contended"
    other = build_small_image(workdir / "other", run_id, "another image")
    theirs = publish(runner, tiny, {"image-id": other, "to": f"{registry.host}/{name}:theirs"})
    assert theirs.exit_code == 0
    manifest = registry.manifest(name, "theirs")
    with registry_proxy(registry) as stand:

        def moves_the_tag(method: str, path: str) -> None:
            if method == "PUT" and path.endswith("/manifests/1"):
                registry.put_manifest(name, "1", manifest)

        stand.after = moves_the_tag
        to = f"{stand.host}/{name}:1"
        published = publish(runner, tiny, {"image-id": image, "to": to})
    assert_failed(published, f"instead of the image that was pushed, {image}")
    assert other in published.errors
    assert "something else" in published.log
    digest = digests_of(theirs)[f"{registry.host}/{name}:theirs"]
    assert digest in published.summary


# A docker client, and a program that moves the tag to $OTHER as long as a push runs.
MOVING = """#!/bin/bash
if [[ $1 == push ]]; then
    moved() { "$REAL" tag "$OTHER" "$1"; }
    moved "$2"
    until [[ -e $DONE ]]; do moved "$2"; done &
    "$REAL" "$@"
    code=$?
    touch "$DONE"
    wait
    exit $code
fi
exec "$REAL" "$@"
"""


def test_publish__notices_a_tag_that_moves_on_this_machine(
    *, image: str, tiny: Repository, runner: Runner, registry: Registry, run_id: str, workdir: Path
) -> None:
    name = f"{run_id}/moved"
    other = build_small_image(workdir / "other", run_id, "another image")
    client = workdir / "bin/docker"
    client.parent.mkdir()
    client.write_text(MOVING)
    client.chmod(0o755)
    to = [f"{registry.host}/{name}:{tag}" for tag in ("1", "latest")]
    environment = {
        "PATH": f"{client.parent}:{os.environ['PATH']}",
        "REAL": str(shutil.which("docker")),
        "OTHER": other,
        "DONE": str(workdir / "done"),
    }
    published = publish(runner, tiny, {"image-id": image, "to": "\n".join(to)}, environment)
    held = registry.holds(name, "1")
    assert held is not None
    assert other in held, "the client pushes by tag only"
    assert_failed(
        published,
        f"{to[0]} holds {held[0]} (its image is {other}) instead of the image that was rehearsed, "
        f"{image}: the tag {to[0]} was moved on this machine while it was pushed.",
    )
    assert "nother run" not in published.errors
    assert registry.holds(name, "latest") is None
    assert not tags_of_the_engine(registry.host)


def test_publish__tags_in_the_registry_what_it_has_verified_there(
    *, image: str, tiny: Repository, runner: Runner, registry: Registry, run_id: str
) -> None:
    to = [f"{registry.host}/{run_id}/{name}" for name in ("app:1", "app:latest", "mirror:1")]
    order = {"image-id": image, "to": "\n".join(to)}
    published = publish(runner, tiny, order, with_buildx(runner.folder))
    held = registry.holds(f"{run_id}/app", "1")
    assert held is not None
    assert image in held
    assert_published(published, dict.fromkeys(to, held[0]))
    assert registry.holds(f"{run_id}/app", "latest") == held
    assert registry.holds(f"{run_id}/mirror", "1") == held
    assert published.log.count("The push refers to") == 1
    assert published.log.count(f"{held[0]} (same manifest, tagged in the registry, ") == 2
    assert registry.tags(f"{run_id}/app") == ["1", "latest"], "and no other tag stays there"


def test_publish__a_version_keeps_its_content(
    *, image: str, tiny: Repository, runner: Runner, registry: Registry, run_id: str, workdir: Path
) -> None:
    to = f"{registry.host}/{run_id}/kept:1.2.3"
    other = build_small_image(workdir / "other", run_id, "another image")
    assert publish(runner, tiny, {"image-id": other, "to": to}).exit_code == 0
    before = registry.holds(f"{run_id}/kept", "1.2.3")
    published = publish(runner, tiny, {"image-id": image, "to": to, "overwrite": "false"})
    assert_failed(published, f"Nothing was pushed. {to} holds ")
    assert registry.holds(f"{run_id}/kept", "1.2.3") == before
    again = publish(runner, tiny, {"image-id": other, "to": to, "overwrite": "false"})
    assert again.exit_code == 0


def test_publish__two_registries_with_manifests_of_their_own(
    *, image: str, tiny: Repository, runner: Runner, registry: Registry, run_id: str, workdir: Path
) -> None:
    with serve_registry(workdir / "serving") as second:
        digest = push_recompressed(image, second, "app", "1")
        to = [f"{registry.host}/{run_id}/app:1", f"{second.host}/app:1"]
        published = publish(runner, tiny, {"image-id": image, "to": "\n".join(to)})
    held = registry.holds(f"{run_id}/app", "1")
    assert held is not None
    assert held[0] != digest
    assert_published(published, {to[0]: held[0], to[1]: digest})


def test_publish__a_flaky_image_only_when_allowed(
    *, image: str, tiny: Repository, runner: Runner, registry: Registry, run_id: str, workdir: Path
) -> None:
    flaky = Failure(name="shop.test_buys", message="")
    evidence = write_verdict(
        workdir, image_id=image, suite_results=SuiteResults(test_count=3, flaky=(flaky,))
    )
    order = {"evidence-path": str(evidence), "to": f"{registry.host}/{run_id}/flaky:1"}
    refused = publish(runner, tiny, order)
    assert_failed(refused, "A test passed only when it was run again: shop.test_buys.")
    assert registry.holds(f"{run_id}/flaky", "1") is None
    allowed = publish(runner, tiny, order | {"allow-flaky": "true"})
    assert allowed.exit_code == 0
    assert registry.holds(f"{run_id}/flaky", "1") is not None
    assert "1 of them more than once" in allowed.summary


def test_publish__cancelled_says_what_each_registry_holds(
    image: str, tiny: Repository, runner: Runner, registry: Registry, run_id: str
) -> None:
    name = f"{run_id}/cancelled"
    with registry_proxy(registry) as stand:
        to = f"{stand.host}/{name}:1"

        def hangs(method: str, _path: str) -> int | None:
            if method == "PATCH":
                os.read(end, 1)
            return None

        end, hold = os.pipe()
        stand.before = hangs

        def once_it_pushes(step: RunningStep) -> None:
            step.wait_until(lambda _: any(method == "PATCH" for method, _path in stand.seen))
            cancel(step)
            assert step.ends_within(1)

        published = runner.use(
            tiny,
            {"image-id": image, "to": to},
            action="action/publish",
            meanwhile=once_it_pushes,
        )
        os.close(hold)
    assert published.exit_code == 18
    assert published.outputs["verdict"] == "cancelled"
    assert digests_of(published) == {}
    assert "interrupted" in published.summary
    assert registry.holds(name, "1") is None
    assert not tags_of_the_engine(stand.host)


def test_publish__from_another_job_by_docker_save(
    tiny: Repository, runner: Runner, registry: Registry, run_id: str, workdir: Path
) -> None:
    make_its_own(tiny, run_id)
    rehearsed = runner.use(tiny, {"test-command": CHECKS})
    image_id = rehearsed.outputs["image-id"]
    order = {
        "evidence-path": rehearsed.outputs["evidence-path"],
        "to": f"{registry.host}/{run_id}/saved:1",
    }
    shell(f"docker save '{rehearsed.outputs['image']}' | gzip >image.tar.gz", workdir)
    engine("image", "rm", "--force", image_id)
    missing = publish(runner, tiny, order)
    assert missing.outputs["verdict"] == "misconfigured"
    assert f"The engine has no image {image_id}" in missing.errors
    assert "docker load" in missing.errors

    shell("gunzip --stdout image.tar.gz | docker load", workdir)
    published = publish(runner, tiny, order)
    held = registry.holds(f"{run_id}/saved", "1")
    assert held is not None
    assert image_id in held
    assert_published(published, {order["to"]: held[0]})


@pytest.mark.parametrize("buildx", [True, False], ids=["with buildx", "without buildx"])
def test_publish__a_candidate_by_its_digest(
    *,
    buildx: bool,
    tiny: Repository,
    runner: Runner,
    registry: Registry,
    run_id: str,
) -> None:
    name = f"{run_id}/candidate"
    make_its_own(tiny, run_id)
    built = f"built:{run_id}"
    engine("build", "--quiet", "--tag", built, str(tiny.root))
    image_id = str(json.loads(engine("image", "inspect", built))[0]["Id"])
    # As buildx pushes it from elsewhere: the engine would make another manifest of the same image.
    digest = push_recompressed(built, registry, name, "candidate")
    engine("image", "rm", "--force", image_id)

    candidate = f"{registry.host}/{name}@{digest}"
    engine("pull", "--quiet", candidate)
    rehearsed = runner.use(tiny, {"image": candidate, "test-command": CHECKS})
    assert rehearsed.outputs["image-id"] in {image_id, digest}
    to = f"{registry.host}/{name}:1"
    published = publish(
        runner,
        tiny,
        {"evidence-path": rehearsed.outputs["evidence-path"], "to": to},
        environment=with_buildx(runner.folder) if buildx else {},
    )
    held = registry.holds(name, "1")
    assert held is not None
    assert rehearsed.outputs["image-id"] in held
    assert_published(published, {to: held[0]})
    # containerd's image store keeps the manifest that it pulled, and pushes it as it is.
    same_manifest = registry.manifest(name, "1") == registry.manifest(name, digest)
    assert same_manifest is (buildx or rehearsed.outputs["image-id"] == digest)
    assert ("same manifest, tagged in the registry" in published.log) is buildx
    assert ("its manifest has other bytes" in published.summary) is not buildx
    engine("image", "rm", "--force", image_id)


def make_its_own(tiny: Repository, run_id: str) -> None:
    """Let the image be this scenario's alone: it is removed while others may use theirs.

    It is a small one, as it is packed, pushed and pulled several times.
    """
    on_small_python(tiny)
    tiny.replace("Dockerfile", "^USER", f"LABEL scenario={run_id}\nUSER")


def shell(script: str, folder: Path) -> None:
    subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=folder, check=True, timeout=60)
