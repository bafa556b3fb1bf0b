"""Checks before anything is started: where a rehearsal cannot work, or must not run."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rehearsal.config.rehearsal_plan import Plan
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError

# Workflows on these events have the repository's secrets, and strangers can start them or choose
# what they check out; the value says how.
# Source: "Keeping your GitHub Actions and workflows secure: preventing pwn requests".
PRIVILEGED_EVENTS = {
    "pull_request_target": "a pull request from any fork starts it",
    "workflow_run": "a workflow that ran a stranger's code can start it and leave files for it",
    "issue_comment": "anyone who can comment starts it",
    "issues": "anyone who can open an issue starts it",
    "discussion": "anyone who can open a discussion starts it",
    "discussion_comment": "anyone who can comment starts it",
    "pull_request_review": "anyone who can review starts it",
    "pull_request_review_comment": "anyone who can review starts it",
    "repository_dispatch": "its payload, which names the code, comes from outside",
}

LOCAL_ENGINE = regex(r"(unix|npipe|fd)://|tcp://(localhost|127\.|\[::1\])")


def check_environment(
    plan: Plan,
    environ: Mapping[str, str],
    *,
    engine_host: str,
    why_foreign: Callable[[Path], str],
) -> None:
    """Raise `MisconfiguredError` if a rehearsal cannot work, or is not safe, in this environment.

    `engine_host` is the URL of the engine, or empty for the client's default. `why_foreign` says
    why a path may hold other code than the event's commit; it returns an empty string if not.
    """
    if environ.get("GITHUB_WORKSPACE", "").startswith("/__w/"):
        raise MisconfiguredError(
            "This job runs in a container, but the app's port is published on the host.",
            hint="Remove container: from the job. Install the tools that the tests need in a step, "
            "or with test-requirements.",
        )
    if engine_host and not LOCAL_ENGINE.match(engine_host):
        raise MisconfiguredError(
            f"The container engine is on another host ({engine_host}), so the app's port would be "
            "published there.",
            hint="Use an engine on this machine: unset DOCKER_HOST, or docker context use default.",
        )
    event = environ.get("GITHUB_EVENT_NAME", "")
    is_at_risk = event in PRIVILEGED_EVENTS and plan.caller_secret_names
    if is_at_risk and (found := next(_foreign_code(plan, why_foreign), "")):
        raise MisconfiguredError(
            f"On {event} ({PRIVILEGED_EVENTS[event]}) this step would hand the repository's "
            f"secrets ({', '.join(plan.caller_secret_names)}) to code that may not be the "
            f"repository's own: {found}.",
            hint="Its author could read them. Run on pull_request instead, and list the "
            "secrets for which any value will do in generate-secrets. If this workflow itself "
            "made the code, give it to a job on another event.",
        )


def why_no_test_cache(environ: Mapping[str, str]) -> str:
    """Return why a runner must not keep the tests' environment, or an empty string.

    Tests can write into it, whatever is checked later. So code that strangers may have written must
    not leave one for a run that has secrets. GitHub keeps the caches of a pull request apart; a
    runner of one's own does not.
    """
    event = environ.get("GITHUB_EVENT_NAME", "")
    if event in PRIVILEGED_EVENTS:
        return f"on {event}, {PRIVILEGED_EVENTS[event]}"
    if event == "pull_request" and environ.get("RUNNER_ENVIRONMENT") != "github-hosted":
        return "on a runner of one's own, a pull request could leave code for the runs after it"
    return ""


def _foreign_code(plan: Plan, why_foreign: Callable[[Path], str]) -> Iterator[str]:
    """Yield each input whose code may not be that of the event's commit, and why."""
    if plan.image and not plan.trust_image:
        yield (
            f"nobody can tell what code is in the input image ({plan.image}). If a step of this "
            "job built it from the event's own commit, set trust-image: 'true'"
        )
    for name, path in _code_paths(plan):
        if reason := why_foreign(path):
            yield f"{name} ({path}) {reason}"


def _code_paths(plan: Plan) -> Iterator[tuple[str, Path]]:
    """Yield the folders and files whose code gets into the image or runs as a test.

    Images of services are no such code: the workflow itself names them, and on these events it is
    the default branch's. before-command and workers run the rehearsed image.
    """
    for file in plan.companions.compose.files:
        yield "compose-file", file
    if not plan.image:
        yield "context", plan.build.context
        yield "dockerfile", plan.build.dockerfile
    if plan.suite.command:
        yield "working-directory", plan.directory
        if plan.suite.requirements:
            yield "test-requirements", plan.suite.requirements


def check_build_context(plan: Plan, folder: Path) -> None:
    """Raise `MisconfiguredError` if the build context holds the folder for logs and evidence."""
    if not plan.image and folder.resolve().is_relative_to(plan.build.context):
        raise MisconfiguredError(
            f"The input context is {str(plan.build.context)!r}. It holds the folder for logs and "
            f"evidence ({folder}), which must not get into the image.",
            hint="Name the app's own folder as context, not a folder above it.",
        )
