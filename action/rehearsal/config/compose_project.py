"""The project that Compose creates: the kept services, without what is not for a rehearsal."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from rehearsal.config.compose_file import image_of
from rehearsal.config.compose_values import Model

# The rehearsal publishes no port of a service, gives each container a name, starts it, and builds
# nothing. Compose's own labels, order and choice of what to start are not needed.
DROPPED_PARTS = frozenset({
    *("build", "container_name", "depends_on", "deploy", "develop", "networks", "ports"),
    *("profiles", "pull_policy", "restart", "scale"),
})  # fmt: skip
# A volume of a rehearsal has no driver: with its options it may be a folder or a server elsewhere.
FRESH_VOLUME: Mapping[str, Any] = {}


def writable_paths(kept: Mapping[str, Model]) -> set[Path]:
    """Return the paths of this machine that services could write to."""
    binds = (each for service in kept.values() for each in _binds(service))
    return {Path(each["source"]) for each in binds if not each.get("read_only")}


def read_only_paths(kept: Mapping[str, Model]) -> set[Path]:
    """Return the paths of this machine that services can only read."""
    binds = (each for service in kept.values() for each in _binds(service))
    return {Path(each["source"]) for each in binds if each.get("read_only")}


def project(model: Model, kept: Mapping[str, Model], fresh: Collection[Path]) -> dict[str, Any]:
    """Return what Compose has to create, apart from the names and labels of one run.

    In place of the `fresh` paths of this machine the services get volumes. Other paths are mounted
    read-only: they are files of the repository, or of its developer.
    """
    volumes: dict[str, Any] = {}
    services = {
        name: _service(name, service, model, fresh, volumes) for name, service in kept.items()
    }
    files = {
        part: {
            name: {"file": each["file"]}
            for name, each in (model.get(part) or {}).items()
            if any(name == used["source"] for one in kept.values() for used in one.get(part) or ())
        }
        for part in ("secrets", "configs")
    }
    return {"services": services, "volumes": volumes, **files}


def labelled(
    unnamed: Mapping[str, Any], *, network: str, label: str, names: Mapping[str, str]
) -> dict[str, Any]:
    """Return a project with the names and the label (`name=value`) of one run.

    `network` is one that exists; `names` are those of the containers, by service.
    """
    key, _, value = label.partition("=")
    return {
        **unnamed,
        # Compose takes no dot here.
        "name": network.replace(".", "-"),
        "services": {
            name: {
                **service,
                "container_name": names[name],
                "labels": {**(service.get("labels") or {}), key: value},
            }
            for name, service in unnamed["services"].items()
        },
        "volumes": {
            name: {"name": f"{network}-{name}", "labels": {key: value}}
            for name in unnamed["volumes"]
        },
        "networks": {"default": {"name": network, "external": True}},
    }


def _service(
    name: str, service: Model, model: Model, fresh: Collection[Path], volumes: dict[str, Any]
) -> dict[str, Any]:
    """Return a service's part of the project; add the volumes that it needs to `volumes`."""
    part = {key: value for key, value in service.items() if key not in DROPPED_PARTS}
    environment = service.get("environment") or {}
    part["image"] = image_of(name, service, model)
    # Compose would look for a variable without a value once more, where other values are.
    part["environment"] = {key: value for key, value in environment.items() if value is not None}
    part["logging"] = {"driver": "json-file"}
    part["networks"] = {"default": {"aliases": sorted(_aliases(service))}}
    part["volumes"] = list(_mounts(name, service, fresh, volumes))
    if resources := (service.get("deploy") or {}).get("resources"):
        part["deploy"] = {"resources": resources}
    return part


def _aliases(service: Model) -> set[str]:
    """Return the further names of a service, in any network of the file."""
    networks = (service.get("networks") or {}).values()
    return {alias for each in networks for alias in (each or {}).get("aliases") or ()}


def _mounts(
    name: str, service: Model, fresh: Collection[Path], volumes: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    for number, mount in enumerate(service.get("volumes") or ()):
        if mount.get("type") == "bind" and Path(mount["source"]) in fresh:
            volume = f"{name}-{number}"
            volumes[volume] = FRESH_VOLUME
            yield {"type": "volume", "source": volume, "target": mount["target"]}
            continue
        if mount.get("type") == "volume" and mount.get("source"):
            volumes[mount["source"]] = FRESH_VOLUME
        yield {**mount, "read_only": True} if mount.get("type") == "bind" else mount


def _binds(service: Model) -> Iterator[Mapping[str, Any]]:
    return (each for each in service.get("volumes") or () if each.get("type") == "bind")
