"""The words of a command in a file of the project, and changes of one of them."""

from collections.abc import Iterator, Sequence
from itertools import islice

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.changes import Change
from rehearsal.source.dockerfile import Instruction

STRING = regex(r'"((?:[^"\\]|\\.)*)"')
# A backslash at the end of a line joins the next one; operators of the shell and the end of a line
# end a command. A Dockerfile may have comments among joined lines.
SHELL_WORD = regex(
    r"(?:\\\n(?:[ \t]*(?:#[^\n]*)?\n)*|[^\S\n])+|(?P<comment>#[^\n]*)"
    r"|(?P<operator>&&|\|\||[;|&()\n])"
    r"|(?P<word>(?:[^\s\"'\\;|&()]|\\[^\n]|\"(?:[^\"\\]|\\.)*\"|'[^']*')+)"
)
# More than a command has.
MAX_WORDS = 1000
# Between the strings of a list.
LIST = '", "'
SHELLS = frozenset({"sh", "bash", "ash", "dash"})
# The option before a script: -c, -ec.
SCRIPT = regex(r"-\w*c")
FLAG = regex(r"--[\w-]+(?:=\S+)?(?:\\\n|\s)+")
KEYWORD = regex(r"\s*\w+\s+")


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word, without quotes around it, and its place in the text of the file."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class CommandLine:
    """A command in a file: the file's path and text, and the words of the command.

    `joined_by` is what stands between two words: a space, `", "` in a list of strings, or the end
    of a line, after which the indent of the word before it is repeated.
    """

    path: str
    source: str
    words: tuple[Word, ...]
    joined_by: str = " "

    @property
    def texts(self) -> list[str]:
        """The words alone."""
        return [word.text for word in self.words]

    @property
    def line(self) -> int:
        """The number of the line where the command begins."""
        return self.source.count("\n", 0, self.words[0].start) + 1

    def replace(self, index: int, text: str) -> Change:
        """Return the change that changes one word."""
        word = self.words[index]
        return self._change(word.start, word.end, text)

    def insert_after(self, index: int, *texts: str) -> Change:
        """Return the change that adds words after one."""
        end = self.words[index].end
        if self.joined_by == " " and self.source[end : end + 1] in {'"', "'"}:
            end += 1
        separator = self.joined_by
        if separator == "\n":
            start = self.words[index].start
            separator += " " * (start - self.source.rfind("\n", 0, start) - 1)
        return self._change(end, end, "".join(f"{separator}{each}" for each in texts))

    def insert_before(self, index: int, text: str) -> Change:
        """Return the change that adds text before a word, for the shell."""
        start = self.words[index].start
        start -= self.source[start - 1 : start] in {'"', "'"} and self.joined_by == " "
        return self._change(start, start, f"{text} ")

    def remove(self, index: int) -> Change:
        """Return the change that leaves out one word."""
        start, end = self.words[index].start, self.words[index].end
        if self.joined_by == LIST and index:
            start = self.words[index - 1].end
        elif self.source[start - 1 : start] in {" ", "\t"}:
            start -= 1
        return self._change(start, end, "")

    def _change(self, start: int, end: int, text: str) -> Change:
        begin = self.source.rfind("\n", 0, start) + 1
        close = self.source.find("\n", end)
        close = len(self.source) if close == -1 else close
        changed = self.source[begin:start] + text + self.source[end:close]
        line = self.source.count("\n", 0, begin) + 1
        return Change(path=self.path, instead=line, text=changed)


def instruction_command(source: str, path: str, instruction: Instruction) -> CommandLine | None:
    """Return the command of an instruction (CMD, ENTRYPOINT or RUN) of a Dockerfile."""
    start, end = _line_starts(source, instruction.line, instruction.last_line)
    if keyword := KEYWORD.match(source, start, end):
        start = keyword.end()
    while flag := FLAG.match(source, start, end):
        start = flag.end()
    if not source[start:end].lstrip().startswith("["):
        return shell_command(source, path, start, end)
    words = [
        Word(text=found[1], start=found.start(1), end=found.end(1))
        for found in islice(STRING.finditer(source, start, end), MAX_WORDS)
    ]
    match words:
        case [shell, option, script, *_] if _is_shell(shell) and SCRIPT.fullmatch(option.text):
            return shell_command(source, path, script.start, script.end)
        case [_, *_]:
            return CommandLine(path=path, source=source, words=tuple(words), joined_by=LIST)
    return None


def _is_shell(word: Word) -> bool:
    return word.text.rpartition("/")[2] in SHELLS


def shell_command(source: str, path: str, start: int = 0, end: int = -1) -> CommandLine | None:
    """Return the words of a part of a file that a shell reads; operators are words, too."""
    found = _shell_words(source, start, len(source) if end == -1 else end)
    words = tuple(islice(found, MAX_WORDS))
    while words and words[-1].text == "\n":
        words = words[:-1]
    return CommandLine(path=path, source=source, words=words) if words else None


def _shell_words(source: str, start: int, end: int) -> Iterator[Word]:
    for found in SHELL_WORD.finditer(source, start, end):
        kind = found.lastgroup
        if kind in {"word", "operator"}:
            text, (begin, close) = found[kind], found.span(kind)
            if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
                text, begin, close = text[1:-1], begin + 1, close - 1
            yield Word(text=text, start=begin, end=close)


def _line_starts(source: str, first: int, last: int) -> Sequence[int]:
    lines = [f"{line}\n" for line in source.split("\n")]
    start = sum(map(len, lines[: first - 1]))
    return start, min(start + sum(map(len, lines[first - 1 : last])), len(source))
