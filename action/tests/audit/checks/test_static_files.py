from dataclasses import replace

import pytest

from rehearsal.audit.checks.static_files import static_files
from rehearsal.audit.observations import Asset

from ..answers import answer, failed, findings, loaded, observed, skipped

STYLE = loaded("/static/site.css", "stylesheet", "text/css")


def fault(asset: Asset) -> str:
    """Return what is wrong with a file."""
    found = failed(static_files, observed(assets=(STYLE, asset)))
    if not found:
        return ""
    start = "1 of 2 files that the page loads cannot be used: "
    assert found["static-files"].message.startswith(start)
    return found["static-files"].message.removeprefix(start).rstrip(".")


@pytest.mark.parametrize(
    "asset",
    [
        loaded("/a.css", "stylesheet", "text/css; charset=utf-8"),
        loaded("/a.css", "stylesheet", ""),
        loaded("/a.js", "script", "text/javascript"),
        loaded("/a.js", "script", "application/javascript"),
        loaded("/a.js", "script", "application/x-javascript"),
        loaded("/a.png", "image", "image/png"),
        loaded("/a.png", "image", "application/octet-stream"),
        loaded("/a.svg?v=1", "image", "image/svg+xml"),
        loaded("/captcha", "image", "image/jpeg"),
    ],
)
def test_static_files__can_be_used(asset: Asset) -> None:
    assert not fault(asset)


@pytest.mark.parametrize(
    "asset, what",
    [
        (loaded("/a.css", "stylesheet", "text/html"), "/a.css (text/html)"),
        (loaded("/a.css", "stylesheet", "text/plain"), "/a.css (text/plain)"),
        (
            loaded("/a.css", "stylesheet", "", x_content_type_options="nosniff"),
            "/a.css (no Content-Type)",
        ),
        (loaded("/a.js", "script", "text/html; charset=utf-8"), "/a.js (text/html)"),
        (loaded("/a.js", "script", "application/json"), "/a.js (application/json)"),
        (loaded("/a.png", "image", "text/html"), "/a.png (text/html)"),
        (loaded("/a.svg", "image", "text/xml"), "/a.svg (text/xml)"),
        (loaded("/a.css", "stylesheet", "text/css", body=""), "/a.css (empty)"),
    ],
)
def test_static_files__of_another_type_or_empty(asset: Asset, what: str) -> None:
    assert fault(asset) == what


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_static_files__refused(status: int) -> None:
    missing = replace(STYLE, plain=answer("/a.css", status), compressed=None)
    assert fault(missing) == f"/a.css (status {status})"


def test_static_files__no_answer_or_half_of_one() -> None:
    error = "the content broke off after 1 bytes"
    assert fault(replace(STYLE, plain=replace(STYLE.plain, error=error))).endswith(f"({error})")
    late = replace(STYLE.plain, status=0, error="no complete answer within 5 s")
    assert fault(replace(STYLE, plain=late)).endswith("(no complete answer within 5 s)")


def test_static_files__served_by_another_host() -> None:
    moved = replace(STYLE, plain=answer("/static/site.css", 302), compressed=None)
    assert not fault(moved)
    reason = "the page loads no stylesheet, script or image from the app"
    assert skipped(static_files, observed(assets=(moved,))) == reason
    assert skipped(static_files, observed()) == reason


def test_static_files__many() -> None:
    missing = [
        replace(STYLE, plain=answer(f"/{number}.css", 404), compressed=None) for number in range(5)
    ]
    finding = failed(static_files, observed(assets=tuple(missing)))["static-files"]
    assert finding.message == (
        "5 of 5 files that the page loads cannot be used: /0.css (status 404), "
        "/1.css (status 404), /2.css (status 404) and 2 more."
    )
    assert len([line for line in finding.evidence if line.startswith("> GET")]) == 3


def test_static_files__says_what_was_left_out() -> None:
    (finding,) = findings(static_files, observed(assets=(STYLE,), left_out=7))
    assert finding.message == "7 more files of the page were not looked at."
