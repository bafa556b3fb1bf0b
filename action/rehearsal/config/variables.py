"""Read and check the inputs that hold variables and secrets.

Errors give the number of a line, never what stands in it: the line may be part of a secret whose
value was broken into lines.
"""

import re
import secrets as randomness
from collections.abc import Mapping

from rehearsal.config.inputs import Inputs
from rehearsal.redaction.secret import (
    CLIENT_VARIABLES,
    VARIABLE_NAME,
    Secret,
    Variable,
    parse_variables,
)
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError

# Programs read names like `discovery.type`, `a-b__c`, `a[0]`. Others come from a typo, from quotes,
# or from a list or a comment that was meant for YAML.
USUAL_NAME = regex(r"[\w./:\[\]-]+\Z")
# The ending decides: SECRET_KEY_FILE and TOKEN_LIFETIME are not secrets. It is a word of its own,
# or the last one in camel case. Quotes and spaces before the `=` become a part of the name.
SECRET_LIKE_NAME = regex(
    r"(?:^|(?i:[^A-Z0-9])|(?<=[a-z0-9])(?=[A-Z]))"
    r"(?i:SECRET|TOKEN|PASSWORD|PASSWD|(?:SECRET|PRIVATE|API|ACCESS)[_.-]?KEY)[\s\"']*\Z"
)
# In bytes, for NAME=value with its NUL. Source: execve(2), MAX_ARG_STRLEN.
LONGEST_VARIABLE = 128 << 10
# In bytes, for the variables of one input. Linux allows 2 MiB for all variables of a program.
LONGEST_TOGETHER = 1 << 20
LENGTH_HINT = "Put long values into files, and give the files to the container with volumes."


def read_secrets(
    inputs: Inputs,
    source: str,
    environ: Mapping[str, str],
    generated: Mapping[str, str] | None = None,
) -> tuple[Secret, ...]:
    """Return the secrets of the input `source`; one without a value gets it from `generated`.

    Raises `MisconfiguredError` if a secret is empty or not set, or if the engine's client uses
    its name.
    """
    generated = generated or {}
    found = parse_variables(inputs.block(source), source=source, environ=environ)
    for name, variable in found.items():
        if CLIENT_VARIABLES.match(name):
            raise MisconfiguredError(
                f"{source}, line {variable.line}: this cannot be a secret; the engine's client "
                "reads a variable of this name itself.",
                hint="Give it another name, or set it under env if it is not secret.",
            )
        if variable.blank and name not in generated:
            raise _missing_secret_error(source, name, variable)
    check_lengths(source, found)
    values = {name: variable.value or "" for name, variable in found.items()}
    values |= {
        name: value for name, value in generated.items() if name not in found or found[name].blank
    }
    return tuple(Secret(name=name, value=value) for name, value in values.items())


def generate_secrets(inputs: Inputs) -> dict[str, str]:
    """Return a random value for each name in generate-secrets."""
    names = inputs.lines("generate-secrets")
    if not all(VARIABLE_NAME.match(name) and not CLIENT_VARIABLES.match(name) for name in names):
        raise inputs.error_for(
            "generate-secrets",
            "names of variables, one a line, that the engine's client does not read itself",
        )
    return {name: randomness.token_urlsafe(48) for name in names}


def read_variables(
    inputs: Inputs,
    name: str,
    environ: Mapping[str, str],
    *,
    names: re.Pattern[str] = VARIABLE_NAME,
) -> dict[str, Variable]:
    """Return the variables of an input; `environ` has the values of lines without `=`.

    `names` are the names that may stand before a `=`. Raises `MisconfiguredError` if a variable
    has no value.
    """
    found = parse_variables(inputs.block(name), source=name, environ=environ, names=names)
    for variable in found.values():
        if variable.value is None:
            raise MisconfiguredError(
                f"{name}, line {variable.line}: the step's env: has no such variable (the line "
                "itself is not shown, it may be part of a value).",
                hint="Write NAME=value here, or only NAME and set it in the step's env:.",
            )
    check_lengths(name, found)
    return found


def values(variables: Mapping[str, Variable]) -> dict[str, str]:
    """Return the values by name."""
    return {name: variable.value or "" for name, variable in variables.items()}


def stored_name(variable: str) -> str:
    """Return the name of the repository's secret for a variable: GitHub takes no GITHUB_."""
    return f"APP_{variable}" if variable.upper().startswith("GITHUB_") else variable


def check_lengths(source: str, found: Mapping[str, Variable]) -> None:
    """Raise `MisconfiguredError` for a variable that no program can be started with."""
    together = 0
    for name, variable in found.items():
        size = len(f"{name}={variable.value or ''}\0".encode(errors="surrogateescape"))
        together += size
        if size > LONGEST_VARIABLE:
            raise MisconfiguredError(
                f"{source}, line {variable.line}: the variable has {size >> 10} KiB. Linux starts "
                f"no program with one of more than {LONGEST_VARIABLE >> 10} KiB.",
                hint=LENGTH_HINT,
            )
    if together > LONGEST_TOGETHER:
        raise MisconfiguredError(
            f"{source}: the variables have {together >> 10} KiB together; "
            f"{LONGEST_TOGETHER >> 10} KiB are allowed, since Linux limits what a program gets.",
            hint=LENGTH_HINT,
        )


def _missing_secret_error(source: str, name: str, variable: Variable) -> MisconfiguredError:
    """Return the error for a secret without a value; only a name that is set is surely a name."""
    where = f"{source}, line {variable.line}"
    if variable.value is None:
        return MisconfiguredError(
            f"{where}: the step's env: has no such variable (the line itself is not shown, it may "
            "be part of a secret).",
            hint="Write NAME: ${{ secrets.NAME }} in the step's env:, and only its NAME here. If "
            "this line is part of a value of several lines, move the whole value to env:.",
        )
    known = name if variable.inherited else "NAME"
    random = (
        f"If any value will do, list {name if variable.inherited else 'its name'} in "
        "generate-secrets: each run then gets a random one. Otherwise write "
    )
    return MisconfiguredError(
        f"The secret {name} is empty." if variable.inherited else f"{where}: the secret is empty.",
        hint="GitHub gives no secrets to pull requests from forks and from Dependabot. "
        + (random if source == "secrets" else "In any other run, write ")
        + f"{known}: ${{{{ secrets.{stored_name(known)} }}}} in the step's env:, and {known} under "
        f"{source}.",
    )
