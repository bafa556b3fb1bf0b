"""The parser of a command line: errors of one line, and help for a terminal of 80 columns."""

import argparse
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import NoReturn

from rehearsal.regex import regex
from rehearsal.verdict import Verdict

WIDTH = 80
# Where the words begin; they stand below a flag that is longer.
HELP_COLUMN = 30
LIKE_A_FLAG = regex(r"--?[A-Za-z][^\s=]*(?==|$)")
VALUE_MISSING = regex(r"argument (\S+): expected one argument")


class FlagParser(argparse.ArgumentParser):
    """Prints one line for a wrong command line, and ends with the exit code of `misconfigured`.

    The usage names no flag, since there are too many. Abbreviated flags are refused: a new input
    could change their meaning. `describe_word` returns the message for a word that no flag takes.
    """

    def __init__(
        self, *, prog: str, description: str, usage: str = "[FLAG …]", epilog: str = ""
    ) -> None:
        super().__init__(
            prog=prog,
            usage=f"{prog} {usage}",
            description=description,
            epilog=epilog,
            formatter_class=HelpFormatter,
            allow_abbrev=False,
            add_help=False,
        )
        self._positionals.title = "arguments"
        self.describe_word: Callable[[str], str] = _one_too_many
        self.add_argument("-h", "--help", action="help", help="print this help")

    def error(self, message: str) -> NoReturn:
        """Print the message on one line with a pointer to --help, and exit."""
        if missing := VALUE_MISSING.fullmatch(message):
            message = f"{missing[1]} needs a value"
        line = f"{self.prog}: {message} (see {self.prog} --help)\n"
        self.exit(Verdict.MISCONFIGURED.exit_code, line)

    def read(self, words: Sequence[str], namespace: argparse.Namespace) -> argparse.Namespace:
        """Read a command line; for an unknown flag, name a similar one and exit."""
        known = self._option_string_actions
        for before, word in zip(("", *words), words, strict=False):
            found = LIKE_A_FLAG.match(word)
            if not found or found[0] in known:
                continue
            message = f"there is no flag {found[0]}{did_you_mean(found[0], known)}"
            if (action := known.get(before)) and action.nargs is None:
                message += f"; as the value of {before}, write {before}={word}"
            self.error(message)
        options, others = self.parse_known_args(words, namespace)
        if others:
            self.error(self.describe_word(others[0]))
        return options


def _one_too_many(word: str) -> str:
    return f"unexpected argument {word!r}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean WORD?` with the most similar known word, empty if none is similar."""
    near = get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Writes a flag and its few words on one line, whatever the terminal's width."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=HELP_COLUMN, width=WIDTH)

    def _format_action_invocation(self, action: argparse.Action) -> str:
        # The flag of a boolean needs no value.
        if action.nargs == argparse.OPTIONAL and action.option_strings:
            return action.option_strings[0]
        return super()._format_action_invocation(action)
