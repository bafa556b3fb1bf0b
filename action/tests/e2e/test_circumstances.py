"""Events and places in which a rehearsal would leak or mislead: refused, with the reason."""

import pytest

from .repository import Repository
from .runner import Rehearsed, Runner
from .verdicts import assert_ended

SECRET = {"TINY_KEY": "planted-for-the-events"}
PRIVILEGED = ["pull_request_target", "workflow_run", "issue_comment"]
NAMED = {"secrets": "TINY_KEY"}


def assert_refused(rehearsed: Rehearsed, *said: str) -> None:
    assert_ended(rehearsed, "misconfigured")
    for words in said:
        assert words in rehearsed.errors
    assert not rehearsed.outputs["image-id"]
    assert "planted-for-the-events" not in rehearsed.errors


def with_a_pull_request_checked_out(repository: Repository) -> str:
    """Check out somebody else's commit; return the event's own."""
    event = repository.git("rev-parse", "HEAD").strip()
    repository.write("app.py", "raise SystemExit('somebody else wrote this')\n")
    repository.commit("What somebody proposes")
    return event


@pytest.mark.parametrize("event", PRIVILEGED)
def test_privileged_event__no_secrets_for_code_of_others(
    event: str, tiny: Repository, runner: Runner
) -> None:
    sha = with_a_pull_request_checked_out(tiny)
    environment = {"GITHUB_EVENT_NAME": event, "GITHUB_SHA": sha, **SECRET}
    rehearsed = runner.use(tiny, NAMED, environment=environment)
    assert_refused(rehearsed, event, "TINY_KEY", "pull_request instead", "generate-secrets")


def test_privileged_event__build_secrets_count_too(tiny: Repository, runner: Runner) -> None:
    sha = with_a_pull_request_checked_out(tiny)
    environment = {"GITHUB_EVENT_NAME": PRIVILEGED[0], "GITHUB_SHA": sha, **SECRET}
    rehearsed = runner.use(tiny, {"build-secrets": "TINY_KEY"}, environment=environment)
    assert_refused(rehearsed, "TINY_KEY")


@pytest.mark.parametrize(
    "inputs, own_commit",
    [
        pytest.param(NAMED, True, id="the-event-s-own-commit"),
        pytest.param({"generate-secrets": "TINY_KEY"}, False, id="a-secret-made-for-the-run"),
    ],
)
def test_privileged_event__where_nothing_is_betrayed(
    inputs: dict[str, str], own_commit: bool, tiny: Repository, runner: Runner
) -> None:
    sha = tiny.commit("The event's own" if own_commit else "What somebody proposes")
    environment = {"GITHUB_EVENT_NAME": PRIVILEGED[0], **SECRET}
    if not own_commit:
        environment |= {"GITHUB_SHA": tiny.git("rev-parse", f"{sha}^").strip(), "TINY_KEY": ""}
    assert_ended(runner.use(tiny, inputs, environment=environment), "passed")


def test_pull_request__merges_are_no_privileged_checkout(tiny: Repository, runner: Runner) -> None:
    sha = tiny.commit("The head of a pull request")
    tiny.commit("Its merge, which is what pull_request checks out")
    environment = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_SHA": sha, **SECRET}
    assert_ended(runner.use(tiny, NAMED, environment=environment), "passed")


def test_container_job__is_explained(tiny: Repository, runner: Runner) -> None:
    # GitHub mounts the workspace of a job with `container:` there.
    environment = {"GITHUB_WORKSPACE": "/__w/superlists/superlists"}
    rehearsed = runner.use(tiny, environment=environment)
    assert_refused(rehearsed, "This job runs in a container", "Remove container: from the job")
