from pathlib import Path

import pytest

from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.folder_names import MAX_TESTS, name_folders
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.tests import Failure, SuiteResults

from ..fakes import secret


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(Folder(tmp_path), Redactor([secret()]))


def failure(name: str, evidence_name: str = "") -> Failure:
    return Failure(name=name, message="no", evidence_name=evidence_name)


def names(evidence: Evidence, *failed: Failure, flaky: tuple[Failure, ...] = ()) -> list[str]:
    results = name_folders(SuiteResults(failed=failed, flaky=flaky), evidence)
    found = [each.evidence_name for each in (*results.failed, *results.flaky)]
    assert name_folders(results, evidence) == results, "named once, they stay"
    return found


@pytest.mark.parametrize("name", ["a/test_b.py::C::test_d[x]", "a.test_b.C.test_d[x]"])
def test_name_folders__the_folder_that_pytest_playwright_has_made(
    name: str, evidence: Evidence
) -> None:
    made = "a-test-b-py-c-test-d-x"
    results = SuiteResults(failed=(failure(name),))
    assert name_folders(results, evidence, {made}).failed[0].evidence_name == made
    others = name_folders(results, evidence, {"a-test-b-py-c-test-e-x"})
    assert others.failed[0].evidence_name.startswith("a")
    assert "-py-" not in others.failed[0].evidence_name


def test_name_folders__each_test_of_a_name_has_its_own(evidence: Evidence) -> None:
    assert names(evidence, *map(failure, ("a", "b", "a", "a"))) == ["a", "b", "a-2", "a-3"]


def test_name_folders__a_number_makes_no_name_of_another_test(evidence: Evidence) -> None:
    assert names(evidence, *map(failure, ("a", "a", "a-2", "a-2"))) == ["a", "a-3", "a-2", "a-2-2"]


def test_name_folders__nor_one_that_the_tests_wrote(evidence: Evidence) -> None:
    evidence.write("tests/a-2/mine.log", "x")
    results = SuiteResults(failed=(failure("a"), failure("a")))
    found = name_folders(results, evidence).failed
    assert [each.evidence_name for each in found] == ["a", "a-3"]


def test_name_folders__nor_one_that_they_have_staged(evidence: Evidence) -> None:
    results = SuiteResults(failed=(failure("a"), failure("a")))
    found = name_folders(results, evidence, {"a", "a-2"}).failed
    assert [each.evidence_name for each in found] == ["a", "a-3"]


def test_name_folders__also_where_rehearsal_testing_named_it(evidence: Evidence) -> None:
    both = (failure("t.T.bad", "bad-1"), failure("t.T.bad2", "bad-1"))
    assert names(evidence, *both) == ["bad-1", "bad-1-2"]


def test_name_folders__a_failed_and_a_flaky_test(evidence: Evidence) -> None:
    assert names(evidence, failure("a"), flaky=(failure("a"),)) == ["a", "a-2"]


@pytest.mark.parametrize(
    "first, second",
    [
        pytest.param("Shop", "shop", id="case"),
        pytest.param("x" * 150, "x" * 150, id="long"),
        pytest.param("x" * 100, "x" * 100, id="as long as a name may be"),
        pytest.param(f"t {secret().value}", "t ***", id="equal after redaction"),
        pytest.param("each row", "each row", id="not safe"),
        pytest.param("../..", "../..", id="out of the evidence"),
    ],
)
def test_name_folders__differ_and_are_safe(evidence: Evidence, first: str, second: str) -> None:
    found = names(evidence, failure(first), failure(second))
    assert len({name.casefold() for name in found}) == 2
    for name in found:
        assert evidence.safe_path("tests", name) == f"tests/{name}"
        assert secret().value not in name


@pytest.mark.parametrize("name", ["junit", "output.log", "JUnit"])
def test_name_folders__leave_our_own_names(evidence: Evidence, name: str) -> None:
    assert names(evidence, failure(name)) == [f"{name}-2"]


def test_name_folders__of_the_first_failed_and_the_first_flaky_tests(evidence: Evidence) -> None:
    many = tuple(failure("each row") for _ in range(MAX_TESTS + 1))
    found = name_folders(SuiteResults(failed=many, flaky=many), evidence)
    for tests in (found.failed, found.flaky):
        assert all(each.evidence_name for each in tests[:MAX_TESTS])
        assert tests[MAX_TESTS] == many[0]
