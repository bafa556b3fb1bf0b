"""`rehearse` without a sub-command: a rehearsal, or only its plan."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from rehearsal.commands.command import Command
from rehearsal.commands.input_flags import (
    add_input_flags,
    add_step_flags,
    input_flags,
    local_options,
)
from rehearsal.commands.origin import inputs_origin
from rehearsal.commands.rehearse import mask_secrets, print_notes, run_rehearsal
from rehearsal.commands.run_context import image_tag_for
from rehearsal.config.flag_words import in_flags, problem_in_flags
from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.input_table import INPUTS
from rehearsal.config.inputs import from_action, is_action
from rehearsal.config.parser import plan_of
from rehearsal.local.load_inputs import load_inputs
from rehearsal.local.plan_preview import plan_preview
from rehearsal.outside.github import Console
from rehearsal.report.annotations import WARNING_TITLE
from rehearsal.verdict import PROJECT, RehearsalError

# An address: after `pip install` no document is there.
REFERENCE = f"{PROJECT}/blob/main/action/README.md#inputs"
EXAMPLES = """\
examples:
  rehearse init                     write a workflow for this repository
  rehearse                          run the step of the workflow
  rehearse --plan                   only print what would be done
  rehearse --keep --host-port 8000  leave the app running on localhost:8000
  rehearse --set matrix.python=3.13 choose one entry of a matrix
  rehearse --no-workflow --port 80  read no workflow: use flags and defaults
  rehearse audit IMAGE --port 80    audit an image that the engine has
"""
DESCRIPTION = """\
Build a web app's image, start it as production would, test it, and report.

Without flags it rehearses the step of .github/workflows that uses the action,
or the job that calls its workflow. GitHub's secrets and variables come from the
environment, or from a file .env.
"""
INPUT_FLAGS = """\
The action's inputs. A flag replaces the value of the step.
The flag of a LINE, a NAME, NAME=VALUE or a SCRIPT can be repeated."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags that choose a step, and one for each input."""
    parser.description, parser.epilog = (
        DESCRIPTION,
        f"{EXAMPLES}\nEach input is explained at {REFERENCE}",
    )
    parser.add_argument("--plan", action="store_true", help="only print what would be done")
    parser.add_argument("--keep", action="store_true", help="leave the app running at the end")
    step = add_step_flags(parser, "Choose one of several steps that use the action.")
    step.add_argument(
        "--no-workflow", action="store_true", help="read no workflow: use flags and defaults"
    )
    add_input_flags(parser, INPUTS.values(), INPUT_FLAGS)


def run(options: argparse.Namespace, environ: Mapping[str, str], console: Console) -> int:
    """Rehearse, or print the plan, and return the exit code. Raises `RehearsalError`."""
    local = not is_action(environ)

    def read_request() -> GivenInputs:
        if local:
            return load_inputs(local_options(options), environ, Path.cwd())
        # A flag replaces the value in the action's JSON.
        inputs = from_action(environ) | input_flags(options)
        return GivenInputs(inputs=inputs, environ=environ, top=Path.cwd())

    if options.plan:
        return _show_plan(read_request(), environ, console, local=local)
    ending = run_rehearsal(read_request, environ, console, local=local, keep_container=options.keep)
    return ending.result.verdict.exit_code


def _show_plan(
    request: GivenInputs, environ: Mapping[str, str], console: Console, *, local: bool
) -> int:
    flags_only = inputs_origin(request, environ, local=local).flags_only
    try:
        plan = plan_of(request)
    except RehearsalError as error:
        problem = error.problem
        raise RehearsalError.of(problem_in_flags(problem) if flags_only else problem) from None
    console.redactor = mask_secrets(plan, request, console)
    print_notes(request, console, origin=False)
    for warning in plan.warnings:
        console.warning(in_flags(warning) if flags_only else warning, title=WARNING_TITLE)
    console.verdict(plan_preview(plan, request, tag=image_tag_for(plan, environ, "")), ok=True)
    return 0


COMMAND = Command(add_arguments=add_arguments, run=run, draws_stages=True)
