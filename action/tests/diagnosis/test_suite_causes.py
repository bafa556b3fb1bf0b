"""What is said of tests that the runner ends, in the words of the real tools."""

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.rules import diagnose
from rehearsal.verdict import Verdict

TAB_CRASHED = "selenium.common.exceptions.WebDriverException: Message: tab crashed"
OLD_CRASH = (
    "Message: unknown error: session deleted because of page crash",
    "from tab crashed",
)
LARGE = ("memory 7000 MiB", "shared memory 3500 MiB")


@pytest.mark.parametrize(
    "output, environment, title, text",
    [
        ((TAB_CRASHED,), LARGE, "tab crashed, most likely", "This machine has 7000 MiB"),
        (OLD_CRASH, LARGE, "tab crashed, most likely", "fewer browsers"),
        (("Error: page.goto: Page crashed",), LARGE, "tab crashed, most likely", "7000 MiB"),
        (("page.click: Target crashed",), (), "tab crashed, most likely", "has too little"),
        (
            ("We detected that the Electron Renderer process just crashed.",),
            LARGE,
            "tab crashed, most likely",
            "",
        ),
        (
            (TAB_CRASHED,),
            ("memory 7000 MiB", "shared memory 64 MiB"),
            "/dev/shm has 64 MiB",
            "--shm-size=1g",
        ),
        (
            ("FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",),
            (*LARGE, "exit code 134"),
            "Node's heap is full",
            "test-env: NODE_OPTIONS=--max-old-space-size=4096",
        ),
        (("MemoryError",), LARGE, "The tests ran out of memory", "7000 MiB"),
        (
            ("java.lang.OutOfMemoryError: Java heap space",),
            LARGE,
            "The tests ran out of memory",
            "7000 MiB",
        ),
        ((), (*LARGE, "exit code -9"), "was killed (SIGKILL)", "7000 MiB"),
        (("Killed",), (*LARGE, "exit code 137"), "was killed (SIGKILL)", "7000 MiB"),
    ],
)
def test_tests_out_of_memory__variants(
    output: tuple[str, ...], environment: tuple[str, ...], title: str, text: str
) -> None:
    lines = {"tests/output.log": output, "test environment": environment}
    (found,) = diagnose(Facts(verdict=Verdict.TESTS_FAILED, lines=lines), CAUSES)
    assert found.id == "tests-out-of-memory"
    assert title in found.title
    assert text in f"{found.hint}\n{found.paste}"


@pytest.mark.parametrize("code", ["exit code 1", "exit code -15", "exit code 13"])
def test_tests_out_of_memory__another_end(code: str) -> None:
    lines = {"test environment": (*LARGE, code)}
    assert not diagnose(Facts(verdict=Verdict.TESTS_FAILED, lines=lines), CAUSES)


@pytest.mark.parametrize(
    "limit, title, paste",
    [
        (("memory limit 48 MiB",), "(limit: 48 MiB)", "--memory=512m"),
        (("memory limit 48 MiB", "twice that --memory=96m"), "(limit: 48 MiB)", "--memory=96m"),
        (("memory limit none",), "the machine ran out of memory", ""),
    ],
)
def test_out_of_memory__whose_it_is(limit: tuple[str, ...], title: str, paste: str) -> None:
    lines = {"container": (*limit, "exit code 137", "killed for memory")}
    found = diagnose(Facts(verdict=Verdict.CRASHED, lines=lines), CAUSES)[0]
    assert found.id == "out-of-memory"
    assert title in found.title
    assert paste in found.paste
    assert bool(paste) == bool(found.paste)
