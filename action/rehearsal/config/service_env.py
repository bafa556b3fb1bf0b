"""Read the input service-env: variables of the services, and which of them are secrets.

As for all variables, errors give the number of a line, never what stands in it.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from difflib import get_close_matches

from rehearsal.config.inputs import Inputs
from rehearsal.config.named_lines import COMPANION_NAME, mistake_in, unknown_name_hint
from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.config.variables import SECRET_LIKE_NAME, USUAL_NAME, check_lengths
from rehearsal.dataclass import dataclass
from rehearsal.redaction.secret import (
    ANY_NAME,
    CLIENT_VARIABLES,
    LINE_END,
    BadLineError,
    Secret,
    Variable,
    parse_variables,
)
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError

SOURCE = "service-env"
FORM = "NAME.VARIABLE"
FORKS = "GitHub gives no secrets to pull requests from forks and from Dependabot."
BARE_NAME = regex(r"[a-z][a-z0-9-]*\.[A-Za-z_][A-Za-z0-9_]*\Z")
# The step's env may have any secret, under names that nobody can foresee, like
# RABBITMQ_DEFAULT_PASS. Variables with these names hold no secret: if the name of a user, `app`,
# were one, that word would be hidden in all logs.
HARMLESS_NAME = regex(
    r"(?:.*_)?(?:USER|USERNAME|DB|DATABASE|NAME|HOST|HOSTNAME|PORT)\Z", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class ServiceVariables:
    """The variables of one service, by whether their values may be seen."""

    env: dict[str, str] = field(default_factory=dict, repr=False)
    secrets: list[Secret] = field(default_factory=list)


def read_service_env(
    inputs: Inputs,
    environ: Mapping[str, str],
    container: ContainerPlan,
    *,
    services: Mapping[str, object],
    composed: Collection[str] = (),
    secrets: Sequence[Secret],
) -> dict[str, ServiceVariables]:
    """Return the variables of each service.

    `environ` is the calling step's environment, `secrets` are those of the run. A bare name gets
    the app's value in `container`, else that of `environ`. `composed` are the names of services
    that have theirs from compose files. Raises `MisconfiguredError`.
    """
    found = {name: ServiceVariables() for name in services}
    filled: dict[str, Variable] = {}
    harmless = inputs.lines("not-secret")
    shared = {secret.name: secret.value for secret in container.secrets}
    own = secrets_for_services(inputs.block(SOURCE), environ, harmless=harmless)
    known = [secret.value for secret in (*secrets, *own) if not secret.too_short]
    for key, variable in parse_service_env(inputs.block(SOURCE)).items():
        service, name = _split_key(key, variable, services, composed)
        if not variable.inherited and variable.blank and SECRET_LIKE_NAME.search(name):
            raise MisconfiguredError(
                f"{SOURCE}, line {variable.line}: {name} is empty.",
                hint=f"{FORKS} If any value will do, list {name} in generate-secrets, and write "
                f"only {service}.{name} here.",
            )
        value = variable.value or ""
        is_secret = any(part in value for part in known)
        if variable.inherited and name in shared:
            value, is_secret = shared[name], True
        elif variable.inherited and name in container.env:
            value = container.env[name]
        elif variable.inherited:
            value, is_secret = _from_step(service, name, variable, environ, harmless)
        if is_secret and CLIENT_VARIABLES.match(name):
            raise MisconfiguredError(
                f"{SOURCE}, line {variable.line}: {name} cannot be a secret; the engine's client "
                "reads a variable of this name itself.",
                hint=f"If everybody may see its value, write {service}.{name}=value, or list "
                f"{name} in not-secret.",
            )
        filled[key] = replace(variable, value=value)
        if is_secret:
            found[service].secrets.append(Secret(name=name, value=value))
        else:
            found[service].env[name] = value
    check_lengths(SOURCE, filled)
    return found


def service_variable_names(inputs: Inputs) -> frozenset[str]:
    """Return the names of the services' variables; none if the input cannot be read."""
    with suppress(MisconfiguredError):
        return frozenset(key.partition(".")[2] for key in parse_service_env(inputs.block(SOURCE)))
    return frozenset()


def secrets_for_services(
    text: str, environ: Mapping[str, str], *, harmless: Collection[str]
) -> Iterator[Secret]:
    """Yield the secrets that the services get from the step's environment.

    `text` is the input, `harmless` the names in not-secret. Raises `MisconfiguredError`.
    """
    for key, variable in parse_service_env(text).items():
        name = key.partition(".")[2]
        if variable.inherited and _may_be_secret(name, harmless) and (value := environ.get(name)):
            yield Secret(name=name, value=value)


def parse_service_env(text: str) -> dict[str, Variable]:
    """Return the variables by `NAME.VARIABLE`; those that are bare have no value yet.

    Raises `MisconfiguredError`.
    """
    try:
        return parse_variables(
            text,
            source=SOURCE,
            environ={},
            names=ANY_NAME,
            bare_names=BARE_NAME,
            expected=f"expected {FORM}, {FORM}=value or {FORM}<<END",
        )
    except BadLineError as error:
        hint = mistake_in(LINE_END.split(text)[error.line - 1]) or (
            f"Write {FORM}=value, or only {FORM} for the value that the app or the step's env: "
            f"has. A value of several lines stands between {FORM}<<END and END."
        )
        raise MisconfiguredError(error.problem.message, hint=hint) from None


def _split_key(
    key: str, variable: Variable, services: Mapping[str, object], composed: Collection[str]
) -> tuple[str, str]:
    """Return the names of the service and the variable. Raises `MisconfiguredError`."""
    where = f"{SOURCE}, line {variable.line}"
    service, dot, name = key.partition(".")
    if hint := mistake_in(key):
        raise MisconfiguredError(f"{where}: this is not {FORM}=value.", hint=hint)
    if not dot or not name:
        raise MisconfiguredError(
            f"{where}: no service is named before the variable.",
            hint=f"Write {FORM}=value. {unknown_name_hint(services)}",
        )
    if service in composed:
        raise MisconfiguredError(
            f"{where}: {service} is from compose-file, and gets its variables from there.",
            hint=f"Write them in its environment: there; {name}: ${{{name}}} gets the value that "
            f"{name} has in this step.",
        )
    if service not in services:
        near = get_close_matches(service.strip().lower(), services, n=1)
        same = " (with small letters, without spaces)" if service.strip().lower() in near else ""
        raise MisconfiguredError(
            f"{where}: the NAME before the first dot is no service's."
            + (f" Did you mean {near[0]}{same}?" if near else ""),
            hint=(
                f"{unknown_name_hint(services)} The app and its workers get their variables from "
                "env and secrets."
            )
            if COMPANION_NAME.match(service)
            else f"Write {FORM}=value. {unknown_name_hint(services)}",
        )
    if not USUAL_NAME.match(name):
        raise MisconfiguredError(
            f"{where}: the variable's name has white space, a quote or another unusual character.",
            hint=f"Write {FORM}=value, without quotes, and without spaces around the =.",
        )
    return service, name


def _may_be_secret(name: str, harmless: Collection[str]) -> bool:
    """Whether a value of the step's environment has to be hidden."""
    return name not in harmless and not HARMLESS_NAME.match(name)


def _from_step(
    service: str,
    name: str,
    variable: Variable,
    environ: Mapping[str, str],
    harmless: Collection[str],
) -> tuple[str, bool]:
    """Return a value of the step's environment, and whether it is secret."""
    value = environ.get(name)
    if value is None or Variable(value=value, line=0).blank:
        state = "has no value" if value is None else "is empty"
        forks = "" if value is None else f"{FORKS} "
        raise MisconfiguredError(
            f"{SOURCE}, line {variable.line}: {name} {state}. A bare name gets its value from "
            "secrets, generate-secrets, env or the step's env:.",
            hint=f"{forks}Write {service}.{name}=value, list {name} in generate-secrets if any "
            f"value will do, or set it in the step's env: (in container-secrets for a job that "
            "calls rehearsal.yml).",
        )
    return value, _may_be_secret(name, harmless)
