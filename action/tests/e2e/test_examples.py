"""The examples of the documents, run as they stand: only the action comes from this checkout."""

import json
import shutil
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from .act import Act, ActRun
from .grid import require_image
from .machine import ACTION, CHECKOUT, tool, with_compose
from .repository import Repository, repository_of, selenium
from .services import with_stand_ins
from .shapes import lay_out, use_stand_ins
from .test_laptop import Laptop
from .workflow import with_recorder

EXAMPLES = CHECKOUT / "docs/examples"
PUBLISHED = "OWNER/dress-rehearsal/action@v0.1.0"
PLANTED = {"DJANGO_SECRET_KEY": "planted by the scenarios of the README"}


def example(name: str) -> str:
    text = (EXAMPLES / name).read_text()
    assert PUBLISHED in text
    named = text.replace(f"- uses: {PUBLISHED}", f"- id: rehearsal\n        uses: {PUBLISHED}")
    return with_recorder(named.replace(PUBLISHED, "./action"), "rehearse")


def with_its_test(tiny: Repository, page: str) -> Repository:
    """Give the tiny app the functional test of the README, and a page to hold it against."""
    test = (EXAMPLES / "test_home_page.py").read_text()
    tiny.write("functional_tests/test_home_page.py", test)
    tiny.write("functional_tests/requirements.txt", selenium())
    tiny.replace("app.py", "It works", page)
    return tiny


# Asks for the same heading, and needs neither a browser nor a package.
WITHOUT_A_BROWSER = """
import os, unittest
from urllib.request import urlopen

class HomePageTest(unittest.TestCase):
    def test_greets(self):
        self.assertIn(b"It works", urlopen(os.environ["REHEARSAL_URL"]).read())
"""


WITH_PYTEST = """
from urllib.request import urlopen

def test_greets(app_url):
    assert b"It works" in urlopen(app_url).read()
"""
CYPRESS = [Path(__file__).parent / "stand_ins/cypress" / name for name in ("npm", "npx")]


def with_a_quick_test(app: Repository) -> Repository:
    """Give an app a functional test where only its verdict matters."""
    app.write("functional_tests/test_home_page.py", WITHOUT_A_BROWSER)
    app.write("functional_tests/requirements.txt", "")
    return app


def with_its_page(tiny: Repository, page: str) -> Repository:
    """Give the tiny app that test, and a page to hold it against."""
    tiny.replace("app.py", "It works", page)
    return with_a_quick_test(tiny)


def test_rehearse__five_lines_do_for_an_app_without_tests(tiny: Repository, act: Act) -> None:
    run = act.push(tiny, example("rehearse.yml"), secrets=PLANTED)
    assert run.exit_code == 0
    assert run.steps["rehearsal"].outputs["verdict"] == "passed"
    assert "No tests ran" in run.summary


def test_django__superlists_passes(superlists: Repository, act: Act) -> None:
    run = act.push(superlists, example("django.yml"))
    assert run.exit_code == 0
    assert run.steps["rehearsal"].outputs["verdict"] == "passed"
    assert run.steps["rehearsal"].outputs["tests"] == "3"


def test_django__works_on_what_startproject_makes(workdir: Path, run_id: str) -> None:
    """Its key and its hosts are in settings.py: the example's variables do no harm."""
    # On a laptop the image is named after the folder.
    app = lay_out("startproject", workdir / f"startproject-{run_id}")
    app.write(".github/workflows/rehearse.yml", (EXAMPLES / "django.yml").read_text())
    quick = WITHOUT_A_BROWSER.replace("It works", "The install worked successfully")
    app.write("functional_tests/test_admin.py", quick)
    app.write("functional_tests/requirements.txt", "-r ../requirements.txt\n")
    use_stand_ins(app)
    laptop = Laptop(app, workdir / "laptop", run_id)
    code, log = laptop.run("--audit", "off", program=(sys.executable, "-I", str(ACTION)))
    assert code == 0
    assert "tests:    1 ran, 0 failed" in log


@pytest.mark.parametrize(
    "page, verdict",
    [
        pytest.param("It works", "passed", id="passes"),
        pytest.param("It worked", "tests-failed", id="fails-on-another-heading"),
    ],
)
def test_any_app__base_class(page: str, verdict: str, tiny: Repository, act: Act) -> None:
    run = act.push(with_its_test(tiny, page), example("any-app.yml"))
    outputs = run.steps["rehearsal"].outputs
    assert (outputs["verdict"], outputs["tests"]) == (verdict, "1")
    pictures = [file for each in run.artifacts.values() for file in each.rglob("screenshot.png")]
    assert len(pictures) == (verdict == "tests-failed")


def test_test_cache__the_second_run_installs_nothing(
    tiny: Repository, act: Act, workdir: Path
) -> None:
    tiny.write("functional_tests/__init__.py", "")
    app = with_its_page(tiny, "It works")
    app.write("functional_tests/requirements.txt", "tblib==3.2.2\n")
    # The runner of each job is a new one: its home is empty.
    home = workdir / "home"
    places = {"HOME": str(home), "XDG_CACHE_HOME": "", "CACHES": str(workdir)}
    logs = []
    for _ in range(2):
        home.mkdir()
        run = act.push(app, example("test-cache.yml"), environment=places)
        assert run.steps["rehearsal"].outputs["verdict"] == "passed"
        logs.append(run.log)
        shutil.rmtree(home)
    assert ["The requirements have not changed" in log for log in logs] == [False, True]


@pytest.mark.usefixtures("service_images")
def test_node_postgres__reads_what_before_command_wrote(workdir: Path, act: Act) -> None:
    """It answers with 500 before there is a table."""
    app = repository_of("node_postgres", workdir / "repository")
    run = act.push(app, with_stand_ins(example("node-postgres.yml")))
    assert run.steps["rehearsal"].outputs["verdict"] == "passed"


@pytest.mark.usefixtures("service_images")
def test_compose__the_same_from_a_compose_file(workdir: Path, act: Act) -> None:
    app = repository_of("node_postgres", workdir / "repository")
    app.write("compose.yaml", with_stand_ins((EXAMPLES / "compose.yaml").read_text()))
    with_a_quick_test(app)
    run = act.push(app, example("compose.yml"), environment=with_compose(workdir))
    outputs = run.steps["rehearsal"].outputs
    assert (outputs["verdict"], outputs["tests"]) == ("passed", "1")


def test_build_cache__rehearses_what_the_other_action_built(
    tiny: Repository, act: Act, run_id: str
) -> None:
    image = f"app-{run_id}:rehearsal"
    text = example("build-cache.yml")
    assert text.count("app:rehearsal") == 2
    run = act.push(tiny, text.replace("app:rehearsal", image))
    outputs = run.steps["rehearsal"].outputs
    assert (outputs["verdict"], outputs["image"]) == ("passed", image)
    (build,) = run.builds
    assert (build["cacheFrom"], build["cacheTo"]) == (["type=gha"], ["type=gha,mode=max"])
    assert build["load"] is True


@pytest.mark.parametrize(
    "page, verdict",
    [
        pytest.param("It works", "passed", id="passes"),
        pytest.param("It worked", "tests-failed", id="fails"),
    ],
)
def test_cypress__report_and_screenshots_are_kept(
    page: str, verdict: str, tiny: Repository, act: Act, workdir: Path
) -> None:
    places = {"HOME": str(workdir / "home"), "XDG_CACHE_HOME": "", "CACHES": str(workdir)}
    tiny.replace("app.py", "It works", page)
    tiny.write("package-lock.json", "{}")
    run = act.push(tiny, example("from-cypress.yml"), environment=places, programs=CYPRESS)
    outputs = run.steps["rehearsal"].outputs
    assert (outputs["verdict"], outputs["tests"]) == (verdict, "1")
    pictures = [file for each in run.artifacts.values() for file in each.rglob("*.png")]
    assert len(pictures) == (verdict == "tests-failed")


def test_pytest_docker__its_tests_run_against_the_rehearsed_app(tiny: Repository, act: Act) -> None:
    tiny.write("tests/conftest.py", (EXAMPLES / "conftest_pytest_docker.py").read_text())
    tiny.write("tests/test_home_page.py", WITH_PYTEST)
    tiny.write("tests/requirements.txt", "pytest==9.1.1\npytest-docker==3.2.6\n")
    run = act.push(tiny, example("from-pytest-docker.yml"))
    outputs = run.steps["rehearsal"].outputs
    assert (outputs["verdict"], outputs["tests"]) == ("passed", "1")


# The Grid listens on a port of the machine, as that of test_grid.py does.
@pytest.mark.xdist_group("grid")
def test_grid__its_browser_opens_the_app(tiny: Repository, act: Act) -> None:
    require_image()
    run = act.push(with_its_test(tiny, "It works"), with_stand_ins(example("grid.yml")))
    outputs = run.steps["rehearsal"].outputs
    assert (outputs["verdict"], outputs["tests"]) == ("passed", "1")


GH = Path(__file__).parent / "stand_ins/gh-api/gh"
OURS = "github-actions[bot]"
MARK = "<!-- dress rehearsal -->"
RED = "### ❌ Dress rehearsal: tests-failed"
GREEN = "### ✅ Dress rehearsal: passed"


def comment(identity: int, body: str, login: str = OURS, issue: int = 7) -> dict[str, Any]:
    return {"id": identity, "issue": issue, "user": {"login": login}, "body": body}


# Each has something of ours, and is not.
OTHERS = [
    comment(1, f"I saw this: {MARK}", "a-person"),
    comment(2, f"{MARK} by a person", "a-person"),
    comment(3, "Coverage: 99 %"),
    comment(4, f"{MARK} of another pull request", issue=8),
]


def commented(
    act: Act, tiny: Repository, comments: list[dict[str, Any]], *, head: str = "example/superlists"
) -> tuple[ActRun, list[dict[str, Any]]]:
    """Rehearse a pull request, and return its comments afterwards."""
    tool("jq")
    kept = act.folder / "comments.json"
    kept.write_text(json.dumps(comments))
    pull_request = {
        "number": 7,
        "head": {"ref": "topic", "sha": "0123abc", "repo": {"full_name": head}},
        "base": {"ref": "main"},
    }
    run = act.push(
        tiny,
        example("comment.yml"),
        secrets={"GITHUB_TOKEN": "a token"},
        environment={"GH_COMMENTS": str(kept)},
        programs=[GH],
        pull_request=pull_request,
        job="comment",
    )
    after: list[dict[str, Any]] = json.loads(kept.read_text())
    return run, after


@pytest.mark.parametrize(
    "page, heading, counts",
    [
        pytest.param("It works", GREEN, "1 tests ran, 0 failed, 0 flaky.", id="green"),
        pytest.param("It worked", RED, "1 tests ran, 1 failed, 0 flaky.", id="red"),
    ],
)
def test_comment__says_how_it_ended(
    page: str, heading: str, counts: str, tiny: Repository, act: Act
) -> None:
    run, comments = commented(act, with_its_page(tiny, page), OTHERS)
    assert (run.exit_code == 0) is (heading == GREEN)
    assert comments[:-1] == OTHERS
    assert comments[-1]["issue"] == 7
    lines = comments[-1]["body"].splitlines()
    assert lines[:3] == [MARK, heading, ""]
    assert lines[3].startswith(f"{counts} [What happened](https://github.com/example/superlists/")
    assert f"/actions/runs/{act.run_id})" in lines[3]
    assert lines[4].startswith("[The evidence](http" if heading == RED else "")
    assert "<sub>at 0123abc</sub>" in lines


def test_comment__of_the_push_before_is_written_anew(tiny: Repository, act: Act) -> None:
    before = [*OTHERS, comment(5, f"{MARK}\n{RED}")]
    run, comments = commented(act, with_its_page(tiny, "It works"), before)
    assert run.exit_code == 0
    assert [each["id"] for each in comments] == [1, 2, 3, 4, 5]
    assert comments[:-1] == OTHERS
    assert GREEN in comments[-1]["body"]


def test_comment__on_a_fork_s_pull_request_there_is_none(tiny: Repository, act: Act) -> None:
    run, comments = commented(act, with_its_page(tiny, "It works"), [], head="someone/superlists")
    assert run.exit_code == 0
    assert run.steps["rehearsal"].outputs["verdict"] == "passed"
    assert comments == []


@dataclass(frozen=True, kw_only=True)
class Chat:
    """A chat on the loopback; `seen` holds what each message said, and the programs meanwhile."""

    address: str
    seen: list[tuple[str, str, Any]] = field(default_factory=list)
    programs: list[bytes] = field(default_factory=list)


HUSH = "T0PSECRET"


@pytest.fixture
def chat() -> Iterator[Chat]:
    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.seen.append((self.path, self.headers["Content-Type"], json.loads(body)))
            for each in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    found.programs.append(each.read_bytes())
                except OSError:
                    continue  # It has just ended.
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing: what failed shows in the assertions."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    found = Chat(address=f"http://127.0.0.1:{server.server_port}/services/{HUSH}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "page, said",
    [
        pytest.param("It works", "passed. 1 tests ran, 0 failed, 0 flaky.", id="green"),
        pytest.param("It worked", "tests-failed. 1 tests ran, 1 failed, 0 flaky.", id="red"),
    ],
)
def test_notify__tells_the_chat_how_it_ended(
    page: str, said: str, tiny: Repository, act: Act, chat: Chat
) -> None:
    tool("jq"), tool("curl")
    secrets = {"CHAT_WEBHOOK": chat.address}
    run = act.push(with_its_page(tiny, page), example("notify.yml"), secrets=secrets, job="notify")
    assert (run.exit_code == 0) is (page == "It works")
    ((path, kind, message),) = chat.seen
    assert (path, kind) == (f"/services/{HUSH}", "application/json")
    assert message == {
        "text": f"Dress rehearsal of example/superlists at main: {said} "
        f"https://github.com/example/superlists/actions/runs/{act.run_id}"
    }
    assert any(b"curl" in each for each in chat.programs)
    assert not [each for each in chat.programs if HUSH.encode() in each]
    assert HUSH.encode() not in run.everything_logged


def test_notify__without_an_address_says_what_to_set(tiny: Repository, act: Act) -> None:
    run = act.push(with_its_page(tiny, "It works"), example("notify.yml"), job="notify")
    assert run.exit_code != 0
    assert "Set the secret CHAT_WEBHOOK" in run.log
