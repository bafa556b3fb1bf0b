from collections.abc import Iterator

import pytest

from rehearsal.audit.check import Check, CheckSkipped, Failure, Finder, Note
from rehearsal.audit.evaluate import LATE, MAX_LINE, MAX_LINES, NOT_ACTIVE, evaluate
from rehearsal.audit.observations import Observations
from rehearsal.results.audit import Audit, Finding, Outcome


def passes(_: Observations) -> Iterator[Failure | Note]:
    yield from ()


def fails(_: Observations) -> Iterator[Failure | Note]:
    yield Failure("One is wrong.", part="one", evidence=("line",))
    yield Failure("Two is wrong.", part="two", hint="Mend two.")


def skips(_: Observations) -> Iterator[Failure | Note]:
    yield Failure("One is wrong.", part="one")
    raise CheckSkipped("there is no two")


def notes(_: Observations) -> Iterator[Failure | Note]:
    yield Note("Half was read.", evidence=("layer 2",))
    yield Note("Half was not.")


def breaks(seen: Observations) -> Iterator[Failure | Note]:
    yield Note(str(seen.image_config["what"]))


def floods(_: Observations) -> Iterator[Failure | Note]:
    yield Failure("x" * 10_000, part="one", evidence=("y" * 10_000,) * 1000)
    raise CheckSkipped("z" * 10_000)


def made(find: Finder, *, active: bool = False) -> Check:
    return Check(
        id="the-check",
        title="All is well",
        why="It matters.",
        hint="Mend it.",
        reference="https://docs",
        find=find,
        active=active,
    )


def audit(check: Check, *waivers: str, active: bool = False) -> Audit:
    return evaluate(Observations(), mode="warn", active=active, waivers=waivers, checks=[check])


def test_evaluate__passed() -> None:
    (finding,) = audit(made(passes)).findings
    assert finding == Finding(
        id="the-check",
        outcome=Outcome.PASSED,
        title="All is well",
        why="It matters.",
        reference="https://docs",
    )


def test_evaluate__one_finding_for_each_failure() -> None:
    one, two = audit(made(fails)).failed
    assert (one.id, one.message, one.hint) == ("the-check:one", "One is wrong.", "Mend it.")
    assert one.evidence == ("line",)
    assert (two.id, two.message, two.hint) == ("the-check:two", "Two is wrong.", "Mend two.")


def test_evaluate__what_failed_before_a_skip_counts() -> None:
    failed, skipped = audit(made(skips)).findings
    assert (failed.id, failed.outcome) == ("the-check:one", Outcome.FAILED)
    assert (skipped.id, skipped.outcome) == ("the-check", Outcome.SKIPPED)
    assert skipped.message == "there is no two"
    assert not skipped.hint


def test_evaluate__what_a_finding_shows_is_bounded() -> None:
    failed, skipped = audit(made(floods)).findings
    assert max(len(failed.message), len(skipped.message)) <= MAX_LINE
    assert len(failed.evidence) == MAX_LINES
    assert max(len(line) for line in failed.evidence) <= MAX_LINE


def test_evaluate__a_skip_says_that_the_time_was_over() -> None:
    seen = Observations(is_late=True)
    found = evaluate(seen, mode="warn", active=False, waivers=(), checks=[made(skips)])
    (skipped,) = found.having(Outcome.SKIPPED)
    assert skipped.message == f"there is no two{LATE}"


def test_evaluate__notes_stand_with_what_passed() -> None:
    (finding,) = audit(made(notes)).findings
    assert finding.outcome is Outcome.PASSED
    assert finding.message == "Half was read. Half was not."
    assert finding.evidence == ("layer 2",)


def test_evaluate__a_fault_of_ours_skips_the_check_and_quotes_nothing() -> None:
    (finding,) = audit(made(breaks)).findings
    assert finding.outcome is Outcome.SKIPPED
    assert "an error in Dress Rehearsal: KeyError" in finding.message
    assert "what" not in finding.message


def test_evaluate__an_active_check_runs_only_if_it_is_allowed() -> None:
    (skipped,) = audit(made(fails, active=True)).findings
    assert (skipped.outcome, skipped.message) == (Outcome.SKIPPED, NOT_ACTIVE)
    assert len(audit(made(fails, active=True), active=True).failed) == 2


@pytest.mark.parametrize(
    "waivers, waived",
    [
        (("the-check:one",), ["the-check:one"]),
        (("the-check",), ["the-check:one", "the-check:two"]),
        (("the-check:two", "the-check:one"), ["the-check:one", "the-check:two"]),
    ],
)
def test_evaluate__waives_by_part_or_by_check(waivers: tuple[str, ...], waived: list[str]) -> None:
    found = audit(made(fails), *waivers)
    assert [each.id for each in found.having(Outcome.WAIVED)] == waived
    assert len(found.failed) == 2 - len(waived)
    assert not found.needless_waivers


@pytest.mark.parametrize(
    "find, waiver, needless",
    [
        pytest.param(passes, "the-check", True, id="passed"),
        pytest.param(passes, "the-check:one", True, id="the part passed"),
        pytest.param(fails, "the-check:three", True, id="another part failed"),
        pytest.param(fails, "the-check:one", False, id="waived"),
        pytest.param(skips, "the-check:two", False, id="not known"),
        pytest.param(breaks, "the-check", False, id="our fault"),
    ],
)
def test_evaluate__tells_a_waiver_that_waives_nothing(
    find: Finder, waiver: str, *, needless: bool
) -> None:
    assert audit(made(find), waiver).needless_waivers == ((waiver,) if needless else ())
