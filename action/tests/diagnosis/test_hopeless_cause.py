"""Which causes end the wait for an app, by the facts captured from real faults."""

from dataclasses import replace

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.hopeless_cause import find_hopeless_cause
from rehearsal.verdict import Verdict

from .test_causes import captured

REQUEST = ("port 8888", "path /", "host localhost:49153")
OWN = ("setup-command none", "network none")
IN_NETWORK = ("setup-command none", "network given")
NO_MANIFEST = "ValueError: Missing staticfiles manifest entry for 'a.css'"


def answering(status: int, *log: str, inputs: tuple[str, ...] = OWN) -> Facts:
    lines = {"answer": (f"HTTP status {status}",), "request": REQUEST, "inputs": inputs}
    return Facts(verdict=Verdict.NOT_READY, lines={**lines, "container.log": log})


def log_of(name: str) -> tuple[str, ...]:
    return captured(name).lines["container.log"]


@pytest.mark.parametrize(
    "facts, cause, seconds, certain",
    [
        pytest.param(captured("disallowed-host"), "disallowed-host", 2, True, id="host"),
        pytest.param(captured("https-redirect"), "https-redirect", 2, True, id="https"),
        pytest.param(captured("bound-to-loopback"), "bound-to-loopback", 4, True, id="loopback"),
        pytest.param(captured("ipv6-only"), "ipv6-only", 4, True, id="IPv6"),
        pytest.param(captured("speaks-https"), "speaks-https", 2, True, id="TLS"),
        pytest.param(captured("wrong-port"), "wrong-port", 10, False, id="port"),
        *(
            pytest.param(answering(status), cause, 10, False, id=str(status))
            for cause, statuses in {
                "no-such-page": (404, 410),
                "request-refused": (400, 405, 406, 421),
            }.items()
            for status in statuses
        ),
        *(
            pytest.param(answering(500, *log_of(name)), name, 10, False, id=f"500, {name}")
            for name in ("missing-table", "readonly-database", "missing-variable", "missing-module")
        ),
        pytest.param(answering(500, NO_MANIFEST), "not-collected", 10, False, id="500, manifest"),
        pytest.param(
            answering(500, NO_MANIFEST, inputs=IN_NETWORK),
            "not-collected",
            10,
            False,
            id="500, manifest, in a network",
        ),
    ],
)
def test_find_hopeless_cause(facts: Facts, cause: str, seconds: float, certain: bool) -> None:
    found = find_hopeless_cause(replace(facts, verdict=Verdict.NOT_READY))
    assert found is not None
    assert (found.id, found.give_up_after, found.certain) == (cause, seconds, certain)
    assert found.title


@pytest.mark.parametrize(
    "facts",
    [
        *(
            pytest.param(answering(status), id=str(status))
            for status in (401, 403, 408, 425, 429, 500, 502, 503)
        ),
        pytest.param(
            answering(500, *log_of("missing-table"), inputs=IN_NETWORK),
            id="another container may make the table",
        ),
        pytest.param(answering(503, *log_of("missing-table")), id="503, and no table"),
        pytest.param(answering(500, "Not Found: /static/a.css"), id="500, and no stylesheet"),
        pytest.param(captured("server-error"), id="an unknown exception"),
        pytest.param(captured("no-answer"), id="silence"),
        pytest.param(captured("unknown-silence"), id="nothing listens"),
        pytest.param(
            replace(
                captured("unknown-silence"),
                lines={
                    **captured("unknown-silence").lines,
                    "container.log": log_of("missing-module"),
                },
            ),
            id="an optional module",
        ),
    ],
)
def test_find_hopeless_cause__none(facts: Facts) -> None:
    assert find_hopeless_cause(facts) is None


def test_find_hopeless_cause__certain_ones_end_the_wait_soon() -> None:
    """A host that Django does not allow is told within five seconds."""
    limits = {cause.id: cause.give_up for cause in CAUSES if cause.give_up}
    assert all(limit.after <= 4 for limit in limits.values() if limit.certain)
    assert all(limit.after == 10 for limit in limits.values() if not limit.certain)
