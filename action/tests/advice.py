"""Obey the text to paste of a diagnosis to the letter, as a reader does who knows nothing else."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from rehearsal.report.cause_text import split_snippets
from rehearsal.source.text_lines import split_lines

# What the comment over a snippet says; of alternatives the first is obeyed.
_ALTERNATIVE = re.compile(r"# (?:or|instead)\b")
_LEAD = r"# (?:either |and |and also, |(?:only )?if [^,]*, )?"
_WORKFLOW = r"in (?:\S+|your workflow)"
_ADD_INPUT = re.compile(_LEAD + _WORKFLOW + r", under the step's with:, add:")
_ADD_LINE = re.compile(
    _LEAD + _WORKFLOW + r", in the step's input (?P<name>[a-z-]+), add (?:this line|these lines)"
    r"(?:, or change that of (?P<variable>[\w.-]+) to it)? \(after (?P=name): \|\):"
)
_WRITE_INSTEAD = re.compile(_LEAD + _WORKFLOW + r", in the step's input [a-z-]+, write instead:")
_STEP_ENV = re.compile(_LEAD + r"under the step's env:, add:")
_AFTER_LINE = re.compile(_LEAD + r"in (?P<file>\S+), after line (?P<line>\d+), add:")
_INSTEAD_OF_LINE = re.compile(
    _LEAD + r"in (?P<file>\S+), instead of lines? (?P<line>\d+)(?: to (?P<last>\d+))?, write:"
)
_IN_LINE = re.compile(_LEAD + r"in (?P<file>\S+):(?P<line>\d+), instead of (?P<old>.+), write:")
_AT_THE_END = re.compile(_LEAD + r"in (?P<file>\S+), at the end, add:")
_COMMANDS = re.compile(r"# on your own machine; commit what it writes:")


WORKFLOW = ".github/workflows/ci.yml"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What a reader can change: the folder of the repository, the inputs and the step's `env:`.

    `made` are the edits of files so far, as (file, line, lines more): a paste counts the lines as
    they were.
    """

    root: Path
    inputs: Mapping[str, str]
    environment: Mapping[str, str] = field(default_factory=dict)
    made: tuple[tuple[str, int, int], ...] = ()


def obey(paste: str, scenario: Scenario) -> Scenario:
    """Do what the paste says: change the files, and return the scenario with its new inputs.

    Raises AssertionError if a comment says something that nobody can do to the letter.
    """
    for comment, text in snippets(paste):
        if not _ALTERNATIVE.match(comment):
            scenario = _obey(comment, text, scenario)
    is_edited = any(file == WORKFLOW for file, _, _ in scenario.made)
    return read_step(scenario) if is_edited else scenario


def write_step(scenario: Scenario) -> None:
    """Write a workflow whose only step has these inputs and this `env:`."""
    step = "      - uses: ./action\n"
    if scenario.environment:
        step += "        env:\n"
        step += "".join(f"          {n}: ${{{{ secrets.{n} }}}}\n" for n in scenario.environment)
    given = {
        name: value.strip("\n") for name, value in scenario.inputs.items() if value.strip("\n")
    }
    if given:
        step += "        with:\n"
    for name, value in given.items():
        lines = "".join(f"            {line}\n" for line in value.splitlines() if line.strip())
        plain = yaml.safe_dump({name: value}, width=10**6)
        step += f"          {name}: |\n{lines}" if "\n" in value else f"          {plain}"
    file = scenario.root / WORKFLOW
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n{step}")


def read_step(scenario: Scenario) -> Scenario:
    """Return the scenario with what its workflow says now; a scenario may not say all in it."""
    (job,) = yaml.safe_load((scenario.root / WORKFLOW).read_text())["jobs"].values()
    (step,) = (step for step in job["steps"] if "uses" in step and "checkout" not in step["uses"])
    secrets = dict.fromkeys(step.get("env", ()), "the value of a repository secret")
    inputs = {name: str(value) for name, value in step.get("with", {}).items()}
    return replace(
        scenario,
        inputs={**scenario.inputs, **inputs},
        environment={**secrets, **scenario.environment},
    )


def snippets(paste: str) -> Iterator[tuple[str, str]]:
    """Yield the comment of each snippet and the text below it."""
    for snippet in split_snippets(paste):
        comment, _, text = snippet.partition("\n")
        yield comment, text


def is_known(comment: str) -> bool:
    """Whether `obey` can do what a comment says; the lead of an alternative is not looked at."""
    comment = re.sub(r"^# (?:or|instead, [^,]*,) ", "# ", comment)
    forms = (
        _ADD_INPUT, _ADD_LINE, _WRITE_INSTEAD, _STEP_ENV,
        _AFTER_LINE, _INSTEAD_OF_LINE, _IN_LINE, _AT_THE_END, _COMMANDS,
    )  # fmt: skip
    return any(form.fullmatch(comment) for form in forms)


def _obey(comment: str, text: str, scenario: Scenario) -> Scenario:
    inputs = scenario.inputs
    if _ADD_INPUT.fullmatch(comment):
        added = yaml.safe_load(text)
        taken = [name for name in added if inputs.get(name)]
        assert not taken, f"the step has {taken} already, and YAML allows no key twice"
        return replace(scenario, inputs={**inputs, **added})
    if _WRITE_INSTEAD.fullmatch(comment):
        return replace(scenario, inputs={**inputs, **yaml.safe_load(text)})
    if found := _ADD_LINE.fullmatch(comment):
        name, variable = found["name"], str(found["variable"])
        same = re.compile(rf"{re.escape(variable)}(?:=|<<|$)")
        kept = [line for line in inputs[name].splitlines() if not same.match(line)]
        return replace(scenario, inputs={**inputs, name: "\n".join([text, *kept])})
    if _STEP_ENV.fullmatch(comment):
        values = dict.fromkeys(yaml.safe_load(text), "the value of a repository secret")
        return replace(scenario, environment={**scenario.environment, **values})
    if _COMMANDS.fullmatch(comment):
        for command in text.splitlines():
            words = [sys.executable if word == "python" else word for word in shlex.split(command)]
            subprocess.run(words, cwd=scenario.root, check=True)
        return scenario
    return _edit(comment, text, scenario)


def _edit(comment: str, text: str, scenario: Scenario) -> Scenario:
    """Change a file of the repository."""
    if found := _IN_LINE.fullmatch(comment):
        file, number = scenario.root / found["file"], int(found["line"])
        lines = split_lines(file.read_text())
        assert found["old"] in lines[number - 1]
        lines[number - 1] = lines[number - 1].replace(found["old"], text)
        file.write_text("\n".join(lines) + "\n")
        return replace(scenario, made=(*scenario.made, (found["file"], number, 0)))
    if found := _AFTER_LINE.fullmatch(comment):
        first, last = int(found["line"]) + 1, int(found["line"])
    elif found := _INSTEAD_OF_LINE.fullmatch(comment):
        first, last = int(found["line"]), int(found["last"] or found["line"])
    else:
        found = _AT_THE_END.fullmatch(comment)
        assert found, f"nobody can do to the letter what this says: {comment}"
        first, last = 10**9, 10**9
    name, new = found["file"], text.split("\n")
    file = scenario.root / name
    lines = split_lines(file.read_text())
    moved = sum(more for each, at, more in scenario.made if each == name and at <= first)
    lines[first - 1 + moved : last + moved] = new
    file.write_text("\n".join(lines) + "\n")
    more = len(new) - max(0, last - first + 1)
    return replace(scenario, made=(*scenario.made, (name, first, more)))
