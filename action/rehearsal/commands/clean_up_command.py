"""The hidden sub-command `clean-up`: the action's second step."""

import argparse
from collections.abc import Mapping
from contextlib import suppress

from rehearsal.commands.clean_up import clean_up, read_first_outputs
from rehearsal.commands.command import Command
from rehearsal.config import child_environment
from rehearsal.config.extract_secrets import extract_secrets
from rehearsal.config.inputs import from_action
from rehearsal.outside.github import Console
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import Secret
from rehearsal.verdict import RehearsalError


def run(_: argparse.Namespace, environ: Mapping[str, str], console: Console) -> int:
    """Clean up after the action's first step; always 0."""
    inputs, secrets = _read_if_valid(environ)
    console.redactor = Redactor(secrets)
    env = child_environment.for_children(environ, (secret.name for secret in secrets))
    clean_up(inputs, read_first_outputs(environ), env, console, console.redactor)
    return 0


def _read_if_valid(environ: Mapping[str, str]) -> tuple[dict[str, object], tuple[Secret, ...]]:
    """Return inputs and secrets; none where they cannot be read."""
    inputs: dict[str, object] = {}
    with suppress(RehearsalError):
        inputs = from_action(environ)
        return inputs, extract_secrets(inputs, environ)
    return inputs, ()


COMMAND = Command(add_arguments=lambda _: None, run=run)
