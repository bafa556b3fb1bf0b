"""The pictures of a failed test: an earlier one beside that of the failure."""

from itertools import zip_longest

from rehearsal.report.page.markup import Child, Markup, element
from rehearsal.results.bounded_text import cut_name
from rehearsal.results.evidence_index import FailedTestEvidence

SHOWN = "What the browser showed"


def pictures_of(test: FailedTestEvidence) -> list[tuple[str, str]]:
    """Return the paths of the pictures, each with the address of the page on it, or without."""
    return list(zip_longest(test.pictures, test.addresses, fillvalue=""))


def before_and_after(test: FailedTestEvidence, *, shown: str = "") -> Child:
    """Return the page before the last thing that the test did to it, and when it failed.

    A picture that is `shown` elsewhere is not repeated.
    """
    pictures, before = pictures_of(test), test.before
    if not before.path or not pictures:
        return None
    step = cut_name(before.step)
    moment = f"Earlier, {before.start:.1f} s after the test began: after {step}"
    title = _title(moment, before.address)
    earlier = _figure(before.path, f"The browser of {test.failure.name} after: {step}", title)
    path, address = pictures[0]
    failed = picture(test, path, address, when=" when it failed") if path != shown else None
    return element("div", earlier, failed, class_="two")


def picture(test: FailedTestEvidence, path: str, address: str, *, when: str = "") -> Markup:
    """Return a picture with its title, which says what it shows, `when`, and the page's address."""
    kind, suffix = kind_of(path)
    # The picture of another tool may show anything: its name says what.
    shown, alt = name_of(path), f"{name_of(path)} of {test.failure.name}"
    if kind == "screenshot":
        shown, alt = f"{SHOWN}{when}{suffix}", f"{SHOWN} when {test.failure.name} failed{suffix}"
    return _figure(path, alt, _title(shown, address))


def _title(shown: str, address: str) -> Child:
    return shown, (" · ", element("code", address)) if address else ""


def _figure(path: str, alt: str, title: Child) -> Markup:
    image = element("img", src=path, alt=alt, loading="lazy")
    return element("figure", element("h4", title), element("a", image, href=path))


def name_of(path: str) -> str:
    """Return the name of a file of the evidence."""
    return path.rpartition("/")[2]


def kind_of(path: str) -> tuple[str, str]:
    """Return what a file holds, and of which browser or failure, as its name says."""
    kind, _, suffix = name_of(path).partition(".")[0].partition("-")
    return kind, f" ({suffix})" if suffix else ""
