"""From a step of a workflow to what it asks for: its inputs and its environment, worked out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from rehearsal.config.input_table import INPUTS
from rehearsal.config.request import Request
from rehearsal.config.workflow_inputs import OWN_INPUTS
from rehearsal.local.contexts import Sources
from rehearsal.local.dotenv import FILE
from rehearsal.local.expressions import Context, ExpressionError, Unknown, fill, pieces
from rehearsal.local.expressions.values import as_text
from rehearsal.local.workflow_file import Use
from rehearsal.verdict import Misconfigured

# What these say concerns GitHub alone: the artifact, and caches between runners.
OF_GITHUB = tuple(name for name, each in INPUTS.items() if each.github_only)
OF_A_BUILD = tuple(name for name, each in INPUTS.items() if each.build_only)


class StepEnvironment(Mapping[str, str]):
    """The environment of a step: ours, and over it what the workflow sets.

    Going through it leaves out what could not be worked out, and what `.env` holds; asking for it
    by name gives the latter, and raises `Misconfigured` for the former.
    """

    def __init__(self, sources: Sources) -> None:
        self.values_set: dict[str, str] = {}
        self.failed: dict[str, Misconfigured] = {}
        self._sources = sources

    def __getitem__(self, name: str) -> str:
        if name in self.failed:
            raise self.failed[name]
        if name in self.values_set:
            return self.values_set[name]
        if name in self._sources.environ:
            return self._sources.environ[name]
        return self._sources.private(name)

    def __iter__(self) -> Iterator[str]:
        names = {**self._sources.environ, **self.values_set}
        return (name for name in names if name not in self.failed)

    def __len__(self) -> int:
        return len(list(iter(self)))


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One step being read; what `replaced` holds was given on the command line instead."""

    use: Use
    sources: Sources
    replaced: Mapping[str, str] = field(repr=False)
    environment: StepEnvironment
    notes: list[str] = field(default_factory=list)

    def inputs(self) -> dict[str, str]:
        """Work out the inputs that are used."""
        written = {str(name).lower(): value for name, value in self.use.given.items()}
        written |= {name: self._without_missing(each) for name, each in self.use.secrets.items()}
        for name in written.keys() - INPUTS.keys() - {*_of_github(self.use)}:
            near = get_close_matches(name, INPUTS, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            self.notes.append(f"{name} is no input of the action{hint}: GitHub ignores it, too.")
        found = dict(self.replaced)
        if "image" in written and "image" not in found:
            found["image"] = self.text(f"The input image of {self.use}", written["image"], "image")
        unused = {*_of_github(self.use), *(OF_A_BUILD if found.get("image", "").strip() else ())}
        for name, value in written.items():
            if name in INPUTS and name not in found and name not in unused:
                found[name] = self.text(f"The input {name} of {self.use}", value, name)
        return found

    def variables(self, lenient: set[str]) -> None:
        """Work out the workflow's, the job's and the step's env, each in sight of those before.

        What cannot be is an error only for an input that asks for it, those `lenient` excepted.
        """
        for layer in self.use.env:
            contexts = self._contexts(dict(self.environment.values_set))
            for name, value in layer.items():
                try:
                    text = self._fill(f"{name} in the env of {self.use}", value, "", contexts)
                except Misconfigured as problem:
                    self.environment.values_set.pop(name, None)
                    if name not in lenient:
                        self.environment.failed[name] = problem
                else:
                    self.environment.failed.pop(name, None)
                    self.environment.values_set[name] = text

    def text(self, what: str, value: Any, name: str) -> str:
        """Return the value of an input as a text, every expression in it worked out."""
        return self._fill(what, value, name, self._contexts(self.environment.values_set))

    def _without_missing(self, secrets: Any) -> Any:
        """Return the secrets of a call without those that are not here and get a random value."""
        lenient = {*str(self.use.given.get("generate-secrets") or "").split()}
        if not isinstance(secrets, str):
            return secrets
        return "\n".join(
            line
            for line in secrets.split("\n")
            if line.partition("=")[0].strip() not in lenient or self._is_here(line)
        )

    def _is_here(self, line: str) -> bool:
        try:
            self.text("", line, "")
        except Misconfigured:
            return False
        return True

    def _contexts(self, env: Mapping[str, str]) -> dict[str, Context]:
        return self.sources.contexts(self.use, env)

    def _fill(self, what: str, value: Any, name: str, contexts: Mapping[str, Context]) -> str:
        if isinstance(value, list | dict):
            raise Misconfigured(
                f"{what} is a {'list' if isinstance(value, list) else 'mapping'}, and has to be a "
                "text.",
                hint="Several items are lines of one text: write | after the colon, then one "
                "item a line.",
            )
        text = as_text(value)
        try:
            return fill(text, contexts)
        except Unknown as unknown:
            kind, _, variable = unknown.path.partition(".")
            if kind == "env" and variable in self.environment.failed:
                raise self.environment.failed[variable] from None
            raise Misconfigured(
                f"{what} needs {unknown.path}{_quoted(text, unknown.path)}, which has no value "
                "here.",
                hint=self._how_to_give(unknown.path, name),
            ) from None
        except ExpressionError as error:
            raise Misconfigured(
                f"{what} holds an expression that cannot be worked out: {error}.",
                hint=f"Correct it in {self.use.file}"
                + (f", or replace the input: --input {name}=VALUE." if name else "."),
            ) from None

    def _how_to_give(self, path: str, name: str) -> str:
        kind, _, part = path.partition(".")
        instead = f", or replace the input: --input {name}=VALUE" if name else ""
        if part and kind in ("secrets", "vars", "env"):
            top = self.sources.checkout.top
            there = "" if self.sources.dotenv else " (empty or not there yet)"
            random = kind == "secrets" and f" Where any value will do: --generate-secrets {part}."
            return (
                f"Put it into the environment (export {part}=…), or as a line {part}=… into "
                f"{top / FILE}{there}{instead}.{random or ''}"
            )
        if not part:
            return f"Only GitHub knows all of it; name the parts in the expression{instead}."
        values: Any = self.use.matrix.get(part) if kind == "matrix" else None
        choice = f" (one of {', '.join(map(as_text, values))})" if _is_plain(values) else ""
        return f"Give it: --set {path}=VALUE{choice}{instead}."


def read_step(use: Use, sources: Sources, replaced: Mapping[str, str]) -> Request:
    """Return what a step asks for. Raises `Misconfigured` for what cannot be worked out here."""
    environment = StepEnvironment(sources)
    reading = Reading(use=use, sources=sources, replaced=replaced, environment=environment)
    # A random value is made for these: that there is none here is no fault.
    lenient = {*str(use.given.get("generate-secrets") or "").split()}
    lenient |= set(replaced.get("generate-secrets", "").split())
    reading.variables(lenient)
    given = reading.inputs()
    written = {str(name).lower() for name in use.given}
    return Request(
        given=given,
        environ=environment,
        top=sources.checkout.top,
        origin=f"{use}, line {use.line}",
        file=str(use.file),
        extra_secrets=sources.confidential,
        notes=tuple(reading.notes + list(_missing_services(use))),
        ignored_inputs=tuple(
            name for name in _of_github(use) if name in written and name not in given
        ),
    )


def _of_github(use: Use) -> tuple[str, ...]:
    """Return the inputs that mean nothing here; one job after another is all there is."""
    return (*OF_GITHUB, *(() if use.number else OWN_INPUTS))


def _missing_services(use: Use) -> Iterator[str]:
    if use.services:
        yield f"The job's services ({', '.join(use.services)}) are not started here."


def _quoted(text: str, path: str) -> str:
    """Return the expression that asked for a path, when it says more than the path does."""
    for piece in pieces(text):
        if piece.is_expression and path.lower() in piece.text.lower() and piece.text != path:
            return f" (${{{{ {piece.text} }}}})"
    return ""


def _is_plain(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(each, str | float) for each in values)
