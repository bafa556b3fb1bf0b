"""Count the tests, from JUnit reports and from the test runner's own output."""

from dataclasses import replace

from rehearsal.config.rehearsal_plan import SuitePlan
from rehearsal.dataclass import dataclass
from rehearsal.pipeline.stages.shards_and_retries import (
    NO_TESTS_EXIT_CODE,
    command_names,
    is_one_shard,
)
from rehearsal.results.junit.reports import ReportsRead
from rehearsal.results.suite_output.reader import SuiteOutput
from rehearsal.results.tests import SuiteResults

# How many names and closing lines a notice quotes.
MAX_QUOTED = 3

NOTHING_COUNTED = (
    "Nothing shows how many tests ran: the test command ended with exit code 0, but it printed no "
    "count that is known here, and there is no JUnit report. Let the test runner write one into "
    "the folder $REHEARSAL_JUNIT, or name its reports in test-reports."
)


@dataclass(frozen=True, kw_only=True)
class SuiteCount:
    """What the reports, the output and the exit code say together.

    `ran_none` is True if no test ran, by the runner's own word. `nothing_shown` is True if the
    command passed, but no report could be read, and its output counts no test either. `reason` is
    what the command printed if it failed, and no test is known to have failed. `exit_code` is
    negative after a signal, and None if the command was ended.
    """

    results: SuiteResults
    ran_none: bool
    nothing_shown: bool
    reason: str
    exit_code: int | None
    notices: tuple[str, ...]
    warnings: tuple[str, ...]


def count_tests(
    plan: SuitePlan, read: ReportsRead, output: SuiteOutput, code: int | None
) -> SuiteCount:
    """Count by the reports, unless the runner itself counted more.

    `output` is what the test command printed, `code` its exit code, or None if it was ended.
    """
    # A shard's runner may count what it leaves to others.
    is_whole = len(output.closings) == 1 and not is_one_shard(plan.shard)
    results, is_printed = _combined(read.results, output.results, code, is_whole=is_whole)
    if code == NO_TESTS_EXIT_CODE and results.test_count is None and not results.failure_count:
        results = replace(results, test_count=0)
    in_other_shards = read.results.in_other_shards
    if in_other_shards is None and command_names(plan, "REHEARSAL_SHARD"):
        # Only then: pytest deselects for other reasons too, and a wrong -k would look like an
        # empty shard.
        in_other_shards = output.results.in_other_shards
    uncounted = code == 0 and results.test_count is None
    nothing_shown = uncounted and bool(plan.reports_glob) and not read.found
    notices = [
        f"{each.name} is not counted: {each.reason}." for each in read.unread if not each.is_report
    ]
    warnings = [
        f"{each.name}: {each.reason}. Tests may be missing from the counts."
        for each in read.unread
        if each.is_report
    ]
    if is_printed and code == 0 and output.results.failure_count:
        notices.append(_passed_in_the_end(output))
    if plan.reports_glob and not read.found and not read.unread and not nothing_shown:
        notices.append(f"{_no_file(plan)} The counts are what the test command printed.")
    if uncounted and not nothing_shown:
        warnings.append(NOTHING_COUNTED)
    return SuiteCount(
        results=replace(
            results, in_other_shards=in_other_shards if is_one_shard(plan.shard) else None
        ),
        ran_none=_ran_none(results, output, code),
        nothing_shown=nothing_shown,
        reason=output.reason if code and not results.failure_count else "",
        exit_code=code,
        notices=tuple(notices),
        warnings=tuple(warnings),
    )


def _combined(
    reported: SuiteResults, printed: SuiteResults, code: int | None, *, is_whole: bool
) -> tuple[SuiteResults, bool]:
    """Return what counts, and whether this is what the runner printed.

    `is_whole` says that one runner ran all tests at once, so that its count is that of the suite.
    """
    if reported.test_count or reported.failure_count:
        if code:
            reported = _with_unreported(reported, printed)
        if is_whole and reported.failure_count == printed.failure_count:
            # A part of the suite writes reports: the tests of BrowserTestCase, for example.
            total = max(reported.test_count or 0, printed.test_count or 0)
            reported = replace(reported, test_count=total)
        return replace(reported, flaky=reported.flaky or printed.flaky), False
    if printed.test_count is None and not printed.failure_count:
        return reported, False
    # A test may print a failure of its own: then the closing lines do not count it.
    if code == 0 and (printed.failure_count or printed.failed):
        # A failed test may have run again, in another run, and have passed.
        passed = (printed.test_count or 0) - printed.failure_count
        count = passed if passed > 0 else printed.test_count
        return replace(printed, test_count=count, failure_count=0, failed=()), True
    return printed, True


def _with_unreported(reported: SuiteResults, printed: SuiteResults) -> SuiteResults:
    """Return the reported results with the failed tests that were printed only.

    Of some suites only a part writes reports. Where the two name tests differently, what is
    reported counts alone.
    """
    known = {each.name for each in reported.failed}
    if not printed.failure_count or not known <= {each.name for each in printed.failed}:
        return reported
    missing = tuple(each for each in printed.failed if each.name not in known)
    if not missing and reported.failure_count:
        return reported
    failures = max(printed.failure_count, reported.failure_count + len(missing))
    tests = max(printed.test_count or 0, reported.test_count or 0, failures)
    return replace(
        reported, test_count=tests, failure_count=failures, failed=(*reported.failed, *missing)
    )


def _ran_none(results: SuiteResults, output: SuiteOutput, code: int | None) -> bool:
    """Return whether no test ran, and this is why the command failed, if it did."""
    if results.test_count != 0 or results.failure_count:
        return False
    counted_none = output.results.test_count == 0 and not output.reason
    return code in (None, 0, NO_TESTS_EXIT_CODE) or counted_none


def _passed_in_the_end(output: SuiteOutput) -> str:
    closings = "; ".join(output.closings[:MAX_QUOTED])
    names = ", ".join(each.name for each in output.results.failed[:MAX_QUOTED])
    return (
        f"The test command printed failures ({closings or names}), but it ended with exit code 0. "
        "So they do not count: the tests may have passed when they ran again. If they did not, "
        "test-command hides the exit code of its test runner."
    )


def _no_file(plan: SuitePlan) -> str:
    return f"No file that this run has written matches test-reports ({plan.reports_glob})."


def nothing_shown_line(plan: SuitePlan, count: SuiteCount) -> str:
    """Return the sentence about tests that passed without a report or a count."""
    found = "None of the test-reports could be read." if count.warnings or count.notices else ""
    return (
        f"Nothing shows that a test ran. {found or _no_file(plan)} The test command ended with "
        "exit code 0, but it printed no count that is known here."
    )
