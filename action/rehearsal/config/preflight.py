"""Checks before anything is started: where a rehearsal cannot work, or must not run."""

import re
from collections.abc import Mapping
from pathlib import Path

from rehearsal.config.rehearsal_plan import Plan
from rehearsal.verdict import MisconfiguredError

# Workflows on these events have the repository's secrets, but a stranger may choose the code.
# Source: "Keeping your GitHub Actions and workflows secure: preventing pwn requests".
PRIVILEGED_EVENTS = frozenset({"pull_request_target", "workflow_run", "issue_comment"})

LOCAL_ENGINE = re.compile(r"(unix|npipe|fd)://|tcp://(localhost|127\.|\[::1\])")


def check_environment(
    plan: Plan, environ: Mapping[str, str], *, commit: str, engine_host: str
) -> None:
    """Raise `MisconfiguredError` if a rehearsal cannot work, or is not safe, in this environment.

    `commit` is the commit that is checked out, or empty if it is unknown. `engine_host` is the URL
    of the engine, or empty for the client's default.
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
    if (
        event in PRIVILEGED_EVENTS
        and plan.caller_secret_names
        and commit != environ.get("GITHUB_SHA")
    ):
        raise MisconfiguredError(
            f"On {event} this step would hand the repository's secrets "
            f"({', '.join(plan.caller_secret_names)}) to code that is not the repository's own: "
            "what is checked out is not the event's commit.",
            hint="Its author could read them. Run on pull_request instead, and list the secrets "
            "for which any value will do in generate-secrets.",
        )


def check_build_context(plan: Plan, folder: Path) -> None:
    """Raise `MisconfiguredError` if the build context holds the folder for logs and evidence."""
    if not plan.image and folder.resolve().is_relative_to(plan.build.context):
        raise MisconfiguredError(
            f"The input context is {str(plan.build.context)!r}. It holds the folder for logs and "
            f"evidence ({folder}), which must not get into the image.",
            hint="Name the app's own folder as context, not a folder above it.",
        )
