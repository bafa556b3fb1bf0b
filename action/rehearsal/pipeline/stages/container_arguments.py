"""The arguments of `docker create`, as production would run the image."""

from pathlib import Path

from rehearsal.config.rehearsal_plan import ContainerPlan


def create_arguments(
    plan: ContainerPlan, *, image: str, name: str, label: str, directory: Path
) -> list[str]:
    """Return the arguments after `docker create`, with the names of secrets but no values."""
    arguments = ["--name", name, "--label", label, "--log-driver", "json-file"]
    arguments += ["--publish", f"127.0.0.1:{plan.host_port or ''}:{plan.port}"]
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
    """Turn SOURCE:TARGET[:ro] into a value of --mount; a path is relative to `directory`.

    If the source folder is missing, `--volume` would create it, owned by root; `--mount` fails.
    """
    source, target, *options = volume.split(":")
    if _is_host_path(source):
        source = str((directory / Path(source).expanduser()).resolve())
        kind = "bind"
    else:
        kind = "volume"
    read_only = ",readonly" if "ro" in options else ""
    return f"type={kind},source={source},target={target}{read_only}"


def named_volumes(plan: ContainerPlan) -> list[str]:
    """Return the names of the volumes that are no folders of the host."""
    sources = (volume.split(":")[0] for volume in plan.volumes)
    return [source for source in sources if not _is_host_path(source)]


def has_restart_policy(plan: ContainerPlan) -> bool:
    """Return whether the engine starts the container again after it has exited."""
    return any(option.startswith("--restart") for option in plan.run_options)


def _is_host_path(source: str) -> bool:
    return source.startswith(("/", ".", "~"))
