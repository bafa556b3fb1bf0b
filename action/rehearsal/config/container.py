"""Read and check the inputs that say how to run the container."""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address

from rehearsal.config.inputs import Inputs, quoted
from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.config.service_env import service_variable_names
from rehearsal.config.variables import (
    SECRET_LIKE_NAME,
    generate_secrets,
    read_secrets,
    read_variables,
    values,
)
from rehearsal.redaction.secret import ANY_NAME, Secret, Variable
from rehearsal.regex import regex
from rehearsal.results.published_port import DEFAULT_ADDRESS
from rehearsal.verdict import MisconfiguredError

# A comma or a quote would add options to --mount.
VOLUME = regex(r'([A-Za-z0-9][A-Za-z0-9_.-]*|[/.~][^:,"]*):/[^:,"]*(:ro|:rw)?')
BY_ENV = "Write plain variables in env, and secrets in secrets."
BY_PORT = "Name the app's port in port, and a port of the host in host-port."
BY_NETWORK = "Name the network in network."
BY_ITSELF = "Remove it: a rehearsal has to find the container, and to read its log."
# A rehearsal sets these itself; the value says what to do instead.
RESERVED_OPTIONS = {
    "-e": BY_ENV, "--env": BY_ENV, "--env-file": BY_ENV,
    "-p": BY_PORT, "-P": BY_PORT, "--publish": BY_PORT, "--publish-all": BY_PORT,
    "--network": BY_NETWORK, "--net": BY_NETWORK,
    **dict.fromkeys(
        (
            "-a", "-d", "-i", "-l", "-t", "--attach", "--cidfile", "--detach", "--help",
            "--interactive", "--label", "--label-file", "--log-driver", "--name", "--rm", "--tty",
        ),
        BY_ITSELF,
    ),
}  # fmt: skip
# Short options can be combined, and the last one can include its value: -itd, -p8080:80, -eNAME.
SHORT_OPTION = regex(r"-[ditP]*(?P<letter>[ditPpela])")


def read_container(inputs: Inputs, environ: Mapping[str, str]) -> ContainerPlan:
    """Return how to run the container; `environ` is the calling step's environment.

    Raises `MisconfiguredError`.
    """
    generated = generate_secrets(inputs)
    secrets = read_secrets(inputs, "secrets", environ, generated)
    env = read_variables(inputs, "env", environ, names=ANY_NAME)
    _check_names(inputs, env, secrets)
    return ContainerPlan(
        port=inputs.number("port"),
        address=read_address(inputs),
        host_port=inputs.number("host-port"),
        env=values(env),
        secrets=secrets,
        generated_names=frozenset(s.name for s in secrets if s.value == generated.get(s.name)),
        command=inputs.lines("command"),
        volumes=_volumes(inputs),
        network=inputs.text("network"),
        run_options=_run_options(inputs),
        setup_command=inputs.block("setup-command").strip(),
    )


def read_address(inputs: Inputs) -> str:
    """Return the address of this machine where the app's port is published."""
    return str(ip_address(inputs.text("publish-address") or DEFAULT_ADDRESS))


def _check_names(inputs: Inputs, env: Mapping[str, Variable], secrets: Iterable[Secret]) -> None:
    """Raise `MisconfiguredError` if env has a secret's name, or one that looks like a secret's."""
    secret_names = {secret.name for secret in secrets}
    harmless = inputs.lines("not-secret")
    for_services = service_variable_names(inputs)
    for name in harmless:
        if name in secret_names:
            raise MisconfiguredError(
                f"not-secret lists {quoted(name)}, which is a secret.",
                hint="Remove it from not-secret, or from secrets and generate-secrets.",
            )
        # What a compose file has is not known yet.
        if name not in env and name not in for_services and not inputs.lines("compose-file"):
            raise MisconfiguredError(
                f"not-secret lists {quoted(name)}, and env has no variable of this name"
                f"{', service-env neither' if for_services else ''}.",
                hint="Write each name as in env, without a value, or remove the line.",
            )
    for name, variable in env.items():
        if name in secret_names:
            raise MisconfiguredError(
                f"env, line {variable.line}: secrets has the same name.",
                hint="Keep it in one of them.",
            )
        if SECRET_LIKE_NAME.search(name) and name not in harmless:
            raise MisconfiguredError(
                f"env, line {variable.line}: the name looks like a secret's, and values in env are "
                "not kept out of logs and evidence.",
                hint="Move the line to secrets, or its name to generate-secrets if any value will "
                "do. If the value may be seen by everybody, list the name in not-secret.",
            )


def reserved_option(argument: str) -> str:
    """Return the name of the option in an argument if a rehearsal sets it itself, else nothing."""
    name = _option_name(argument.partition("=")[0])
    return name if name in RESERVED_OPTIONS else ""


def _option_name(option: str) -> str:
    """Return the name without the value that may follow a short one, as in -eNAME=value."""
    if short := SHORT_OPTION.match(option):
        return f"-{short['letter']}"
    return option if option.startswith("--") else option[:2]


def _run_options(inputs: Inputs) -> tuple[str, ...]:
    for number, line in inputs.numbered_lines("run-options"):
        option, equals, _ = line.partition(" ")[0].partition("=")
        name = _option_name(option)
        if name in RESERVED_OPTIONS:
            raise inputs.error_for(
                "run-options",
                f"without {name}, which a rehearsal sets itself",
                RESERVED_OPTIONS[name],
                line=number,
            )
        if option.startswith("-") and " " in line and not equals:
            raise inputs.error_for(
                "run-options",
                "one argument a line",
                f"Write {name}=VALUE, or the value on a line of its own after {name}.",
                line=number,
            )
    return inputs.lines("run-options")


def _volumes(inputs: Inputs) -> tuple[str, ...]:
    for number, line in inputs.numbered_lines("volumes"):
        if not VOLUME.fullmatch(line):
            raise inputs.error_for(
                "volumes",
                "NAME:/path or /host/path:/path, optionally with :ro at the end, one a line, "
                "without commas or double quotes",
                line=number,
            )
    return inputs.lines("volumes")
