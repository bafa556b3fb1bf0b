"""Services of scenarios: the images that stand in for the official ones, and the containers."""

import json
import re
import subprocess
from typing import Any

from .leftovers import engine
from .machine import CHECKOUT, MissingToolError
from .runner import RunningStep

# tools/services.sh makes them; see their READMEs in stand_ins/.
POSTGRES = "localhost/postgres-stand-in:17"
REDIS = "localhost/redis-stand-in:8"
# tools/grid.sh makes it.
GRID = "localhost/grid-stand-in:4"
_OFFICIAL = {
    "postgres:17": POSTGRES,
    "redis:8": REDIS,
    "selenium/standalone-chrome:4": GRID,
}


def with_stand_ins(workflow: str) -> str:
    """Let the services of a workflow start from the stand-ins, since no registry answers here."""
    for image, stand_in in _OFFICIAL.items():
        workflow = re.sub(rf"(?<=[=\s]){re.escape(image)}$", stand_in, workflow, flags=re.MULTILINE)
    return workflow


def load_images() -> None:
    """Load the images if this engine has none; those of tools/with-engine start without.

    Raises MissingToolError when they are not made.
    """
    ours = [word for image in (POSTGRES, REDIS) for word in ("--filter", f"reference={image}")]
    if len(engine("image", "ls", "--quiet", *ours).split()) == 2:
        return
    saved = CHECKOUT / ".cache/services.tar"
    if not saved.exists():
        raise MissingToolError(f"{saved} is not there. Run `tools/set-up services`, then again.")
    engine("load", "--quiet", "--input", str(saved))


def label(step: RunningStep) -> str:
    """Return the label on what a run has started."""
    (folder,) = step.temp.glob("rehearsal-*")
    return f"dress-rehearsal={folder.name.removeprefix('rehearsal-')}"


def containers(ours: str) -> list[str]:
    """Return the names of the containers with this label; of services they end in their names."""
    return _names("ps", "--all", "--format", "{{.Names}}", ours=ours)


def networks(ours: str) -> list[str]:
    """Return the names of the networks with this label."""
    return _names("network", "ls", "--format", "{{.Name}}", ours=ours)


def container_of(step: RunningStep, service: str) -> str:
    """Return the name of the container of a service, or of a worker."""
    (found,) = [name for name in containers(label(step)) if name.endswith(f"-{service}")]
    return found


def inspected(ours: str) -> list[dict[str, Any]]:
    """Return what the engine knows of each container with this label."""
    try:
        found = engine("inspect", *containers(ours))
    except subprocess.CalledProcessError as error:
        # A container that was removed since they were listed: the others are shown.
        if "no such object" not in error.stderr.lower():
            raise
        found = error.stdout
    return list(json.loads(found))


def anonymous_volumes(ours: str) -> set[str]:
    """Return the volumes without a name of the containers with this label."""
    mounts = [mount for each in inspected(ours) for mount in each["Mounts"]]
    return {mount["Name"] for mount in mounts if mount["Type"] == "volume"}


def all_volumes() -> set[str]:
    return set(engine("volume", "ls", "--quiet").split())


def _names(*command: str, ours: str) -> list[str]:
    return engine(*command, "--filter", f"label={ours}").split()
