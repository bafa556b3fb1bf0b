"""The stylesheets, scripts and images of a page: they are there."""

from collections.abc import Iterator

from rehearsal.audit.answered import answered_pages
from rehearsal.audit.check import Failure, Note, check
from rehearsal.audit.named_files import headers_of, left_out, named, page_files
from rehearsal.audit.observations import Asset, Observations

OK = 200
UNTYPED = ("", "application/octet-stream")
SVG_TYPE = "image/svg+xml"
STYLE_TYPE = "text/css"
SCRIPT_TYPES = (
    "text/javascript",
    "application/javascript",
    "application/x-javascript",
    "text/ecmascript",
    "application/ecmascript",
)


@check(
    "static-files",
    title="Each stylesheet, script and image of the page can be loaded",
    why="A development server serves static files by itself, a production server only if it is "
    "told to: without them a page is bare, although it answers with 200.",
    hint="Put the files into the image and serve them. Django: collectstatic when the image is "
    "built, and WhiteNoise.",
    reference="https://docs.djangoproject.com/en/stable/howto/static-files/deployment/",
)
def static_files(seen: Observations) -> Iterator[Failure | Note]:
    """Fail if a file is missing, empty, or of a type that browsers refuse."""
    pages = answered_pages(seen)
    assets = page_files(pages)
    broken = [(each.plain, fault) for each in assets if (fault := _fault(each))]
    if broken:
        names = named([f"{answer.path} ({fault})" for answer, fault in broken])
        yield Failure(
            message=f"{len(broken)} of {len(assets)} files that the page loads cannot be used: "
            f"{names}.",
            evidence=headers_of([answer for answer, _ in broken], "content-type", "content-length"),
        )
    yield from left_out(pages)


def _fault(asset: Asset) -> str:
    """Return why a browser cannot use a file, or nothing."""
    answer = asset.plain
    if answer.status != OK:
        return f"status {answer.status}" if answer.status else answer.error
    if answer.error:
        return answer.error
    if not answer.body:
        return "empty"
    return "" if _is_right_type(asset) else answer.content_type or "no Content-Type"


def _is_right_type(asset: Asset) -> bool:
    found, path = asset.plain.content_type, asset.plain.path.partition("?")[0]
    # Without "nosniff" browsers find out the type of what has none.
    is_sniffed = not found and "nosniff" not in asset.plain.header("x-content-type-options").lower()
    if asset.kind == "stylesheet":
        return found == STYLE_TYPE or is_sniffed
    if asset.kind == "script":
        return found in SCRIPT_TYPES or is_sniffed
    if path.lower().endswith(".svg"):
        return found == SVG_TYPE
    return found.startswith("image/") or found in UNTYPED
