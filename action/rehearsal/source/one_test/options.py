"""The options of a runner: which stay where one test is run, and which would leave it out."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import field

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.one_test.script import Word

# The value of an option that may have none: --parallel 4, --parallel.
NUMBER = regex(r"\d+|auto|logical")
# -vv, -xq.
SHORT_FLAGS = regex(r"-([A-Za-z]{2,})")


@dataclass(frozen=True, kw_only=True)
class Options:
    """Known options: `kept` ones and `dropped` ones; those in `valued` have a value.

    Those in `numbered` may have a number as value.
    """

    kept: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()
    valued: frozenset[str] = field(default_factory=frozenset)
    numbered: frozenset[str] = field(default_factory=frozenset)


def options(
    *,
    kept: str = "",
    kept_values: str = "",
    dropped: str = "",
    dropped_values: str = "",
    numbered: str = "",
) -> Options:
    """Return options from their names, which are separated by spaces."""
    values = frozenset((*kept_values.split(), *dropped_values.split()))
    return Options(
        kept=frozenset((*kept.split(), *kept_values.split())),
        dropped=frozenset((*dropped.split(), *dropped_values.split(), *numbered.split())),
        valued=values,
        numbered=frozenset(numbered.split()),
    )


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """The arguments of a runner: the words of options that stay, and what is no option."""

    kept: tuple[str, ...]
    positional: tuple[Word, ...]


def read_arguments(words: Sequence[Word], known: Options) -> Arguments | None:
    """Return the arguments, None if an option is not known: it may be confidential, or matter."""
    kept: list[str] = []
    positional: list[Word] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.text.startswith("-") or word.text == "-":
            positional.append(word)
            continue
        name, has_value, _ = word.text.partition("=")
        if name not in known.kept and name not in known.dropped:
            flags = list(_flags(name, known.kept | known.dropped, known.valued))
            if has_value or not flags:
                return None
            stay = "".join(flag[1] for flag in flags if flag in known.kept)
            kept += [f"-{stay}"] if stay else []
            continue
        taken = [word]
        needs = name in known.valued and not has_value
        if (needs or (name in known.numbered and _is_number(rest, has_value))) and rest:
            taken.append(rest.pop(0))
        if name in known.kept:
            kept += [each.raw for each in taken]
    return Arguments(kept=tuple(kept), positional=tuple(positional))


def _is_number(rest: Sequence[Word], has_value: str) -> bool:
    return bool(rest) and not has_value and bool(NUMBER.fullmatch(rest[0].text))


def _flags(name: str, known: Collection[str], valued: Collection[str]) -> Iterator[str]:
    """Yield the flags that are joined in one word, nothing if one is unknown or has a value."""
    if found := SHORT_FLAGS.fullmatch(name):
        flags = [f"-{letter}" for letter in found[1]]
        if all(flag in known and flag not in valued for flag in flags):
            yield from flags
