from pathlib import Path

import pytest

from rehearsal.commands.run_context import image_tag_for, lasting_marker, with_lasting_children
from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.parser import plan_of
from rehearsal.outside.engine import Engine
from rehearsal.pipeline.run_folder import RunReference
from rehearsal.results.engine_versions import EngineVersions

RUN = RunReference(id="1-1-c0ffee00")


def engine_of(name: str, *, client: str) -> Engine:
    versions = EngineVersions(name=name, version="5.8.6", client=client)
    env = {"PATH": "/bin", "REHEARSAL_RUN": RUN.id}
    return Engine(client="docker", buildx=False, env=env, versions=versions)


def test_with_lasting_children__podman_itself() -> None:
    found = with_lasting_children(engine_of("Podman", client="5.8.6"), RUN)
    assert found.env == {"PATH": "/bin", "REHEARSAL_ENGINE": RUN.id}
    assert found.foreground_env == {"REHEARSAL_RUN": RUN.id}
    assert lasting_marker(found, RUN) == "REHEARSAL_ENGINE=1-1-c0ffee00"


def test_with_lasting_children__others_have_daemons() -> None:
    for engine in (engine_of("Docker", client="5.8.6"), engine_of("Podman", client="28.5.2")):
        assert with_lasting_children(engine, RUN) == engine
        assert lasting_marker(engine, RUN) == "", "no test may hide a process by it"


@pytest.mark.parametrize(
    "directory, environ, name",
    [
        (".", {}, "rehearsed/shop:latest"),
        ("src/web", {}, "rehearsed/shop-src-web:latest"),
        ("..", {}, "rehearsed/projects:latest"),
        ("src/web", {"GITHUB_REPOSITORY": "o/of-github"}, "rehearsed/of-github:latest"),
    ],
)
def test_image_tag__names_the_folder(
    directory: str, environ: dict[str, str], name: str, tmp_path: Path
) -> None:
    top = tmp_path / "projects/shop"
    for folder in (top / "src/web", top, top.parent):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "Dockerfile").write_text("FROM scratch\n")
    inputs = {"working-directory": directory, "test-command": "true"}
    plan = plan_of(GivenInputs(inputs=inputs, environ={}, top=top))
    assert image_tag_for(plan, environ, "") == name
