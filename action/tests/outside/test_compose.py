import json
from pathlib import Path

import pytest

from rehearsal.outside import compose
from rehearsal.outside.engine import EngineError

from .test_engine import engine_of

# As Compose 2.26 and 2.40 print it.
UNSET = (
    r'time="2026-11-29T12:26:25Z" level=warning msg="The \"DB_PASSWORD\" variable is not set. '
    r'Defaulting to a blank string."'
)
FILES = (Path("/shop/compose.yaml"), Path("/shop/ci.yaml"))


@pytest.mark.parametrize("script, found", [("echo 2.26.1-4", True), ("echo 1.29.2", False)])
def test_has_compose__its_second_version_only(script: str, found: bool, tmp_path: Path) -> None:
    assert compose.has_compose(engine_of(tmp_path, script)) is found


def test_has_compose__a_client_without_the_plugin(tmp_path: Path) -> None:
    script = "echo 'docker: unknown command: docker compose' >&2; exit 1"
    assert not compose.has_compose(engine_of(tmp_path, script))


def test_read_raw__leaves_variables_as_they_stand(tmp_path: Path) -> None:
    script = f'echo "$*" >{tmp_path}/calls; echo \'{{"services": {{}}}}\''
    assert compose.read_raw(engine_of(tmp_path, script), FILES, {}) == {"services": {}}
    assert (tmp_path / "calls").read_text() == (
        "compose --file /shop/compose.yaml --file /shop/ci.yaml --profile * config --format json "
        "--no-interpolate\n"
    )


def test_read_model__with_the_values_of_variables_and_what_has_none(tmp_path: Path) -> None:
    # The service that asks for variables comes back as Compose prints it.
    answer = {
        "services": {
            "db": {"image": "postgres:17"},
            compose.PROBE: {"environment": {"A": "x$$y", "B": None}, "image": "none"},
        }
    }
    (tmp_path / "answer").write_text(json.dumps(answer))
    (tmp_path / "warning").write_text(f"{UNSET}\n{UNSET}\n")
    script = f"cat >{tmp_path}/stdin; cat {tmp_path}/warning >&2; cat {tmp_path}/answer"
    model, values, unset = compose.read_model(
        engine_of(tmp_path, script), FILES, {"PATH": "/bin:/usr/bin"}, ["A", "B"]
    )
    assert model == {"services": {"db": {"image": "postgres:17"}}}
    assert values == {"A": "x$y", "B": None}
    assert unset == ("DB_PASSWORD",)
    asked = json.loads((tmp_path / "stdin").read_text())
    assert asked["services"][compose.PROBE]["environment"] == {"A": None, "B": None}


def test_read_model__refused_in_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "errors").write_text(f'{UNSET}\nservice "db" has neither an image nor a build\n')
    engine = engine_of(tmp_path, f"cat {tmp_path}/errors >&2; exit 1")
    with pytest.raises(EngineError) as caught:
        compose.read_model(engine, FILES, {"PATH": "/bin:/usr/bin"}, [])
    assert str(caught.value) == 'service "db" has neither an image nor a build'


def test_create__by_standard_input(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, f'echo "$*" >{tmp_path}/calls; cat >{tmp_path}/stdin')
    project = {"name": "run-1", "services": {"db": {"environment": {"KEY": "planted"}}}}
    compose.create(engine, project)
    assert json.loads((tmp_path / "stdin").read_text()) == project
    assert (tmp_path / "calls").read_text() == (
        "compose --env-file /dev/null --file - --project-name run-1 create --no-build "
        "--pull never\n"
    )


def test_create__refused_in_the_engine_s_words(tmp_path: Path) -> None:
    said = (
        ' Volume "run-1-data"  Creating\n Volume "run-1-data"  Created\n'
        " Container run-1-db  Creating\nError response from daemon: invalid mount config\n"
    )
    (tmp_path / "errors").write_text(said)
    engine = engine_of(tmp_path, f"cat {tmp_path}/errors >&2; exit 1")
    with pytest.raises(EngineError) as caught:
        compose.create(engine, {"name": "run-1"})
    assert str(caught.value) == "invalid mount config"
