import re

import pytest

from rehearsal.audit.check import Check
from rehearsal.audit.registry import BY_ID, CHECKS
from rehearsal.results.audit import FINDING_ID, REFERENCE


def test_checks__each_id_once() -> None:
    assert len(BY_ID) == len(CHECKS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_check__says_what_people_need(check: Check) -> None:
    assert re.fullmatch(FINDING_ID, check.id)
    assert check.title[0].isupper()
    assert not check.title.endswith(".")
    for text in (check.why, check.hint):
        assert text.endswith(".")
    assert re.fullmatch(REFERENCE, check.reference)
    assert bool(check.parts) == bool(check.parts_label)
