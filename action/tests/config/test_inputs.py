import pytest

from rehearsal.config.inputs import CONFIDENTIAL, DEFAULTS, LONGEST_SHOWN, NOT_YET, Inputs
from rehearsal.verdict import Misconfigured

ANOTHER = {"audit": "warn", "audit-active": "true"}


def told(error: pytest.ExceptionInfo[Misconfigured]) -> str:
    problem = error.value
    return "\n".join((problem.message, problem.hint, *problem.excerpt))


@pytest.mark.parametrize("name", sorted(NOT_YET))
def test_of__refuses_what_does_not_work_yet(name: str) -> None:
    with pytest.raises(Misconfigured, match=f"The input {name} does not work") as caught:
        Inputs.of({name: ANOTHER.get(name, "something")})
    assert f"Leave {name} out" in caught.value.hint


@pytest.mark.parametrize("name", sorted(NOT_YET))
@pytest.mark.parametrize("blank", ["", "  \n"], ids=["empty", "white space"])
def test_of__accepts_the_default_of_what_does_not_work_yet(name: str, blank: str) -> None:
    assert Inputs.of({name: DEFAULTS[name]}).given[name] == DEFAULTS[name]
    assert Inputs.of({name: blank}).given[name] == blank


def test_of__refuses_an_unknown_name_and_lists_the_known() -> None:
    with pytest.raises(Misconfigured, match="no input named 'prot'") as caught:
        Inputs.of({"prot": "hush"})
    assert all(name in caught.value.hint for name in DEFAULTS)
    assert "hush" not in told(caught)


def test_of__what_is_not_given_has_its_default() -> None:
    assert Inputs.of({}).given == DEFAULTS


@pytest.mark.parametrize(
    "value, text", [(None, ""), (8080, "8080"), ("8080", "8080")], ids=["null", "number", "text"]
)
def test_of__takes_what_json_holds(value: object, text: str) -> None:
    assert Inputs.of({"port": value}).text("port") == text


@pytest.mark.parametrize("value", ["hush\0", "hush\ud800", "\udfff"], ids=ascii)
@pytest.mark.parametrize("name", ["context", "secrets", "command", "test-reports"])
def test_of__refuses_what_no_program_can_be_given(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=f"The input {name} holds") as caught:
        Inputs.of({name: value})
    assert "hush" not in told(caught)


def test_of__file_names_that_are_not_utf8_go_through() -> None:
    assert Inputs.of({"context": "caf\udce9"}).text("context") == "caf\udce9"


@pytest.mark.parametrize(
    "value", ["", "0", "65536", "-1", "8888.0", "0x50", "٨٨٨٨", "1_000", "9" * 5000, "80; ls"]
)  # fmt: skip
def test_number__refuses_and_names_input_value_and_bounds(value: str) -> None:
    inputs = Inputs.of({"port": value})
    with pytest.raises(Misconfigured) as caught:
        inputs.number("port", 1, 65535, "things")
    assert "The input port is " in caught.value.message
    assert repr(value)[:LONGEST_SHOWN] in caught.value.message
    assert "a whole number of things from 1 to 65535" in caught.value.message
    assert "port" in caught.value.hint
    assert len(caught.value.message) < LONGEST_SHOWN + 100


@pytest.mark.parametrize(
    "value, number",
    [("1", 1), (" 65535 \n", 65535), ("0080", 80)],
    ids=["lowest", "highest among white space", "leading zeros"],
)
def test_number__reads(value: str, number: int) -> None:
    assert Inputs.of({"port": value}).number("port", 1, 65535) == number


@pytest.mark.parametrize("value", ["yes", "True", "1", "", "truefalse"])
def test_boolean__is_true_or_false_and_nothing_else(value: str) -> None:
    with pytest.raises(Misconfigured, match="one of true, false"):
        Inputs({**DEFAULTS, "audit-active": value}).boolean("audit-active")


@pytest.mark.parametrize("value, truth", [("true", True), (" false ", False)])
def test_boolean__reads(value: str, truth: bool) -> None:
    assert Inputs({**DEFAULTS, "audit-active": value}).boolean("audit-active") is truth


def test_choice__names_what_is_allowed() -> None:
    inputs = Inputs.of({"evidence": "sometimes"})
    with pytest.raises(Misconfigured) as caught:
        inputs.choice("evidence", ("always", "never"))
    assert caught.value.message == (
        "The input evidence is 'sometimes'; it has to be one of always, never."
    )


def test_lines__hold_something_each() -> None:
    assert Inputs.of({"command": " a \n\n\tb c\n"}).lines("command") == ("a", "b c")


def test_block__is_as_it_was_written() -> None:
    assert Inputs.of({"secrets": " A= b \n"}).block("secrets") == " A= b \n"


@pytest.mark.parametrize("value", ["linux/amd64x/", "linux/amd64\nevil", "--privileged"])
def test_matching__is_about_the_whole_value(value: str) -> None:
    with pytest.raises(Misconfigured, match=r"The input platform is .* like linux/amd64"):
        Inputs.of({"platform": value}).matching("platform", r"[a-z]+/[a-z0-9]+", "like linux/amd64")


def test_matching__may_be_empty() -> None:
    assert Inputs.of({}).matching("platform", "x", "x") == ""


@pytest.mark.parametrize("name", sorted(CONFIDENTIAL))
def test_wrong__never_shows_what_may_be_secret(name: str) -> None:
    problem = Inputs({**DEFAULTS, name: "hush"}).wrong(name, "something else")
    assert f"The input {name} is (not shown); it has to be something else." == problem.message
    assert "hush" not in problem.hint


def test_confidential__holds_what_the_contract_says() -> None:
    assert {"secrets", "env", "test-env", "build-args", "build-secrets"} <= CONFIDENTIAL


def test_wrong__shortens_a_long_value() -> None:
    problem = Inputs({**DEFAULTS, "image": "x" * 10_000}).wrong("image", "short")
    assert "x" * LONGEST_SHOWN + "…" in problem.message
    assert len(problem.message) < LONGEST_SHOWN + 100
