"""What a child process gets to see of our environment."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from rehearsal.config.plan import SuitePlan

# The inputs hold secrets; the runner's tokens and files are nobody's but the runner's.
OURS = re.compile(
    r"(REHEARSAL_INPUTS|ACTIONS_.*|GITHUB_TOKEN|GH_TOKEN|GITHUB_(ENV|PATH|OUTPUT|STATE|STEP_SUMMARY))\Z"
)


def for_children(environ: Mapping[str, str], secret_names: Iterable[str]) -> dict[str, str]:
    """Return the environment for builds, tests, pip and the engine's client.

    It keeps accidents from happening, not malice: they all run as the same user.
    """
    hidden = {*secret_names}
    return {
        name: value
        for name, value in environ.items()
        if name not in hidden and not OURS.match(name)
    }


def for_tests(
    base: Mapping[str, str],
    suite: SuitePlan,
    *,
    port: int,
    evidence: Path,
    junit: Path,
    packages: Path,
    bin_folder: Path | None,
) -> dict[str, str]:
    """Return the environment of the test command: where the app is, and where traces belong."""
    # A part of the suite that nobody asked us for would be told as the whole.
    base = {name: value for name, value in base.items() if name != "REHEARSAL_SHARD"}
    optional = {"REHEARSAL_SHARD": suite.shard, "SELENIUM_REMOTE_URL": suite.selenium_url}
    return {
        **base,
        **{name: value for name, value in optional.items() if value},
        "TEST_SERVER": f"localhost:{port}",
        "REHEARSAL_URL": f"http://localhost:{port}",
        "REHEARSAL_EVIDENCE": str(evidence),
        "REHEARSAL_JUNIT": str(junit),
        "REHEARSAL_RETRIES": str(suite.retries),
        "PYTHONPATH": _first(str(packages), base.get("PYTHONPATH")),
        "PATH": _first(str(bin_folder or ""), base.get("PATH")),
        **suite.env,
    }


def _first(folder: str, rest: str | None) -> str:
    return os.pathsep.join(filter(None, (folder, rest)))
