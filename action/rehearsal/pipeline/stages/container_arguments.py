"""The arguments of `docker create`, as production would run the image."""

from pathlib import Path

from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.verdict import MisconfiguredError


def create_arguments(
    plan: ContainerPlan, *, image: str, name: str, label: str, directory: Path
) -> list[str]:
    """Return the arguments after `docker create`, with the names of secrets but no values."""
    arguments = ["--name", name, "--label", label, "--log-driver", "json-file"]
    address = f"[{plan.address}]" if ":" in plan.address else plan.address
    arguments += ["--publish", f"{address}:{plan.host_port or ''}:{plan.port}"]
    for secret in plan.secrets:
        arguments += ["--env", secret.name]
    for variable, value in plan.env.items():
        arguments += ["--env", f"{variable}={value}"]
    for volume in plan.volumes:
        arguments += ["--mount", mount_argument(volume, directory)]
    if plan.network:
        arguments += ["--network", plan.network]
    return [*arguments, *plan.run_options, image, *plan.command]


def mount_argument(volume: str, directory: Path) -> str:
    """Turn SOURCE:TARGET[:ro] into a value of --mount; a path is relative to `directory`."""
    source, target, *options = volume.split(":")
    if _is_host_path(source):
        source = str(_resolve(source, directory))
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
        if _is_host_path(source) and _is_missing(path := _resolve(source, directory)):
            raise MisconfiguredError(
                f"The input volumes has the line {volume!r}, and there is no {path}.",
                hint="Correct the path, which is relative to working-directory, or make the folder "
                "in an earlier step.",
            )


def named_volumes(plan: ContainerPlan) -> list[str]:
    """Return the names of the volumes that are no folders of the host."""
    sources = (volume.split(":")[0] for volume in plan.volumes)
    return [source for source in sources if not _is_host_path(source)]


def has_restart_policy(plan: ContainerPlan) -> bool:
    """Return whether the engine starts the container again after it has exited."""
    return any(option.startswith("--restart") for option in plan.run_options)


def _is_missing(path: Path) -> bool:
    try:
        return not path.exists()
    except PermissionError:  # The engine is root, and may see it.
        return False


def _resolve(source: str, directory: Path) -> Path:
    return (directory / Path(source).expanduser()).resolve()


def _is_host_path(source: str) -> bool:
    return source.startswith(("/", ".", "~"))
