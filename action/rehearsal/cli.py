"""The entry point: run one sub-command, and turn every error into an exit code."""

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from rehearsal.arguments import COMMANDS, parse
from rehearsal.commands.clean_up import clean_up, read_first_outputs
from rehearsal.commands.input_flags import input_flags, local_options
from rehearsal.commands.rehearse import image_tag_for, mask_secrets, print_notes, run_rehearsal
from rehearsal.commands.watchdog import watch
from rehearsal.config import child_environment
from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.inputs import INPUTS_VARIABLE, from_action
from rehearsal.config.parser import extract_secrets, plan_of
from rehearsal.local.load_inputs import load_inputs
from rehearsal.local.plan_preview import plan_preview
from rehearsal.outside.github import Console
from rehearsal.outside.terminal import find_terminal
from rehearsal.outside.watchdog_process import exit_now
from rehearsal.pipeline.run_folder import RunReference
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import Secret
from rehearsal.report.annotations import WARNING_TITLE
from rehearsal.verdict import Problem, RehearsalError, Verdict, own_fault


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Run one sub-command and return its exit code, which `Verdict` explains."""
    environ = os.environ if environ is None else environ
    options = parse(argv)
    if sys.platform != "linux":
        return _report(other_system(sys.platform), Console(environ))
    local = INPUTS_VARIABLE not in environ and options.subcommand == "rehearse"
    console = _find_console(options, environ, local=local)
    try:
        return _run(options, environ, console, local=local)
    except Exception:  # noqa: BLE001  (outside a rehearsal there is no report: the log has to say it)
        problem = own_fault(traceback.format_exc())
        with console.raw_output() as show:
            show(console.redactor.redact_bytes("\n".join(problem.excerpt).encode(errors="replace")))
        console.error(f"{problem.message}\n{problem.hint}", title="Dress rehearsal: error")
        return problem.verdict.exit_code
    finally:
        console.close()


def _find_console(
    options: argparse.Namespace, environ: Mapping[str, str], *, local: bool
) -> Console:
    command = COMMANDS.get(options.subcommand)
    out = sys.stderr if command and command.prints_document(options) else sys.stdout
    draws = command.draws_stages if command else local
    return (find_terminal(environ, out) if draws else None) or Console(environ, out.buffer)


def other_system(platform: str) -> Problem:
    """Return the problem of a system where what the tests start cannot be found and ended."""
    name = {"darwin": "macOS", "win32": "Windows"}.get(platform, platform)
    return Problem(
        Verdict.MISCONFIGURED,
        f"Dress Rehearsal needs Linux, and this is {name}.",
        hint="In a workflow, use a Linux runner (runs-on: ubuntu-latest). On your own machine, use "
        "a virtual machine with Linux that has an engine of its own.",
    )


def _run(
    options: argparse.Namespace, environ: Mapping[str, str], console: Console, *, local: bool
) -> int:
    if command := COMMANDS.get(options.subcommand):
        try:
            return command.run(options, environ, console)
        except RehearsalError as error:
            return _report(error.problem, console)
    if options.subcommand == "clean-up":
        inputs, secrets = _read_if_valid(options, environ)
        console.redactor = Redactor(secrets)
        env = child_environment.for_children(environ, (secret.name for secret in secrets))
        clean_up(inputs, read_first_outputs(environ), env, console, console.redactor)
        return 0
    if options.subcommand == "watch":
        if run := RunReference.parse(options.run):
            watch(run, environ, sys.stdin.buffer)
        exit_now()

    def read_request() -> GivenInputs:
        if local:
            return load_inputs(local_options(options), environ, Path.cwd())
        return GivenInputs(inputs=_given(options, environ), environ=environ, top=Path.cwd())

    if options.plan:
        return _show_plan(read_request, environ, console)
    ending = run_rehearsal(read_request, environ, console, local=local, keep_container=options.keep)
    return ending.result.verdict.exit_code


def _show_plan(
    read_request: Callable[[], GivenInputs], environ: Mapping[str, str], console: Console
) -> int:
    try:
        request = read_request()
        plan = plan_of(request)
    except RehearsalError as error:
        return _report(error.problem, console)
    console.redactor = mask_secrets(plan, request, console)
    print_notes(request, console, origin=False)
    for warning in plan.warnings:
        console.warning(warning, title=WARNING_TITLE)
    console.verdict(plan_preview(plan, request, tag=image_tag_for(plan, environ, "")), ok=True)
    return 0


def _report(problem: Problem, console: Console) -> int:
    title = f"Dress rehearsal: {problem.verdict}"
    console.error(f"{problem.message}\n{problem.hint}", title=title)
    return problem.verdict.exit_code


def _read_if_valid(
    options: argparse.Namespace, environ: Mapping[str, str]
) -> tuple[dict[str, object], tuple[Secret, ...]]:
    """Return inputs and secrets for the clean-up step; none where they cannot be read."""
    inputs: dict[str, object] = {}
    with suppress(RehearsalError):
        inputs = _given(options, environ)
        return inputs, extract_secrets(inputs, environ)
    return inputs, ()


def _given(options: argparse.Namespace, environ: Mapping[str, str]) -> dict[str, object]:
    """Return the inputs from the action's JSON; a flag replaces its value there."""
    return from_action(environ) | input_flags(options)
