"""The sub-commands, and the reading of a command line."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote

from rehearsal import __version__
from rehearsal.commands.command import CommandEntry
from rehearsal.commands.flag_parser import FlagParser, did_you_mean

# The one that runs when the command line names none.
DEFAULT = "rehearse"
# What is written as `rehearse WORD` without a sub-command of that name.
WORKFLOW_FILE = (".yml", ".yaml")
_ENTRIES = (
    CommandEntry(
        name=DEFAULT,
        summary="Build a web app's image, start it as production would, test it, and report.",
        module="rehearsal.commands.rehearse_command",
        listed=False,
    ),
    CommandEntry(
        name="init",
        summary="Write the workflow that rehearses this repository's app.",
        module="rehearsal.commands.init.command",
    ),
    CommandEntry(
        name="show",
        operand="[PATH]",
        summary="Open the page of the last rehearsal or of an artifact, or a trace.",
        module="rehearsal.commands.show.command",
    ),
    CommandEntry(
        name="audit",
        operand="IMAGE",
        summary="Audit an image that the engine has: is it ready for production?",
        module="rehearsal.commands.audit.command",
    ),
    CommandEntry(
        name="publish",
        summary="Push the image that was rehearsed, and verify it in each registry.",
        module="rehearsal.commands.publish.command",
    ),
    CommandEntry(
        name="merge",
        operand="FOLDER",
        summary="Merge the evidence of all shards: one verdict, one page.",
        module="rehearsal.commands.merge.command",
    ),
    CommandEntry(
        name="predicate",
        summary="Write the predicate for an attestation of a published image.",
        module="rehearsal.commands.publish.predicate_command",
    ),
    CommandEntry(
        name="workflow",
        summary="Run a step of the reusable workflows (they call it themselves).",
        module="rehearsal.commands.workflow.command",
        listed=False,
    ),
    CommandEntry(
        name="clean-up",
        summary="Remove what the step before started (the action's second step).",
        module="rehearsal.commands.clean_up_command",
        listed=False,
    ),
    CommandEntry(
        name="watch",
        summary="Remove what a killed rehearsal leaves (a rehearsal starts this).",
        module="rehearsal.commands.watch_command",
        listed=False,
    ),
)
COMMANDS: Mapping[str, CommandEntry] = {entry.name: entry for entry in _ENTRIES}


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read a command line; print one line and exit with 2 if it is wrong.

    `subcommand` is the name of the sub-command.
    """
    words = list(argv)
    name, is_named = DEFAULT, bool(words) and words[0] in COMMANDS
    if is_named:
        name, *words = words
    given = argparse.Namespace(subcommand=name)
    if words == ["--version"]:
        # Without the flags of a sub-command, whose modules take time to import.
        return _version_parser().read(words, given)
    parser = make_parser(COMMANDS[name])
    if not is_named:
        parser.describe_word = _no_such_command
    return parser.read(words, given)


def make_parser(entry: CommandEntry) -> FlagParser:
    """Return the parser of a sub-command; the help of `rehearse` lists the others."""
    if entry.name == DEFAULT:
        parser = _version_parser()
        entry.load().add_arguments(parser)
        parser.description = f"{parser.description}\n{_list_commands()}"
        return parser
    parser = FlagParser(
        prog=f"{DEFAULT} {entry.name}",
        usage=" ".join(filter(None, (entry.operand, "[FLAG …]"))),
        description=entry.summary,
    )
    entry.load().add_arguments(parser)
    return parser


def _version_parser() -> FlagParser:
    parser = FlagParser(prog=DEFAULT, usage="[COMMAND] [FLAG …]", description="")
    parser.add_argument(
        "--version",
        action="version",
        version=f"dress-rehearsal {__version__}",
        help="print the version",
    )
    return parser


def _list_commands() -> str:
    lines = (f"  {each.name:10} {each.summary}" for each in COMMANDS.values() if each.listed)
    return "\n".join(("commands, each with a --help of its own:", *lines))


def _no_such_command(word: str) -> str:
    """Return the message for a word that is no sub-command: what was probably meant by it."""
    if not word:
        return 'an argument is empty: look for a variable that is not set, as in rehearse "$X"'
    unknown = f"there is no command {word!r}"
    if word in COMMANDS:
        return f"{word} is a command, and has to come first: rehearse {word} …"
    if word.endswith(WORKFLOW_FILE):
        return f"{unknown}; to read this workflow: rehearse --workflow {quote(word)}"
    if "/" in word or Path(word).is_dir():
        return f"{unknown}; go there first: cd {quote(word)} && rehearse"
    names = [each.name for each in COMMANDS.values() if each.listed]
    near = did_you_mean(word, names)
    if not near and ":" in word:
        return f"{unknown}; to rehearse this image: rehearse --image {quote(word)}"
    others = f"; the commands are {', '.join(names)}"
    return f"{unknown}{near or others}"
