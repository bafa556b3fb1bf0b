from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.local.expressions.template import interpolate, split_template
from rehearsal.local.expressions.values import Contexts, ExpressionError, UnknownValueError, Value


@dataclass
class FakeContext:
    """Holds the given items; every other item is unknown."""

    path: str
    items: Mapping[str, Value] = field(default_factory=dict)
    optional: bool = True

    def get(self, name: str) -> Value:
        return self.items.get(name, FakeContext(f"{self.path}.{name}", optional=self.optional))

    def unknown_error(self) -> UnknownValueError:
        return UnknownValueError(self.path, optional=self.optional)


EVENT: Value = {
    "Number": 7.0,
    "labels": [{"name": "red"}, {"name": "blue"}, {"id": 1.0}],
    "on": True,
}
CONTEXTS: Contexts = {
    "github": FakeContext("github", {"ref": "refs/heads/main", "event": EVENT}),
    "secrets": FakeContext("secrets", {"KEY": "s3cret"}),
    "steps": FakeContext("steps", optional=False),
}


def evaluated(expression: str) -> str:
    return interpolate("${{" + expression + "}}", CONTEXTS)


# Expression: the text that its value gives.
VALUES = {
    # Literals
    "null": "",
    "true": "true",
    "false": "false",
    "711": "711",
    "-9.2": "-9.2",
    "0xff": "255",
    "0o17": "15",
    "-2.99e-2": "-0.0299",
    "1e3": "1000",
    "1.10": "1.1",
    "1e20": "1E+20",
    "-0": "0",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "'It''s open source!'": "It's open source!",
    "'a}}b'": "a}}b",
    "''": "",
    # Indexes and object filters
    "github.ref": "refs/heads/main",
    "github['ref']": "refs/heads/main",
    "GitHub.ref": "refs/heads/main",
    "github.event.number": "7",
    "github.event.labels[1].name": "blue",
    "github.event.labels[9].name": "",
    "github.event.labels['x']": "",
    "github.event.nothing.at.all": "",
    "join(github.event.labels.*.name)": "red,blue",
    "join(github.event.labels[*].name, ' + ')": "red + blue",
    "join(github.event.*.*.name, '-')": "red-blue",
    "join(github.ref.*)": "",
    # Operators
    "!true": "false",
    "!!'x'": "true",
    "!''": "true",
    "!'' == true": "true",
    "1 < 2": "true",
    "2 <= 2": "true",
    "3 > 4": "false",
    "4 >= 4": "true",
    "'a' < 'B'": "true",
    "'Main' == 'mAIN'": "true",
    "'a' != 'b'": "true",
    "null == 0": "true",
    "null == ''": "true",
    "true == 1": "true",
    "'' == 0": "true",
    "'0x10' == 16": "true",
    "' 5 ' == 5": "true",
    "'x' == 0": "false",
    "'x' != 0": "true",
    "NaN == NaN": "false",
    "github.event == github.event": "true",
    "fromJSON('[]') == fromJSON('[]')": "false",
    "fromJSON('[]') < 1": "false",
    "'a' && 'b'": "b",
    "'' && 'b'": "",
    "0 || 'b'": "b",
    "NaN || 'b'": "b",
    "'a' || 'b'": "a",
    "true && 'yes' || 'no'": "yes",
    "false && 'yes' || 'no'": "no",
    "true || false && false": "true",
    "(true || false) && false": "false",
    "1 < 2 == true": "true",
    "fromJSON('{}') && 'objects are true'": "objects are true",
    # Functions
    "contains('Hello world', 'LLO')": "true",
    "contains(github.event.labels.*.name, 'RED')": "true",
    "contains(github.event.labels.*.name, 're')": "false",
    "contains(github.event, 'on')": "false",
    "contains(fromJSON('[1, 2]'), '2')": "true",
    "CONTAINS(null, '')": "true",
    "startsWith(github.ref, 'REFS/')": "true",
    "endsWith(github.ref, 'Main')": "true",
    "format('{0} and {{0}} and {1}{0}', 'a', 2)": "a and {0} and 2a",
    "format('}}{{')": "}{",
    "join('alone')": "alone",
    "join(fromJSON('[1, true, null]'), '|')": "1|true|",
    "toJSON(null)": "null",
    "toJSON(github.event.labels[0])": '{\n  "name": "red"\n}',
    "toJSON(fromJSON('[1, 1.5]'))": "[\n  1,\n  1.5\n]",
    "fromJSON('{\"a\": {\"b\": 3}}').a.B": "3",
    "fromJSON('3') == 3": "true",
    "format('{0}', github.event)": "Object",
    "case(false, 'a', 1 == 1, 'b', 'c')": "b",
    "case(false, 'a', 'c')": "c",
    # Values that are not known
    "secrets.KEY": "s3cret",
    "secrets.OTHER || 'fallback'": "fallback",
    "secrets.KEY || steps.a": "s3cret",
    "false && steps.a.outputs.b": "false",
    "case(true, 'a', steps.a)": "a",
}  # fmt: skip


@pytest.mark.parametrize("expression", VALUES)
def test_interpolate__value(expression: str) -> None:
    assert evaluated(expression) == VALUES[expression]


ERRORS = {
    "": "the end was found",
    "1 +": "'+' was not expected",
    '"x"': "single quotes around it",
    "'x' 'y'": "\"'y'\" was not expected",
    "(1": "the end was not expected",
    "a.": "after the dot",
    "a.1": "was not expected",
    "1 2": "'2' was not expected",
    "true false": "'false' was not expected",
    "1x": "was not expected",
    "= 1": "was not expected",
    "f(": "was found",
    "f(1,)": "')' was found",
    "nowhere": "no context named 'nowhere'",
    "matrix.x": "no context named 'matrix'",
    "always()": "no function always here",
    "hashFiles('x')": "GitHub's runner only",
    "join()": "join does not take 0 arguments",
    "contains('x')": "contains does not take 1 arguments",
    "case(true, 1)": "case takes pairs",
    "case(true)": "case takes pairs",
    "format('{0}')": "no value for '{0}'",
    "format('{')": "no value for '{'",
    "format('{x}', 1)": "no value for '{'",
    "fromJSON('{')": "not valid JSON",
    "github.event": "a mapping, and a text is needed",
    "github.event.labels": "a list, and a text is needed",
    "(" * 60 + "1" + ")" * 60: "more than 50 deep",
    "!" * 60 + "1": "more than 50 deep",
    "||".join("1" * 300): "more than 400 parts",
    "'" + "x" * 21000 + "'": "longer than 21000",
}


@pytest.mark.parametrize("expression", ERRORS, ids=lambda text: text[:20])
def test_interpolate__error_names_the_fault(expression: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluated(expression)
    assert ERRORS[expression] in str(caught.value)


@pytest.mark.parametrize(
    "expression, path",
    [
        ("secrets.OTHER", "secrets.OTHER"),
        ("secrets", "secrets"),
        ("toJSON(secrets)", "secrets"),
        ("join(secrets.*)", "secrets"),
        ("steps.build.outputs.image", "steps.build.outputs.image"),
        ("steps['build']['outputs']", "steps.build.outputs"),
        ("steps.a || 'b'", "steps.a"),
        ("secrets.A || secrets.B", "secrets.B"),
        ("secrets.A == 'x'", "secrets.A"),
        ("!secrets.A", "secrets.A"),
        ("secrets.A && 'x'", "secrets.A"),
        ("format('{0}', secrets.A)", "secrets.A"),
        ("contains(secrets.A, 'x')", "secrets.A"),
        ("github.event.labels[secrets.A]", "secrets.A"),
        ("1 < secrets.A", "secrets.A"),
    ],
)
def test_interpolate__names_the_unknown_value(expression: str, path: str) -> None:
    with pytest.raises(UnknownValueError) as caught:
        evaluated(expression)
    assert caught.value.path == path


def test_interpolate__text_around_expressions() -> None:
    assert interpolate("a ${{ 1 }}${{'}}'}} b$ {{ }} ${ x }", CONTEXTS) == "a 1}} b$ {{ }} ${ x }"


def test_interpolate__never_closed() -> None:
    with pytest.raises(ExpressionError, match="never closed"):
        interpolate("x ${{ 'a }}", CONTEXTS)


def test_split_template__keeps_the_order() -> None:
    found = [(segment.text, segment.is_expression) for segment in split_template("a${{ b }}c")]
    assert found == [("a", False), ("b", True), ("c", False)]


TOKENS = st.sampled_from(
    ["(", ")", "[", "]", ".", "*", ",", "!", "||", "&&", "==", "!=", "<", ">=", "'a'", "1", "-2.5",
     "true", "null", "NaN", "github", "event", "labels", "secrets", "steps", "join", "format",
     "fromJSON", "toJSON", "contains", "case", "'{0}'", "'[1]'", " "]
)  # fmt: skip


@given(st.lists(TOKENS, max_size=25).map("".join) | st.text(max_size=60))
def test_interpolate__gives_a_text_or_an_expression_error(expression: str) -> None:
    with suppress(ExpressionError):
        assert isinstance(evaluated(expression), str)


@given(st.text(max_size=50).filter(lambda text: "${{" not in text))
def test_interpolate__leaves_plain_text_alone(text: str) -> None:
    assert interpolate(text, {}) == text


@given(st.text(max_size=30))
def test_interpolate__reads_back_every_quoted_text(text: str) -> None:
    assert evaluated("'" + text.replace("'", "''") + "'") == text
