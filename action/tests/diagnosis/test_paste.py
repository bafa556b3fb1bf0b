import pytest

from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.paste import INPUTS_ORIGIN, InputsOrigin, fit_paste, in_step, in_step_env
from rehearsal.verdict import Verdict

STEP = "under the step's with:, add:"
KEY = f"{in_step('secrets', 'KEY')}\n\n{in_step_env('KEY', '${{ secrets.KEY }}')}".replace(
    "{workflow|your workflow}", "ci.yml"
)


def fitted(paste: str, *given: str, flags_only: bool = False, is_call: bool = False) -> str:
    origin = InputsOrigin(given=given, flags_only=flags_only, is_call=is_call)
    facts = Facts(verdict=Verdict.CRASHED, lines={INPUTS_ORIGIN: origin.lines()})
    return fit_paste(paste.replace("{workflow|your workflow}", "ci.yml"), facts)


def test_fit_paste__the_step_lacks_the_input() -> None:
    assert fitted(in_step("port", "'9000'")) == f"# in ci.yml, {STEP}\nport: '9000'"
    assert fitted(in_step("env", "A=b", "and "), "secrets") == f"# and in ci.yml, {STEP}\nenv: A=b"


@pytest.mark.parametrize(
    "name, value, text",
    [
        ("port", "'9000'", "write instead:\nport: '9000'"),
        ("env", "A=b", "add this line, or change that of A to it (after env: |):\nA=b"),
        ("secrets", "KEY", "add this line (after secrets: |):\nKEY"),
        (
            "ready-headers",
            "'Accept: application/json'",
            "add this line (after ready-headers: |):\nAccept: application/json",
        ),
        (
            "setup-command",
            "python manage.py migrate",
            "add this line (after setup-command: |):\npython manage.py migrate",
        ),
    ],
)
def test_fit_paste__the_step_has_the_input(name: str, value: str, text: str) -> None:
    assert fitted(in_step(name, value), name) == f"# in ci.yml, in the step's input {name}, {text}"


@pytest.mark.parametrize(
    "given, text",
    [
        ((), "add:\n--env A=b"),
        (("env",), "add, or change that of A to it:\n--env A=b"),
    ],
)
def test_fit_paste__flags_of_a_list(given: tuple[str, ...], text: str) -> None:
    assert (
        fitted(in_step("env", "A=b"), *given, flags_only=True) == f"# on the command line, {text}"
    )


@pytest.mark.parametrize(
    "given, text",
    [((), "add:\n--port 9000"), (("port",), "write instead of --port:\n--port 9000")],
)
def test_fit_paste__flags_of_a_value(given: tuple[str, ...], text: str) -> None:
    paste = in_step("port", "'9000'", "or ")
    assert fitted(paste, *given, flags_only=True) == f"# or on the command line, {text}"


def test_fit_paste__a_flag_is_quoted_for_the_shell() -> None:
    fits = fitted(in_step("setup-command", "python manage.py migrate"), flags_only=True)
    assert fits.endswith("\n--setup-command 'python manage.py migrate'")


def test_fit_paste__a_variable_of_the_step() -> None:
    assert fitted(KEY) == KEY
    assert fitted(KEY, flags_only=True) == (
        "# on the command line, add:\n--secrets KEY\n\n"
        "# and also, before the command:\nexport KEY=VALUE"
    )


def test_fit_paste__several_lines() -> None:
    added = in_step("secrets", "|\n  KEY\n  TOKEN")
    paste = f"{added}\n\n{in_step_env('KEY', 'a')}\nTOKEN: b\n\n# instead"
    assert fitted(paste) == paste.replace("{workflow|your workflow}", "ci.yml")
    rest = "\n\n# and also, under the step's env:, add:\nKEY: a\nTOKEN: b\n\n# instead"
    assert fitted(paste, "secrets") == (
        "# in ci.yml, in the step's input secrets, add these lines (after secrets: |):\nKEY\nTOKEN"
        + rest
    )
    assert fitted(paste, flags_only=True) == (
        "# on the command line, add:\n--secrets KEY\n--secrets TOKEN\n\n"
        "# and also, before the command:\nexport KEY=VALUE\nexport TOKEN=VALUE\n\n# instead"
    )


def test_fit_paste__an_input_of_a_call() -> None:
    port = in_step("port", "'9000'")
    assert fitted(port, is_call=True) == "# in ci.yml, under the job's with:, add:\nport: '9000'"
    text = "# in ci.yml, in the job's input port, write instead:\nport: '9000'"
    assert fitted(port, "port", is_call=True) == text


@pytest.mark.parametrize(
    "given, where",
    [
        ((), "add:\ncontainer-secrets: |\n  "),
        (
            ("secrets",),
            "add this line, or change that of KEY to it (after container-secrets: |):\n",
        ),
    ],
)
def test_fit_paste__secrets_of_a_call(given: tuple[str, ...], where: str) -> None:
    paste = f"{KEY}\n\n# instead, {in_step('env', 'KEY=VALUE').removeprefix('# ')}"
    assert fitted(paste, *given, is_call=True) == (
        f"# in ci.yml, under the job's secrets:, {where}KEY=${{{{ secrets.KEY }}}}\n\n"
        "# instead, in ci.yml, under the job's with:, add:\nenv: KEY=VALUE"
    )


def test_fit_paste__leaves_everything_else() -> None:
    paste = '# in the Dockerfile:\nCMD ["env: x"]\n\nenv: A=b'
    assert fitted(paste, "env", flags_only=True) == paste
