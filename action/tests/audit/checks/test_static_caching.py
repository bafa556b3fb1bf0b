from dataclasses import replace

import pytest

from rehearsal.audit.checks.static_caching import static_caching
from rehearsal.audit.observations import Asset

from ..answers import answer, failed, loaded, observed, skipped

TEXT = "".join(f".box-{number} {{ margin: {number}px }}\n" for number in range(200))
ETAG = {"etag": '"c0ffee"'}
HASHED = "/static/site.ba7910d3632d.css"
KEPT = {"cache_control": "max-age=31536000"}
DATE = "Sun, 29 Nov 2026 22:00:00 GMT"


def parts(*assets: Asset) -> set[str]:
    """Return the parts that fail."""
    found = failed(static_caching, observed(assets=assets))
    return {id_.removeprefix("static-caching:") for id_ in found}


def style(path: str = "/static/site.css", body: str = "a {}", **headers: str) -> Asset:
    return loaded(path, "stylesheet", "text/css", body, **headers)


def test_compressed__it_is_not() -> None:
    asset = style(body=TEXT, **ETAG)
    found = failed(static_caching, observed(assets=(asset,)))["static-caching:compressed"]
    assert found.message == (
        "A client that accepts gzip gets files uncompressed: /static/site.css (4 KiB too much)."
    )


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_compressed__it_is(coding: str) -> None:
    packed = answer("/static/site.css", kind="text/css", headers={"content-encoding": coding})
    assert not parts(replace(style(body=TEXT, **ETAG), compressed=packed))


@pytest.mark.parametrize(
    "asset",
    [
        style(body=TEXT[:900], **ETAG),
        loaded("/a.png", "image", "image/png", TEXT, **ETAG),
        loaded("/a.jpg", "image", "image/jpeg", TEXT, **ETAG),
        replace(style(body=TEXT, **ETAG), compressed=answer("/static/site.css", 503)),
    ],
)
def test_compressed__is_not_asked_of_it(asset: Asset) -> None:
    assert not parts(asset)


@pytest.mark.parametrize("kind", ["image/svg+xml", "application/xml", "text/javascript"])
def test_compressed__is_asked_of_text(kind: str) -> None:
    assert parts(loaded("/a.svg", "image", kind, TEXT, **ETAG)) == {"compressed"}


@pytest.mark.parametrize(
    "headers",
    [
        {"cache_control": "max-age=315360000, public, immutable"},
        {"cache_control": "public, immutable"},
        {"cache_control": "public, Max-Age=31536000"},
        {"expires": "Mon, 29 Nov 2027 22:00:01 GMT", "date": DATE},
    ],
)
def test_immutable__it_is_kept(headers: dict[str, str]) -> None:
    assert not parts(style(HASHED, **headers))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        ETAG,
        {"cache_control": "max-age=60, public"},
        {"cache_control": "no-cache, max-age=31536000"},
        {"cache_control": "no-store"},
        {"cache_control": "s-maxage=31536000"},
        {"expires": "Sun, 29 Nov 2026 23:00:00 GMT", "date": DATE},
        {"expires": "0", "date": DATE},
    ],
)
def test_immutable__it_is_asked_for_again(headers: dict[str, str]) -> None:
    found = failed(static_caching, observed(assets=(style(HASHED, **headers),)))
    assert set(found) == {"static-caching:immutable"}
    assert HASHED in found["static-caching:immutable"].message


# As the build tools wrote them: Django 5.2, webpack 5, Vite 8, Rollup 4, esbuild, Sprockets.
@pytest.mark.parametrize(
    "name",
    [
        "site.ba7910d3632d.css",
        "main.285879f1b05c08d4cf04.js",
        "899.38e32956.chunk.js",
        "95b5261f0118dfb07662.png",
        "index-1cpEGOsk.js",
        "index-orO2KG2u.css",
        "lazy-B0gHUElj.js",
        "main-6BAJUF2V.js",
        "main-SXJ62GBR.css",
        "application-908e25f4bf641868d8683022a5b62f54e1f2d3c4b5a69788766554433221100f.css",
        "logo-1f3870be.svg",
    ],
)
def test_immutable__is_asked_of_names_with_a_hash(name: str) -> None:
    assert parts(style(f"/assets/{name}", **ETAG)) == {"immutable"}


@pytest.mark.parametrize(
    "name",
    [
        "site.css",
        "bootstrap-5.3.8.min.css",
        "jquery-3.7.1.min.js",
        "photo-20241224.png",
        "banner-Summer24.jpg",
        "chunk-vendors.js",
        "main-MainMenu.js",
        "site.css?v=ba7910d3632d",
        "font-face.decade.css",
    ],
)
def test_immutable__is_not_asked_of_others(name: str) -> None:
    assert not parts(style(f"/assets/{name}", **ETAG))


@pytest.mark.parametrize(
    "headers",
    [
        ETAG,
        {"last_modified": DATE},
        {"cache_control": "no-cache", **ETAG},
        {"cache_control": "public, max-age=0", **ETAG},
        {"cache_control": "max-age=60"},
        {"expires": "Sun, 29 Nov 2026 23:00:00 GMT", "date": DATE},
    ],
)
def test_cacheable__it_is(headers: dict[str, str]) -> None:
    assert not parts(style(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"cache_control": "public"},
        {"cache_control": "max-age=0"},
        {"cache_control": "no-store", **ETAG},
        {"expires": DATE, "date": DATE},
    ],
)
def test_cacheable__it_is_not(headers: dict[str, str]) -> None:
    assert parts(style(**headers)) == {"cacheable"}


def test_cacheable__one_file_is_made_for_each_visitor() -> None:
    own = loaded("/config.js", "script", "text/javascript", cache_control="no-store")
    assert not parts(style(**ETAG), own)
    assert parts(own) == {"cacheable"}


def test_cacheable__is_not_asked_of_what_is_no_file() -> None:
    picture = loaded("/captcha", "image", "image/png", cache_control="no-store")
    assert not parts(style(**ETAG), picture)


def test_static_caching__files_that_are_missing_are_not_its_business() -> None:
    missing = replace(style(), plain=answer("/static/site.css", 404), compressed=None)
    assert not parts(style(**ETAG), missing)
    reason = skipped(static_caching, observed(assets=(missing,)))
    assert reason == "the app serves none of the files that the page loads"
