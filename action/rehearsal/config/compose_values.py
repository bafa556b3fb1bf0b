"""The variables that compose files use: which have no value, and which values are secret."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from rehearsal.config.variables import SECRET_LIKE_NAME
from rehearsal.redaction.secret import Secret
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError

# A part of a compose file, as JSON.
Model = Mapping[str, Any]

# $NAME, ${NAME}, ${NAME:-default}. $$ is a dollar sign.
USED = regex(r"\$(?:\$|\{?([A-Za-z_][A-Za-z0-9_]*))")
# Compose files have values of all kinds of images, like RABBITMQ_DEFAULT_PASS.
SHORT_WORD = regex(r"(?:\A|_)(?:PASS|PWD|PASSPHRASE)\Z", re.IGNORECASE)
URL_NAME = regex(r"UR[IL]|DSN", re.IGNORECASE)
PASSWORD_IN_URL = regex(r"://[^\s/?#:@]*:[^\s/@]+@")
# What is removed from a service's part of a file, so its variables need no value.
UNUSED_PARTS = ("build", "ports", "container_name", "restart")


def used_names(part: object) -> frozenset[str]:
    """Return the names of the variables in a part of a file that is not interpolated."""
    return frozenset(USED.findall(json.dumps(part))) - {""}


def check_values(unset: Collection[str], raw: Model, kept: Collection[str]) -> None:
    """Raise `MisconfiguredError` for a variable without a value that a kept service uses.

    `unset` are the names that Compose warns of, `raw` is the file before interpolation. One that
    no service's part has comes from a file of variables, and may be of any service.
    """
    services = raw.get("services") or {}
    parts = [
        {name: value for name, value in part.items() if name not in UNUSED_PARTS}
        for service, part in services.items()
        if service in kept
    ]
    ours, all_names = used_names(parts), used_names(services)
    if missing := sorted(name for name in unset if name in ours or name not in all_names):
        are = "variables have" if len(missing) > 1 else "variable has"
        raise MisconfiguredError(
            f"compose-file: {'these' if len(missing) > 1 else 'this'} {are} no value: "
            f"{', '.join(missing)}.",
            hint="Give each a value in secrets, generate-secrets, env, the step's env:, or .env "
            "beside the compose file. ${NAME:-default} in the file gives it one, too.",
        )


def variable_names(raw: Model) -> frozenset[str]:
    """Return the names of all variables of a file that look like secrets' or URLs'."""
    return frozenset(
        name for name in used_names(raw) if looks_secret(name) or URL_NAME.search(name)
    )


def variable_secrets(
    values: Mapping[str, str | None], raw: Model, harmless: Collection[str]
) -> Iterator[Secret]:
    """Yield the secrets among the variables of a file; `values` are those of `variable_names`."""
    for name, value in values.items():
        is_secret = looks_secret(name) or PASSWORD_IN_URL.search(value or "")
        if value and is_secret and name not in harmless and not _is_default(value, raw):
            yield Secret(name=name, value=value)


def service_values(
    service: Model, raw: Model, harmless: Collection[str]
) -> tuple[dict[str, str], tuple[Secret, ...]]:
    """Return the variables of a service that may be seen, and its secrets.

    `raw` is its part of the file before interpolation: what stands there may be seen by everybody.
    """
    env, secrets = {}, []
    written = _written(raw)
    for name, text in (service.get("environment") or {}).items():
        if text is None:  # It has no value, and the service does not get it.
            continue
        value = str(text).replace("$$", "$")
        literal = not used_names(written.get(name, "$X"))
        may_be_seen = literal or name in harmless or _is_default(value, raw)
        if looks_secret(name) and value and not may_be_seen:
            secrets.append(Secret(name=name, value=value))
        else:
            env[name] = value
    return env, tuple(secrets)


def secret_files(model: Model, kept: Mapping[str, Model]) -> dict[str, Path]:
    """Return the files that services get as secrets, by the names of the secrets."""
    used = {str(each.get("source")) for part in kept.values() for each in part.get("secrets") or ()}
    return {
        name: Path(each["file"])
        for name, each in (model.get("secrets") or {}).items()
        if name in used and each.get("file")
    }


def looks_secret(name: str) -> bool:
    """Whether the name of a variable looks like a secret's."""
    return bool(SECRET_LIKE_NAME.search(name) or SHORT_WORD.search(name))


def _written(raw: Model) -> dict[str, str]:
    """Return the environment of a service as its file has it, a mapping or a list."""
    found = raw.get("environment") or {}
    if isinstance(found, Mapping):
        return {name: "$X" if value is None else str(value) for name, value in found.items()}
    pairs = (str(entry).partition("=") for entry in found)
    return {name: value if equals else "$X" for name, equals, value in pairs}


def _is_default(value: str, raw: Model) -> bool:
    """Whether the file itself has a value as a default, as in ${NAME:-value}."""
    return f"-{value}}}" in json.dumps(raw, ensure_ascii=False)
