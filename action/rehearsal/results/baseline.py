"""Compare a rehearsal with an earlier one, its baseline: failures, times and the image's size."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from rehearsal.results.comparison import Comparison, SlowerTest
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import MAX_TESTS, ListedOutcome, SuiteResults

# A test became slower if it took more than this many times as long, and so many seconds more.
SLOWER_FACTOR = 1.5
SLOWER_SECONDS = 1.0
PASSED = (ListedOutcome.PASSED, ListedOutcome.FLAKY)


def why_not_comparable(result: RehearsalResult, baseline: RehearsalResult) -> str:
    """Return why two rehearsals have nothing in common, empty if they may have."""
    own, other = result.origin.repository, baseline.origin.repository
    if own and other and own.casefold() != other.casefold():
        return f"it is of the repository {other}, and this rehearsal is of {own}"
    return ""


def compare(
    result: RehearsalResult, baseline: RehearsalResult, redact: Callable[[str], str]
) -> Comparison:
    """Return what changed since a baseline; its texts are redacted, as nobody vouches for them."""
    origin = baseline.origin
    then, now = baseline.suite_results, result.suite_results
    browsers = [each.request.browser if each.request else "" for each in (baseline, result)]
    found = Comparison(
        verdict=str(baseline.verdict),
        commit=redact(origin.head_commit or origin.commit),
        branch=redact(origin.branch or origin.ref),
        started=baseline.started,
        browser=redact(browsers[0]) if browsers[0] != browsers[1] else "",
        had_tests=then is not None,
        has_tests=now is not None,
        size_before=baseline.image_size,
        size_now=result.image_size,
        stores_differ=baseline.engine.store != result.engine.store
        or baseline.engine.name != result.engine.name,
    )
    if not then or not now:
        return found
    is_part = baseline.shard not in ("", result.shard)
    slower = tuple(find_slower(_seconds(then, redact), _seconds(now, str)))
    return _with_failures(replace(found, slower=slower), then, now, redact, is_part=is_part)


def find_slower(before: Mapping[str, float], now: Mapping[str, float]) -> list[SlowerTest]:
    """Return the tests that became slower, those with the largest difference first.

    Both are seconds by the name of a test.
    """
    slower = (
        SlowerTest(name=name, before=before[name], now=seconds)
        for name, seconds in now.items()
        if name in before
        and seconds > before[name] * SLOWER_FACTOR
        and seconds - before[name] > SLOWER_SECONDS
    )
    return sorted(slower, key=lambda each: (each.before - each.now, each.name))


def _with_failures(
    found: Comparison,
    then: SuiteResults,
    now: SuiteResults,
    redact: Callable[[str], str],
    *,
    is_part: bool,
) -> Comparison:
    failed_then = {redact(each.name) for each in then.failed}
    failed_then |= _names(then, (ListedOutcome.FAILED,), redact)
    others_then = _names(then, (*PASSED, ListedOutcome.SKIPPED), redact)
    failed_now = dict.fromkeys(each.name for each in now.failed)
    all_listed = 0 < len(then.tests) < MAX_TESTS and not is_part
    all_failures = len(then.failed) >= then.failure_count and not then.failed_left_out
    new, added, old, unknown = [], [], [], []
    for name in failed_now:
        if name in failed_then:
            old.append(name)
        elif name in others_then or (all_failures and not all_listed and not is_part):
            new.append(name)
        elif all_listed:
            added.append(name)
        else:
            unknown.append(name)
    passed_now = _names(now, PASSED, str) - failed_now.keys()
    return replace(
        found,
        new=tuple(new),
        added=tuple(added),
        old=tuple(old),
        unknown=tuple(unknown),
        fixed=tuple(sorted(failed_then & passed_now)),
    )


def _names(
    results: SuiteResults, outcomes: Iterable[ListedOutcome], redact: Callable[[str], str]
) -> set[str]:
    return {redact(each.name) for each in results.tests if each.outcome in outcomes}


def _seconds(results: SuiteResults, redact: Callable[[str], str]) -> dict[str, float]:
    """Return the seconds of the tests that passed, without those of which several have one name."""
    counts = Counter(each.name for each in results.tests)
    return {
        redact(each.name): each.seconds
        for each in results.tests
        if each.seconds is not None and each.outcome in PASSED and counts[each.name] == 1
    }
