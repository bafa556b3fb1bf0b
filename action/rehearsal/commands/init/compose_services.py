"""Read the services of compose files, as far as possible without Docker Compose."""

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from rehearsal.commands.init.compose_texts import (
    known_environment,
    known_pairs,
    pairs,
    plain_text,
)
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.dockerfile import parse_dockerfile
from rehearsal.source.project_files import ProjectFiles

FILE = regex(r"(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml|(?:production|prod|local|dev)\.ya?ml")
PRODUCTION = regex(r"prod")
# Files for development, and files that override another one.
LAST = regex(r"local|dev|test|ci|override|debug|docs")
PORT = regex(r"[0-9]{1,5}")
KINDS = {
    "postgres": r"post(?:gres|gis)\w*|pgvector|timescaledb\w*",
    "mysql": r"mysql|mariadb|percona",
    "mongo": r"mongo(?:db)?",
    "redis": r"redis(?:-stack)?|valkey|keydb",
    "rabbitmq": r"rabbitmq",
    "memcached": r"memcached",
    "elasticsearch": r"elasticsearch|opensearch",
    "mail": r"mailpit|mailhog|maildev|mailcatcher|axllent-mailpit",
    "minio": r"minio",
}


@dataclass(frozen=True, kw_only=True)
class ComposeService:
    """A service of a compose file.

    `path` is the compose file; `dockerfile` and `context` are the paths of its build. All paths are
    relative to the top of the repository. `image` is its image, or the base image of its build.
    `environment` has the variables whose value is known. `lacks` names a variable or a file that
    the repository does not have, empty if it has all; `command_lacks` names a variable in the
    command that has no value, for which `command` is empty.
    """

    name: str
    path: str
    image: str = ""
    kind: str = ""
    dockerfile: str = ""
    context: str = ""
    target: str = ""
    build_args: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    command_lacks: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    depends: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    lacks: str = ""


def is_whole(services: Sequence[ComposeService]) -> bool:
    """Whether the compose file alone can start all of these services, and there are some."""
    return bool(services) and not any(
        each.lacks or each.dockerfile or not each.image for each in services
    )


def host_name(name: str) -> str:
    """Return the name of a service as the input `services` takes it."""
    found = re.sub(r"[^a-z0-9-]", "-", name.lower()).strip("-")
    return found if found[:1].isalpha() else f"server-{found}"


def is_compose_file(name: str) -> bool:
    """Whether a file may be a compose file, by its name."""
    return FILE.fullmatch(name) is not None


def read_services(project: ProjectFiles, models: Mapping[str, Any]) -> list[ComposeService]:
    """Return the services of all compose files, those of production first.

    `models` are the parsed files by path. A file that is no compose file has no services.
    """
    found: list[ComposeService] = []
    for path in sorted(models, key=_rank):
        model = models[path] if isinstance(models[path], dict) else {}
        services = model.get("services")
        for name, service in (services if isinstance(services, dict) else {}).items():
            if isinstance(service, dict):
                found.append(_service(project, path, str(name), _merged(service)))
    return found


def _rank(path: str) -> tuple[object, ...]:
    return (
        not PRODUCTION.search(path),
        bool(LAST.search(posixpath.basename(path))),
        path.count("/"),
        path,
    )


def _service(
    project: ProjectFiles, path: str, name: str, service: Mapping[str, Any]
) -> ComposeService:
    folder = posixpath.dirname(path) or "."
    build = service.get("build")
    parts = build if isinstance(build, dict) else {"context": build} if build else {}
    context = posixpath.normpath(posixpath.join(folder, str(parts.get("context") or ".")))
    dockerfile = posixpath.join(context, str(parts.get("dockerfile") or "Dockerfile"))
    environment, missing = known_environment(project, folder, service)
    at = posixpath.normpath(dockerfile) if build else ""
    image = _base(project, at) if at else plain_text(service.get("image"), missing)
    depends = service.get("depends_on")
    command, unknown = _words(service.get("command"))
    return ComposeService(
        name=name,
        path=path,
        image=image,
        kind=_kind(image),
        dockerfile=at,
        context=context if build else "",
        target=str(parts.get("target") or ""),
        build_args=known_pairs(pairs(parts.get("args")), []),
        command=command,
        command_lacks=unknown,
        environment=environment,
        depends=tuple(map(str, depends)) if isinstance(depends, list | dict) else (),
        ports=tuple(_ports(service.get("ports"))),
        lacks=next(iter(missing), ""),
    )


def _merged(service: Mapping[str, Any]) -> dict[str, Any]:
    """Return a service with the keys of its YAML merge key `<<`."""
    base = service.get("<<")
    found: dict[str, Any] = {}
    for each in base if isinstance(base, list) else [base]:
        found = _merged(each) | found if isinstance(each, dict) else found
    return found | {key: value for key, value in service.items() if key != "<<"}


def _words(command: object) -> tuple[tuple[str, ...], str]:
    """Return a command's words, or none and the variable in it whose value is not known."""
    missing: list[str] = []
    texts = command if isinstance(command, list) else [command]
    found = [plain_text(each, missing) for each in texts]
    if missing:
        return (), missing[0]
    if isinstance(command, list):
        return tuple(found), ""
    try:
        return tuple(shlex.split(found[0])), ""
    except ValueError:
        return (), ""


def _ports(ports: object) -> Iterator[int]:
    for each in ports if isinstance(ports, list) else []:
        text = str(each.get("target") if isinstance(each, dict) else plain_text(each, []))
        target = text.partition("/")[0].rpartition(":")[2].partition(".")[0]
        if PORT.fullmatch(target):
            yield int(target)


def _base(project: ProjectFiles, dockerfile: str) -> str:
    """Return the image from which a Dockerfile builds its last stage."""
    parsed = parse_dockerfile(project.read(dockerfile))
    stage = parsed.final()
    return parsed.lineage(stage)[-1].base if stage else ""


def _kind(image: str) -> str:
    """Return the kind of a server by its image (a key of KINDS), empty for any other image."""
    name = re.split(r"[:@]", image.rpartition("/")[2])[0].lower()
    return next((kind for kind, names in KINDS.items() if re.fullmatch(names, name)), "")
