"""An event in which a rehearsal would leak: it is refused, with the reason.

All others, and other places where a rehearsal cannot work, the tests of `rehearsal.config` prove.
"""

from .contract import assert_verdict
from .repository import Repository
from .runner import Runner

EVENT = "pull_request_target"
SECRET = {"TINY_KEY": "planted-for-the-events"}
NAMED = {"secrets": "TINY_KEY"}


def test_privileged_event__no_secrets_for_code_of_others(tiny: Repository, runner: Runner) -> None:
    sha = tiny.git("rev-parse", "HEAD").strip()
    tiny.write("app.py", "raise SystemExit('somebody else wrote this')\n")
    tiny.commit("What somebody proposes")
    environment = {"GITHUB_EVENT_NAME": EVENT, "GITHUB_SHA": sha, **SECRET}
    rehearsed = runner.use(tiny, NAMED, environment=environment)
    assert_verdict(rehearsed, "misconfigured")
    for words in (EVENT, "TINY_KEY", "pull_request instead", "generate-secrets"):
        assert words in rehearsed.errors
    assert not rehearsed.outputs["image-id"]
    assert SECRET["TINY_KEY"] not in rehearsed.errors


def test_privileged_event__its_own_commit_may_have_them(tiny: Repository, runner: Runner) -> None:
    sha = tiny.commit("The event's own")
    environment = {"GITHUB_EVENT_NAME": EVENT, "GITHUB_SHA": sha, **SECRET}
    assert_verdict(runner.use(tiny, NAMED, environment=environment), "passed")


def test_privileged_event__no_secrets_for_an_image_of_unknown_origin(
    tiny: Repository, runner: Runner
) -> None:
    sha = tiny.commit("The event's own")
    environment = {"GITHUB_EVENT_NAME": "workflow_run", "GITHUB_SHA": sha, **SECRET}
    rehearsed = runner.use(tiny, NAMED | {"image": "shop:1"}, environment=environment)
    assert_verdict(rehearsed, "misconfigured")
    assert "shop:1" in rehearsed.errors
    assert "trust-image: 'true'" in rehearsed.errors
