from bench.audit import LOOKS
from bench.timed_audit import LOOKS as FUNCTIONS
from rehearsal.audit.registry import BY_ID


def test_looks__each_check_needs_one() -> None:
    assert {check for _, checks in LOOKS.values() for check in checks} == set(BY_ID)


def test_timed_audit__each_look_is_where_it_is_called() -> None:
    assert [name for module, name, _ in FUNCTIONS if not callable(getattr(module, name))] == []
