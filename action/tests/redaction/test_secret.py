from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.redaction.secret import ANY_NAME, CLIENT_VARIABLES, Secret, parse_variables
from rehearsal.verdict import MisconfiguredError

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)
# Anything that fits on a line of YAML or of a shell: all but what ends a line, NUL and surrogates.
ONE_LINE = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]))
VALUES = st.lists(ONE_LINE, max_size=5).map("\n".join)


def parse(text: str, environ: dict[str, str] | None = None) -> dict[str, str | None]:
    found = parse_variables(text, source="secrets", environ=environ or {})
    return {name: variable.value for name, variable in found.items()}


def refusal(text: str) -> MisconfiguredError | None:
    try:
        parse(text)
    except MisconfiguredError as error:
        return error
    return None


@pytest.mark.parametrize(
    "text, expected",
    [
        pytest.param("", {}, id="nothing"),
        pytest.param("\n  \n", {}, id="blank lines"),
        pytest.param("A", {"A": "from env"}, id="bare name"),
        pytest.param("  A  ", {"A": "from env"}, id="bare name among spaces"),
        pytest.param("UNSET", {"UNSET": None}, id="bare name that is not set"),
        pytest.param("A=", {"A": ""}, id="empty value"),
        pytest.param("A=b=c", {"A": "b=c"}, id="value with ="),
        pytest.param("A= b ", {"A": " b "}, id="white space in a value stays"),
        pytest.param("  A=1\n\n  B_2=2", {"A": "1", "B_2": "2"}, id="several, indented"),
        pytest.param("A=1\r\nB=2\r\n", {"A": "1", "B": "2"}, id="carriage returns"),
        pytest.param("A=x<<END", {"A": "x<<END"}, id="<< after ="),
        pytest.param("A<<END\none\n two\nEND", {"A": "one\n two"}, id="several lines"),
        pytest.param("A<<E\nB=1\nE\nC=2", {"A": "B=1", "C": "2"}, id="item after several lines"),
        pytest.param("A<<E\n  E", {"A": ""}, id="indented end"),
        pytest.param("A<<E\nEE\nE E\nE", {"A": "EE\nE E"}, id="end is a whole line"),
    ],
)
def test_parse_variables__reads(text: str, expected: dict[str, str | None]) -> None:
    assert parse(text, {"A": "from env"}) == expected


@pytest.mark.parametrize(
    "text, line",
    [
        pytest.param("GOOD=1\nhush hush", 2, id="words"),
        pytest.param("=hush", 1, id="no name"),
        pytest.param("9hush=1", 1, id="name begins with a digit"),
        pytest.param("hush-hush=1", 1, id="hyphen in a name"),
        pytest.param("A =hush", 1, id="space before ="),
        pytest.param("KEY=-----BEGIN\nhush+hush/==\n-----END", 2, id="unquoted PEM key"),
        pytest.param('{"key": "hush"}', 1, id="JSON"),
        pytest.param("A=1\n\nB<<END\nhush\nhush", 3, id="never closed"),
        pytest.param("hüsh=1", 1, id="letter outside ASCII"),
        pytest.param("$(hush)=1", 1, id="shell"),
    ],
)
def test_parse_variables__errors_name_the_line_and_never_the_content(text: str, line: int) -> None:
    with pytest.raises(MisconfiguredError) as caught:
        parse(text)
    assert f"secrets, line {line}:" in caught.value.problem.message
    assert caught.value.problem.hint
    shown = (
        caught.value.problem.message
        + caught.value.problem.hint
        + "".join(caught.value.problem.excerpt)
    )
    assert "hush" not in shown
    assert "hüsh" not in shown


def test_parse_variables__refuses_a_name_twice() -> None:
    with pytest.raises(
        MisconfiguredError, match=r"secrets, line 3: line 1 has the same name"
    ) as caught:
        parse("A=hush\nB=1\nA=hush")
    assert "hush" not in caught.value.problem.message + caught.value.problem.hint


@pytest.mark.parametrize(
    "separator", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"], ids=ascii
)
def test_parse_variables__only_a_newline_ends_a_line(separator: str) -> None:
    """Else half of a secret would become a name, and names are shown."""
    value = f"first{separator}second"
    assert parse(f"A={value}\nB<<E\n{value}\nE") == {"A": value, "B": value}


def test_parse_variables__says_where_a_value_comes_from() -> None:
    text = "A=1\n\nB<<E\n2\nE\nC\nD"
    found = parse_variables(text, source="env", environ={"A": "no", "C": "3"})
    assert {name: (each.value, each.line, each.inherited) for name, each in found.items()} == {
        "A": ("1", 1, False),
        "B": ("2", 3, False),
        "C": ("3", 6, True),
        "D": (None, 7, True),
    }


# What the engine takes before a `=`. An indented line may be one of a YAML block.
ANY_NAMES = st.from_regex(r"[^=\s\0][^=\r\n\0]{0,20}", fullmatch=True).filter(
    lambda name: "<<" not in name
)


@given(items=st.dictionaries(ANY_NAMES, ONE_LINE.filter(lambda value: "<<" not in value)))
def test_parse_variables__any_name_that_the_engine_takes(items: dict[str, str]) -> None:
    text = "\n".join(f"{name}={value}" for name, value in items.items())
    found = parse_variables(text, source="env", environ={}, names=ANY_NAME)
    assert {name: each.value for name, each in found.items()} == items


@pytest.mark.parametrize("line", ["discovery.type", "a-b", "services/x", "=value", "a b"])
def test_parse_variables__a_bare_line_is_a_plain_name(line: str) -> None:
    with pytest.raises(MisconfiguredError, match="env, line 2: expected NAME, NAME=value"):
        parse_variables(f"A=1\n{line}", source="env", environ={line: "x"}, names=ANY_NAME)


@given(items=st.dictionaries(NAMES, ONE_LINE, max_size=6))
def test_parse_variables__round_trip_of_single_lines(items: dict[str, str]) -> None:
    text = "\n".join(f"{name}={value}" for name, value in items.items())
    assert parse(text) == items


@given(items=st.dictionaries(NAMES, VALUES, max_size=4))
def test_parse_variables__round_trip_of_several_lines(items: dict[str, str]) -> None:
    end = "the-end-of-it"
    text = "\n".join(f"{name}<<{end}\n{value}\n{end}" for name, value in items.items())
    assert parse(text) == items


@given(items=st.dictionaries(NAMES, VALUES, max_size=4))
def test_parse_variables__round_trip_through_the_environment(items: dict[str, str]) -> None:
    assert parse("\n".join(items), items) == items


@given(text=st.text())
def test_parse_variables__any_text_is_read_or_refused_without_content(text: str) -> None:
    marked = "".join(f"{line}\x07" for line in text.splitlines(keepends=True))
    for written in (text, marked):
        if error := refusal(written):
            assert "secrets, line " in error.problem.message
            assert "\x07" not in error.problem.message + error.problem.hint


@pytest.mark.parametrize("show", [repr, str, "{}".format], ids=["repr", "str", "format"])
def test_secret__never_shows_its_value(show: Callable[[object], str]) -> None:
    assert "hush-hush" not in show(Secret(name="A", value="hush-hush"))


@pytest.mark.parametrize(
    "value, masks",
    [
        pytest.param("abc", [], id="three characters"),
        pytest.param("abcd", ["abcd"], id="four characters"),
        pytest.param(" abcd \n", ["abcd"], id="white space"),
        pytest.param("abcd\nef\nghij", ["abcd", "ghij"], id="a line too short"),
        pytest.param("{\n  'key': 1\n}", ["'key': 1"], id="braces alone"),
        pytest.param(
            "-----BEGIN KEY-----\nMIIE\nabcd=\n-----END KEY-----\n",
            ["MIIE", "abcd="],
            id="PEM armour",
        ),
    ],
)
def test_masks__each_line_that_is_long_enough(value: str, masks: list[str]) -> None:
    assert list(Secret(name="A", value=value).masks()) == masks


@pytest.mark.parametrize(
    "value, short",
    [("abcde", True), (" abcde\n", True), ("abcdef", False)],
    ids=["five", "five and white space", "six"],
)
def test_too_short__to_be_redacted(value: str, short: bool) -> None:
    assert Secret(name="A", value=value).too_short is short


@pytest.mark.parametrize(
    "name",
    ["DOCKER_HOST", "BUILDKIT_HOST", "PATH", "HOME", "LD_PRELOAD", "https_proxy", "SSL_CERT_FILE"],
)
def test_client_variables__are_read_by_the_engine_s_client(name: str) -> None:
    assert CLIENT_VARIABLES.match(name)


@pytest.mark.parametrize("name", ["DJANGO_SECRET_KEY", "MY_PATH", "HOMEPAGE", "A_DOCKER_TOKEN"])
def test_client_variables__no_others(name: str) -> None:
    assert not CLIENT_VARIABLES.match(name)
