import pytest

from rehearsal.config.input_table import INPUTS
from rehearsal.config.input_types import BOOLEAN, Input, matching, number, one_of, table
from rehearsal.config.inputs import LONGEST_INPUTS, LONGEST_SHOWN, Inputs, given_names
from rehearsal.verdict import MisconfiguredError

CONFIDENTIAL = [name for name, each in INPUTS.items() if each.type.confidential]
TABLE = table(
    Input("count", number(1, 65535, "things"), "A number."),
    Input("optional", number(1, 9, optional=True), "A number or nothing."),
    Input("switch", BOOLEAN, "A switch.", default="false"),
    Input("when", one_of("always", "never"), "A choice.", default="never"),
    Input("system", matching("[a-z]+/[a-z0-9]+", "like linux/amd64"), "A text."),
)


def given(name: str, value: str) -> Inputs:
    return Inputs.of({name: value}, TABLE)


def text_of(error: pytest.ExceptionInfo[MisconfiguredError]) -> str:
    problem = error.value.problem
    return "\n".join((problem.message, problem.hint, *problem.excerpt))


def test_of__refuses_an_unknown_name_and_lists_the_known() -> None:
    with pytest.raises(MisconfiguredError, match="no input named 'prot'") as caught:
        Inputs.of({"prot": "hush"})
    assert all(name in caught.value.problem.hint for name in INPUTS)
    assert "hush" not in text_of(caught)


def test_of__refuses_inputs_that_github_cannot_pass_on() -> None:
    script = "x" * (LONGEST_INPUTS - 100)
    Inputs.of({"test-command": script})
    with pytest.raises(MisconfiguredError, match=r"The inputs have 12\d KiB together") as caught:
        Inputs.of({"test-command": script, "setup-command": "hush" * 30})
    assert "hush" not in text_of(caught)


def test_of__what_is_not_given_has_its_default() -> None:
    defaults = {name: each.default for name, each in INPUTS.items()}
    assert Inputs.of({}).values == defaults


@pytest.mark.parametrize(
    "value, text", [(None, ""), (8080, "8080"), ("8080", "8080")], ids=["null", "number", "text"]
)
def test_of__takes_what_json_holds(value: object, text: str) -> None:
    assert Inputs.of({"port": value}).values["port"] == text


@pytest.mark.parametrize("value", ["hush\0", "hush\ud800", "\udfff"], ids=ascii)
@pytest.mark.parametrize("name", ["context", "secrets", "command", "test-reports"])
def test_of__refuses_what_no_program_can_be_given(name: str, value: str) -> None:
    with pytest.raises(MisconfiguredError, match=f"The input {name} holds") as caught:
        Inputs.of({name: value})
    assert "hush" not in text_of(caught)


def test_of__file_names_that_are_not_utf8_go_through() -> None:
    assert Inputs.of({"context": "caf\udce9"}).text("context") == "caf\udce9"


@pytest.mark.parametrize(
    "value", ["", "0", "65536", "-1", "8888.0", "0x50", "٨٨٨٨", "1_000", "9" * 5000, "80; ls"]
)  # fmt: skip
def test_number__refuses_and_names_input_value_and_bounds(value: str) -> None:
    with pytest.raises(MisconfiguredError) as caught:
        given("count", value).number("count")
    assert "The input count is " in caught.value.problem.message
    assert repr(value)[:LONGEST_SHOWN] in caught.value.problem.message
    assert "a whole number of things from 1 to 65535" in caught.value.problem.message
    assert "count" in caught.value.problem.hint
    assert len(caught.value.problem.message) < LONGEST_SHOWN + 100


@pytest.mark.parametrize(
    "value, read",
    [("1", 1), (" 65535 \n", 65535), ("0080", 80)],
    ids=["lowest", "highest among white space", "leading zeros"],
)
def test_number__reads(value: str, read: int) -> None:
    assert given("count", value).number("count") == read


def test_number__an_optional_one_may_be_empty() -> None:
    assert given("optional", " ").number("optional") == 0
    with pytest.raises(MisconfiguredError, match="a whole number from 1 to 9"):
        given("optional", "10").number("optional")


@pytest.mark.parametrize("value", ["yes", "True", "1", "", "truefalse"])
def test_boolean__is_true_or_false_and_nothing_else(value: str) -> None:
    with pytest.raises(MisconfiguredError, match="one of true, false"):
        given("switch", value).boolean("switch")


@pytest.mark.parametrize("value, truth", [("true", True), (" false ", False)])
def test_boolean__reads(value: str, truth: bool) -> None:
    assert given("switch", value).boolean("switch") is truth


def test_text__of_a_choice_names_what_is_allowed() -> None:
    assert given("when", "always\n").text("when") == "always"
    with pytest.raises(MisconfiguredError) as caught:
        given("when", "sometimes").text("when")
    assert caught.value.problem.message == (
        "The input when is 'sometimes'; it has to be one of always, never."
    )


@pytest.mark.parametrize("value", ["linux/amd64x/", "linux/amd64\nevil", "--privileged"])
def test_text__the_whole_value_has_to_match(value: str) -> None:
    with pytest.raises(MisconfiguredError, match=r"The input system is .* like linux/amd64"):
        given("system", value).text("system")


def test_text__with_a_pattern_may_be_empty() -> None:
    assert given("system", "").text("system") == ""


def test_lines__hold_something_each() -> None:
    assert Inputs.of({"command": " a \n\n\tb c\n"}).lines("command") == ("a", "b c")


def test_block__is_as_it_was_written() -> None:
    assert Inputs.of({"secrets": " A= b \n"}).block("secrets") == " A= b \n"


@pytest.mark.parametrize("name", CONFIDENTIAL)
def test_wrong__never_shows_what_may_be_secret(name: str) -> None:
    inputs = Inputs.of({name: "hush"})
    hidden = "is (not shown, it may hold a secret); it has to be something else."
    for line, where in ((0, name), (3, f"{name}, line 3,")):
        problem = inputs.error_for(name, "something else", line=line).problem
        assert problem.message == f"The input {where} {hidden}"
        assert "hush" not in problem.hint


def test_confidential__is_what_may_hold_a_secret() -> None:
    variables = {"secrets", "env", "test-env", "build-args", "build-secrets", "service-env"}
    scripts = {"setup-command", "test-command", "before-command"}
    options = {"run-options", "command", "volumes", "cache-from", "cache-to"}
    options |= {"service-ready", "workers"}
    requests = {"ready-headers", "ready-path", "selenium-url"}
    assert set(CONFIDENTIAL) == variables | scripts | options | requests


def test_wrong__shortens_a_long_value() -> None:
    problem = Inputs.of({"image": "x" * 10_000}).error_for("image", "short").problem
    assert "x" * LONGEST_SHOWN + "…" in problem.message
    assert len(problem.message) < LONGEST_SHOWN + 100


def test_given_names__without_defaults_and_empty_values() -> None:
    given = {"timeout": "3600", "env": "A=b", "secrets": "  \n", "context": None, "target": "prod"}
    assert given_names(given) == ("env", "target")


def test_given_names__without_unknown_names() -> None:
    assert given_names({"prot": "80", "port": "81"}) == ("port",)
