"""Warnings about inputs that are allowed, but may not do what their author expects."""

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address

from rehearsal.config.inputs import Inputs
from rehearsal.config.named_lines import is_quoted
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.config.service_env import parse_service_env
from rehearsal.config.variables import USUAL_NAME
from rehearsal.redaction.secret import ANY_NAME, MIN_MASK_LENGTH, Secret, parse_variables
from rehearsal.redaction.secret_parts import secret_parts
from rehearsal.regex import regex

SHELL = regex(r"(.*/)?(ba|da|a|z)?sh\Z")
VARIABLE_OF_SHELL = regex(r"\$[A-Za-z_{(]")
# They name the repository, the branch and the people; logs and reports name them, too.
RUN_VARIABLES = frozenset(
    f"GITHUB_{name}"
    for name in (
        *("REPOSITORY", "REPOSITORY_OWNER", "REF_NAME", "HEAD_REF", "BASE_REF", "ACTOR"),
        *("TRIGGERING_ACTOR", "JOB", "WORKFLOW", "EVENT_NAME"),
    )
)
# Most logs have some of these, whatever the app is.
COMMON_WORDS = """
    0.0.0.0 127.0.0.1 1234 12345 123456 12345678 admin administrator app apps backend build cache
    changeme container data database debug default demo development django docker error example
    false frontend github http https image info latest linux localhost local main mariadb master
    memcached mongo mongodb mysql nginx node none null password postgres postgresql prod
    production public python queue rabbitmq redis release root secret server service session
    staging start static status system test tester testing tests token true user username users
    version web website worker
"""
HOST_IN_URL = regex(r"://(?:[^/@\s]*@)?([\w.-]+)")
_LOCAL_HOST = r"(?:localhost|127\.0\.0\.1)"
_SERVERS = "postgres|postgresql|postgis|pgsql|mysql2?|mariadb|mongodb|rediss?|valkey|amqps?"
LOCAL_SERVER_URL = regex(rf"\s*(?:{_SERVERS})(?:\+\w+)?://(?:[^/@\s]*@)?{_LOCAL_HOST}(?![\w.-])")
# Like POSTGRES_HOST, but not ALLOWED_HOST.
SERVER_HOST_NAME = regex(
    r"(?:\w*_)?(?:PG|POSTGRES|POSTGRESQL|DB|DATABASE|MYSQL|MARIADB|MONGO|MONGODB|REDIS|RABBITMQ)_?HOST"
)


def plan_warnings(plan: Plan, inputs: Inputs, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the warnings for a plan, its inputs, and the calling step's environment.

    They name secrets, but show neither values nor other names in env.
    """
    return (
        *(warning for name in ("env", "test-env") for warning in _odd_names(inputs, name)),
        *_odd_service_values(inputs),
        *_no_retries(plan),
        *_unread_variables(plan),
        *_local_servers(plan),
        *secret_warnings(plan.secrets, plan, environ),
        *_about_address(plan.container.address),
    )


def secret_warnings(
    secrets: Iterable[Secret], plan: Plan, environ: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the warnings for some of a plan's secrets; they name them, but show no value."""
    words = _words_of_run(plan, environ)
    return tuple(warning for secret in secrets for warning in _about_secret(secret, words))


def _odd_names(inputs: Inputs, source: str) -> Iterator[str]:
    found = parse_variables(inputs.block(source), source=source, environ={}, names=ANY_NAME)
    for name, variable in found.items():
        if not USUAL_NAME.match(name):
            yield (
                f"{source}, line {variable.line}: the name before the = has white space, a quote "
                "or another unusual character, and is handed on with it. Write NAME=value, without "
                "quotes, if that is not meant."
            )


def _odd_service_values(inputs: Inputs) -> Iterator[str]:
    """Yield warnings for values with what a compose file or YAML would take away."""
    for variable in parse_service_env(inputs.block("service-env")).values():
        where, value = f"service-env, line {variable.line}", variable.value or ""
        if is_quoted(value):
            yield f"{where}: the quotes around the value are part of it. Remove them if not meant."
        elif "\n" not in value and re.search(r"\s#", value):
            yield (
                f"{where}: the # and what follows it are a part of the value. A text has no "
                "comments: remove it if that is not meant."
            )


def _no_retries(plan: Plan) -> Iterator[str]:
    """Yield a warning where traces are kept of retries only, and no test is retried."""
    suite = plan.suite
    retries = suite.env.get("REHEARSAL_RETRIES") or str(suite.retries)
    if suite.command and suite.trace == "retry" and retries == "0":
        yield (
            "trace is retry, but test-retries is 0: unless another tool runs failed tests again, "
            "no trace is kept. Set test-retries, or trace: on-failure."
        )


def _unread_variables(plan: Plan) -> Iterator[str]:
    """Yield warnings for workers with `$NAME`, unless a shell of their own reads it."""
    for worker in plan.companions.workers:
        has_shell = any(SHELL.match(word) for word in worker.command)
        if not has_shell and any(VARIABLE_OF_SHELL.search(word) for word in worker.command):
            yield (
                f"workers: no shell reads the arguments of {worker.name}, so the $ in them is not "
                f"replaced. Write {worker.name}=sh -c '…' if a variable is meant."
            )


def _local_servers(plan: Plan) -> Iterator[str]:
    """Yield warnings for variables of the app that look for a service at localhost."""
    companions = plan.companions
    names = [*(each.name for each in companions.services), *companions.compose.lines]
    if not names:
        return
    secrets = {secret.name: secret.value for secret in plan.container.secrets}
    for name, value in {**plan.container.env, **secrets}.items():
        is_local_host = SERVER_HOST_NAME.fullmatch(name) and re.fullmatch(_LOCAL_HOST, value)
        if is_local_host or LOCAL_SERVER_URL.match(value):
            yield (
                f"{name} has the host localhost (or 127.0.0.1), which in the app's container is "
                "that container itself. The host name of a service is its name: "
                f"{', '.join(names)}."
            )


def _about_secret(secret: Secret, words: frozenset[str]) -> Iterator[str]:
    if secret.too_short:
        yield f"The secret {secret.name} is too short to be replaced in logs."
    parts = {part.lower() for part in secret_parts(secret.value)}
    if any(len(part) >= MIN_MASK_LENGTH and part in words for part in parts):
        # Which word it is, and where else it stands, would tell the secret.
        yield (
            f"The secret {secret.name} holds an ordinary word. In names, paths and messages of "
            "this run, that word becomes ***, too, and can be guessed from them. Choose a value "
            "that stands nowhere else. If everybody may see it, move it to env, and list its name "
            "in not-secret if it looks like a secret's; for a service alone, write its value in "
            "service-env."
        )


def _about_address(address: str) -> Iterator[str]:
    if not ip_address(address).is_loopback:
        yield (
            f"publish-address is {address}: while the rehearsal runs, everybody who can reach this "
            "address can open the app, with the data of the tests. The engine publishes ports past "
            "firewalls like ufw."
        )


def _words_of_run(plan: Plan, environ: Mapping[str, str]) -> frozenset[str]:
    """Return words, in lower case, that stand in names and paths of this run, or in most logs.

    Values of variables are no source: they may be made from the secret. Only the hosts in their
    URLs are.
    """
    container = plan.container
    texts = [
        # A name that only a .env file has is not read by this.
        *(environ[name] for name in environ if name in RUN_VARIABLES),
        *map(str, (plan.directory, plan.build.context, plan.build.dockerfile)),
        *(plan.image, plan.build.target, plan.artifact_name, plan.probe.path, container.network),
        *container.volumes,
        *(text for each in plan.companions.services for text in (each.name, each.image)),
        *(worker.name for worker in plan.companions.workers),
        *(host for value in container.env.values() for host in HOST_IN_URL.findall(value)),
    ]
    whole = {text.lower() for text in texts}
    words = {word for text in whole for word in _split(text)}
    return frozenset({*COMMON_WORDS.split(), *whole, *words})


def _split(text: str) -> Iterator[str]:
    """Yield the words of a name or a path: `owner/my-shop` has owner, my-shop, my and shop."""
    yield from re.split(r"[^\w.-]+", text)
    yield from re.split(r"[\W_]+", text)
