"""Circumstances in which a rehearsal cannot work, or must not: told before anything is started."""

import re
from collections.abc import Mapping
from pathlib import Path

from rehearsal.config.plan import Plan
from rehearsal.verdict import MisconfiguredError

# These run with the repository's secrets although somebody else chose what is checked out.
# Source: "Keeping your GitHub Actions and workflows secure: preventing pwn requests".
PRIVILEGED_EVENTS = frozenset({"pull_request_target", "workflow_run", "issue_comment"})

LOCAL_ENGINE = re.compile(r"(unix|npipe|fd)://|tcp://(localhost|127\.|\[::1\])")


def check_environment(
    plan: Plan, environ: Mapping[str, str], *, commit: str, engine_host: str
) -> None:
    """Raise `MisconfiguredError` where the circumstances forbid the rehearsal.

    `commit` is what is checked out (empty: unknown), `engine_host` the URL of the engine (empty:
    the client's own default).
    """
    if environ.get("GITHUB_WORKSPACE", "").startswith("/__w/"):
        raise MisconfiguredError(
            "This job runs in a container, and the app would be published on the host outside it.",
            hint="Remove container: from the job. Tools the tests need can be installed by a "
            "step, or brought by test-requirements.",
        )
    if engine_host and not LOCAL_ENGINE.match(engine_host):
        raise MisconfiguredError(
            f"The container engine is on another host ({engine_host}), and the app would be "
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
            hint="Whoever opened the pull request could read them. Run on pull_request instead, "
            "with generate-secrets for what any value will do.",
        )


def check_build_context(plan: Plan, folder: Path) -> None:
    """Raise `MisconfiguredError` when what is kept (below `folder`) would go into the image."""
    if not plan.image and folder.resolve().is_relative_to(plan.build.context):
        raise MisconfiguredError(
            f"The input context is {str(plan.build.context)!r}, and that holds the folder where "
            f"logs and evidence are written ({folder}).",
            hint="Name the folder of the app as context, not one so far up.",
        )
