"""The flags that choose a step of a workflow and replace its inputs."""

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.config.input_table import INPUTS, STAGES
from rehearsal.config.input_types import BOOLEAN, Input
from rehearsal.config.inputs import unknown_input
from rehearsal.local.load_inputs import LocalOptions
from rehearsal.local.step_selection import StepSelector
from rehearsal.verdict import MisconfiguredError

# The value of a boolean's flag that is given without one.
ON = "true"
PAIR: Mapping[str, object] = {"metavar": "NAME=VALUE", "action": "append", "default": []}


def add_step_flags(parser: argparse.ArgumentParser, description: str) -> argparse._ArgumentGroup:
    """Add the flags that choose a step; return their group."""
    step = parser.add_argument_group("the step", description)
    step.add_argument(
        "--workflow", metavar="FILE", default="", help="the workflow's path or name, like ci.yml"
    )
    step.add_argument("--job", metavar="NAME", default="", help="the job's id or name")
    step.add_argument("--step", metavar="NAME|N", default="", help="the step's name, id or number")
    step.add_argument("--set", **PAIR, help="a value for an expression: matrix.python=3.13")  # type: ignore[arg-type]
    return step


def add_input_flags(
    parser: argparse.ArgumentParser, inputs: Iterable[Input], description: str
) -> None:
    """Add a flag for each input, below the heading of its stage, and one for any of them.

    That of a list can be repeated; that of a boolean needs no value. What has no effect on a laptop
    is not listed.
    """
    any_input = parser.add_argument_group("inputs", description)
    any_input.add_argument("--input", **PAIR, help="any input by its name")  # type: ignore[arg-type]
    known = tuple(inputs)
    for stage in STAGES:
        group = parser.add_argument_group(stage)
        for each in known:
            if each.stage == stage:
                add_input_flag(group, each)


def add_input_flag(group: argparse._ActionsContainer, given: Input) -> None:
    """Add the flag of one input."""
    kind: dict[str, Any] = {"action": "append"} if given.type.is_list else {}
    if given.type is BOOLEAN:
        kind = {"nargs": "?", "const": ON}
    words = argparse.SUPPRESS if given.github_only else given.help
    group.add_argument(f"--{given.name}", metavar=given.type.metavar, help=words, **kind)


def input_flags(options: argparse.Namespace) -> dict[str, str]:
    """Return the inputs that were given as flags of their own."""
    found = {name: getattr(options, name.replace("-", "_"), None) for name in INPUTS}
    return {
        name: value if isinstance(value, str) else "\n".join(value)
        for name, value in found.items()
        if value is not None
    }


def local_options(options: argparse.Namespace) -> LocalOptions:
    """Return what a command line on a laptop asks for. Raises `MisconfiguredError`."""
    inputs = _pairs("--input", options.input)
    for name in inputs.keys() - INPUTS.keys():
        raise unknown_input(name, INPUTS)
    return LocalOptions(
        selector=StepSelector(workflow=options.workflow, job=options.job, step=options.step),
        set_values=_pairs("--set", options.set),
        inputs=inputs | input_flags(options),
        flags_only=options.no_workflow,
    )


def _pairs(flag: str, words: list[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    for name, equals, _ in pairs:
        if not (name and equals):
            raise MisconfiguredError(
                f"{flag} was given {name!r}, and needs NAME=VALUE.",
                hint=f"Write the name, =, and the value: {flag} {name or 'NAME'}=VALUE.",
            )
    return {name: value for name, _, value in pairs}
