from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.local.dotenv import parse_dotenv
from rehearsal.verdict import MisconfiguredError

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}", fullmatch=True)

FILES = {
    "plain": ("A=1\nB=two words\n", {"A": "1", "B": "two words"}),
    "no newline at the end": ("A=1", {"A": "1"}),
    "nothing": ("", {}),
    "empty value": ("A=\nB=''\nC=\"\"", {"A": "", "B": "", "C": ""}),
    "comments and empty lines": ("# A=1\n\n  # x\n \t\nB=2 # two\nC=#3\n", {"B": "2", "C": ""}),
    "a hash inside": ("URL=http://x/#top", {"URL": "http://x/#top"}),
    "export": ("export A=1\n  export\tB=2", {"A": "1", "B": "2"}),
    "white space": ("  A =  1  \nB\t=\t2\t", {"A": "1", "B": "2"}),
    "equals inside": ("A=b=c==", {"A": "b=c=="}),
    "single quotes": (r"A=' a\n$x " + "\"#'", {"A": r" a\n$x " + '"#'}),
    "double quotes": (r'A=" a\n\t\"q\" \\ \$x #" # c', {"A": ' a\n\t"q" \\ $x #'}),
    "several lines": ("A='x\n\ny'\nB=\"-\n=\"\nC=1", {"A": "x\n\ny", "B": "-\n=", "C": "1"}),
    "the last counts": ("A=1\nA=2", {"A": "2"}),
    "carriage returns": ("A=1\r\n\r\n# x\r\nB='2'\r\n", {"A": "1", "B": "2"}),
    "a quote inside": ("A=it's", {"A": "it's"}),
    "accents": ("A=é", {"A": "é"}),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_parse_dotenv(name: str) -> None:
    text, values = FILES[name]
    assert parse_dotenv(text) == values


@pytest.mark.parametrize(
    "text, line",
    [
        ("A=1\nhush", 2),
        ("A=1\n\n\nhush hush=1", 4),
        ("=hush", 1),
        ("1A=hush", 1),
        ("A='x\ny'\nB='hush", 3),
        ('B="hush', 1),
        ("B='a' hush", 1),
        ("A='x\n\ny'\nhush", 4),
        ("exporthush A=1", 1),
    ],
)
def test_parse_dotenv__error_names_the_line_but_does_not_show_it(text: str, line: int) -> None:
    with pytest.raises(MisconfiguredError) as caught:
        parse_dotenv(text)
    assert f".env, line {line}: " in caught.value.problem.message
    assert "hush" not in caught.value.problem.message + caught.value.problem.hint


@given(st.text(alphabet="A=1\n'\"#\\ \t\r$é", max_size=40) | st.text(max_size=40))
def test_parse_dotenv__any_text_gives_values_or_misconfigured(text: str) -> None:
    with suppress(MisconfiguredError):
        assert all(isinstance(value, str) for value in parse_dotenv(text).values())


@given(st.dictionaries(NAMES, st.text(max_size=30).filter(lambda text: "'" not in text)))
def test_parse_dotenv__reads_back_values_in_single_quotes(values: dict[str, str]) -> None:
    text = "".join(f"{name}='{value}'\n" for name, value in values.items())
    assert parse_dotenv(text) == values
