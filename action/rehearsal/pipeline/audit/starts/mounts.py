"""The mounts of a container: those of the input volumes, and those that run-options add."""

import csv
from collections.abc import Iterable, Iterator

from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.dataclass import dataclass
from rehearsal.pipeline.stages.container_arguments import shared_options

VOLUME, MOUNT, TMPFS, VOLUMES_FROM = "--volume", "--mount", "--tmpfs", "--volumes-from"
# Options that lead to other containers, or to this machine.
LINKS = ("--link", "--add-host")
# The value of these may be the next argument.
WITH_VALUE = (VOLUME, MOUNT, TMPFS, VOLUMES_FROM, *LINKS)
# With one of these a volume without a name may still be a server's folder.
DRIVER_FIELDS = ("volume-driver", "volume-opt")


@dataclass(frozen=True, kw_only=True)
class Mount:
    """What the container has at the path `target`: a volume, or a path of the host.

    With `is_new` it is made for each container: a tmpfs, or a volume without a name. It then has no
    `source`.
    """

    source: str
    target: str
    read_only: bool = False
    is_new: bool = False

    @property
    def shares_data(self) -> bool:
        """Whether a second container with this mount could change the data of the first."""
        return not self.read_only and not self.is_new


@dataclass(frozen=True, kw_only=True)
class Option:
    """An option among run-options, its value if we need it, and the arguments that it consists of.

    A line that is no option has the name "".
    """

    name: str
    value: str = ""
    arguments: tuple[str, ...] = ()

    @property
    def mount(self) -> Mount | None:
        """What it mounts, if anything."""
        if self.name == VOLUME:
            return _volume_mount(self.value)
        if self.name == TMPFS:
            return _new_mount(self.value.partition(":")[0])
        return _long_mount(self.value) if self.name == MOUNT else None

    @property
    def shares_volumes(self) -> bool:
        """Whether it mounts the volumes of another container, for writing."""
        return self.name == VOLUMES_FROM and not self.value.endswith(":ro")


def parse_volume(line: str) -> Mount:
    """Return the mount of a line of the input volumes: SOURCE:TARGET[:ro]."""
    source, target, *options = line.split(":")
    return Mount(source=source, target=target, read_only="ro" in options)


def read_options(run_options: Iterable[str]) -> Iterator[Option]:
    """Yield the options that further containers of an app's image get, in their order."""
    rest = iter(shared_options(run_options))
    for argument in rest:
        name, equals, value = argument.partition("=")
        if argument.startswith("-v"):
            name, value = VOLUME, argument[2:].removeprefix("=")
            equals = value
        arguments: tuple[str, ...] = (argument,)
        if name in WITH_VALUE and not equals:
            value = next(rest, "")
            arguments = (argument, value)
        yield Option(name=name if name.startswith("-") else "", value=value, arguments=arguments)


def read_mounts(plan: ContainerPlan) -> list[Mount]:
    """Return what a plan mounts."""
    options = (option.mount for option in read_options(plan.run_options))
    return [*map(parse_volume, plan.volumes), *filter(None, options)]


def _volume_mount(value: str) -> Mount:
    source, colon, rest = value.partition(":")
    if not colon:
        return _new_mount(source)
    target, _, options = rest.partition(":")
    return Mount(source=source, target=target, read_only="ro" in options.split(","))


def _long_mount(value: str) -> Mount:
    fields = {}
    for part in next(csv.reader([value]), []):
        key, _, text = part.partition("=")
        fields[key.strip().lower()] = text
    source = fields.get("source", fields.get("src", ""))
    target = fields.get("target", fields.get("dst", fields.get("destination", "")))
    has_driver = any(field in fields for field in DRIVER_FIELDS)
    if fields.get("type", "volume") not in {"volume", "bind"} or not (source or has_driver):
        return _new_mount(target)
    read_only = fields.get("readonly", fields.get("ro", "false")).lower() not in {"false", "0"}
    return Mount(source=source, target=target, read_only=read_only)


def _new_mount(target: str) -> Mount:
    return Mount(source="", target=target, is_new=True)
