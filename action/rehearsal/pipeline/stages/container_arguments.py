"""The arguments of `docker create`, as production would run the image."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.verdict import MisconfiguredError

RESTART = "--restart"
# Workers are not started again. Two containers cannot have one address; with one name, each would
# get a part of what is sent to it.
OPTIONS_OF_THE_APP = {
    RESTART, "--network-alias", "--net-alias", "--ip", "--ip6", "--link-local-ip", "--mac-address",
}  # fmt: skip
# In the engine's own network no further names are given.
NETWORKS_WITHOUT_NAMES = ("bridge", "default")


def create_arguments(
    plan: ContainerPlan, *, image: str, name: str, label: str, directory: Path, alias: str = ""
) -> list[str]:
    """Return the arguments after `docker create`, with the names of secrets but no values.

    Other containers of the network know it by the name `alias`. Without a port in the plan none is
    published.
    """
    names = [secret.name for secret in plan.secrets]
    arguments = common_arguments(name, label, plan.env, names)
    if plan.port:
        address = f"[{plan.address}]" if ":" in plan.address else plan.address
        arguments += ["--publish", f"{address}:{plan.host_port or ''}:{plan.port}"]
    for volume in plan.volumes:
        arguments += ["--mount", mount_argument(volume, directory)]
    arguments += network_arguments(plan.network, alias)
    return [*arguments, *plan.run_options, image, *plan.command]


def common_arguments(
    name: str, label: str, env: Mapping[str, str], inherited: Iterable[str]
) -> list[str]:
    """Return the arguments that each of our containers has: names and variables.

    Those in `inherited` get their values from the client's environment.
    """
    arguments = ["--name", name, "--label", label, "--log-driver", "json-file"]
    for variable in inherited:
        arguments += ["--env", variable]
    for variable, value in env.items():
        arguments += ["--env", f"{variable}={value}"]
    return arguments


def network_arguments(network: str, alias: str = "") -> list[str]:
    """Return the arguments for a network, if there is one, and for a further name in it.

    There is none in a network that takes no names.
    """
    arguments = ["--network", network] if network else []
    if network and alias and network not in NETWORKS_WITHOUT_NAMES:
        arguments += ["--network-alias", alias]
    return arguments


def shared_options(run_options: Iterable[str]) -> Iterator[str]:
    """Yield the options that further containers of the app's image get, too.

    The value of an option may be a line of its own.
    """
    options = iter(run_options)
    for option in options:
        if option in OPTIONS_OF_THE_APP:
            next(options, None)
        elif option.partition("=")[0] not in OPTIONS_OF_THE_APP:
            yield option


def mount_argument(volume: str, directory: Path) -> str:
    """Turn SOURCE:TARGET[:ro] into a value of --mount; a path is relative to `directory`."""
    source, target, *options = volume.split(":")
    if is_host_path(source):
        source = str(resolve_source(source, directory))
        kind = "bind"
    else:
        kind = "volume"
    read_only = ",readonly" if "ro" in options else ""
    return f"type={kind},source={source},target={target}{read_only}"


def require_sources(plan: ContainerPlan, directory: Path) -> None:
    """Raise `MisconfiguredError` if a file or folder of the host that `volumes` names is missing.

    Docker refuses it, while Podman's socket would create a folder, owned by root.
    """
    for volume in plan.volumes:
        source = volume.split(":")[0]
        if is_host_path(source) and _is_missing(path := resolve_source(source, directory)):
            raise MisconfiguredError(
                f"The input volumes has the line {volume!r}, and there is no {path}.",
                hint="Correct the path, which is relative to working-directory, or make the folder "
                "in an earlier step.",
            )


def named_volumes(plan: ContainerPlan) -> list[str]:
    """Return the names of the volumes that are no folders of the host."""
    sources = (volume.split(":")[0] for volume in plan.volumes)
    return [source for source in sources if not is_host_path(source)]


def has_restart_policy(plan: ContainerPlan) -> bool:
    """Return whether the engine starts the container again after it has exited."""
    return any(option.startswith(RESTART) for option in plan.run_options)


def resolve_source(source: str, directory: Path) -> Path:
    """Return the path of a file or folder of the host; a relative one starts in `directory`."""
    return (directory / Path(source).expanduser()).resolve()


def is_host_path(source: str) -> bool:
    """Return whether the source of a volume is a path of the host, and not a volume's name."""
    return source.startswith(("/", ".", "~"))


def _is_missing(path: Path) -> bool:
    try:
        return not path.exists()
    except PermissionError:  # The engine is root, and may see it.
        return False
