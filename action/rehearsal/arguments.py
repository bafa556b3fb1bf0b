"""The flags and sub-commands of the command line."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from rehearsal import __version__
from rehearsal.commands.command import Command
from rehearsal.commands.merge.command import MERGE
from rehearsal.commands.publish.command import PUBLISH
from rehearsal.commands.publish.predicate_command import PREDICATE
from rehearsal.commands.workflow.command import WORKFLOW
from rehearsal.config.input_table import INPUTS
from rehearsal.config.inputs import unknown_input
from rehearsal.local.load_inputs import LocalOptions
from rehearsal.local.step_selection import StepSelector
from rehearsal.verdict import MisconfiguredError

# clean-up is the action's second step; a rehearsal starts watch as a process of its own.
BUILT_IN = ("rehearse", "clean-up", "watch")
_COMMANDS: tuple[Command, ...] = (PUBLISH, WORKFLOW, MERGE, PREDICATE)
# By name; each has flags of its own, written after the name.
COMMANDS: Mapping[str, Command] = {command.name: command for command in _COMMANDS}

EXAMPLES = """\
Without flags it rehearses the step of .github/workflows that uses the action, or the job that calls
its workflow. What they take from GitHub's secrets and variables comes from the environment, or from
a file .env.

  rehearse                          the step, as it is
  rehearse --plan                   only print what would be done
  rehearse --keep --host-port 8000  leave the app running on http://localhost:8000
  rehearse --set matrix.python=3.13 choose one entry of a matrix
  rehearse --no-workflow --port 80  read no workflow: use flags and defaults alone
"""


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read a command line; for an unknown flag, suggest a similar one and exit with 2."""
    words = sys.argv[1:] if argv is None else list(argv)
    if words and (command := COMMANDS.get(words[0])):
        return _read(command_parser(command), words[1:], subcommand=command.name)
    return _read(make_parser(), words)


def _read(parser: argparse.ArgumentParser, words: list[str], **given: str) -> argparse.Namespace:
    known = parser._option_string_actions  # noqa: SLF001  (argparse has no other list of them)
    for word in words:
        flag = word.partition("=")[0]
        if flag.startswith("--") and flag not in known:
            near = get_close_matches(flag, known, n=1)
            parser.error(
                f"there is no flag {flag}" + (f"; did you mean {near[0]}?" if near else "")
            )
    return parser.parse_args(words, argparse.Namespace(**given))


def command_parser(command: Command) -> argparse.ArgumentParser:
    """Return the parser of a sub-command that has flags of its own."""
    parser = argparse.ArgumentParser(
        prog=f"rehearse {command.name}",
        description=command.summary,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_arguments(parser)
    return parser


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of `rehearse` and of the built-in sub-commands."""
    listed = [command for command in COMMANDS.values() if command.listed]
    others = "".join(f"\n  rehearse {command.name:25} {command.summary}" for command in listed)
    parser = argparse.ArgumentParser(
        prog="rehearse",
        description="Build a web app's image, start it as production would, test it, report.",
        epilog=EXAMPLES
        + (others and f"\nMore sub-commands, each with a --help of its own:\n{others}"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        # A shortened flag would change its meaning once a new input begins with it.
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"dress-rehearsal {__version__}")
    parser.add_argument("subcommand", nargs="?", choices=BUILT_IN, default="rehearse")
    parser.add_argument("run", nargs="?", default="", help=argparse.SUPPRESS)
    parser.add_argument("--plan", action="store_true", help="only print what would be done")
    parser.add_argument(
        "--keep", action="store_true", help="leave the container running at the end"
    )
    step = parser.add_argument_group("the step", "needed when several steps use the action")
    step.add_argument(
        "--workflow", metavar="FILE", default="", help="a path, or a name like ci.yml"
    )
    step.add_argument("--job", default="", help="the job's id or name")
    step.add_argument("--step", metavar="NAME|N", default="", help="its name, id or number")
    step.add_argument(
        "--no-workflow", action="store_true", help="read no workflow: use flags and defaults alone"
    )
    pair: Mapping[str, object] = {"metavar": "NAME=VALUE", "action": "append", "default": []}
    step.add_argument("--set", **pair, help="a value for an expression: matrix.python=3.13")  # type: ignore[arg-type]
    inputs = parser.add_argument_group(
        "inputs", "each replaces one input under the step's with: (more in action/README.md)"
    )
    inputs.add_argument("--input", **pair, help="any input by its name")  # type: ignore[arg-type]
    for name, each in INPUTS.items():
        inputs.add_argument(f"--{name}", metavar="VALUE", help=each.help)
    return parser


def input_flags(options: argparse.Namespace) -> dict[str, str]:
    """Return the inputs that were given as flags."""
    found = {name: getattr(options, name.replace("-", "_")) for name in INPUTS}
    return {name: value for name, value in found.items() if value is not None}


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
