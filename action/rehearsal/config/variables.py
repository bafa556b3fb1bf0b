"""The inputs that hold variables: for the container, the build, the tests; secret or not."""

import secrets as randomness
from collections.abc import Mapping

from rehearsal.config.inputs import Inputs
from rehearsal.redaction.secret import CLIENT_VARIABLES, VARIABLE_NAME, Secret, parse_variables
from rehearsal.verdict import MisconfiguredError


def read_secrets(
    inputs: Inputs,
    source: str,
    environ: Mapping[str, str],
    generated: Mapping[str, str] | None = None,
) -> tuple[Secret, ...]:
    """Read secrets from the input `source`; `generated` values stand in where none is given.

    Raises `MisconfiguredError` where one is empty, unset or cannot be one.
    """
    found = parse_variables(inputs.block(source), source=source, environ=environ)
    for name in generated or ():
        found[name] = found.get(name) or (generated or {})[name]
    for name, value in found.items():
        if CLIENT_VARIABLES.match(name):
            raise MisconfiguredError(
                f"{source}: {name} cannot be a secret; the engine's client reads it itself.",
                hint="Give it another name, or set it under env if it is not secret.",
            )
        if value is None:
            raise _unset(inputs, source, name)
        if not value.strip():
            raise MisconfiguredError(
                f"The secret {name} is empty.",
                hint="Pull requests from forks and from Dependabot are given no secrets. "
                f"Where any value will do, list {name} in generate-secrets, and a random one is "
                f"made for the run. Otherwise set it: {name}: ${{{{ secrets.{name} }}}} in the "
                f"step's env:, and {name} under {source}.",
            )
    return tuple(Secret(name=name, value=value or "") for name, value in found.items())


def read_generated(inputs: Inputs) -> dict[str, str]:
    """Return a random value for each name in generate-secrets."""
    names = inputs.lines("generate-secrets")
    if not all(map(VARIABLE_NAME.match, names)):
        raise inputs.wrong("generate-secrets", "names of variables, one a line")
    return {name: randomness.token_urlsafe(48) for name in names}


def read_variables(inputs: Inputs, name: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Read the variables of an input, a bare name's from `environ`. Raises `MisconfiguredError`."""
    found = parse_variables(inputs.block(name), source=name, environ=environ)
    for variable, value in found.items():
        if value is None:
            raise MisconfiguredError(
                f"{name}: {variable} has no value, and the step's env: has none either.",
                hint=f"Write {variable}=value, or set {variable} in the step's env:.",
            )
    return {variable: value or "" for variable, value in found.items()}


def _unset(inputs: Inputs, source: str, name: str) -> MisconfiguredError:
    """Return the error for a bare name that is not set; it may be a word of a broken value."""
    lines = inputs.block(source).splitlines()
    number = next(number for number, line in enumerate(lines, start=1) if line.strip() == name)
    return MisconfiguredError(
        f"{source}, line {number}: the step's env: has no such variable (the line itself is not "
        "shown, it may be part of a secret).",
        hint="Set it there, NAME: ${{ secrets.NAME }}, and leave its NAME here. If this is a "
        "line of a value, the value has several: they work in env: alone.",
    )
