"""Evaluate the texts of a workflow's step, and say what is missing where that is not possible."""

import re
from typing import Any

from rehearsal.dataclass import dataclass
from rehearsal.local.contexts import ValueSources
from rehearsal.local.dotenv import DOTENV_FILE
from rehearsal.local.expressions.template import interpolate, split_template
from rehearsal.local.expressions.values import (
    Contexts,
    ExpressionError,
    UnknownValueError,
    as_text,
)
from rehearsal.local.job_services import JOB_NETWORK_PATH, JOB_NETWORK_TEXT
from rehearsal.local.step_environment import StepEnvironment
from rehearsal.local.workflow_file import ActionUse
from rehearsal.redaction.secret import Secret
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError

SECRET_SOURCE = regex(r"\bsecrets\b|\bgithub\s*\.\s*token\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Evaluator:
    """Evaluates the texts of one step; `environment` holds what its `env:` has so far."""

    use: ActionUse
    sources: ValueSources
    environment: StepEnvironment

    def text(
        self,
        subject: str,
        value: Any,
        contexts: Contexts,
        input_name: str = "",
        *,
        can_generate: bool = True,
    ) -> str:
        """Return the text of a value with its expressions evaluated.

        `subject` names the value in errors. With `can_generate`, generate-secrets can give it a
        value. Raises `MisconfiguredError`.
        """
        if isinstance(value, list | dict):
            kind = "list" if isinstance(value, list) else "mapping"
            raise MisconfiguredError(
                f"{subject} is a {kind}, and has to be a text.",
                hint="For several items write | after the colon, then one item a line.",
            )
        text = as_text(value)
        try:
            return interpolate(text, contexts)
        except UnknownValueError as error:
            kind, _, variable = error.path.partition(".")
            if kind == "env" and variable in self.environment.errors:
                raise self.environment.errors[variable] from None
            expression = _expression_with(error.path, text)
            raise MisconfiguredError(
                f"{subject} needs {error.path}{expression}, which has no value here.",
                hint=self._hint(error.path, input_name, can_generate=can_generate),
            ) from None
        except ExpressionError as error:
            raise MisconfiguredError(
                f"{subject} holds an expression that cannot be evaluated: {error}.",
                hint=f"Correct it in {self.use.file}{_or_replace(input_name)}.",
            ) from None

    def _hint(self, path: str, input_name: str, *, can_generate: bool) -> str:
        """Say how to give the value that has this path."""
        kind, _, name = path.partition(".")
        or_replace = _or_replace(input_name)
        if not name:
            return f"Only GitHub knows the whole context; name the items that you need{or_replace}."
        if kind in ("secrets", "vars", "env"):
            file = self.sources.checkout.top / DOTENV_FILE
            state = "" if self.sources.dotenv else " (empty or missing now)"
            hint = (
                f"Set it in the environment (export {name}=…), or add a line {name}=… to "
                f"{file}{state}{or_replace}."
            )
            if kind == "secrets" and can_generate:
                hint += f" If any value will do: --generate-secrets {name}."
            return hint
        if path.lower() == JOB_NETWORK_PATH:
            return (
                f"Only the input network can have it here, written as {JOB_NETWORK_TEXT} and "
                "nothing else: it is the network in which the job's services are started."
            )
        if kind == "job" and name.lower().startswith("services."):
            return (
                "The ports of a job's services are not published here: the app reaches a service "
                f"by its id and the port in its container. Or give it with --set {path}=VALUE"
                f"{or_replace}."
            )
        values: Any = self.use.matrix.get(name) if kind == "matrix" else None
        choice = f" (one of {', '.join(map(as_text, values))})" if _is_scalar_list(values) else ""
        return f"Give it with --set {path}=VALUE{choice}{or_replace}."

    def may_be_secret(self, template: Any, text: str) -> bool:
        """Whether a text comes from a secret, by its expressions or by what is in it."""
        used = (Secret(name=n, value=value) for n, value in self.sources.used_secrets.items())
        return any(
            segment.is_expression and SECRET_SOURCE.search(segment.text)
            for segment in split_template(as_text(template))
        ) or any(not secret.too_short and secret.value in text for secret in used)


def _or_replace(input_name: str) -> str:
    return f", or replace the input: --input {input_name}=VALUE" if input_name else ""


def _expression_with(path: str, text: str) -> str:
    """Return, for an error, the expression that contains a path, unless it is only that path."""
    for segment in split_template(text):
        expression = segment.text
        if segment.is_expression and expression != path and path.lower() in expression.lower():
            return f" (${{{{ {expression} }}}})"
    return ""


def _is_scalar_list(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(each, str | float) for each in values)
