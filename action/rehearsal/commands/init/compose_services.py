"""The services that compose files describe, as far as they are known without Compose."""

import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.source.dockerfile import parse_dockerfile
from rehearsal.source.project_files import ProjectFiles

FILE = re.compile(r"(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml|(?:production|prod|local|dev)\.ya?ml")
PRODUCTION = re.compile(r"prod")
# Of development, or changes of another file.
LAST = re.compile(r"local|dev|test|ci|override|debug|docs")
VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|\{(?P<braced>\w+)(?::?-(?P<default>[^}]*))?[^}]*\}|(?P<name>\w+))"
)
# Words instead of a value. A password `changeme` is one: the app and its database have it.
PLACEHOLDER = re.compile(r"your[-_ ]|xxx|[<>]|\.\.\.|!!!|placeholder|insert", re.IGNORECASE)
ENV_LINE = re.compile(r"^(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)=(?P<value>.*)$", re.MULTILINE)
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
    """One service; `path` is that of the file, and `dockerfile` and `context` those of its build.

    `image` is the one that it begins with, if it is built. `environment` holds the values that are
    known. `lacks` names a value or a file that is not in the repository, empty if there is none.
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
    environment: Mapping[str, str] = field(default_factory=dict)
    depends: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    lacks: str = ""


def is_compose_file(name: str) -> bool:
    """Whether a file may be one of Compose, by its name."""
    return FILE.fullmatch(name) is not None


def read_services(project: ProjectFiles, models: Mapping[str, Any]) -> list[ComposeService]:
    """Return the services of all compose files, those of production first.

    `models` are the files' contents by path; what is no compose file has no services.
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
    environment, missing = _environment(project, folder, service)
    at = posixpath.normpath(dockerfile) if build else ""
    image = _base(project, at) if at else _text(service.get("image"), missing)
    depends = service.get("depends_on")
    return ComposeService(
        name=name,
        path=path,
        image=image,
        kind=_kind(image),
        dockerfile=at,
        context=context if build else "",
        target=str(parts.get("target") or ""),
        build_args=_known(_pairs(parts.get("args")), []),
        command=_words(service.get("command")),
        environment=environment,
        depends=tuple(map(str, depends)) if isinstance(depends, list | dict) else (),
        ports=tuple(_ports(service.get("ports"))),
        lacks=next(iter(missing), ""),
    )


def _merged(service: Mapping[str, Any]) -> dict[str, Any]:
    """Return a service with what YAML's `<<` brings into it."""
    base = service.get("<<")
    found: dict[str, Any] = {}
    for each in base if isinstance(base, list) else [base]:
        found = _merged(each) | found if isinstance(each, dict) else found
    return found | {key: value for key, value in service.items() if key != "<<"}


def _environment(
    project: ProjectFiles, folder: str, service: Mapping[str, Any]
) -> tuple[dict[str, str], list[str]]:
    """Return the variables that are known, and what the repository lacks of them."""
    missing: list[str] = []
    found: dict[str, str] = {}
    files = service.get("env_file")
    for each in files if isinstance(files, list) else [files] if files else []:
        name = str(each.get("path") if isinstance(each, dict) else each)
        path = posixpath.normpath(posixpath.join(folder, name))
        if text := project.read(path):
            found |= env_file_values(text)
        else:
            missing.append(path)
    return found | _known(_pairs(service.get("environment")), missing), missing


def env_file_values(text: str) -> dict[str, str]:
    """Return the variables of a file with lines NAME=value, without words instead of a value."""
    found = {
        each["name"]: each["value"].split(" #")[0].strip().strip("\"'")
        for each in ENV_LINE.finditer(text)
    }
    return {name: value for name, value in found.items() if not PLACEHOLDER.search(value)}


def _pairs(part: object) -> Iterator[tuple[str, Any]]:
    if isinstance(part, dict):
        yield from ((str(name), value) for name, value in part.items() if name != "<<")
        if isinstance(base := part.get("<<"), dict):
            yield from _pairs(base)
    elif isinstance(part, list):
        for line in map(str, part):
            name, equals, value = line.partition("=")
            yield name, value if equals else None


def _known(pairs: Iterable[tuple[str, Any]], missing: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        if value is None:
            missing.append(name)
            continue
        before = len(missing)
        text = _text(value, missing)
        if PLACEHOLDER.search(text):
            missing.append(name)
        elif len(missing) == before:
            found[name] = text
    return found


def _text(value: object, missing: list[str]) -> str:
    """Return a value with the defaults of its variables; those without one are missing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)

    def default(found: re.Match[str]) -> str:
        if found["escaped"]:
            return "$"
        if found["default"] is None:
            missing.append(found["braced"] or found["name"])
        return found["default"] or ""

    return VARIABLE.sub(default, str(value))


def _words(command: object) -> tuple[str, ...]:
    if isinstance(command, list):
        return tuple(map(str, command))
    try:
        return tuple(shlex.split(str(command or "")))
    except ValueError:
        return ()


def _ports(ports: object) -> Iterator[int]:
    for each in ports if isinstance(ports, list) else []:
        text = str(each.get("target") if isinstance(each, dict) else _text(each, []))
        target = text.partition("/")[0].rpartition(":")[2].partition(".")[0]
        if target.isdigit():
            yield int(target)


def _base(project: ProjectFiles, dockerfile: str) -> str:
    """Return the image from which a Dockerfile builds its last stage."""
    parsed = parse_dockerfile(project.read(dockerfile))
    stage = parsed.final()
    return parsed.lineage(stage)[-1].base if stage else ""


def _kind(image: str) -> str:
    """Return what a service is, by its image."""
    name = re.split(r"[:@]", image.rpartition("/")[2])[0].lower()
    return next((kind for kind, names in KINDS.items() if re.fullmatch(names, name)), "")
