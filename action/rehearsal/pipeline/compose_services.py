"""Read the compose files of a plan, through Compose: which services to start, and how."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from rehearsal.config import compose_file, compose_values
from rehearsal.config.child_environment import for_children
from rehearsal.config.compose_project import project, read_only_paths, writable_paths
from rehearsal.config.rehearsal_plan import ContainerPlan, Plan
from rehearsal.config.variables import SECRET_LIKE_NAME
from rehearsal.outside import compose
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.files import read_start
from rehearsal.outside.git import is_ignored
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import CLIENT_VARIABLES, Secret
from rehearsal.verdict import MisconfiguredError

# In bytes. A file that is larger is no password, key or token.
LARGEST_SECRET = 64 << 10


def with_compose_services(plan: Plan, engine: Engine, environ: Mapping[str, str]) -> Plan:
    """Return a plan whose services include those of its compose files.

    `environ` is the calling step's environment. Raises `MisconfiguredError`.
    """
    asked = plan.companions.compose
    if not asked.files:
        return plan
    _require_compose(engine)
    env = {**for_children(environ, ()), **engine.env, **_shared(plan.container)}
    try:
        raw = compose.read_raw(engine, asked.files, env)
        names = sorted(compose_values.variable_names(raw))
        model, values, unset = compose.read_model(engine, asked.files, env, names)
    except EngineError as error:
        raise _refused(str(error), env) from None
    kept = compose_file.kept_services(model, plan)
    compose_values.check_values(unset, raw, kept)
    services = []
    for name in kept:
        service = compose_file.service_plan(name, model, kept, asked)
        variables, secrets = compose_values.service_values(
            kept[name], (raw.get("services") or {}).get(name) or {}, asked.harmless
        )
        services.append(replace(service, env=variables, secrets=secrets))
        _check_built(name, service.image, kept[name], engine)
    secrets = (
        *compose_values.variable_secrets(values, raw, asked.harmless),
        *_file_secrets(compose_values.secret_files(model, kept)),
    )
    composed = replace(
        asked, project=project(model, kept, _fresh_paths(kept, engine.env)), secrets=secrets
    )
    companions = replace(
        plan.companions, services=(*plan.companions.services, *services), compose=composed
    )
    return replace(plan, companions=companions)


def _require_compose(engine: Engine) -> None:
    if engine.versions.is_podman:
        raise MisconfiguredError(
            "The engine is Podman, and compose-file needs Docker with Compose 2.",
            hint="Name the containers in services instead, or use Docker.",
        )
    if not compose.has_compose(engine):
        raise MisconfiguredError(
            f"compose-file needs Compose 2, and the docker client {engine.client} has no plugin "
            "compose.",
            hint="Install it (Debian 13: docker-compose, Ubuntu: docker-compose-v2, from Docker's "
            "own archive: docker-compose-plugin). GitHub's own runners have it. docker-compose "
            "with a hyphen may be Compose 1, which does not help.",
        )


def _shared(container: ContainerPlan) -> dict[str, str]:
    """Return the app's variables that the files may use, except those that the client reads."""
    values = {**container.env, **{each.name: each.value for each in container.secrets}}
    return {name: value for name, value in values.items() if not CLIENT_VARIABLES.match(name)}


def _refused(message: str, env: Mapping[str, str]) -> MisconfiguredError:
    """Return the error for files that Compose refuses; its message may quote a value."""
    hidden = Redactor(
        Secret(name=name, value=value)
        for name, value in env.items()
        if SECRET_LIKE_NAME.search(name)
    )
    return MisconfiguredError(
        f"Compose refuses compose-file: {hidden.redact(message)}",
        hint="On a laptop docker compose config says the same. A variable that must have a value "
        "gets it from secrets, generate-secrets, env, the step's env:, or .env beside the file.",
    )


def _check_built(name: str, image: str, service: compose_values.Model, engine: Engine) -> None:
    if compose_file.is_built(service) and not engine.has_image(image):
        raise MisconfiguredError(
            f"compose-file: the service {name} has build: without image:, and the engine has no "
            f"image {image}.",
            hint="A rehearsal builds only the app. Build this service in an earlier step, with "
            f"docker compose --file FILE build {name}, or name an image that a registry has.",
        )


def _file_secrets(files: Mapping[str, Path]) -> Iterator[Secret]:
    for name, path in files.items():
        try:
            data = read_start(path.resolve(), LARGEST_SECRET + 1)
        except OSError as error:
            raise MisconfiguredError(
                f"compose-file: the file of the secret {name} cannot be read: {path} "
                f"({error.strerror}).",
                hint="Make it in an earlier step. Its path is relative to the compose file.",
            ) from None
        if data.strip() and len(data) <= LARGEST_SECRET:
            yield Secret(name=name, value=data.decode(errors="replace").strip())


def _fresh_paths(
    kept: Mapping[str, compose_values.Model], env: Mapping[str, str]
) -> frozenset[Path]:
    """Return the paths whose place volumes take: a checkout has no such folder, or git ignores it.

    Raises `MisconfiguredError` if a path that is only read is missing.
    """
    if missing := sorted(str(path) for path in read_only_paths(kept) if not path.exists()):
        raise MisconfiguredError(
            f"compose-file: a service mounts {missing[0]}, which is not there.",
            hint="Correct the path, which is relative to the compose file, or make it in an "
            "earlier step.",
        )
    return frozenset(
        path
        for path in writable_paths(kept)
        if not path.exists() or (path.is_dir() and is_ignored(path, env))
    )
