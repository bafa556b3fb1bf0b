"""The flags and sub-commands of the command line."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from rehearsal import __version__
from rehearsal.commands.audit.command import AUDIT
from rehearsal.commands.command import Command
from rehearsal.commands.input_flags import add_input_flags, add_step_flags
from rehearsal.commands.merge.command import MERGE
from rehearsal.commands.publish.command import PUBLISH
from rehearsal.commands.publish.predicate_command import PREDICATE
from rehearsal.commands.workflow.command import WORKFLOW
from rehearsal.config.input_table import INPUTS

# clean-up is the action's second step; a rehearsal starts watch as a process of its own.
BUILT_IN = ("rehearse", "clean-up", "watch")
_COMMANDS: tuple[Command, ...] = (AUDIT, PUBLISH, WORKFLOW, MERGE, PREDICATE)
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
  rehearse audit IMAGE --port 80    audit an image that is there already
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
    step = add_step_flags(parser, "needed when several steps use the action")
    step.add_argument(
        "--no-workflow", action="store_true", help="read no workflow: use flags and defaults alone"
    )
    add_input_flags(
        parser,
        INPUTS.values(),
        "each replaces one input under the step's with: (more in action/README.md)",
    )
    return parser
