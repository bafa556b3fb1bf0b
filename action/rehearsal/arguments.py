"""The flags and sub-commands of the command line."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote

from rehearsal import __version__
from rehearsal.commands.audit.command import AUDIT
from rehearsal.commands.command import Command
from rehearsal.commands.flag_parser import FlagParser, did_you_mean
from rehearsal.commands.input_flags import add_input_flags, add_step_flags
from rehearsal.commands.merge.command import MERGE
from rehearsal.commands.publish.command import PUBLISH
from rehearsal.commands.publish.predicate_command import PREDICATE
from rehearsal.commands.workflow.command import WORKFLOW
from rehearsal.config.input_table import INPUTS
from rehearsal.verdict import DOCUMENTS

# clean-up is the action's second step; a rehearsal starts watch as a process of its own.
BUILT_IN = ("rehearse", "clean-up", "watch")
_COMMANDS: tuple[Command, ...] = (AUDIT, PUBLISH, WORKFLOW, MERGE, PREDICATE)
# By name; each has flags of its own, written after the name.
COMMANDS: Mapping[str, Command] = {command.name: command for command in _COMMANDS}

# What is written as `rehearse WORD` without a sub-command of that name.
WORKFLOW_FILE = (".yml", ".yaml")
REFERENCE = f"{DOCUMENTS}/action/README.md#inputs"

EXAMPLES = """\
examples:
  rehearse                          the step of the workflow, as it is
  rehearse --plan                   only print what would be done
  rehearse --keep --host-port 8000  leave the app running on http://localhost:8000
  rehearse --set matrix.python=3.13 choose one entry of a matrix
  rehearse --no-workflow --port 80  read no workflow: flags and defaults alone
  rehearse audit IMAGE --port 80    audit an image that is there already
"""
DESCRIPTION = """\
Build a web app's image, start it as production would, test it, and report.

Without flags it rehearses the step of .github/workflows that uses the action,
or the job that calls its workflow. GitHub's secrets and variables come from the
environment, or from a file .env.
"""
INPUT_FLAGS = """\
They are the action's inputs; a flag replaces the step's own value.
The flag of a LINE, a NAME, NAME=VALUE or a SCRIPT can be repeated."""


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read a command line; print one line and exit with 2 if it is wrong."""
    words = sys.argv[1:] if argv is None else list(argv)
    if words and (command := COMMANDS.get(words[0])):
        given = argparse.Namespace(subcommand=command.name)
        return command_parser(command).read(words[1:], given)
    parser = make_parser()
    options = parser.read(words, argparse.Namespace())
    if options.subcommand not in BUILT_IN:
        parser.error(_no_such_command(options.subcommand))
    if options.run and options.subcommand != "watch":
        parser.error(f"{options.run!r} is one word too many")
    return options


def command_parser(command: Command) -> FlagParser:
    """Return the parser of a sub-command that has flags of its own."""
    parser = FlagParser(
        prog=f"rehearse {command.name}",
        usage=" ".join(filter(None, (command.operand, "[FLAG …]"))),
        description=command.summary,
    )
    command.add_arguments(parser)
    return parser


def make_parser() -> FlagParser:
    """Return the parser of `rehearse` and of the built-in sub-commands."""
    parser = FlagParser(
        prog="rehearse",
        usage="[COMMAND] [FLAG …]",
        description=f"{DESCRIPTION}\n{_list_commands()}",
        epilog=f"{EXAMPLES}\nAll about each input: {REFERENCE}",
    )
    parser.add_argument("subcommand", nargs="?", default="rehearse", help=argparse.SUPPRESS)
    parser.add_argument("run", nargs="?", default="", help=argparse.SUPPRESS)
    parser.add_argument(
        "--version",
        action="version",
        version=f"dress-rehearsal {__version__}",
        help="print the version",
    )
    parser.add_argument("--plan", action="store_true", help="only print what would be done")
    parser.add_argument("--keep", action="store_true", help="leave the app running at the end")
    step = add_step_flags(parser, "These choose one of several steps that use the action.")
    step.add_argument("--no-workflow", action="store_true", help="read none: use flags alone")
    add_input_flags(parser, INPUTS.values(), INPUT_FLAGS)
    return parser


def _list_commands() -> str:
    listed = [command for command in COMMANDS.values() if command.listed]
    if not listed:
        return ""
    lines = (f"  {command.name:10} {command.summary}" for command in listed)
    return "\n".join(("commands, each with a --help of its own:", *lines))


def _no_such_command(word: str) -> str:
    """Return the message for a word that is no sub-command: what was probably meant by it."""
    unknown = f"there is no command {word!r}"
    if word in COMMANDS:
        return f"{word} is a command, and has to come first: rehearse {word} …"
    if word.endswith(WORKFLOW_FILE):
        return f"{unknown}; to read this workflow: rehearse --workflow {quote(word)}"
    if "/" in word or Path(word).is_dir():
        return f"{unknown}; go there first: cd {quote(word)} && rehearse"
    names = [command.name for command in COMMANDS.values() if command.listed]
    near = did_you_mean(word, names)
    if not near and ":" in word:
        return f"{unknown}; to rehearse this image: rehearse --image {quote(word)}"
    others = f"; the commands are {', '.join(names)}"
    return f"{unknown}{near or others}"
