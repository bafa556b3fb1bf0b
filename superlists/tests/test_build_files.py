"""What the image is built from: the pins, the recipe, and what may enter."""

import re
import subprocess

import pytest

from superlists.tests.environment import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
INSTRUCTIONS = re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE).replace("\\\n", "")
BOOTSTRAP = ROOT / "superlists/lists/static/bootstrap"


def test_requirements__three_exact_pins() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    names = [re.fullmatch(r"(\w+)==\d+(\.\d+)+", line) for line in lines]
    assert [name and name[1] for name in names] == ["django", "gunicorn", "whitenoise"]
    assert lines[0].startswith("django==5.2.")


def test_dockerfile__requirements_first_with_r() -> None:
    copied = INSTRUCTIONS.index("COPY requirements.txt")
    installed = INSTRUCTIONS.index("install -r requirements.txt")
    assert copied < installed < INSTRUCTIONS.index("COPY superlists")


def test_dockerfile__any_python_image() -> None:
    assert "ARG PYTHON_IMAGE=python:3.13-slim\n" in INSTRUCTIONS
    assert set(re.findall(r"^FROM (\S+)", INSTRUCTIONS, re.MULTILINE)) == {"${PYTHON_IMAGE}"}


def test_dockerfile__never_the_development_server() -> None:
    assert "runserver" not in INSTRUCTIONS


def test_dockerfile__sets_no_secret() -> None:
    assert "SECRET" not in INSTRUCTIONS
    assert "ALLOWED_HOST" not in INSTRUCTIONS


def test_dockerfile__collects_without_asking_or_production_variable() -> None:
    before, after = INSTRUCTIONS.split("manage.py collectstatic --noinput")
    assert "DJANGO_DEBUG_FALSE" not in before
    assert "DJANGO_DEBUG_FALSE=1" in after


def test_dockerignore__lets_in_only_what_is_needed() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule for rule in rules if rule.startswith("!")} == {
        "!requirements.txt",
        "!manage.py",
        "!gunicorn.conf.py",
        "!superlists",
    }


@pytest.mark.parametrize("path", ["static/lists/icon.svg", "db.sqlite3", ".env"])
def test_gitignore__leaves_out(path: str) -> None:
    done = subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False)
    assert done.returncode == 0, f"{path} would be committed"


def test_gitignore__keeps_the_sources_of_static_files() -> None:
    path = "superlists/lists/static/lists/superlists.css"
    done = subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False)
    assert done.returncode == 1


def test_repository__holds_no_key_but_the_development_one() -> None:
    keys = {
        match
        for path in (ROOT / "superlists").rglob("*.py")
        if "tests" not in path.parts
        for match in re.findall(r"""SECRET_KEY["']?\s*[=:]\s*["']([^"']*)""", path.read_text())
    }
    assert keys == {"insecure-key-for-dev"}


def test_bootstrap__is_the_version_the_readme_names() -> None:
    sheet = (BOOTSTRAP / "bootstrap.min.css").read_text()
    version = re.search(r"Bootstrap +v([\d.]+)", sheet)
    assert version is not None
    assert f"bootstrap@{version[1]}" in (ROOT / "superlists/README.md").read_text()
    assert "sourceMappingURL" not in sheet, "collectstatic would look for the map and fail"


def test_bootstrap__comes_with_its_licence() -> None:
    assert "The MIT License" in (BOOTSTRAP / "LICENSE").read_text()
    assert {path.name for path in BOOTSTRAP.iterdir()} == {"bootstrap.min.css", "LICENSE"}
