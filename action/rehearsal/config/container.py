"""How production would run the container: the inputs that say so, read and checked."""

import re
from collections.abc import Mapping

from rehearsal.config.inputs import Inputs
from rehearsal.config.plan import ContainerPlan
from rehearsal.config.variables import read_generated, read_secrets, read_variables
from rehearsal.verdict import MisconfiguredError

# What names of secrets end in; SECRET_KEY_FILE and TOKEN_LIFETIME are none.
LIKE_A_SECRET = re.compile(
    r"(^|_)(SECRET|SECRET_KEY|TOKEN|PASSWORD|PASSWD|PRIVATE_KEY|API_KEY|ACCESS_KEY)\Z",
    re.IGNORECASE,
)
# A comma or a quote would say more to --mount than where the volume is.
VOLUME = re.compile(r'([A-Za-z0-9][A-Za-z0-9_.-]*|[/.~][^:,"]*):/[^:,"]*(:ro|:rw)?')
# What a rehearsal has to decide: how it finds the container again, reaches it and hears it.
OUR_OPTIONS = frozenset({
    "--name", "--rm", "--detach", "--tty", "--interactive", "--publish", "--publish-all", "--env",
    "--env-file", "--label", "--label-file", "--log-driver", "--attach", "--cidfile", "--network",
    "--net", "--help",
})  # fmt: skip
# Short options can stand together, and the last can carry its value: -itd, -p8080:80, -eNAME.
OUR_SHORT_OPTIONS = re.compile(r"-[ditP]*[ditPpela]")


def read_container(inputs: Inputs, environ: Mapping[str, str]) -> ContainerPlan:
    """Read and check what the container gets, `environ` being the calling step's.

    Raises `MisconfiguredError`.
    """
    generated = read_generated(inputs)
    secrets = read_secrets(inputs, "secrets", environ, generated)
    env = read_variables(inputs, "env", environ)
    for name in env:
        if name in {secret.name for secret in secrets}:
            raise MisconfiguredError(
                f"{name} stands both in env and in secrets.", hint=f"Keep {name} in one of them."
            )
        if LIKE_A_SECRET.search(name):
            raise MisconfiguredError(
                f"env: {name} looks like a secret, and values in env are not kept out of logs and "
                "evidence.",
                hint=f"Move {name} to secrets (or to generate-secrets, where any value will do).",
            )
    return ContainerPlan(
        port=inputs.number("port"),
        host_port=inputs.number("host-port"),
        env=env,
        secrets=secrets,
        generated=frozenset(s.name for s in secrets if s.value == generated.get(s.name)),
        command=inputs.lines("command"),
        volumes=_volumes(inputs),
        network=inputs.text("network"),
        options=_options(inputs),
        setup_command=inputs.block("setup-command").strip(),
    )


def _options(inputs: Inputs) -> tuple[str, ...]:
    for line in inputs.lines("run-options"):
        option, space, _ = line.partition(" ")
        option, equals, _ = option.partition("=")
        if option in OUR_OPTIONS or OUR_SHORT_OPTIONS.match(option):
            raise inputs.wrong(
                "run-options",
                f"without {option}, which a rehearsal sets itself",
                "Use the inputs port, host-port, env, secrets, network and command for these.",
            )
        if option.startswith("-") and space and not equals:
            raise inputs.wrong(
                "run-options",
                "one argument a line",
                f"Write {option}=VALUE, or the value on a line of its own after {option}.",
            )
    return inputs.lines("run-options")


def _volumes(inputs: Inputs) -> tuple[str, ...]:
    for line in inputs.lines("volumes"):
        if not VOLUME.fullmatch(line):
            raise inputs.wrong(
                "volumes",
                "NAME:/path or /host/path:/path, with :ro behind it or not, one a line, and no "
                "comma or double quote in it",
            )
    return inputs.lines("volumes")
