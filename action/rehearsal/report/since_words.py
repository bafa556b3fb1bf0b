"""What changed since the baseline, in the words that the page and the summary share."""

import time
from collections.abc import Iterator, Sequence

from rehearsal.report.web_links import COMMIT, SHORT_COMMIT
from rehearsal.report.words import one_line, seconds_text, size_text
from rehearsal.results.bounded_text import cut_text
from rehearsal.results.comparison import Comparison, SlowerTest

# The most tests of a kind that are listed.
MAX_LISTED = 50
# In characters.
MAX_BRANCH = 100
NOTHING_NEW = "No test failed that did not fail then, and no test became slower."
SLOWER_TITLE = "Slower tests"
SLOWER_NOTE = "More than half as long again, and more than a second longer."


def since_title(since: Comparison) -> str:
    """Return the heading: since which commit, of which branch."""
    branch = cut_text(one_line(since.branch.removeprefix("refs/heads/")), MAX_BRANCH)
    if COMMIT.fullmatch(since.commit):
        commit = since.commit[:SHORT_COMMIT]
        return f"Since {commit} of {branch}" if branch else f"Since {commit}"
    return f"Since the baseline of {branch}" if branch else "Since the baseline"


def baseline_line(since: Comparison) -> str:
    """Return which rehearsal the baseline is."""
    when = time.strftime(" of %Y-%m-%d at %H:%M UTC", time.gmtime(since.started))
    text = f"Compared with the rehearsal{when if since.started else ''}: {since.verdict}"
    if since.browser:
        text += f", in {one_line(since.browser)}"
    return f"{text}." if since.had_tests else f"{text}. It ran no tests."


def failure_groups(since: Comparison) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the failed tests by what the baseline tells of them, new ones first."""
    groups = (
        ("New failures", since.new),
        ("Failures of tests that are not in the baseline", since.added),
        ("Failures of which the baseline tells nothing", since.unknown),
        ("Failed then already", since.old),
        ("Failed then, pass now", since.fixed),
    )
    yield from ((f"{title} ({len(names):,})", names) for title, names in groups if names)


def is_nothing_new(since: Comparison) -> bool:
    """Whether the tests give no news of a worse kind."""
    return since.had_tests and not (since.new or since.added or since.unknown or since.slower)


def slower_cells(test: SlowerTest) -> tuple[str, str]:
    """Return how long a test took then and now."""
    return seconds_text(test.before), seconds_text(test.now)


def image_line(since: Comparison) -> str:
    """Return the image's size then and now, empty if one of them is not known."""
    before, now = since.size_before, since.size_now
    if before is None or now is None:
        return ""
    text = f"The image has {size_text(now)}"
    if since.stores_differ:
        return f"{text}; then {size_text(before)}, counted by an engine that counts in another way."
    if size_text(before) == size_text(now):
        return f"{text}, as then."
    percent = abs(now - before) / before * 100 if before else 0.0
    kind = "more" if now > before else "less"
    return (
        f"{text}, {size_text(abs(now - before))} ({percent:.0f} %) {kind} than then "
        f"({size_text(before)})."
    )
