"""Run one sub-command, and turn every error into an exit code."""

import argparse
import sys
import traceback
from collections.abc import Mapping, Sequence

from rehearsal.arguments import COMMANDS, parse
from rehearsal.config.inputs import is_action
from rehearsal.outside.github import Console
from rehearsal.outside.terminal import find_terminal
from rehearsal.verdict import Problem, RehearsalError, Verdict, own_fault


def run_command(words: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run the sub-command of a command line and return its exit code, which `Verdict` explains."""
    options = parse(words)
    if sys.platform != "linux":
        return _report(other_system(sys.platform), Console(environ))
    console = _find_console(options, environ)
    try:
        return _run(options, environ, console)
    except Exception:  # noqa: BLE001  (outside a rehearsal there is no report: the log has to say it)
        problem = own_fault(traceback.format_exc())
        with console.raw_output() as show:
            show(console.redactor.redact_bytes("\n".join(problem.excerpt).encode(errors="replace")))
        console.error(f"{problem.message}\n{problem.hint}", title="Dress rehearsal: error")
        return problem.verdict.exit_code
    finally:
        console.close()


def _find_console(options: argparse.Namespace, environ: Mapping[str, str]) -> Console:
    command = COMMANDS[options.subcommand].load()
    out = sys.stderr if command.prints_document(options) else sys.stdout
    draws = command.draws_stages and not is_action(environ)
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


def _run(options: argparse.Namespace, environ: Mapping[str, str], console: Console) -> int:
    try:
        return COMMANDS[options.subcommand].load().run(options, environ, console)
    except RehearsalError as error:
        return _report(error.problem, console)


def _report(problem: Problem, console: Console) -> int:
    title = f"Dress rehearsal: {problem.verdict}"
    console.error(f"{problem.message}\n{problem.hint}", title=title)
    return problem.verdict.exit_code
