"""Read and check the inputs that hold variables and secrets."""

import secrets as randomness
from collections.abc import Mapping

from rehearsal.config.inputs import Inputs
from rehearsal.redaction.secret import CLIENT_VARIABLES, VARIABLE_NAME, Secret, parse_variables
from rehearsal.verdict import MisconfiguredError

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
    found = parse_variables(inputs.block(source), source=source, environ=environ)
    for name, random_value in (generated or {}).items():
        found[name] = found.get(name) or random_value
    for name, value in found.items():
        if CLIENT_VARIABLES.match(name):
            raise MisconfiguredError(
                f"{source}: {name} cannot be a secret; the engine's client reads it itself.",
                hint="Give it another name, or set it under env if it is not secret.",
            )
        if value is None:
            raise _unset_secret_error(inputs, source, name)
        if not value.strip():
            raise MisconfiguredError(
                f"The secret {name} is empty.",
                hint="GitHub gives no secrets to pull requests from forks and from Dependabot. "
                f"If any value will do, list {name} in generate-secrets: each run then gets a "
                f"random one. Otherwise write {name}: ${{{{ secrets.{name} }}}} in the step's "
                f"env:, and {name} under {source}.",
            )
    _check_lengths(source, found)
    return tuple(Secret(name=name, value=value or "") for name, value in found.items())


def generate_secrets(inputs: Inputs) -> dict[str, str]:
    """Return a random value for each name in generate-secrets."""
    names = inputs.lines("generate-secrets")
    if not all(map(VARIABLE_NAME.match, names)):
        raise inputs.error_for("generate-secrets", "names of variables, one a line")
    return {name: randomness.token_urlsafe(48) for name in names}


def read_variables(inputs: Inputs, name: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of an input; `environ` has the values of lines without `=`.

    Raises `MisconfiguredError` if a variable has no value.
    """
    found = parse_variables(inputs.block(name), source=name, environ=environ)
    for variable, value in found.items():
        if value is None:
            raise MisconfiguredError(
                f"{name}: {variable} has no value, here or in the step's env:.",
                hint=f"Write {variable}=value, or set {variable} in the step's env:.",
            )
    _check_lengths(name, found)
    return {variable: value or "" for variable, value in found.items()}


def _check_lengths(source: str, found: Mapping[str, str | None]) -> None:
    """Raise `MisconfiguredError` for a variable that no program can be started with."""
    together = 0
    for name, value in found.items():
        size = len(f"{name}={value}\0".encode(errors="surrogateescape"))
        together += size
        if size > LONGEST_VARIABLE:
            raise MisconfiguredError(
                f"{source}: {name} has {size >> 10} KiB. Linux starts no program with a variable "
                f"of more than {LONGEST_VARIABLE >> 10} KiB.",
                hint=LENGTH_HINT,
            )
    if together > LONGEST_TOGETHER:
        raise MisconfiguredError(
            f"{source}: the variables have {together >> 10} KiB together; "
            f"{LONGEST_TOGETHER >> 10} KiB are allowed, since Linux limits what a program gets.",
            hint=LENGTH_HINT,
        )


def _unset_secret_error(inputs: Inputs, source: str, name: str) -> MisconfiguredError:
    """Return the error for a bare name that is not set. It may be a line of a secret's value."""
    lines = inputs.block(source).splitlines()
    number = next(number for number, line in enumerate(lines, start=1) if line.strip() == name)
    return MisconfiguredError(
        f"{source}, line {number}: the step's env: has no such variable (the line itself is not "
        "shown, it may be part of a secret).",
        hint="Write NAME: ${{ secrets.NAME }} in the step's env:, and only its NAME here. If this "
        "line is part of a value of several lines, move the whole value to env:.",
    )
