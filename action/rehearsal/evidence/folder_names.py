"""The folders of failed tests in the evidence: each test has its own."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import count
from pathlib import PurePosixPath

from rehearsal.evidence import playwright_folders
from rehearsal.evidence.folder import MAX_NAME, Evidence
from rehearsal.regex import regex
from rehearsal.results.file_names import JUNIT_FOLDER, TEST_LOG, TESTS_FOLDER
from rehearsal.results.tests import Failure, SuiteResults

# So many failed tests have a folder, and so many flaky ones: when a whole suite fails, the first
# tests show why.
MAX_TESTS = 50
UNSAFE = regex(r"[^A-Za-z0-9._-]")
UNITTEST_NAME = regex(r"(\w+) \(([\w.]+)\)")
CAPTURED_LENGTH, HASH_LENGTH = 96, 8
OTHER_NAMES = {PurePosixPath(path).name for path in (TEST_LOG, JUNIT_FOLDER)}


def name_folders(
    results: SuiteResults, evidence: Evidence, taken: Container[str] = ()
) -> SuiteResults:
    """Return the results with a different and safe `evidence_name` for each test with a folder.

    A second test of a name gets `-2` after it, but no name that is `taken` by what the tests wrote.
    Names are different on every file system: case makes no difference.
    """
    failed, flaky = results.failed[:MAX_TESTS], results.flaky[:MAX_TESTS]
    wanted = [_wanted_name(each, evidence, taken) for each in (*failed, *flaky)]

    def exists(name: str) -> bool:
        return name in taken or evidence.folder.exists(f"{TESTS_FOLDER}/{name}")

    names = _different(wanted, exists)
    return replace(
        results,
        failed=(*_renamed(failed, names), *results.failed[MAX_TESTS:]),
        flaky=(*_renamed(flaky, names), *results.flaky[MAX_TESTS:]),
    )


def _wanted_name(failure: Failure, evidence: Evidence, taken: Container[str]) -> str:
    """Return the name of the folder that the capture or a tool has made, or one like the test's."""
    if not failure.evidence_name:
        for made in (captured_name(failure.name), *playwright_folders.folder_names(failure.name)):
            if made in taken:
                return made
    path = evidence.safe_path(TESTS_FOLDER, failure.evidence_name or failure.name)
    return PurePosixPath(path).name


def captured_name(test: str) -> str:
    """Return what rehearsal_capture calls the folder of a test, by a name that its runner gives.

    As its dotted_names and evidence do, which run in the tests' own Python.
    """
    dotted = _dotted_name(test)
    name = UNSAFE.sub("-", dotted).lstrip("._-")
    if name == dotted and len(name) <= CAPTURED_LENGTH:
        return name
    digest = sha256(dotted.encode(errors="replace")).hexdigest()[:HASH_LENGTH]
    return f"{name[: CAPTURED_LENGTH - HASH_LENGTH - 1]}-{digest}"


def _dotted_name(test: str) -> str:
    if of_unittest := UNITTEST_NAME.fullmatch(test):
        method, path = of_unittest.groups()
        return path if path.endswith(f".{method}") else f"{path}.{method}"
    head, bracket, parameters = test.partition("[")
    if "::" in head:
        path, *names = head.split("::")
        head = ".".join((path.removesuffix(".py").replace("/", "."), *names))
    return head + bracket + parameters


def _renamed(failures: Sequence[Failure], names: Iterator[str]) -> Iterator[Failure]:
    return (replace(each, evidence_name=next(names)) for each in failures)


def _different(wanted: Sequence[str], exists: Callable[[str], bool]) -> Iterator[str]:
    # The first of a name keeps it: what the tests wrote is there. A number makes no other's name.
    used, reserved = {*OTHER_NAMES}, {each.casefold() for each in wanted}
    for name in wanted:
        chosen = name
        if name.casefold() in used:
            numbered = (_numbered(name, number) for number in count(2))
            chosen = next(
                each
                for each in numbered
                if each.casefold() not in used | reserved and not exists(each)
            )
        used.add(chosen.casefold())
        yield chosen


def _numbered(name: str, number: int) -> str:
    suffix = f"-{number}"
    return name[: MAX_NAME - len(suffix)] + suffix
