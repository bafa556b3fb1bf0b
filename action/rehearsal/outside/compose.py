"""Compose 2, a plugin of the engine's client: it reads compose files and creates containers.

It never starts one.
"""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rehearsal.outside.engine import (
    CALL_TIMEOUT,
    ERROR_PREFIX,
    PENDING_GRACE,
    Engine,
    EngineError,
)
from rehearsal.outside.engine_unreachable import connection_lost
from rehearsal.outside.process import run
from rehearsal.regex import regex

# A service of ours, to read variables with.
PROBE = "dress-rehearsal-variables"
# On standard error, beside errors: time="…" level=warning msg="The \"NAME\" variable is not set. …"
WARNING = regex(r"^time=\S+ level=warning .*$|^WARN\[\d+\].*$", re.MULTILINE)
UNSET = regex(r'The \\*"([^"\\]+)\\*" variable is not set')
# What it prints while it creates something, before an error.
PROGRESS = regex(r"^\s*(Container|Volume|Network) \S+\s+\w+$", re.MULTILINE)


def has_compose(engine: Engine) -> bool:
    """Return whether the client has Compose 2."""
    code, out, _ = _run(engine, ["version", "--short"], env=engine.env)
    return code == 0 and not out.startswith("1.")


def read_raw(engine: Engine, files: Sequence[Path], env: Mapping[str, str]) -> dict[str, Any]:
    """Return what is in the files, merged, with the variables as they stand there.

    Raises `EngineError`.
    """
    out, _ = _config(engine, files, env, ["--no-interpolate"])
    return out


def read_model(
    engine: Engine, files: Sequence[Path], env: Mapping[str, str], variables: Sequence[str]
) -> tuple[dict[str, Any], dict[str, str | None], tuple[str, ...]]:
    """Return what is in the files, merged, with the values of `env` for their variables.

    The second result are the values of `variables`, as the files get them, also from .env; the
    third the names of those that have none, in the files. In the model $$ is a dollar sign. Raises
    `EngineError`.
    """
    # A service that only has these variables: its environment then has their values.
    probe = {"image": "none", "environment": dict.fromkeys(variables)}
    overlay = json.dumps({"services": {PROBE: probe}})
    model, errors = _config(engine, files, env, [], stdin=overlay)
    found = model["services"].pop(PROBE).get("environment") or {}
    values = {
        name: None if value is None else value.replace("$$", "$") for name, value in found.items()
    }
    return model, values, tuple(dict.fromkeys(UNSET.findall(errors)))


def create(engine: Engine, project: Mapping[str, Any]) -> None:
    """Create the containers and volumes of a project, whose images are there. Raises `EngineError`.

    The project goes by standard input, since it has the values of secrets.
    """
    arguments = [
        # Everything has its value; Compose must not read a .env of this folder once more.
        *("--env-file", "/dev/null", "--file", "-", "--project-name", project["name"]),
        *("create", "--no-build", "--pull", "never"),
    ]
    stdin = json.dumps(project)
    code, _, errors = _run(engine, arguments, env=engine.env, stdin=stdin, grace=PENDING_GRACE)
    if code:
        raise EngineError(_message(errors))


def _config(
    engine: Engine,
    files: Sequence[Path],
    env: Mapping[str, str],
    options: Sequence[str],
    *,
    stdin: str = "",
) -> tuple[dict[str, Any], str]:
    """Return the merged files, and what Compose says of them."""
    names = [*map(str, files), *(["-"] if stdin else [])]
    arguments = [
        *(word for name in names for word in ("--file", name)),
        # Whether a service is started is our choice, and not that of its profile.
        *("--profile", "*", "config", "--format", "json", *options),
    ]
    code, out, errors = _run(engine, arguments, env=env, stdin=stdin)
    if code:
        raise EngineError(_message(errors))
    return json.loads(out), errors


def _message(errors: str) -> str:
    text = PROGRESS.sub("", WARNING.sub("", errors)).strip()
    return ERROR_PREFIX.sub("", text) or "Compose failed, without a message."


def _run(
    engine: Engine,
    arguments: Sequence[str],
    *,
    env: Mapping[str, str],
    stdin: str = "",
    grace: float = 0.0,
) -> tuple[int, str, str]:
    try:
        return run(
            [engine.client, "compose", *arguments],
            env=env,
            timeout=CALL_TIMEOUT,
            grace=grace,
            stdin=stdin.encode(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise connection_lost(f"compose: {type(error).__name__}", engine.env) from None
