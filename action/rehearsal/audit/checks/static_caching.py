"""The stylesheets, scripts and images of a page: they are cheap to load."""

from collections.abc import Iterator, Sequence

from rehearsal.audit.answered import answered_pages
from rehearsal.audit.check import CheckSkipped, Failure, Note, check
from rehearsal.audit.exchange import Exchange
from rehearsal.audit.file_caching import (
    OK,
    bytes_saved,
    can_be_kept,
    has_hashed_name,
    is_kept_for_good,
    is_static,
    must_not_be_stored,
)
from rehearsal.audit.named_files import headers_of, left_out, named, page_files
from rehearsal.audit.observations import Asset, Observations

CACHE_HEADERS = ("cache-control", "expires", "etag", "last-modified")


@check(
    "static-caching",
    title="Static files are compressed when asked, and browsers may keep them",
    why="Every visitor waits for each byte of them, and waits again for what the browser must not "
    "keep.",
    hint="Compress text, and say how long each file may be kept.",
    reference="https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/Caching",
    parts="compressed|cacheable|immutable",
    parts_label="compressed, cacheable or immutable",
)
def static_caching(seen: Observations) -> Iterator[Failure | Note]:
    """Fail for files that are not compressed, or that browsers must ask for again needlessly."""
    pages = answered_pages(seen)
    served = [each for each in page_files(pages) if each.plain.status == OK and each.plain.body]
    if not served:
        raise CheckSkipped("the app serves none of the files that the page loads")
    yield from _uncompressed(served)
    static = [each.plain for each in served if is_static(each.plain)]
    asked_again = [each for each in static if has_hashed_name(each) and not is_kept_for_good(each)]
    if asked_again:
        yield Failure(
            part="immutable",
            message="The hash in their names says that these files never change, but browsers have "
            f"to ask for them again: {named([each.path for each in asked_again])}.",
            hint='Send "Cache-Control: public, max-age=31536000, immutable" with them.',
            evidence=headers_of(asked_again, *CACHE_HEADERS),
        )
    lost = _lost([each for each in static if not has_hashed_name(each)])
    if lost:
        yield Failure(
            part="cacheable",
            message="Browsers have to load these files anew for each page: "
            f"{named([each.path for each in lost])}.",
            hint="Send an ETag or Last-Modified with them, or a Cache-Control with max-age.",
            evidence=headers_of(lost, *CACHE_HEADERS),
        )
    yield from left_out(pages)


def _uncompressed(served: Sequence[Asset]) -> Iterator[Failure]:
    found = [(each.compressed, saved) for each in served if (saved := bytes_saved(each))]
    answers = [answer for answer, _ in found if answer]
    if answers:
        names = [f"{answer.path} ({saved >> 10} KiB too much)" for answer, saved in found if answer]
        yield Failure(
            part="compressed",
            message=f"A client that accepts gzip gets files uncompressed: {named(names)}.",
            hint="Django: WhiteNoise with CompressedManifestStaticFilesStorage. nginx: gzip on, "
            "with gzip_types. Express: the middleware compression.",
            evidence=headers_of(answers, "content-type", "content-length", "content-encoding"),
        )


def _lost(answers: Sequence[Exchange]) -> list[Exchange]:
    """Return those that browsers cannot use again.

    If an app forbids it for some files only, it has a reason: they are made for one visitor.
    """
    forbidden = [each for each in answers if must_not_be_stored(each)]
    if answers and len(forbidden) == len(answers):
        return forbidden
    return [each for each in answers if not must_not_be_stored(each) and not can_be_kept(each)]
