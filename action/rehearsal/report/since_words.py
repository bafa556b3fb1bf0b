"""What changed since the baseline, in the words that the page and the summary share."""

import time
from collections.abc import Iterator, Sequence

from rehearsal.report.web_links import COMMIT, SHORT_COMMIT, known_commit, short_commit
from rehearsal.report.words import one_line, seconds_text, size_text
from rehearsal.results.bounded_text import cut_text
from rehearsal.results.comparison import Comparison, SlowerTest
from rehearsal.results.origin import Origin

# The most tests of a kind that are listed.
MAX_LISTED = 50
# In characters.
MAX_BRANCH = 100
COMPARE = "what changed in the code"
NOTHING_NEW = "There are no new failures, and no test is known to be slower."
SLOWER_TITLE = "Slower tests"
SLOWER_NOTE = (
    "They took more than 1.5 times as long as in the baseline, and more than a second longer."
)


def since_title(since: Comparison) -> str:
    """Return the heading: compared with which commit, of which branch."""
    branch = cut_text(one_line(since.branch.removeprefix("refs/heads/")), MAX_BRANCH)
    if COMMIT.fullmatch(since.commit):
        commit = since.commit[:SHORT_COMMIT]
        return f"Compared with the baseline: commit {commit}{f' of {branch}' if branch else ''}"
    return f"Compared with the baseline{f' of {branch}' if branch else ''}"


def commits_text(since: Comparison, origin: Origin) -> str:
    """Return the two commits that are compared, empty if one of them is not known."""
    old, new = since.commit, known_commit(origin)
    if not all(map(COMMIT.fullmatch, (old, new))):
        return ""
    short = short_commit(origin)
    changed = ", with changes that are not committed" if origin.is_changed else ""
    if old == new:
        return f"The baseline and this rehearsal are of the same commit, {short}" + (
            f"; now {changed[2:]}" if changed else ""
        )
    return f"The baseline is of commit {old[:SHORT_COMMIT]}, this rehearsal of {short}{changed}"


def new_mark(since: Comparison | None, name: str) -> str:
    """Return what the baseline tells of a failed test in a word or two, empty if nothing."""
    if since and name in {*since.new, *since.added}:
        return "new"
    return "failed before" if since and name in since.old else ""


def baseline_line(since: Comparison) -> str:
    """Return which rehearsal the baseline is."""
    when = time.strftime(" of %Y-%m-%d at %H:%M UTC", time.gmtime(since.started))
    text = f"The baseline is a rehearsal{when if since.started else ''}: {since.verdict}"
    if since.browser:
        text += f", in {one_line(since.browser)}"
    return f"{text}." if since.had_tests else f"{text}. It ran no tests."


def failure_groups(since: Comparison) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the failed tests by what the baseline tells of them, new ones first."""
    groups = (
        ("New failures", since.new),
        ("Failures of tests that the baseline does not have", since.added),
        ("Failures that may be new: the baseline does not tell", since.unknown),
        ("Failed in the baseline, too", since.old),
        ("Failed in the baseline, passed now", since.fixed),
    )
    yield from ((f"{title} ({len(names):,})", names) for title, names in groups if names)


def is_nothing_new(since: Comparison) -> bool:
    """Whether both rehearsals ran tests, and none failed newly or became slower."""
    both = since.had_tests and since.has_tests
    return both and not (since.new or since.added or since.unknown or since.slower)


def slower_cells(test: SlowerTest) -> tuple[str, str]:
    """Return how long a test took in the baseline and now."""
    return seconds_text(test.before), seconds_text(test.now)


def image_line(since: Comparison) -> str:
    """Return the image's size in the baseline and now, empty if one of them is not known."""
    before, now = since.size_before, since.size_now
    if before is None or now is None:
        return ""
    text = f"The image's size is {size_text(now)}"
    if since.stores_differ:
        return (
            f"{text}; in the baseline it was {size_text(before)}, but by another engine, so do not "
            "compare them."
        )
    if size_text(before) == size_text(now):
        return f"{text}, as in the baseline."
    percent = (now - before) / before * 100 if before else 0.0
    return f"{text}; in the baseline it was {size_text(before)} ({percent:+.0f} %)."
