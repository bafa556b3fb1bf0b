"""The examples of the README, run as they stand: only the action comes from this checkout."""

from pathlib import Path

import pytest

from .act import Act
from .machine import CHECKOUT
from .repository import Repository
from .workflow import recorded

EXAMPLES = CHECKOUT / "docs/examples"
PUBLISHED = "OWNER/dress-rehearsal/action@v0.1.0"
PLANTED = {"DJANGO_SECRET_KEY": "planted by the scenarios of the README"}


def example(name: str) -> str:
    text = (EXAMPLES / name).read_text()
    assert PUBLISHED in text
    here = text.replace(f"- uses: {PUBLISHED}", "- id: rehearsal\n        uses: ./action")
    return recorded(here, "rehearse")


def test_rehearse__five_lines_do_for_an_app_without_tests(tiny: Repository, act: Act) -> None:
    run = act.push(tiny, example("rehearse.yml"), secrets=PLANTED)
    assert run.exit_code == 0
    assert run.steps["rehearsal"].outputs["verdict"] == "passed"
    assert "No test was asked for" in run.summary


def test_django__superlists_passes(superlists: Repository, act: Act) -> None:
    run = act.push(superlists, example("django.yml"))
    assert run.exit_code == 0
    assert run.steps["rehearsal"].outputs["verdict"] == "passed"
    assert run.steps["rehearsal"].outputs["tests"] == "3"


@pytest.mark.parametrize(
    "page, verdict",
    [
        pytest.param("It works", "passed", id="passes"),
        pytest.param("It worked", "tests-failed", id="fails-on-another-heading"),
    ],
)
def test_any_app__base_class(page: str, verdict: str, tiny: Repository, act: Act) -> None:
    test = (EXAMPLES / "test_home_page.py").read_text()
    tiny.write("functional_tests/test_home_page.py", test)
    tiny.write("functional_tests/requirements.txt", selenium())
    tiny.replace("app.py", "It works", page)
    run = act.push(tiny, example("any-app.yml"))
    outputs = run.steps["rehearsal"].outputs
    assert (outputs["verdict"], outputs["tests"]) == (verdict, "1")
    pictures = [file for each in run.artifacts.values() for file in each.rglob("screenshot.png")]
    assert len(pictures) == (verdict == "tests-failed")


def selenium() -> str:
    """Return the pin that the suite of this checkout uses."""
    lines = Path(CHECKOUT, "functional_tests/requirements.txt").read_text().splitlines()
    return next(line for line in lines if line.startswith("selenium==")) + "\n"
