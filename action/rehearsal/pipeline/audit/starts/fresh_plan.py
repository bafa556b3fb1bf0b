"""Plans of further containers: with new volumes, and in no network of the caller's."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISREG

from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.dataclass import dataclass
from rehearsal.pipeline.audit.starts.mounts import (
    LINKS,
    Mount,
    parse_volume,
    read_mounts,
    read_options,
)
from rehearsal.pipeline.stages.container_arguments import (
    NETWORKS_WITHOUT_NAMES,
    is_host_path,
    resolve_source,
)
from rehearsal.results.published_port import DEFAULT_ADDRESS

# The mode of a file that every user can write to.
ANYBODY = 0o666
TMP = "/tmp"  # noqa: S108  (a path in the container)
# It would give all capabilities back.
PRIVILEGED = "--privileged"
CONFINED = ("--cap-drop=ALL", "--security-opt=no-new-privileges")


class NotRepeatableError(Exception):
    """A second container must not be started; the text says why, without a full stop."""


@dataclass(frozen=True, kw_only=True)
class FreshVolumes:
    """Makes what a further container gets in place of the app's volumes.

    Volumes get names that begin with `prefix`. In place of a single file there is an empty one in
    `folder`, whose name begins with `prefix`, too. Paths in the plan are relative to `directory`.
    """

    prefix: str
    folder: Path
    directory: Path

    def plan(self, plan: ContainerPlan, *, network: str = "") -> ContainerPlan:
        """Return the app's plan with new volumes, in another network.

        What is mounted read-only stays. Raises `NotRepeatableError`, and OSError.
        """
        options = tuple(read_options(plan.run_options))
        if any(option.shares_volumes for option in options):
            raise NotRepeatableError("--volumes-from gives it the volumes of another container")
        shared = [mount for mount in read_mounts(plan) if mount.shares_data]
        return replace(
            plan,
            address=DEFAULT_ADDRESS,
            host_port=0,
            network=network,
            volumes=(
                *(line for line in plan.volumes if parse_volume(line).read_only),
                *(
                    f"{self._source(mount, number)}:{mount.target}"
                    for number, mount in enumerate(shared, start=1)
                ),
            ),
            run_options=tuple(
                argument
                for option in options
                if option.name not in LINKS and option.mount not in shared
                for argument in option.arguments
            ),
        )

    def _source(self, mount: Mount, number: int) -> str:
        """Return the name of a new volume, or the path of a new file if a file is mounted."""
        name = f"{self.prefix}-{number}"
        if not is_host_path(mount.source):
            return name
        try:
            found = resolve_source(mount.source, self.directory).stat()
        except (FileNotFoundError, PermissionError):  # The engine, which is root, may see it.
            return name
        if S_ISDIR(found.st_mode):
            return name
        if not S_ISREG(found.st_mode):
            raise NotRepeatableError(f"{mount.source} is mounted, which is no file and no folder")
        path = self.folder / name
        path.touch()
        path.chmod(S_IMODE(found.st_mode))
        try:
            os.chown(path, found.st_uid, found.st_gid)
        except PermissionError:
            path.chmod(ANYBODY)
        return str(path)


def confined(plan: ContainerPlan) -> ContainerPlan:
    """Return the plan without any capability but those that run-options add."""
    options = (option for option in plan.run_options if not option.startswith(PRIVILEGED))
    return replace(plan, run_options=(*options, *CONFINED))


def read_only(plan: ContainerPlan) -> ContainerPlan:
    """Return the plan with a root filesystem that nobody can write to, and a /tmp in memory."""
    has_tmp = TMP in {mount.target for mount in read_mounts(plan)}
    # Docker's own options of a tmpfs would forbid programs there, too.
    tmpfs = () if has_tmp else (f"--tmpfs={TMP}:exec",)
    return replace(plan, run_options=(*plan.run_options, "--read-only", *tmpfs))


def without_secret(plan: ContainerPlan, name: str) -> ContainerPlan:
    """Return the plan without one of its secrets."""
    return replace(plan, secrets=tuple(each for each in plan.secrets if each.name != name))


def with_empty_secret(plan: ContainerPlan, name: str) -> ContainerPlan:
    """Return the plan in which one of its secrets is empty."""
    secrets = (replace(each, value="") if each.name == name else each for each in plan.secrets)
    return replace(plan, secrets=tuple(secrets))


def find_missing(plan: ContainerPlan) -> tuple[str, ...]:
    """Return what the app has and a further container does not, in words for a message."""
    return tuple(_missing(plan))


def _missing(plan: ContainerPlan) -> Iterator[str]:
    if plan.network and plan.network not in NETWORKS_WITHOUT_NAMES:
        yield f"the network {plan.network}"
    names = dict.fromkeys(option.name for option in read_options(plan.run_options))
    yield from (f"{name} in run-options" for name in names if name in LINKS)
    for mount in read_mounts(plan):
        if mount.shares_data and is_host_path(mount.source):
            yield f"what is in {mount.source}"
