import re

import pytest

from rehearsal.audit.check import Check
from rehearsal.audit.registry import BY_ID, CHECKS
from rehearsal.results.audit import FINDING_ID, REFERENCE

from ..e2e.audit_faults import AUDIT_FAULTS


def test_checks__each_id_once() -> None:
    assert len(BY_ID) == len(CHECKS)


def test_checks__each_has_a_fault() -> None:
    """Each check needs a row in the end-to-end table: an image that fails it alone."""
    assert {id_.partition(":")[0] for fault in AUDIT_FAULTS for id_ in fault.fails} == set(BY_ID)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_check__says_what_people_need(check: Check) -> None:
    assert re.fullmatch(FINDING_ID, check.id)
    assert check.title[0].isupper()
    assert not check.title.endswith(".")
    for text in (check.why, check.hint):
        assert text.endswith(".")
    assert re.fullmatch(REFERENCE, check.reference)
    assert bool(check.parts) == bool(check.parts_label)
