"""The environments of child processes: without what they do not need."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from rehearsal.config.rehearsal_plan import SuitePlan
from rehearsal.regex import regex
from rehearsal.results.published_port import PublishedPort

# The inputs hold secrets; the tokens and files of the runner are for the action only.
WITHHELD = regex(
    r"(REHEARSAL_(INPUTS|OUTPUTS)|ACTIONS_.*|GITHUB_TOKEN|GH_TOKEN"
    r"|GITHUB_(ENV|PATH|OUTPUT|STATE|STEP_SUMMARY))\Z"
)

# They are not always set, and must not come from outside: with a REHEARSAL_SHARD from there, a part
# of the suite would be reported as all of it.
OWN = frozenset({"REHEARSAL_SHARD", "REHEARSAL_PACKAGES", "REHEARSAL_TRACE_PICTURES"})


def for_children(environ: Mapping[str, str], secret_names: Iterable[str]) -> dict[str, str]:
    """Return the environment for builds, tests, pip and the engine's client.

    This prevents accidents, not attacks: all of these run as the same user.
    """
    withheld_names = {*secret_names}
    return {
        name: value
        for name, value in environ.items()
        if name not in withheld_names and not WITHHELD.match(name)
    }


def for_tests(
    base: Mapping[str, str],
    suite: SuitePlan,
    *,
    published: PublishedPort,
    evidence: Path,
    junit: Path,
    python_path: Iterable[Path],
    capture_folder: Path | None,
    bin_folder: Path | None,
) -> dict[str, str]:
    """Return the environment of the test command: `base`, our variables, and those of test-env.

    The capture is imported from `capture_folder`, unless it is off.
    """
    base = {name: value for name, value in base.items() if name not in OWN}
    optional = {
        "REHEARSAL_SHARD": suite.shard,
        "REHEARSAL_PACKAGES": str(capture_folder or ""),
        "REHEARSAL_TRACE_PICTURES": "" if suite.trace_pictures else "off",
        "SELENIUM_REMOTE_URL": suite.selenium_url,
    }
    return {
        **base,
        **{name: value for name, value in optional.items() if value},
        "TEST_SERVER": published.server,
        "REHEARSAL_URL": published.url,
        "REHEARSAL_EVIDENCE": str(evidence),
        "REHEARSAL_JUNIT": str(junit),
        "REHEARSAL_RETRIES": str(suite.retries),
        "REHEARSAL_TRACE": suite.trace,
        "PYTHONPATH": _join(*map(str, python_path), base.get("PYTHONPATH")),
        "PATH": _join(str(bin_folder or ""), base.get("PATH")),
        **suite.env,
    }


def _join(*folders: str | None) -> str:
    return os.pathsep.join(filter(None, folders))
