"""The files that a page loads, and how the messages of the checks name them."""

from collections.abc import Iterator, Sequence

from rehearsal.audit.check import CheckSkipped, Note
from rehearsal.audit.exchange import Exchange
from rehearsal.audit.observations import Asset, Pages

REDIRECTS = range(300, 400)
# How many files a message and its evidence name.
MAX_NAMED = 3


def page_files(pages: Pages) -> tuple[Asset, ...]:
    """Return the files that the app itself serves; raise `CheckSkipped` if there are none."""
    # One that redirects to another host is served there.
    found = tuple(each for each in pages.assets if each.plain.status not in REDIRECTS)
    if not found:
        raise CheckSkipped("the page loads no stylesheet, script or image from the app")
    return found


def named(files: Sequence[str]) -> str:
    """Return the first files as a list in words."""
    more = f" and {len(files) - MAX_NAMED} more" if len(files) > MAX_NAMED else ""
    return ", ".join(files[:MAX_NAMED]) + more


def headers_of(answers: Sequence[Exchange], *names: str) -> tuple[str, ...]:
    """Return the evidence of the first answers, with the headers of these names."""
    return tuple(line for answer in answers[:MAX_NAMED] for line in answer.evidence(*names))


def left_out(pages: Pages) -> Iterator[Note]:
    """Say how many files were not looked at."""
    if pages.left_out:
        yield Note(f"{pages.left_out} more files of the page were not looked at.")
