import re
from pathlib import Path

import pytest

from rehearsal.config.parser import make_plan
from rehearsal.pipeline.missed_suite import missed_suite_warning


def write(top: Path, *names: str, text: str = "") -> None:
    for name in names:
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def warning(top: Path, **given: str) -> list[str]:
    inputs = {name.replace("_", "-"): value for name, value in given.items()}
    return missed_suite_warning(make_plan(inputs, environ={}, top=top)).splitlines()


def yaml_of(lines: list[str]) -> dict[str, str]:
    """Return the inputs that the lines of a warning ask for."""
    return dict(line.split(": ") for line in lines if re.match(r"[a-z-]+: ", line))


@pytest.mark.parametrize(
    "given, written",
    [
        pytest.param({}, {"working-directory": "src", "context": ".."}, id="five-lines"),
        pytest.param(
            {"context": "src"}, {"working-directory": "src", "context": "."}, id="context-below"
        ),
        pytest.param(
            {"dockerfile": "docker/prod.Dockerfile"},
            {
                "working-directory": "src",
                "context": "..",
                "dockerfile": "../docker/prod.Dockerfile",
            },
            id="dockerfile",
        ),
        pytest.param(
            {"image": "app"}, {"working-directory": "src", "context": ".."}, id="image-of-workflow"
        ),
    ],
)
def test_missed_suite__below_the_working_directory(
    tmp_path: Path, given: dict[str, str], written: dict[str, str]
) -> None:
    write(tmp_path, "Dockerfile", "docker/prod.Dockerfile", "src/Dockerfile", "src/manage.py")
    write(tmp_path, "src/functional_tests/tests.py")
    lines = warning(tmp_path, **given)
    assert lines[0].startswith("No tests ran: test-command is empty. But src has manage.py and")
    assert yaml_of(lines[1:]) == written
    obeyed = {name.replace("-", "_"): value for name, value in (given | written).items()}
    before = make_plan(given, environ={}, top=tmp_path)
    inputs = {name.replace("_", "-"): value for name, value in obeyed.items()}
    after = make_plan(inputs, environ={}, top=tmp_path)
    assert after.suite.command == "python manage.py test functional_tests"
    assert after.build.context == before.build.context or after.image
    assert after.build.dockerfile == before.build.dockerfile or after.image


def test_missed_suite__an_image_without_a_dockerfile(tmp_path: Path) -> None:
    write(tmp_path, "src/manage.py", "src/functional_tests/tests.py")
    assert yaml_of(warning(tmp_path, image="app")) == {"working-directory": "src"}


def test_missed_suite__two_folders_below_another_working_directory(tmp_path: Path) -> None:
    write(tmp_path, "web/Dockerfile", "web/a/b/manage.py", "web/a/b/functional_tests/tests.py")
    lines = warning(
        tmp_path, working_directory="web", volumes="./conf:/conf", test_reports="r/*.xml"
    )
    assert lines[1:] == [
        "working-directory: web/a/b",
        "context: ../..",
        "Relative paths in volumes and test-reports then start in a/b.",
    ]


def test_missed_suite__a_command_for_other_tests(tmp_path: Path) -> None:
    write(tmp_path, "Dockerfile")
    write(tmp_path, "tests/e2e/test_shop.py", text="import pytest, selenium\nimport selenium")
    write(tmp_path, "tests/requirements.txt", text="pytest\nselenium")
    assert warning(tmp_path) == [
        "No tests ran: test-command is empty. But tests/e2e has tests. Write in the step's with:",
        "test-command: python -m pytest tests/e2e",
        "test-requirements: tests/requirements.txt",
        "The tests find the app at $REHEARSAL_URL.",
    ]


def test_missed_suite__what_is_unknown_is_not_guessed(tmp_path: Path) -> None:
    write(tmp_path, "Dockerfile")
    write(tmp_path, "e2e/test_shop.py", text="import pytest")
    *_, command, end = warning(tmp_path)
    assert command == "test-command: python -m pytest e2e"
    assert end.startswith("Name in test-requirements a file that lists pytest.")
    (tmp_path / "e2e/test_shop.py").rename(tmp_path / "e2e/shop_spec.rb")
    first, end = warning(tmp_path)
    assert first.endswith("But e2e has tests. Name in test-command the command that runs them.")
    assert end == "The tests find the app at $REHEARSAL_URL."


@pytest.mark.parametrize(
    "folder", ["node_modules", ".venv", ".git", "venv", "a/node_modules", "a/b/c/d", "my-venv"]
)
def test_missed_suite__not_in_the_code_of_others_nor_deeper(tmp_path: Path, folder: str) -> None:
    write(tmp_path, "Dockerfile", "my-venv/pyvenv.cfg")
    write(tmp_path, f"{folder}/manage.py", f"{folder}/functional_tests/e2e/tests/test_it.py")
    assert warning(tmp_path) == []
