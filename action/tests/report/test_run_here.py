"""How to run a test on another machine: on the page and in the summary."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal.report import run_here
from rehearsal.report.page import page
from rehearsal.report.page.failed_tests import MAX_WITH_EVIDENCE
from rehearsal.report.summary import summary
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.origin import Origin
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import Failure

from .page.test_markup import Parsed

README = Path(__file__).parents[3] / "README.md"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
PUSH = Origin(repository="owner/app", commit=COMMIT)
PULL_REQUEST = replace(PUSH, commit="f" * 40, head_commit=COMMIT, pull_request=12)
RERUN = "rehearse --test-command 'pytest -k test_a'"
INSTALL = f"{run_here.INSTALL}\n"
SWITCH = f"git switch --detach {COMMIT}\n"


@pytest.mark.parametrize(
    "origin, command, text",
    [
        (PUSH, RERUN, f"{INSTALL}git fetch origin\n{SWITCH}{RERUN}"),
        (PULL_REQUEST, RERUN, f"{INSTALL}git fetch origin pull/12/head\n{SWITCH}{RERUN}"),
        (replace(PUSH, commit="-x; y"), RERUN, f"{INSTALL}{RERUN}"),
        (replace(PUSH, repository=""), "rehearse", f"{INSTALL}rehearse"),
        (PUSH, "--test-command x", f"{INSTALL}git fetch origin\n{SWITCH}".rstrip()),
    ],
    ids=["push", "pull request", "no commit", "here", "flags alone"],
)
def test_commands(origin: Origin, command: str, text: str) -> None:
    assert run_here.commands(origin, command) == text


def test_install__is_what_the_readme_says() -> None:
    assert f"{run_here.INSTALL}\n" in README.read_text(encoding="utf-8")


def result(count: int = 1, **origin: Any) -> RehearsalResult:
    failed = tuple(
        FailedTestEvidence(failure=Failure(name=f"t{number}", message="m"), rerun=RERUN)
        for number in range(count)
    )
    return RehearsalResult(
        name="r", index=EvidenceIndex(failed=failed), origin=replace(PUSH, **origin)
    )


def test_page_and_summary__fold_how_to_get_there() -> None:
    made = str(page(result()))
    before = f"{run_here.IF_INSTALLED}at commit <code>0123456</code>:</p>"
    assert made.index("<h4>Run this test on your machine</h4>") < made.index(before)
    assert made.index(before) < made.index('<div class="paste">')
    folded = made.partition(f"<details><summary>{run_here.TITLE}</summary>")[2]
    shown = Parsed(folded.partition("</details>")[0]).text
    assert run_here.NEEDS in shown
    assert shown.endswith(run_here.commands(PUSH, RERUN))
    text = summary(result())
    assert f"<summary>{run_here.TITLE}</summary>" in text
    assert SWITCH in text
    title = f"**Run this test on your machine**<br>{run_here.IF_INSTALLED}"
    assert f"{title}at commit `0123456`:\n" in text
    run = "https://github.example/owner/app/actions/runs/77"
    link = f"[`0123456`](https://github.example/owner/app/commit/{COMMIT})"
    assert f" at commit {link}:\n" in summary(result(run=run))
    unknown = result(commit="")
    assert f"{run_here.IF_INSTALLED}of the repository:</p>" in str(page(unknown))
    assert f"{title}of the repository:\n" in summary(unknown)


def test_page_and_summary__say_nothing_of_it_on_the_machine_itself() -> None:
    here = result(repository="")
    assert run_here.TITLE not in str(page(here))
    assert run_here.TITLE not in summary(here)
    assert run_here.IF_INSTALLED not in f"{page(here)}{summary(here)}"


def test_page_and_summary__on_the_machine_itself_say_what_is_rehearsed() -> None:
    here = result(repository="")
    assert f'</h4><p class="soft">{run_here.ON_DISK}</p><div class="paste">' in str(page(here))
    shown = run_here.ON_DISK.removesuffix(".")
    assert f"**Run this test on your machine**<br>{shown}:\n" in summary(here)
    assert shown not in f"{page(result())}{summary(result())}"
    (test,) = here.index.failed
    flags = EvidenceIndex(failed=(replace(test, rerun="--test-command x"),))
    added = replace(here, index=flags)
    assert shown not in f"{page(added)}{summary(added)}"


def test_page__says_it_for_the_tests_that_have_evidence() -> None:
    made = str(page(result(MAX_WITH_EVIDENCE + 5)))
    assert made.count(f"<summary>{run_here.TITLE}</summary>") == MAX_WITH_EVIDENCE
