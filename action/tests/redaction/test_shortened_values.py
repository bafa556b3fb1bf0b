"""Values that a printer shortened."""

import reprlib
import unittest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .test_redactor import PEM, in_pieces, redactor

URL = "postgres5://superlists:5FAG7BsSo9vX'q2Lw81kTyPz_l@postgres:5432/fa"


@pytest.mark.parametrize(
    "value, shown, redacted",
    [
        pytest.param(
            URL,
            'input_value="postgres5://superlists:5...TyPz_l@postgres:5432/fa", input_type=str]',
            'input_value="***...***", input_type=str]',
            id="pydantic",
        ),
        pytest.param(URL, "{'a': 'postgres5://superlis'+46}", "{'a': '***'+46}", id="rich"),
        pytest.param(URL, "5FAG7BsSo9… …l@postgres:5432", "***… …***", id="one-character"),
        pytest.param(URL, '"5FAG7BsSo9\\u2026l@postgres:54"', '"***\\u2026***"', id="json"),
        pytest.param(URL, "5FAG7......l@post.....", "5FAG7......***.....", id="more-dots"),
        pytest.param(URL, "5FAG7B..[12 chars].…Pz_l@p", "***..[12 chars].…***", id="dots-before"),
        pytest.param("ab12c.345", "...ab12c....345...", "...ab12c....345...", id="dots-in-value"),
        pytest.param("ab12..c345", "...ab12..c...", "...***...", id="two-dots-in-value"),
        pytest.param(URL, "5FAG7...q2Lw8", "5FAG7...q2Lw8", id="five"),
        pytest.param(URL, "5FAG7B..", "5FAG7B..", id="two-dots"),
        pytest.param(URL, "Loading lists... 5FAG7B ...", "Loading lists... 5FAG7B ...", id="apart"),
        pytest.param(URL, "[1 chars]TyPz_l-x[22 chars]", "[1 chars]***-x[22 chars]", id="unittest"),
        pytest.param(URL, "TyPz_l[22 characters]", "TyPz_l[22 characters]", id="other-words"),
        pytest.param(
            PEM,
            r"'-----BEGIN PRIVATE KEY--...kqhkiG9w0B\nAQEFAASCBKcwggSj\nQw==\n-----END...'",
            "'-----BEGIN PRIVATE KEY--...***...'",
            id="key",
        ),
        pytest.param(PEM, r"'...\n-----END PRIV...\n'", r"'...\n-----END PRIV...\n'", id="armour"),
        pytest.param('{\n    "a": "tok-a1"\n}', r"x\n    ...", r"x\n    ...", id="only-blanks"),
        pytest.param('say "it\'s" \\ é-漢', r"""...\"it's\" \\ \u00e9-.""", "...***.", id="quotes"),
    ],
)
def test_redactor__shortened(value: str, shown: str, redacted: str) -> None:
    r = redactor(value)
    assert r.redact(shown) == redacted
    assert in_pieces(r, shown.encode(), list(range(1, len(shown.encode())))) == redacted.encode()


def test_redactor__reprlib() -> None:
    assert redactor(URL).redact(reprlib.repr(URL)) == "'***...***'"


def test_redactor__unittest() -> None:
    case = unittest.TestCase()
    with pytest.raises(AssertionError) as caught:
        case.assertMultiLineEqual(f"{'x' * 99}{URL}", f"{'x' * 99}{URL[:-2]}gb")  # noqa: PT009 - its message is what is tested
    message = redactor(URL).redact(str(caught.value))
    assert "chars]***" in message
    assert "TyPz_l@" not in message


VALUES = st.lists(
    st.one_of(
        st.text("ab.", min_size=6, max_size=14),
        st.sampled_from([URL, PEM, "a.b..c...d....e", "[1 chars]'+1...ab", "aaaaaaaa"]),
    ),
    min_size=1,
    max_size=3,
)
ELLIPSES = ["...", "....", "…", "\\u2026", "[12 chars]", "'+12", ".", "..", "[", "'", "\n"]


@given(data=st.data(), values=VALUES)
def test_redactor__any_split_gives_the_same_output(data: st.DataObject, values: list[str]) -> None:
    piece = st.builds(
        lambda value, start, length: value[start : start + length],
        st.sampled_from(values),
        st.integers(0, 12),
        st.integers(1, 20),
    )
    pieces = data.draw(st.lists(st.one_of(piece, st.sampled_from(ELLIPSES)), max_size=9))
    text = "".join(pieces).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=9)))
    r = redactor(*values)
    assert in_pieces(r, text, cuts) == r.redact_bytes(text)


@given(
    before=st.text("xyz .\n", max_size=9),
    after=st.text("xyz .\n", max_size=9),
    edges=st.tuples(st.integers(0, len(URL) - 6), st.integers(6, 30)),
)
def test_redactor__finds_each_piece_in_any_text(
    before: str, after: str, edges: tuple[int, int]
) -> None:
    piece = URL[edges[0] : sum(edges)]
    r = redactor(URL)
    assert piece not in r.redact(f"{before} {piece}...{after}")
    assert piece not in r.redact(f"{before}...{piece} {after}")
