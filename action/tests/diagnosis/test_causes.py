"""Match every known cause with the captured facts of every fault."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import MISSING_VARIABLES, Facts
from rehearsal.diagnosis.missing_variables import missing_variables
from rehearsal.diagnosis.rules import PLACEHOLDER, Cause, Pattern, Variant, diagnose
from rehearsal.verdict import Verdict

# Captured in real runs, by: REHEARSAL_FACTS=1 make e2e ARGS="-k test_faults".
FOLDER = Path(__file__).parent / "facts"
CAPTURED = sorted(FOLDER.glob("*.json"))
# The ids are part of verdict.json: do not change them.
IDS = {
    "build", "missing-variable", "empty-secret", "missing-module", "wsgi-path", "out-of-memory",
    "exited-early", "crash-loop", "wrong-port", "bound-to-loopback", "disallowed-host",
    "https-redirect", "server-error", "no-such-page", "no-answer", "static-files", "missing-table",
    "readonly-database", "no-browser", "port-taken", "engine-lost", "no-such-package",
    "engine-refused", "missing-form-field", "ipv6-only", "request-refused",
    "speaks-https", "pip-without-r", "package-not-found", "missing-in-context", "no-such-program",
    "tests-missing-module", "tests-missing-variable", "csrf-rejected", "worker-timeout",
    "unlogged-error", "covered-element",
    "missing-migrations", "missing-column", "port-in-use", "no-shell", "segmentation-fault",
    "privileged-port", "read-only-files", "permission-denied", "database-locked",
    "mail-server", "tests-wrong-address", "tests-wrong-host", "own-module", "missing-program",
    "no-compiler", "wrong-platform", "disk-full", "base-image", "no-display", "driver-version",
    "script-error", "static-root", "static-name", "not-collected",
    "template-missing", "template-syntax", "no-such-url",
    "tests-out-of-memory",
    "csp-blocked",
    "database-unreachable", "redis-unreachable",
    "service-image", "service-ended", "service-not-ready", "before-command",
    "remote-browser-address",
}  # fmt: skip


# What shows these is no line of a log.
WITHOUT_EVIDENCE = {"wrong-port", "bound-to-loopback", "ipv6-only", "speaks-https", "static-name"}
# How the stages and the scans write what they observed.
OUR_WORDS = re.compile(
    r"(?:port|host|path|other-port|loopback|ipv6-only|speaks-tls|missing|twice that) \S+$"
)


def cause_id(cause: Cause) -> str:
    return cause.id


def test_causes__complete_list() -> None:
    assert {cause.id for cause in CAUSES} == IDS
    assert len(CAUSES) == len(IDS)


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_causes__fit_their_own_fault_only(path: Path) -> None:
    """The file names all causes that fit, in order."""
    text = path.read_text(encoding="utf-8")
    found = [diagnosis.id for diagnosis in diagnose(Facts.from_json(text), CAUSES)]
    assert found == json.loads(text)["diagnoses"]


def click(why: str) -> Facts:
    """Facts of a click that another element took, in the words of Selenium's drivers."""
    line = f'Element <button type="submit"> is not clickable at point (28,19) because {why}'
    return Facts(verdict=Verdict.TESTS_FAILED, lines={"tests/output.log": (line,)})


def asked_again(error: str) -> Facts:
    """Facts of an app that answered with 500, and raised this when it was asked again."""
    said = ("unapplied migration shop.0001_initial", "asked again: GET /")
    trace = ("Traceback (most recent call last):", '  File "/app/shop.py", line 7, in home', error)
    lines = {"answer": ("HTTP status 500",), "asked-again.log": (*said, *trace)}
    return Facts(verdict=Verdict.NOT_READY, lines=lines)


@pytest.mark.parametrize("cause", CAUSES, ids=cause_id)
def test_causes__each_has_captured_facts(cause: Cause) -> None:
    first = {next(iter(json.loads(path.read_text())["diagnoses"]), "") for path in CAPTURED}
    assert cause.id in first


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_causes__texts_are_filled_in(path: Path) -> None:
    for found in diagnose(Facts.from_json(path.read_text(encoding="utf-8")), CAUSES):
        for text in (found.title, found.hint, found.paste):
            assert not PLACEHOLDER.search(text)
            assert not re.search(r"  |\( |\(\)|''", text.replace("\n", " ")) or text == found.paste
        assert found.matching_lines or found.id in WITHOUT_EVIDENCE
        assert not any(OUR_WORDS.match(line) for line in found.matching_lines)


def common_groups(pattern: Pattern) -> set[str]:
    """Return the groups that every regular expression of a pattern has."""
    groups = set.intersection(*(set(each.groupindex) for each in pattern.patterns))
    return groups | ({"all", "each", "stored", "others"} if pattern.every_value_of else set())


def assert_filled(texts: Cause | Variant, groups: set[str]) -> None:
    for match in PLACEHOLDER.finditer(texts.title + texts.hint + texts.paste):
        assert match[1] in groups or match[2] is not None, match[0]


@pytest.mark.parametrize("cause", CAUSES, ids=cause_id)
def test_causes__placeholders_have_a_group_or_a_default(cause: Cause) -> None:
    groups = set().union(*map(common_groups, cause.patterns))
    assert_filled(cause, groups)
    for variant in cause.variants:
        assert_filled(variant, groups | common_groups(variant.pattern))


@pytest.mark.parametrize("cause", CAUSES, ids=cause_id)
def test_causes__style_of_the_texts(cause: Cause) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z]+)*", cause.id)
    assert cause.title[0].isupper() or cause.title.startswith("{")
    assert not cause.title.endswith(".")
    assert not cause.hint or cause.hint.endswith((".", "docker build ."))
    assert not cause.background or cause.background.endswith(".")
    assert cause.verdicts
    assert cause.patterns
    assert all(len(line) < 100 for line in cause.paste.splitlines())


def captured(name: str) -> Facts:
    return Facts.from_json((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def with_log(facts: Facts, log: tuple[str, ...]) -> Facts:
    """Return the facts with this log of the container, and what is read from it."""
    facts = replace(facts, lines={**facts.lines, "container.log": log})
    return replace(facts, lines={**facts.lines, MISSING_VARIABLES: missing_variables(facts)})


@pytest.mark.parametrize("name", ["disallowed-host", "wrong-port", "https-redirect"])
@pytest.mark.parametrize("error", ["missing-module", "missing-table", "missing-variable"])
def test_causes__visible_reason_excludes_errors_in_the_log(name: str, error: str) -> None:
    facts = captured(name)
    log = facts.lines.get("container.log", ()) + captured(error).lines["container.log"]
    found = diagnose(with_log(facts, log), CAUSES)
    assert [each.id for each in found] == [name]


@pytest.mark.parametrize("error", ["missing-module", "missing-table", "missing-variable"])
def test_causes__error_in_the_log_comes_before_the_error_page(error: str) -> None:
    log = captured(error).lines["container.log"]
    found = diagnose(with_log(captured("server-error"), log), CAUSES)
    assert [each.id for each in found] == [error]


def test_causes__reason_of_a_crash_loop_comes_first() -> None:
    log = captured("missing-variable").lines["container.log"]
    found = diagnose(with_log(captured("crash-loop"), log), CAUSES)
    assert [each.id for each in found] == ["missing-variable", "crash-loop"]


def test_causes__a_secret_of_the_repository_has_a_name_that_github_takes() -> None:
    facts = captured("missing-variable")
    log = (each.replace("TINY_KEY", "GITHUB_SECRET") for each in facts.lines["container.log"])
    (found,) = diagnose(with_log(facts, tuple(log)), CAUSES)
    assert "GITHUB_SECRET: ${{ secrets.APP_GITHUB_SECRET }}" in found.paste


def test_causes__stylesheet_before_icon() -> None:
    lines = [f"Not Found: /static/{name}" for name in ("a.css", "icon.svg")]
    facts = Facts(verdict=Verdict.TESTS_FAILED, lines={"container.log": tuple(lines)})
    (found,) = diagnose(facts, CAUSES)
    assert "/static/a.css" in found.title
    (found,) = diagnose(replace(facts, lines={"container.log": tuple(lines[1:])}), CAUSES)
    assert "/static/icon.svg" in found.title


def with_line(name: str, source: str, *lines: str) -> Facts:
    facts = captured(name)
    return replace(facts, lines={**facts.lines, source: (*facts.lines.get(source, ()), *lines)})


def without(name: str, *sources: str) -> Facts:
    facts = captured(name)
    lines = {source: found for source, found in facts.lines.items() if source not in sources}
    return replace(facts, lines=lines)


def answering(status: int) -> Facts:
    facts = captured("request-refused")
    return replace(facts, lines={**facts.lines, "answer": (f"HTTP status {status}",)})


@pytest.mark.parametrize(
    "facts, text",
    [
        pytest.param(captured("missing-table"), "no setup-command was given", id="not migrated"),
        pytest.param(
            with_line("missing-table", "setup.log", "Running migrations:"),
            "although migrate has run",
            id="migrated",
        ),
        pytest.param(captured("setup-missing-table"), "Run migrate first", id="some setup"),
        pytest.param(captured("disallowed-host"), "gets DJANGO_ALLOWED_HOST", id="a host"),
        pytest.param(
            captured("missing-form-field"),
            'views.py:21, instead of request.POST["text"], write:\n'
            'request.POST["item_text"]\n\n'
            '# or in superlists/lists/templates/lists/form.html:5, instead of name="item_text", '
            'write:\nname="text"',
            id="another field",
        ),
        pytest.param(
            with_line(
                "missing-form-field",
                "proposals",
                "other_reads ",
                "other_reads # and in b.py:4, instead of a, write:",
                "other_reads b",
                "other_reads ",
            ),
            'request.POST["item_text"]\n\n# and in b.py:4, instead of a, write:\nb\n\n# or in ',
            id="another read",
        ),
        pytest.param(
            with_line("missing-form-field", "form fields", "other q at a.html:1"),
            "form.html:5 has 'item_text' and 1 more.",
            id="other fields",
        ),
        pytest.param(
            with_line("missing-form-field", "form fields", "same text at a.html:3"),
            "a.html:3 has a field of that name, so the request came from another form",
            id="that field",
        ),
        pytest.param(
            without("missing-form-field", "form fields", "locations"),
            "Compare name= in the template with the view",
            id="no field",
        ),
        pytest.param(
            with_line("missing-table", "locations", "workflow .github/workflows/ci.yml"),
            "# in .github/workflows/ci.yml, under the step's with:, add:",
            id="a workflow that is known",
        ),
        pytest.param(captured("request-refused"), "allow localhost too", id="400"),
        pytest.param(answering(405), "does not take at /", id="405"),
        pytest.param(answering(406), "ready-headers: 'Accept:", id="406"),
        pytest.param(answering(421), "allow localhost too", id="421"),
        *(
            pytest.param(
                with_line("request-refused", "answer", page), "speaks https on port 8888", id=page
            )
            for page in (
                "<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>",
                "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
                "Client sent an HTTP request to an HTTPS server.",
                "This combination of host and port requires TLS.",
            )
        ),
        pytest.param(captured("static-files"), "the image has no such folder", id="not collected"),
        pytest.param(
            Facts(
                verdict=Verdict.TESTS_FAILED,
                lines={"page links": ("an HTML page /static/a.css",)},
            ),
            "not served: an HTML page for /static/a.css",
            id="the app's page instead",
        ),
        pytest.param(
            Facts(
                verdict=Verdict.TESTS_FAILED,
                lines={"tests/output.log": ("Error: Cannot find module '@playwright/test'",)},
            ),
            "npm ci",
            id="module of Node",
        ),
        *(
            pytest.param(
                Facts(
                    verdict=Verdict.BUILD_FAILED,
                    lines={
                        "problem": ("The image could not be built from Dockerfile (exit code 1).",),
                        "failed step": ("FROM docker.io/library/python:3.13", reason),
                    },
                ),
                says,
                id=reason,
            )
            for reason, says in (
                ("toomanyrequests: You have reached your pull rate limit", "how often"),
                ("dial tcp: lookup registry-1.docker.io: no such host", "did not answer"),
                ("docker.io/library/python:3.133: not found", "Correct its name"),
            )
        ),
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
                lines={"container.log": ("Missing staticfiles manifest entry for 'a.css'",)},
            ),
            "static files lacks a.css",
            id="not in the manifest",
        ),
        pytest.param(
            Facts(
                verdict=Verdict.TESTS_FAILED,
                lines={
                    "tests/output.log": (
                        "ModuleNotFoundError: No module named 'functional_tests.base'",
                    )
                },
            ),
            "do not find their own module functional_tests.base",
            id="a module of the tests",
        ),
        pytest.param(
            click('another element <p class="imprint"> obscures it'),
            'reach <button type="submit">: <p class="imprint"> lies on top of it',
            id="a covered element, in Firefox",
        ),
        pytest.param(
            Facts(
                verdict=Verdict.TESTS_FAILED,
                lines={
                    "tests/output.log": (
                        "E           - locator resolved to <button>Sign</button>",
                        "E         - attempting click action",
                        'E           - <p class="imprint">Hi</p> intercepts pointer events',
                    )
                },
            ),
            'reach <button>: <p class="imprint"> lies on top of it',
            id="a covered element, in Playwright",
        ),
        pytest.param(
            asked_again("django.db.utils.OperationalError: no such table: shop_shelf"),
            "lacks migrations: shop.0001_initial",
            id="an exception of the database, asked again",
        ),
        pytest.param(
            asked_again("ValueError: no shelf"),
            "does not log why: ValueError: no shelf",
            id="another exception, asked again",
        ),
    ],
)
def test_causes__variants(facts: Facts, text: str) -> None:
    found = diagnose(facts, CAUSES)[0]
    assert text in f"{found.title}\n{found.hint}\n{found.paste}"


def test_causes__missing_table_shows_the_exception() -> None:
    """It does not show the line of a health check that failed later."""
    error = "[ERROR] /healthz: no such table: lists_list"
    (found,) = diagnose(with_line("missing-table", "container.log", error), CAUSES)
    assert found.matching_lines == ("django.db.utils.OperationalError: no such table: lists_list",)
