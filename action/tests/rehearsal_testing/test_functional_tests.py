"""The stories of superlists, in each way in which people run them, each run judged by its output.

Every run happens in a copy of the checkout, so that collected files and databases of the working
tree play no part.
"""

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.error import HTTPError, URLError

import pytest

from ..e2e.machine import free_port
from .sandbox import CHECKOUT, Sandbox

pytestmark = pytest.mark.e2e

MANAGE = ["manage.py", "test", "functional_tests"]
ALONE = MANAGE
PARALLEL = [*MANAGE, "--parallel=2"]
PYTEST = ["-m", "pytest", "functional_tests"]
STORIES = {
    "functional_tests.test_layout_and_styling.LayoutAndStylingTest.test_layout_and_styling",
    "functional_tests.test_new_visitor.NewVisitorTest.test_can_start_a_todo_list",
    "functional_tests.test_two_visitors.TwoVisitorsTest.test_two_visitors_get_two_lists",
}


@pytest.fixture
def checkout(sandbox: Sandbox) -> Sandbox:
    for name in ("manage.py", "gunicorn.conf.py", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, sandbox.code)
    ours = shutil.ignore_patterns("__pycache__", "tests", "node_modules")
    for name in ("superlists", "functional_tests", "action/rehearsal_testing"):
        shutil.copytree(CHECKOUT / name, sandbox.code / name, ignore=ours)
    return sandbox


@contextmanager
def superlists(
    sandbox: Sandbox, variables: Mapping[str, str] | None = None, *, migrated: bool = True
) -> Iterator[str]:
    """Serve superlists as its image does, and yield HOST:PORT once it answers."""
    variables = {**(variables or {}), "DJANGO_DB_PATH": str(sandbox.folder / "db.sqlite3")}
    if migrated:
        assert sandbox.run(["manage.py", "migrate", "--verbosity=0"], variables)[0] == 0
    address = f"localhost:{free_port()}"
    with (sandbox.folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", address, "superlists.wsgi:application"],
            cwd=sandbox.code,
            env=sandbox.environ(variables),
            stdout=log,
            stderr=log,
        )
        try:
            wait_for_answer(address)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=60)
    print((sandbox.folder / "server.log").read_text())


def production(host: str) -> dict[str, str]:
    return {
        "DJANGO_DEBUG_FALSE": "1",
        "DJANGO_SECRET_KEY": "for this test",
        "DJANGO_ALLOWED_HOST": host,
    }


def wait_for_answer(address: str) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            urllib.request.urlopen(f"http://{address}/", timeout=10).close()
        except HTTPError:
            return
        except (URLError, OSError):
            assert time.monotonic() < deadline, "superlists did not start"
            time.sleep(0.05)
        else:
            return


def failed(sandbox: Sandbox) -> set[str]:
    return {path.name for path in sandbox.evidence.glob("*")}


@pytest.mark.parametrize(
    "command,browser,end",
    [
        (ALONE, "chrome", r"\nRan 3 tests in .*\n\nOK\n"),
        (PARALLEL, "chrome", r"\nRan 3 tests in .*\n\nOK\n"),
        (PYTEST, "chrome", r"= 3 passed in "),
        (PARALLEL, "firefox", r"\nRan 3 tests in .*\n\nOK\n"),
    ],
    ids=["manage.py", "parallel", "pytest", "firefox"],
)
def test_stories__pass_on_a_server_of_their_own(
    checkout: Sandbox, command: list[str], browser: str, end: str
) -> None:
    # As in a checkout, where nobody has set PYTHONPATH.
    code, printed = checkout.run(command, {"BROWSER": browser, "PYTHONPATH": ""})
    assert re.search(end, printed)
    assert code == 0
    assert "Exception" not in printed
    assert {file.stem for file in checkout.junit.iterdir()} == STORIES
    assert failed(checkout) == set()
    checkout.assert_nothing_is_left()


@pytest.mark.parametrize("command", [ALONE, PYTEST], ids=["manage.py", "pytest"])
def test_stories__pass_on_a_running_server_without_a_database(
    checkout: Sandbox, command: list[str]
) -> None:
    with superlists(checkout) as address:
        code, printed = checkout.run(
            command, {"TEST_SERVER": address, "DJANGO_DB_PATH": "/nowhere/at/all"}
        )
    assert code == 0
    assert "test database" not in printed
    assert {file.stem for file in checkout.junit.iterdir()} == STORIES


@pytest.mark.parametrize("command", [PARALLEL, PYTEST], ids=["parallel", "pytest"])
def test_stories__fail_where_nothing_listens(checkout: Sandbox, command: list[str]) -> None:
    with socket.socket() as taken:
        # Bound and not listening: nobody else can answer there meanwhile.
        taken.bind(("127.0.0.1", 0))
        address = f"localhost:{taken.getsockname()[1]}"
        started = time.monotonic()
        code, printed = checkout.run(command, {"TEST_SERVER": address})
    assert code == 1
    assert "ERR_CONNECTION_REFUSED" in printed
    assert f"Does anything answer at http://{address}?" in printed
    assert re.search(r"FAILED \(errors=3\)|= 3 failed in", printed)
    assert failed(checkout) == STORIES
    assert time.monotonic() - started < 60


def test_stories__without_style_sheet_only_the_layout_fails(checkout: Sandbox) -> None:
    with superlists(checkout, production("localhost")) as address:
        code, printed = checkout.run(ALONE, {"TEST_SERVER": address})
    assert code == 1
    assert re.search(r"AssertionError: \d\d(\.\d+)? != 512 within 10 delta", printed)
    assert "FAILED (failures=1)" in printed
    (layout,) = failed(checkout)
    assert layout.endswith(".test_layout_and_styling")
    console = (checkout.evidence / layout / "console.log").read_text()
    assert "404 (Not Found)" in console
    assert ".css" in console


def test_stories__a_host_that_is_not_allowed(checkout: Sandbox) -> None:
    with superlists(checkout, production("example.com")) as address:
        code, printed = checkout.run([*ALONE, "--failfast"], {"TEST_SERVER": address})
    assert code == 1
    assert "AssertionError: 'To-Do' not found in 'Bad Request (400)'" in printed


def test_stories__tables_are_missing(checkout: Sandbox) -> None:
    story = "functional_tests.test_new_visitor"
    with superlists(checkout, production("localhost"), migrated=False) as address:
        code, printed = checkout.run([*MANAGE[:-1], story], {"TEST_SERVER": address})
    assert code == 1
    assert "selenium.common.exceptions.NoSuchElementException: Message: " in printed
    assert '[id="id_list_table"]' in printed
    assert "Waited 10 s for the row '1: Buy peacock feathers' in the list." in printed
