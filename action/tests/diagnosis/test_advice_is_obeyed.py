"""Everything that is proposed is proposed by a scenario that obeys it."""

from pathlib import Path

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.rules import diagnose

from ..advice import is_known, snippets
from ..e2e.breaks import BREAKS
from ..e2e.chapter import CHAPTER
from ..e2e.faults import FAULTS
from ..e2e.fit_faults import FIT_FAULTS
from ..e2e.page_faults import PAGE_FAULTS
from ..e2e.server_faults import SERVER_FAULTS
from ..e2e.service_faults import SERVICE_FAULTS
from ..e2e.start_faults import START_FAULTS
from ..e2e.suite_faults import SUITE_FAULTS

OF_APPS = (*FAULTS, *FIT_FAULTS, *PAGE_FAULTS, *START_FAULTS, *SUITE_FAULTS)
ALL = (*OF_APPS, *SERVICE_FAULTS, *SERVER_FAULTS, *CHAPTER, *BREAKS)
CAPTURED = {path.stem: path for path in (Path(__file__).parent / "facts").glob("*.json")}
# It installs a browser on the runner, which a scenario must not do to this machine.
NOT_OBEYED = {"no-browser"}
# Obeyed by tests of their own, in test_odd_answers.
ELSEWHERE = {*NOT_OBEYED, "request-refused", "ipv6-only"}
# What they propose is for a driver that is pinned, and for Node's heap: no scenario has these.
ELSEWHERE |= {"driver-version", "tests-out-of-memory"}


def pasted(name: str) -> str:
    """Return what is proposed for the captured facts of a fault."""
    facts = Facts.from_json(CAPTURED[name].read_text(encoding="utf-8"))
    return next((each.paste for each in diagnose(facts, CAUSES)), "")


def test_captured_facts__are_those_of_a_fault() -> None:
    others = {"no-browser", "port-taken", "engine-lost"}
    others |= {"remote-browser-address", "remote-browser-firefox"}
    assert set(CAPTURED) - {fault.name for fault in ALL} == others


@pytest.mark.parametrize("name", sorted(set(CAPTURED) - NOT_OBEYED))
def test_paste__says_where(name: str) -> None:
    unknown = [comment for comment, _ in snippets(pasted(name)) if not is_known(comment)]
    assert not unknown


@pytest.mark.parametrize("fault", [fault for fault in ALL if fault.name in CAPTURED], ids=str)
def test_paste__is_obeyed_by_a_scenario(fault: object) -> None:
    name, then = getattr(fault, "name", ""), getattr(fault, "then", "")
    assert bool(pasted(name)) == bool(then)


def test_diagnoses__are_all_proposed_and_obeyed() -> None:
    """A cause with something to paste in any of its variants has a scenario that obeys one."""
    obeyed = {fault.diagnosis for fault in ALL if fault.then}
    proposing = {
        cause.id
        for cause in CAUSES
        if cause.paste or any(variant.paste for variant in cause.variants)
    }
    assert sorted(proposing - obeyed - ELSEWHERE) == []
