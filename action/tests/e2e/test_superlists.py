"""Undo one lesson of the chapter in a copy of superlists, and see the rehearsal go red.

The evidence has to show why, as a reader of the red check would look for it.
"""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from .contract import assert_verdict
from .machine import base_image, clean_environment
from .repository import Repository
from .runner import ActionResult, Runner

MIGRATE = "python manage.py migrate --noinput"
# The interpreter of the scenarios has all that the tests need: nothing is installed for them. That
# a rehearsal installs it, the scenarios of the README's examples prove.
SUITE = f"{sys.executable} manage.py test functional_tests"
INPUTS = {
    "test-command": SUITE,
    "secrets": "DJANGO_SECRET_KEY=only-for-this-scenario",
    "env": "DJANGO_ALLOWED_HOST=localhost",
    "setup-command": MIGRATE,
}
NO_SETUP = {"setup-command": ""}
# Each failing story waits ten seconds for what never comes: one is enough.
ONE_STORY = {"test-command": f"{SUITE}.test_new_visitor"}


def failed_tests(rehearsed: ActionResult) -> Iterator[str]:
    for failure in json.loads(rehearsed.file("verdict.json"))["tests"]["failed"]:
        yield failure["name"].rpartition(".")[2].partition(" ")[0]


@pytest.fixture
def superlists(superlists: Repository) -> Repository:
    (superlists.root / "functional_tests/requirements.txt").unlink()
    return superlists


def assert_only_the_layout_fails(rehearsed: ActionResult) -> None:
    assert_verdict(rehearsed, "tests-failed")
    assert list(failed_tests(rehearsed)) == ["test_layout_and_styling"]
    assert rehearsed.outputs["tests"] == "3"
    assert "within 10 delta" in rehearsed.summary


def test_without_whitenoise__only_the_layout_fails(superlists: Repository, runner: Runner) -> None:
    superlists.replace("superlists/settings.py", r'^ +"whitenoise\..*,\n', "")
    rehearsed = runner.use(superlists, INPUTS)
    assert_only_the_layout_fails(rehearsed)
    assert "Not Found: /static/" in rehearsed.file("container.log")


def test_without_collectstatic__only_the_layout_fails(
    superlists: Repository, runner: Runner
) -> None:
    superlists.replace("Dockerfile", r" && python manage\.py collectstatic --noinput", "")
    rehearsed = runner.use(superlists, INPUTS)
    assert_only_the_layout_fails(rehearsed)
    log = rehearsed.file("container.log")
    assert "No directory at: /src/static/" in log
    assert "Not Found: /static/" in log


def test_without_migration__a_list_cannot_be_started(
    superlists: Repository, runner: Runner
) -> None:
    rehearsed = runner.use(superlists, INPUTS | NO_SETUP | ONE_STORY)
    assert_verdict(rehearsed, "tests-failed")
    log = rehearsed.file("container.log")
    assert "Internal Server Error: /lists/new" in log
    assert 'superlists/lists/views.py", line' in log
    assert "OperationalError: no such table" in log
    assert "id_list_table" in rehearsed.summary


def test_without_logging__the_traceback_is_lost(superlists: Repository, runner: Runner) -> None:
    superlists.replace("superlists/settings.py", r"^LOGGING = \{", "NOT_LOGGING = {")
    rehearsed = runner.use(superlists, INPUTS | NO_SETUP | ONE_STORY)
    assert_verdict(rehearsed, "tests-failed")
    log = rehearsed.file("container.log")
    assert "Listening at" in log
    assert "Traceback" not in log
    assert "OperationalError" not in log
    assert rehearsed.outputs["diagnosis"] == "missing-migrations"


def test_without_logging__a_page_is_asked_again(superlists: Repository, runner: Runner) -> None:
    superlists.replace("superlists/settings.py", r"^LOGGING = \{", "NOT_LOGGING = {")
    superlists.replace(
        "superlists/lists/views.py",
        r'(    """Show one list\."""\n)',
        r'\1    raise RuntimeError("the shelf is empty")\n',
    )
    rehearsed = runner.use(superlists, INPUTS | ONE_STORY)
    assert_verdict(rehearsed, "tests-failed")
    assert "the shelf is empty" not in rehearsed.file("container.log")
    asked = rehearsed.file("asked-again.log")
    assert "asked again: GET /lists/1/" in asked
    assert 'views.py", line' in asked
    assert "RuntimeError: the shelf is empty" in asked
    assert "RuntimeError: the shelf is empty" in rehearsed.errors


def test_without_allowed_host__it_does_not_start(superlists: Repository, runner: Runner) -> None:
    rehearsed = runner.use(superlists, INPUTS | NO_SETUP | {"env": ""})
    assert_verdict(rehearsed, "crashed")
    assert "KeyError: 'DJANGO_ALLOWED_HOST'" in rehearsed.file("container.log")


def test_with_an_empty_allowed_host__it_does_not_start(
    superlists: Repository, runner: Runner
) -> None:
    rehearsed = runner.use(superlists, INPUTS | NO_SETUP | {"env": "DJANGO_ALLOWED_HOST="})
    assert_verdict(rehearsed, "crashed")
    assert "DJANGO_ALLOWED_HOST is set but empty" in rehearsed.file("container.log")


def test_with_another_allowed_host__it_is_never_ready(
    superlists: Repository, runner: Runner
) -> None:
    rehearsed = runner.use(superlists, INPUTS | {"env": "DJANGO_ALLOWED_HOST=example.com"})
    assert_verdict(rehearsed, "not-ready")
    assert "400" in rehearsed.errors
    assert "Invalid HTTP_HOST header: 'localhost:" in rehearsed.file("container.log")


def test_without_user__the_image_s_own_test_sees_root(superlists: Repository, run_id: str) -> None:
    superlists.replace("Dockerfile", r"^USER .*\n", "")
    # An image of its own: the real one keeps its name.
    superlists.replace(
        "superlists/tests/e2e/engine.py", "^IMAGE = .*$", f'IMAGE = "superlists:{run_id}"'
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "superlists/tests/e2e", "-k", "test_user"],
        cwd=superlists.root,
        env=clean_environment() | {"REHEARSAL_E2E": run_id, "PYTHON_IMAGE": base_image()},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    print(done.stdout)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "FAILED superlists/tests/e2e/test_image.py::test_user" in done.stdout
    assert "'0'" in done.stdout
