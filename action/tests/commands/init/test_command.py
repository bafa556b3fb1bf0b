"""`rehearse init` as a program: what it writes, prints and refuses."""

import os
import subprocess
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest

from rehearsal.arguments import parse
from rehearsal.commands.init import command
from rehearsal.outside.github import Console
from rehearsal.verdict import MisconfiguredError

from .projects import SRC_LAYOUT, STARTPROJECT
from .test_companions import COMPOSE, WITH_POSTGRES

ACTION = Path(__file__).resolve().parents[3]
WORKFLOW = Path(".github/workflows/rehearse.yml")


def laid_out(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    return folder


def init(folder: Path, *argv: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-I", str(ACTION), "init", *argv],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def django(tmp_path: Path) -> Path:
    return laid_out(tmp_path / "shop", STARTPROJECT)


def test_init__writes_the_workflow_and_says_what_comes_next(django: Path) -> None:
    done = init(django)
    assert done.returncode == 0, done.stdout
    text = (django / WORKFLOW).read_text()
    assert "setup-command: python manage.py migrate --noinput" in text
    assert done.stdout.splitlines()[-1] == "next:     rehearse"


def test_init__from_a_folder_below(django: Path) -> None:
    assert init(django / "shop").returncode == 0
    assert (django / WORKFLOW).is_file()


def test_print__writes_nothing(django: Path) -> None:
    done = init(django, "--print")
    assert done.returncode == 0
    assert done.stdout.startswith("name: Rehearse\n")
    assert not (django / ".github").exists()
    assert init(django).returncode == 0
    assert (django / WORKFLOW).read_text() == done.stdout


def test_init__writes_the_requirements_of_the_tests(django: Path) -> None:
    file = django / "functional_tests/requirements.txt"
    file.unlink()
    printed = init(django, "--print")
    assert not file.exists()
    assert "\n# functional_tests/requirements.txt:\n" in printed.stdout
    assert "\n# selenium\n" in printed.stdout
    done = init(django)
    assert "written:  functional_tests/requirements.txt\n" in done.stdout
    assert "\n-r ../requirements.txt\nselenium\n" in file.read_text()
    assert (django / WORKFLOW).read_text() == printed.stdout.partition("#\n#")[0]


def test_init__a_list_that_git_ignores(django: Path) -> None:
    (django / ".gitignore").write_text("functional_tests/requirements.txt\n")
    done = init(django)
    assert done.returncode == 2
    assert "functional_tests/requirements.txt exists, but git ignores it" in done.stdout
    assert not (django / WORKFLOW).exists()


def test_init__never_overwrites(django: Path) -> None:
    (django / WORKFLOW).parent.mkdir(parents=True)
    (django / WORKFLOW).write_text("mine")
    done = init(django)
    assert done.returncode == 2
    assert ".github/workflows/rehearse.yml exists already" in done.stdout
    assert "rehearse init --print" in done.stdout
    assert (django / WORKFLOW).read_text() == "mine"


def test_init__no_second_step(django: Path) -> None:
    assert init(django).returncode == 0
    (django / WORKFLOW).rename(django / WORKFLOW.with_name("ci.yml"))
    done = init(django)
    assert done.returncode == 2
    assert ".github/workflows/ci.yml, job rehearse, step 2" in done.stdout
    assert "uses the action already" in done.stdout
    assert not (django / WORKFLOW).exists()


def test_init__a_workflow_that_is_no_yaml_uses_nothing(django: Path) -> None:
    (django / WORKFLOW).parent.mkdir(parents=True)
    (django / WORKFLOW).with_name("broken.yml").write_text("a: b: c")
    assert init(django).returncode == 0


def test_init__no_dockerfile(tmp_path: Path) -> None:
    files = {path: text for path, text in STARTPROJECT.items() if path != "Dockerfile"}
    done = init(laid_out(tmp_path, files))
    assert done.returncode == 2
    assert "There is no Dockerfile in" in done.stdout
    assert 'CMD ["gunicorn", "--bind", "0.0.0.0:8000", "shop.wsgi:application"]' in done.stdout


def test_init__empty_dockerfile(django: Path) -> None:
    (django / "Dockerfile").write_text("")
    done = init(django)
    assert done.returncode == 2
    assert "Dockerfile cannot be read, is larger than 256 KiB, or has no FROM." in done.stdout


def test_init__writes_nothing_of_what_git_does_not_have(tmp_path: Path) -> None:
    compose = COMPOSE.replace("environment:", "env_file: [.env, web.env]\n    environment:", 1)
    more = {
        "compose.yaml": compose,
        "compose.override.yaml": COMPOSE.replace("throwaway", "planted-elsewhere"),
        ".env": "DATABASE_URL=postgres://shop:planted-here@db/shop\n",
        "web.env": "DATABASE_URL=postgres://shop:planted-there@db/shop\n",
        ".gitignore": ".env\ncompose.override.yaml\n",
    }
    done = init(laid_out(tmp_path, WITH_POSTGRES | more), "--print")
    assert done.returncode == 0
    assert "DATABASE_URL=postgres://shop:throwaway@db:5432/shop" in done.stdout
    assert "planted" not in done.stdout


def test_init__takes_variables_that_git_has(tmp_path: Path) -> None:
    compose = COMPOSE.replace("environment:\n      DATABASE_URL: ", "env_file: web.env\n    x: ")
    url = "postgres://shop:everybody-sees-it@db:5432/shop"
    more = {"compose.yaml": compose, "web.env": f"DATABASE_URL={url}\n"}
    folder = laid_out(tmp_path, WITH_POSTGRES | more)
    done = init(folder, "--print")
    assert (done.returncode, "everybody-sees-it" in done.stdout) == (0, False)
    subprocess.run(["git", "add", "web.env"], check=True, cwd=folder)
    assert f"DATABASE_URL={url}" in init(folder, "--print").stdout


def test_init__no_git(tmp_path: Path) -> None:
    done = init(tmp_path)
    assert done.returncode == 2
    assert "is not in a git repository" in done.stdout
    assert "git init" in done.stdout


def test_init__cannot_write(django: Path) -> None:
    (django / ".github").write_text("a file")
    done = init(django)
    assert done.returncode == 2
    assert "cannot be written" in done.stdout


def test_written__is_what_the_loader_reads(tmp_path: Path) -> None:
    folder = laid_out(tmp_path, SRC_LAYOUT)
    assert init(folder).returncode == 0
    done = subprocess.run(
        [sys.executable, "-I", str(ACTION), "--plan"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "manage.py test functional_tests" in done.stdout


def test_init__leaves_no_file_that_a_rehearsal_refuses(
    django: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (django / "functional_tests/requirements.txt").unlink()

    def refuse(_: object) -> None:
        raise MisconfiguredError("The input port is 'x'.", hint="Correct port.")

    monkeypatch.setattr(command, "plan_of", refuse)
    monkeypatch.chdir(django)
    environ = {"PATH": os.environ["PATH"]}
    with pytest.raises(MisconfiguredError, match="Nothing is written") as raised:
        command.COMMAND.run(parse(["init"]), environ, Console(environ, BytesIO()))
    assert raised.value.problem.hint == "Correct port. To see the workflow: rehearse init --print."
    assert not (django / WORKFLOW).exists()
    assert not (django / "functional_tests/requirements.txt").exists()
