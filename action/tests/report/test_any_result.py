"""Whatever a rehearsal records is reported, and GitHub takes the report."""

import pytest
from hypothesis import given

from rehearsal.report.annotations import MAX_ANNOTATIONS, error_annotations, warning_annotations
from rehearsal.report.closing import closing
from rehearsal.report.page import page
from rehearsal.report.summary import summary
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.verdict import Verdict

from ..results.recorded import AS_FOUND, largest, results


@pytest.mark.parametrize("character", ["&", "\n", "\ud800", "\U0001f3ad"], ids=ascii)
def test_summary__of_the_largest_result_is_small_enough(character: str) -> None:
    text = summary(largest(character * 5000, entries=100))
    assert len(text.encode(errors="replace")) < 1 << 20
    assert text.startswith("## ❌ Dress rehearsal: cancelled\n")


@AS_FOUND
@given(result=results(wild=True))
def test_reports__take_whatever_was_recorded(result: RehearsalResult) -> None:
    assert len(summary(result).encode(errors="replace")) < 1 << 20
    assert str(page(result))
    assert closing(result, evidence="x")
    assert bool(error_annotations(result)) == (result.verdict is not Verdict.PASSED)
    assert len(warning_annotations(result)) <= MAX_ANNOTATIONS
