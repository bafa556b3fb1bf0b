"""Read a step of a workflow: evaluate its inputs and its environment into a request."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.input_table import INPUTS
from rehearsal.config.workflow_inputs import OWN_INPUTS
from rehearsal.local.contexts import ValueSources
from rehearsal.local.dotenv import DOTENV_FILE
from rehearsal.local.expressions.template import interpolate, split_template
from rehearsal.local.expressions.values import (
    Contexts,
    ExpressionError,
    UnknownValueError,
    as_text,
)
from rehearsal.local.workflow_file import ActionUse
from rehearsal.verdict import MisconfiguredError

# A laptop uploads no artifact, and shares no build cache with other machines.
GITHUB_ONLY_INPUTS = tuple(name for name, each in INPUTS.items() if each.github_only)
# Without effect where the input `image` names an image that is built already.
BUILD_INPUTS = tuple(name for name, each in INPUTS.items() if each.build_only)


class StepEnvironment(Mapping[str, str]):
    """The environment of a step: the process's own, and over it the `env:` of the workflow file.

    A name that only `.env` has can be read, but iteration leaves it out. A variable that could not
    be evaluated raises `MisconfiguredError` when it is read; iteration leaves it out, too.
    """

    def __init__(self, sources: ValueSources) -> None:
        self.workflow_env: dict[str, str] = {}
        self.errors: dict[str, MisconfiguredError] = {}
        self._sources = sources

    def __getitem__(self, name: str) -> str:
        if name in self.errors:
            raise self.errors[name]
        if name in self.workflow_env:
            return self.workflow_env[name]
        if name in self._sources.environ:
            return self._sources.environ[name]
        return self._sources.lookup_variable(name)

    def __iter__(self) -> Iterator[str]:
        names = {**self._sources.environ, **self.workflow_env}
        return (name for name in names if name not in self.errors)

    def __len__(self) -> int:
        return len(list(iter(self)))


def read_step(use: ActionUse, sources: ValueSources, flag_inputs: Mapping[str, str]) -> GivenInputs:
    """Return the request of a step; `flag_inputs` replace the step's own.

    Raises `MisconfiguredError` for a value that is needed and cannot be evaluated on a laptop.
    """
    reader = _StepReader(
        use=use, sources=sources, flag_inputs=flag_inputs, environment=StepEnvironment(sources)
    )
    reader.read_env()
    inputs = reader.read_inputs()
    return GivenInputs(
        inputs=inputs,
        environ=reader.environment,
        top=sources.checkout.top,
        origin=f"{use}, line {use.line}",
        file=use.file,
        is_call=not use.step_number,
        extra_secrets=sources.used_secrets,
        notes=tuple(_notes(use)),
        ignored_inputs=tuple(
            name
            for name in _github_only_inputs(use)
            if name in _written_inputs(use) and name not in inputs
        ),
    )


@dataclass(frozen=True, kw_only=True)
class _StepReader:
    use: ActionUse
    sources: ValueSources
    flag_inputs: Mapping[str, str] = field(repr=False)
    environment: StepEnvironment

    def read_env(self) -> None:
        """Evaluate the `env:` of workflow, job and step; each sees the variables before it.

        An error is kept for the input that reads the variable. A variable that has no value is no
        error if it is listed in generate-secrets.
        """
        environment, generated = self.environment, self._generated_secrets()
        for variables in self.use.env:
            contexts = self.sources.contexts(self.use, dict(environment.workflow_env))
            for name, value in variables.items():
                try:
                    text = self._interpolate(f"{name} in the env of {self.use}", value, contexts)
                except MisconfiguredError as error:
                    environment.workflow_env.pop(name, None)
                    if name not in generated:
                        environment.errors[name] = error
                else:
                    environment.errors.pop(name, None)
                    environment.workflow_env[name] = text

    def read_inputs(self) -> dict[str, str]:
        """Evaluate the inputs that have an effect here."""
        written = _written_inputs(self.use)
        for name, value in self.use.secret_inputs.items():
            written[name] = self._without_generated(value)
        inputs = dict(self.flag_inputs)
        if "image" in written and "image" not in inputs:
            inputs["image"] = self._evaluate_input("image", written["image"])
        unused = {*_github_only_inputs(self.use)}
        if inputs.get("image", "").strip():
            unused.update(BUILD_INPUTS)
        for name, value in written.items():
            if name in INPUTS and name not in inputs and name not in unused:
                inputs[name] = self._evaluate_input(name, value)
        return inputs

    def _generated_secrets(self) -> set[str]:
        """Return the names of the secrets that get a random value if they have none."""
        of_step = self.use.inputs.get("generate-secrets")
        return {*str(self.flag_inputs.get("generate-secrets", of_step) or "").split()}

    def _without_generated(self, secrets: Any) -> Any:
        """Remove the lines of a call's secrets that have no value here and get a random one."""
        if not isinstance(secrets, str):
            return secrets
        generated = self._generated_secrets()
        return "\n".join(
            line
            for line in secrets.split("\n")
            if line.partition("=")[0].strip() not in generated or self._has_value(line)
        )

    def _has_value(self, line: str) -> bool:
        try:
            self._evaluate_input("secrets", line)
        except MisconfiguredError:
            return False
        return True

    def _evaluate_input(self, name: str, value: Any) -> str:
        contexts = self.sources.contexts(self.use, self.environment.workflow_env)
        return self._interpolate(f"The input {name} of {self.use}", value, contexts, name)

    def _interpolate(
        self, subject: str, value: Any, contexts: Contexts, input_name: str = ""
    ) -> str:
        """Return the text of a value with its expressions evaluated.

        `subject` names the value in errors. Raises `MisconfiguredError`.
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
                hint=self._hint(error.path, input_name),
            ) from None
        except ExpressionError as error:
            raise MisconfiguredError(
                f"{subject} holds an expression that cannot be evaluated: {error}.",
                hint=f"Correct it in {self.use.file}{_or_replace(input_name)}.",
            ) from None

    def _hint(self, path: str, input_name: str) -> str:
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
            if kind == "secrets":
                hint += f" If any value will do: --generate-secrets {name}."
            return hint
        values: Any = self.use.matrix.get(name) if kind == "matrix" else None
        choice = f" (one of {', '.join(map(as_text, values))})" if _is_scalar_list(values) else ""
        return f"Give it with --set {path}=VALUE{choice}{or_replace}."


def _written_inputs(use: ActionUse) -> dict[str, Any]:
    """Return `with:` by lower-case name: GitHub ignores the case."""
    return {str(name).lower(): value for name, value in use.inputs.items()}


def _github_only_inputs(use: ActionUse) -> tuple[str, ...]:
    """Return the inputs without effect here; a call runs as one job, so it has more of them."""
    return (*GITHUB_ONLY_INPUTS, *(() if use.step_number else OWN_INPUTS))


def _notes(use: ActionUse) -> Iterator[str]:
    for name in _written_inputs(use):
        if name not in INPUTS and name not in _github_only_inputs(use):
            near = get_close_matches(name, INPUTS, n=1)
            suggestion = f" (did you mean {near[0]}?)" if near else ""
            yield f"The action has no input {name}{suggestion}; GitHub ignores it, too."
    if use.services:
        yield f"The job's services ({', '.join(use.services)}) are not started here."


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
