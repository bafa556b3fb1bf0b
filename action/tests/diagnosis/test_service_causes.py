"""What is said of a service that did not start, and of a before-command that failed."""

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import SERVICE_LOG, Facts
from rehearsal.diagnosis.rules import diagnose
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.verdict import Verdict

PULL = "The image shop/db:1 of the service db could not be pulled (exit code 1)."
ENDED = "The service db ended before it was ready: exit code 1."
NOT_READY = "The service db was not ready within 60 s: "


def found(problem: str, *log: str, **lines: tuple[str, ...]) -> list[Diagnosis]:
    given = {name.replace("__", "."): each for name, each in lines.items()}
    facts = {"problem": (problem,), SERVICE_LOG: log, **given}
    return diagnose(Facts(verdict=Verdict.SETUP_FAILED, lines=facts), CAUSES)


@pytest.mark.parametrize(
    "problem, line, cause, text",
    [
        (
            PULL,
            (
                "Error response from daemon: pull access denied for shop/db, "
                "repository does not exist "
                "or may require 'docker login': denied: requested access to the resource is denied"
            ),
            "service-image",
            "or keeps it private",
        ),
        (
            PULL,
            (
                "Error response from daemon: manifest for shop/db:1 not found: manifest unknown: "
                "manifest unknown"
            ),
            "service-image",
            "There is no image shop/db:1",
        ),
        (
            PULL,
            "Error response from daemon: toomanyrequests: You have reached your pull rate limit.",
            "service-image",
            "its pull rate limit is reached",
        ),
        (
            PULL,
            (
                "Error response from daemon: Get "
                '"https://registry-1.docker.io/v2/": dial tcp: lookup '
                "registry-1.docker.io on 10.0.0.2:53: no such host"
            ),
            "service-image",
            "did not answer",
        ),
        (
            PULL,
            "no matching manifest for linux/arm64/v8 in the manifest list entries",
            "service-image",
            "is not made for linux/arm64/v8",
        ),
        (PULL, "something else", "service-image", "could not be pulled: shop/db:1"),
        (ENDED, "exec /p: exec format error", "service-ended", "for another processor"),
        (
            ENDED,
            (
                "max virtual memory areas vm.max_map_count [65530] is too "
                "low, increase to at least "
                "[262144]"
            ),
            "service-ended",
            "db.discovery.type=single-node",
        ),
        (
            ENDED.replace("exit code 1", "exit code 137, killed for memory"),
            "",
            "service-ended",
            "was killed before it was ready: exit code 137",
        ),
        (ENDED, "cannot read its files", "service-ended", "ended before it was ready: exit code 1"),
        (
            "The engine refused to start the service db: No command specified",
            "",
            "service-ended",
            "The engine refused to start the service db",
        ),
        (
            f"{NOT_READY}nothing in it listens on port 5432, only on 127.0.0.1:5432, [::1]:5432.",
            "",
            "service-not-ready",
            "only inside its own container, on 127.0.0.1:5432, [::1]:5432",
        ),
        (
            f"{NOT_READY}nothing in it listens on port 5432, only on 0.0.0.0:5433.",
            "",
            "service-not-ready",
            "service-ready: db=5433",
        ),
        (
            f"{NOT_READY}its check ended with exit code 3 and printed: no.",
            "",
            "service-not-ready",
            "The check of the service db failed for 60 s: exit code 3",
        ),
        (
            f"{NOT_READY}nothing in it listens on port 5432.",
            "",
            "service-not-ready",
            "service-timeout: '180'",
        ),
        (
            (
                'The engine refused to start before-command: exec: "sh": '
                "executable file not found in "
                "$PATH"
            ),
            "",
            "before-command",
            "has no `sh`",
        ),
        (
            "The engine refused to start before-command: mkdir /x: read-only file system",
            "",
            "before-command",
            "refused to start before-command: mkdir /x",
        ),
        (
            "The engine refused to start before-command: mkdir /x: read-only file system",
            "",
            "before-command",
            "with its run-options",
        ),
        (
            "before-command ended with exit code 137, killed for memory.",
            "",
            "before-command",
            "--memory in run-options",
        ),
        (
            (
                "before-command was not run: its container has listened on the "
                "app's port (8888) after "
                "1 s, so the image's ENTRYPOINT starts the app whatever command it gets."
            ),
            "",
            "before-command",
            'exec "$@"',
        ),
        ("before-command ended with exit code 3.", "", "before-command", "exit code 3"),
    ],
)
def test_services__variants(problem: str, line: str, cause: str, text: str) -> None:
    (diagnosis,) = found(problem, line)
    assert diagnosis.id == cause
    assert text in f"{diagnosis.title}\n{diagnosis.hint}\n{diagnosis.paste}"
    assert not line or line in diagnosis.matching_lines


@pytest.mark.parametrize(
    "line",
    [
        "Error: Database is uninitialized and superuser password is not specified.",
        (
            "2026-01-02 10:00:00+00:00 [ERROR] [Entrypoint]: Database is "
            "uninitialized and password "
            "option is not specified"
        ),
    ],
)
def test_service_ended__without_a_password(line: str) -> None:
    (diagnosis,) = found(ENDED, line, proposals=("service_password service-env: db.A",))
    assert diagnosis.title.startswith("The service db has no password")
    assert diagnosis.paste == "service-env: db.A"


def test_service_ended__while_the_tests_ran() -> None:
    problem = "The service db ended during the tests, while a.B.c ran: exit code 137."
    facts = Facts(verdict=Verdict.CRASHED, lines={"problem": (problem,)})
    (diagnosis,) = diagnose(facts, CAUSES)
    assert diagnosis.title.startswith("The service db was killed during the tests")


def test_before_command__what_its_log_says_comes_first() -> None:
    (diagnosis,) = found(
        "before-command ended with exit code 1.",
        before__log=("ModuleNotFoundError: No module named 'shop_extras'",),
    )
    assert diagnosis.id == "missing-module"
