"""The test command as a script: what comes before the runner, and the runner's own words."""

import re
import shlex
from collections.abc import Iterator, Sequence

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.command_line import CommandLine, shell_command

SEPARATORS = ("&&", ";", "\n")
# What makes a word more than a word: substitutions, redirections, escapes, and quotes of bash
# ($'...') that shlex does not know.
SPECIAL = regex(r"[`<>\\]|\$[('\"]")
QUOTED = regex(r"'[^']*'|\"[^\"]*\"")
# In double quotes.
REDIRECTIONS = str.maketrans("", "", "<>")
# What may come before the runner: it only changes the folder or installs what the tests need.
CHANGE_FOLDER = "cd"
INSTALLS = (
    ("npm", "ci"), ("npm", "install"), ("pnpm", "install"), ("yarn", "install"), ("yarn",),
    ("bun", "install"), ("npx", "playwright", "install"), ("playwright", "install"),
    ("python", "-m", "playwright", "install"), ("pip", "install"),
    ("python", "-m", "pip", "install"), ("uv", "sync"), ("poetry", "install"), ("set",),
)  # fmt: skip
# Their arguments stay as they are.
SAFE_WORD = regex(r"[\w./=\[\]<>,-]+", re.ASCII)
ASSIGNMENT = regex(r"(\w+)=(.*)", re.DOTALL)
# Variables that never hold a secret.
PLAIN_VARIABLES = regex(
    r"CI|DJANGO_SETTINGS_MODULE|PYTHONPATH|PYTHONUNBUFFERED|NODE_ENV|HEADLESS|MOZ_HEADLESS"
    r"|CYPRESS_BASE_URL|\w*JUNIT\w*"
)
PYTHON = regex(r"(?:.*/)?python3?(?:\.\d+)?")


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word of a command: `raw` as it stands in the script, `text` as a program gets it."""

    raw: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Script:
    """A test command: simple commands `before` the last one, which is `runner`.

    `folder` is where the runner runs, relative to the working directory. `variables` are the
    assignments before the runner.
    """

    before: tuple[str, ...]
    folder: str
    variables: tuple[str, ...]
    runner: tuple[Word, ...]


def read_script(command: str) -> Script | None:
    """Return a test command in its parts, None if it does anything that we do not know."""
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return None  # A quote is not closed.
    line = shell_command(command, "")
    parts = list(_simple_commands(line)) if line else []
    if not parts or any(part is None for part in parts):
        return None
    *before, last = [part for part in parts if part is not None]
    folders = [_folder(part) for part in before if part[0].text == CHANGE_FOLDER]
    if not all(folders) or not all(map(_is_known, before)):
        return None
    variables = _variables(last)
    if variables is None or len(variables) == len(last):
        return None
    return Script(
        before=tuple(" ".join(word.raw for word in part) for part in before),
        folder="/".join(filter(None, folders)),
        variables=variables,
        runner=tuple(last[len(variables) :]),
    )


def _simple_commands(line: CommandLine) -> Iterator[list[Word] | None]:
    """Yield the words of each simple command; None for what is more than that."""
    part: list[Word] = []
    end = 0
    for word in line.words:
        # A quote there may also be the end of the word before.
        quoted = word.start > end and line.source[word.start - 1 : word.start] in {'"', "'"}
        end = word.end + quoted
        raw = line.source[word.start - quoted : end]
        if not quoted and word.text in SEPARATORS:
            if part:
                yield part
            part = []
        elif not quoted and word.text in {"|", "||", "&", "(", ")"}:
            yield None
        else:
            part.append(Word(raw=raw, text=_text(raw)))
            if SPECIAL.search(QUOTED.sub(_special_in_quotes, raw)):
                yield None
    if part:
        yield part


def _special_in_quotes(found: re.Match[str]) -> str:
    """Return a quoted text without what its quotes make plain."""
    return "'" if found[0].startswith("'") else found[0][:-1].translate(REDIRECTIONS)


def _text(raw: str) -> str:
    try:
        return "".join(shlex.split(raw, comments=False))
    except ValueError:
        return raw


def _folder(part: Sequence[Word]) -> str:
    match [word.text for word in part]:
        case [_, folder] if not folder.startswith(("/", "-")) and "$" not in folder:
            return folder
    return ""


def _is_known(part: Sequence[Word]) -> bool:
    if part[0].text == CHANGE_FOLDER:
        return True
    texts = ["python" if PYTHON.fullmatch(word.text) else word.text for word in part]
    begins = any(tuple(texts[: len(each)]) == each for each in INSTALLS)
    return begins and all(SAFE_WORD.fullmatch(text) for text in texts)


def _variables(part: Sequence[Word]) -> tuple[str, ...] | None:
    """Return the assignments before a program, None if one may be confidential."""
    found: list[str] = []
    for word in part:
        assigned = ASSIGNMENT.fullmatch(word.raw)
        if not assigned:
            break
        if not PLAIN_VARIABLES.fullmatch(assigned[1]):
            return None
        found.append(word.raw)
    return tuple(found)
