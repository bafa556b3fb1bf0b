"""What the next rehearsals would lack is told by the first one; who obeys it needs two."""

import html
import json
import shutil
from pathlib import Path

from ..advice import Scenario, obey, write_step
from .contract import assert_verdict
from .faults import PLAIN_APP, PLAIN_TESTS
from .needs import IDS, INPUTS, edit
from .repository import Repository, repository_of
from .runner import ActionResult, Runner
from .suite_faults import TOOLS

FIXTURES = Path(__file__).parent / "fixtures"


def lacking(root: Path, run_id: str) -> Repository:
    repository = repository_of("plain_app", root)
    # The engine takes two images of the same content for one: a neighbour would remove this one.
    repository.write("guestbook/__init__.py", f"# {run_id}\n")
    edit(repository.root)
    return repository


def also_needed(rehearsed: ActionResult) -> dict[str, object]:
    found: dict[str, object] = json.loads(rehearsed.file("verdict.json"))["also-needed"]
    return found


def test_passed__what_the_first_run_listed_is_obeyed(
    workdir: Path, runner: Runner, run_id: str
) -> None:
    """It would take five runs to meet one thing after the other."""
    repository = lacking(workdir / "repository", run_id)
    scenario = Scenario(root=repository.root, inputs=INPUTS)
    write_step(scenario)
    first = runner.use(repository, scenario.inputs)
    assert_verdict(first, "crashed")
    assert first.outputs["diagnosis"] == "missing-variable"
    found = also_needed(first)
    needs, paste = found["needs"], found["paste"]
    assert isinstance(needs, list)
    assert [each["id"] for each in needs] == IDS
    page = first.file("index.html")
    for each in needs:
        assert f"needed:   also, from the source: {each['text']}" in first.log
        assert html.escape(each["text"]) in page
        source = (repository.root / each["file"]).read_text().splitlines()
        assert len(source) >= each["line"] >= 1
    assert "Also needed, from the source" in first.summary
    assert "To fix all of this at once" in first.summary
    assert isinstance(paste, str)

    obeyed = obey(paste, scenario)
    second = runner.use(repository, obeyed.inputs, environment=obeyed.environment)
    assert_verdict(second, "passed")
    assert second.outputs["tests"] == "2"
    assert also_needed(second) == {"needs": [], "paste": ""}
    assert "Also needed" not in second.summary


def test_tests_failed__nothing_more_is_needed(workdir: Path, runner: Runner) -> None:
    """A project that has it all, and of which a test fails, is told nothing more."""
    repository = repository_of("plain_app", workdir / "repository")
    inputs = {**PLAIN_APP, "test-command": f"{PLAIN_TESTS}.test_pages && false"}
    rehearsed = runner.use(repository, inputs)
    assert_verdict(rehearsed, "tests-failed")
    assert also_needed(rehearsed) == {"needs": [], "paste": ""}
    assert "needed:" not in rehearsed.log


def test_passed__the_list_of_an_app_without_django(tiny: Repository, runner: Runner) -> None:
    tiny.replace(
        "app.py",
        r"^FAULT = ",
        'FIRST = os.environ["FIRST_NAME"]\nSECOND = os.environ["SECOND_NAME"]\nFAULT = ',
    )
    # Firefox in a window, and a runner has no display.
    shutil.copy(FIXTURES / "firefox_visit.py", tiny.root)
    inputs = {"test-command": f"{TOOLS} python -m unittest firefox_visit"}
    scenario = Scenario(root=tiny.root, inputs=inputs)
    write_step(scenario)
    first = runner.use(tiny, scenario.inputs)
    assert_verdict(first, "crashed")
    assert "The environment variable FIRST_NAME is missing" in first.errors
    found = also_needed(first)
    needs, paste = found["needs"], found["paste"]
    assert isinstance(needs, list)
    assert isinstance(paste, str)
    second_name, display = needs
    line = second_name["line"]
    assert second_name["text"] == (
        f"app.py:{line} reads SECOND_NAME, which is not set and has no default."
    )
    assert display["text"] == (
        "firefox_visit.py:13 opens Firefox with a window, and this machine has no display."
    )
    obeyed = obey(paste, scenario)
    again = runner.use(tiny, obeyed.inputs, environment=obeyed.environment)
    assert_verdict(again, "passed")
