"""What a response says of how long it may be kept, and what compressing it would save."""

import re
import zlib
from email.utils import parsedate_to_datetime
from posixpath import basename

from rehearsal.audit.exchange import Exchange
from rehearsal.audit.observations import Asset
from rehearsal.regex import regex

OK = 200
# In bytes: to save less saves a visitor no time.
MIN_SAVING = 1024
# In seconds.
YEAR = 365 * 24 * 3600
COMPRESSIBLE = regex(r"text/.*|.*\+xml|application/(?:(?:x-)?javascript|ecmascript|json|xml)")
STATIC_NAME = regex(r"\.(?:css|m?js|png|jpe?g|gif|svg|webp|avif|ico)$", re.IGNORECASE)
HASHES = (
    # Django, Sprockets, webpack and most others write hexadecimal digits.
    regex(r"(?:^|[.-])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,64}\."),
    # Rollup, and so Vite, writes 8 digits of base64, and esbuild of base32. In a name of a picture
    # they might be a word with a number.
    regex(r"-(?=[\w-]{0,7}[A-Z])(?=[\w-]{0,7}[a-z])(?=[\w-]{0,7}\d)[\w-]{8}\.(?:m?js|css)$"),
    regex(r"-(?=[A-Z]*[2-7])(?=[2-7]*[A-Z])[A-Z2-7]{8}\.(?:m?js|css)$"),
)
MAX_AGE = regex(r"\s*max-age\s*=\s*\"?(\d{1,18})", re.IGNORECASE)


def bytes_saved(asset: Asset) -> int:
    """Return how many bytes compressing a file would save, 0 if it is not worth it or is done."""
    answer = asset.compressed
    if (
        not answer
        or answer.status != OK
        or answer.header("content-encoding")
        or not COMPRESSIBLE.fullmatch(answer.content_type)
    ):
        return 0
    body = asset.plain.body
    saved = len(body) - len(zlib.compress(body))
    return saved if saved >= MIN_SAVING else 0


def is_static(answer: Exchange) -> bool:
    """Return whether a path has the name of a file: other answers may be made for one visitor."""
    return bool(STATIC_NAME.search(answer.path.partition("?")[0]))


def has_hashed_name(answer: Exchange) -> bool:
    """Return whether the name has a hash of the content, as build tools write it."""
    name = basename(answer.path.partition("?")[0])
    return any(each.search(name) for each in HASHES)


def must_not_be_stored(answer: Exchange) -> bool:
    """Return whether no cache may keep the answer."""
    return "no-store" in _directives(answer)


def is_kept_for_good(answer: Exchange) -> bool:
    """Return whether browsers need not ask for it again for a year."""
    directives = _directives(answer)
    if directives & {"no-store", "no-cache"}:
        return False
    return "immutable" in directives or _seconds_fresh(answer) >= YEAR


def can_be_kept(answer: Exchange) -> bool:
    """Return whether browsers may use it again: for some time, or once they have asked."""
    validator = answer.header("etag") or answer.header("last-modified")
    return bool(validator) or _seconds_fresh(answer) > 0


def _directives(answer: Exchange) -> set[str]:
    return {each.strip().lower() for each in answer.header("cache-control").split(",")}


def _seconds_fresh(answer: Exchange) -> float:
    """Return for how long it may be used without a question (RFC 9111, 4.2.1)."""
    for each in answer.header("cache-control").split(","):
        if found := MAX_AGE.match(each):
            return int(found[1])
    try:
        expires = parsedate_to_datetime(answer.header("expires"))
        return (expires - parsedate_to_datetime(answer.header("date"))).total_seconds()
    except (OverflowError, TypeError, ValueError):  # One of them is no date, or has no time zone.
        return 0
