"""Every known cause against the facts of real faults: its own, where it fits, and all others."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.rules import PLACEHOLDER, Cause, diagnose
from rehearsal.verdict import Verdict

# Captured from real runs: REHEARSAL_FACTS=1 make e2e ARGS="-k test_faults".
FOLDER = Path(__file__).parent / "facts"
CAPTURED = sorted(FOLDER.glob("*.json"))
# faults.md's own ids, as far as they are about a rehearsal, and the last.
CONTRACT = {
    "build", "missing-variable", "empty-secret", "missing-module", "wsgi-path", "out-of-memory",
    "exited-early", "crash-loop", "wrong-port", "bound-to-loopback", "disallowed-host",
    "https-redirect", "server-error", "no-such-page", "no-answer", "static-files", "missing-table",
    "readonly-database", "no-browser", "port-taken", "engine-lost", "no-such-package",
    "engine-refused", "missing-form-field",
}  # fmt: skip


def named(cause: Cause) -> str:
    return cause.id


def test_causes__are_the_contracts() -> None:
    assert {cause.id for cause in CAUSES} == CONTRACT
    assert len(CAUSES) == len(CONTRACT)


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_causes__fit_their_own_fault_and_no_other(path: Path) -> None:
    """Exactly these and in this order: so every other cause is shown not to fit."""
    text = path.read_text(encoding="utf-8")
    found = [diagnosis.id for diagnosis in diagnose(Facts.from_json(text), CAUSES)]
    assert found == json.loads(text)["diagnoses"]


@pytest.mark.parametrize("cause", CAUSES, ids=named)
def test_causes__each_has_a_real_fault(cause: Cause) -> None:
    first = {next(iter(json.loads(path.read_text())["diagnoses"]), "") for path in CAPTURED}
    assert cause.id in first


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_causes__are_told_in_whole_sentences(path: Path) -> None:
    for found in diagnose(Facts.from_json(path.read_text(encoding="utf-8")), CAUSES):
        for text in (found.title, found.hint, found.paste):
            assert not PLACEHOLDER.search(text)
            assert not re.search(r"  |\( |\(\)|''", text.replace("\n", " ")) or text == found.paste
        assert found.evidence


@pytest.mark.parametrize("cause", CAUSES, ids=named)
def test_causes__fill_only_places_that_their_clues_know(cause: Cause) -> None:
    sure = {
        name
        for clue in cause.patterns
        for name in set.intersection(*(set(each.groupindex) for each in clue.patterns))
    }
    for place in PLACEHOLDER.finditer(cause.title + cause.hint + cause.paste):
        assert place[1] in sure or place[2] is not None, place[0]
    for words in cause.variants:
        known = sure | set.intersection(*(set(each.groupindex) for each in words.pattern.patterns))
        for place in PLACEHOLDER.finditer(words.title + words.hint + words.paste):
            assert place[1] in known or place[2] is not None, place[0]


@pytest.mark.parametrize("cause", CAUSES, ids=named)
def test_causes__read_well(cause: Cause) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cause.id)
    assert cause.title[0].isupper() or cause.title.startswith("{")
    assert not cause.title.endswith(".")
    assert not cause.hint or cause.hint.endswith((".", "docker build ."))
    assert not cause.background or cause.background.endswith(".")
    assert cause.verdicts
    assert cause.patterns
    assert all(len(line) < 100 for line in cause.paste.splitlines())


@pytest.mark.parametrize(
    "identity", ["disallowed-host", "https-redirect"], ids=["disallowed-host", "https-redirect"]
)
def test_causes__what_never_changes_is_told_within_five_seconds(identity: str) -> None:
    (cause,) = (each for each in CAUSES if each.id == identity)
    assert cause.sure_after is not None
    assert cause.sure_after <= 3


def test_causes__what_may_still_change_is_waited_for() -> None:
    """5xx and silence have the whole of ready-timeout, and so has whatever a log complains of."""
    early = {cause.id for cause in CAUSES if cause.sure_after is not None}
    assert early == {
        "bound-to-loopback", "disallowed-host", "https-redirect", "no-such-page", "wrong-port",
    }  # fmt: skip


def captured(name: str) -> Facts:
    return Facts.from_json((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["disallowed-host", "wrong-port", "https-redirect"])
@pytest.mark.parametrize("complaint", ["missing-module", "missing-table", "missing-variable"])
def test_causes__a_complaint_in_the_log_is_not_why_where_the_reason_can_be_seen(
    name: str, complaint: str
) -> None:
    facts = captured(name)
    log = facts.lines.get("container.log", ()) + captured(complaint).lines["container.log"]
    found = diagnose(replace(facts, lines={**facts.lines, "container.log": log}), CAUSES)
    assert [each.id for each in found] == [name]


@pytest.mark.parametrize("complaint", ["missing-module", "missing-table", "missing-variable"])
def test_causes__of_an_error_page_the_complaint_in_the_log_is_the_root(complaint: str) -> None:
    facts = captured("server-error")
    log = captured(complaint).lines["container.log"]
    found = diagnose(replace(facts, lines={**facts.lines, "container.log": log}), CAUSES)
    assert [each.id for each in found] == [complaint, "server-error"]


def test_causes__of_a_loop_the_reason_of_each_end_is_the_root() -> None:
    facts = captured("crash-loop")
    log = captured("missing-variable").lines["container.log"]
    found = diagnose(replace(facts, lines={**facts.lines, "container.log": log}), CAUSES)
    assert [each.id for each in found] == ["missing-variable", "crash-loop"]


def test_causes__the_stylesheet_is_named_before_the_icon() -> None:
    lines = [f"Not Found: /static/{name}" for name in ("a.css", "icon.svg")]
    facts = Facts(verdict=Verdict.TESTS_FAILED, lines={"container.log": tuple(lines)})
    (found,) = diagnose(facts, CAUSES)
    assert "/static/a.css" in found.title
    (found,) = diagnose(replace(facts, lines={"container.log": tuple(lines[1:])}), CAUSES)
    assert "/static/icon.svg" in found.title


@pytest.mark.parametrize("name", ["missing-variable", "superlists-missing-variable"])
def test_causes__a_missing_variable_is_shown_in_the_app_s_own_line(name: str) -> None:
    (found,) = diagnose(captured(name), CAUSES)
    shown = "\n".join(found.evidence)
    assert "<frozen os>" not in shown
    assert "os.environ[" in shown
    assert shown.endswith("_KEY'")


def with_line(name: str, source: str, line: str) -> Facts:
    facts = captured(name)
    return replace(facts, lines={**facts.lines, source: (*facts.lines.get(source, ()), line)})


def without(name: str, *sources: str) -> Facts:
    facts = captured(name)
    lines = {source: found for source, found in facts.lines.items() if source not in sources}
    return replace(facts, lines=lines)


@pytest.mark.parametrize(
    "facts, words",
    [
        pytest.param(captured("missing-table"), "no setup-command was given", id="not migrated"),
        pytest.param(
            with_line("missing-table", "setup.log", "Running migrations:"),
            "although migrate has run",
            id="migrated",
        ),
        pytest.param(captured("setup-missing-table"), "before anything else", id="some setup"),
        pytest.param(captured("disallowed-host"), "is given DJANGO_ALLOWED_HOST", id="a host"),
        pytest.param(
            replace(
                captured("disallowed-host"),
                lines={**captured("disallowed-host").lines, "inputs": ("setup-command none",)},
            ),
            "in this example",
            id="no host",
        ),
        pytest.param(captured("missing-variable"), "secrets.TINY_KEY", id="any variable"),
        pytest.param(
            Facts(
                verdict=Verdict.CRASHED,
                lines={"container.log": ("Set the STRIPE_SECRET_KEY environment variable",)},
            ),
            "STRIPE_SECRET_KEY }}\n\n# instead, where everyone",
            id="somebody else's key",
        ),
        pytest.param(
            captured("superlists-missing-variable"), "Any random value will do", id="a secret key"
        ),
        pytest.param(
            captured("superlists-empty-variable"), "is set but empty", id="an empty variable"
        ),
        pytest.param(
            replace(captured("missing-variable"), verdict=Verdict.BUILD_FAILED),
            "RUN TINY_KEY=only-for-the-build",
            id="in the build",
        ),
        pytest.param(
            captured("missing-form-field"),
            "views.py:21, in place of request.POST['text']:\n"
            'request.POST["item_text"]\n\n'
            '# or in superlists/lists/templates/lists/form.html:5:\nname="text"',
            id="another field",
        ),
        pytest.param(
            with_line("missing-form-field", "form fields", "other q at a.html:1"),
            "form.html:5 has 'item_text' and 1 more.",
            id="other fields",
        ),
        pytest.param(
            with_line("missing-form-field", "form fields", "same text at a.html:3"),
            "a.html:3 has a field of that name, so the request came from elsewhere",
            id="that field",
        ),
        pytest.param(
            without("missing-form-field", "form fields", "places"),
            "# or in the view, with the name that the form uses",
            id="no field",
        ),
        pytest.param(
            with_line("missing-table", "places", "workflow .github/workflows/ci.yml"),
            "# in .github/workflows/ci.yml, under the with: of the step that uses this action",
            id="a workflow that is known",
        ),
        pytest.param(captured("static-files"), "no such folder in the image", id="not collected"),
        pytest.param(
            Facts(
                verdict=Verdict.TESTS_FAILED,
                lines={"container.log": ("Not Found: /static/a.0123456789ab.css",)},
            ),
            "collectstatic has run",
            id="not served",
        ),
        pytest.param(
            Facts(
                verdict=Verdict.TESTS_FAILED,
                lines={"container.log": ("Not Found: /static/a.css",)},
            ),
            "Collect them",
            id="neither",
        ),
        pytest.param(
            Facts(
                verdict=Verdict.TESTS_FAILED,
                lines={"container.log": ("Missing staticfiles manifest entry for 'a.css'",)},
            ),
            "collectstatic has not seen a.css",
            id="not in the manifest",
        ),
    ],
)
def test_causes__say_what_fits_the_case(facts: Facts, words: str) -> None:
    found = diagnose(facts, CAUSES)[0]
    assert words in f"{found.title}\n{found.hint}\n{found.paste}"


def test_causes__a_missing_table_is_shown_where_it_was_raised() -> None:
    """And not where a health check met it later."""
    complaint = "[ERROR] /healthz: no such table: lists_list"
    (found,) = diagnose(with_line("missing-table", "container.log", complaint), CAUSES)
    assert found.evidence == ("django.db.utils.OperationalError: no such table: lists_list",)
