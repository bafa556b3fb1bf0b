"""Checks of a release: the tag, the package, the changelog and the image's reference agree."""

import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal import __version__
from tools.release import (
    HEADING,
    ReleaseError,
    changelog_section,
    check,
    release_notes,
    version_from_tag,
)

_TOP = Path(__file__).parents[2]
CHANGELOG = """\
# Changelog

## 1.2.3 - 2026-12-01

### Added

- Something new.

## 1.2.2 - Unreleased

### Fixed

- Something old.

## 1.2.1 - 2026-10-01
"""
DIGEST = f"sha256:{'0123456789abcdef' * 4}"


def test_version_from_tag__removes_the_v() -> None:
    assert version_from_tag("v1.20.3") == "1.20.3"


@pytest.mark.parametrize("tag", ["v1", "v1.2", "1.2.3", "v1.2.3-rc1", "v01.2.3", "vv1.2.3", "v"])
def test_version_from_tag__rejects_a_tag_that_would_move(tag: str) -> None:
    with pytest.raises(ReleaseError, match=f"'{tag}'; expected v and an exact version"):
        version_from_tag(tag)


def test_changelog_section__ends_at_the_next_version() -> None:
    assert changelog_section(CHANGELOG, "1.2.3") == "### Added\n\n- Something new."


@pytest.mark.parametrize(
    "version, message",
    [
        pytest.param("1.2.4", "no heading for 1.2.4.* has: 1.2.3, 1.2.2, 1.2.1", id="no heading"),
        pytest.param("1.2.2", "version 1.2.2 with 'Unreleased' instead", id="no day"),
        pytest.param("1.2.1", "has no text below the heading of 1.2.1", id="nothing said"),
    ],
)
def test_changelog_section__names_what_is_missing(version: str, message: str) -> None:
    with pytest.raises(ReleaseError, match=message):
        changelog_section(CHANGELOG, version)


def test_check__returns_the_exact_reference_in_lower_case() -> None:
    assert check("v1.2.3", CHANGELOG, "1.2.3", "Some-One/Dress.Rehearsal") == {
        "version": "1.2.3",
        "image": "ghcr.io/some-one/dress.rehearsal/superlists:1.2.3",
        "latest": "ghcr.io/some-one/dress.rehearsal/superlists:latest",
    }


def test_check__rejects_another_version_in_the_package() -> None:
    with pytest.raises(ReleaseError, match=r"v1.2.3, but rehearsal.__version__ is '1.2.2'"):
        check("v1.2.3", CHANGELOG, "1.2.2", "o/r")


def test_release_notes__name_the_image_by_its_digest() -> None:
    image = "ghcr.io/o/r/superlists:1.2.3"
    text = release_notes("v1.2.3", CHANGELOG, image=image, digest=DIGEST)
    assert text.startswith("### Added\n\n- Something new.\n\n### Image\n")
    assert f"`{image}` is `ghcr.io/o/r/superlists@{DIGEST}`" in text


def test_release_notes__without_an_image_are_the_changelog() -> None:
    expected = "### Added\n\n- Something new.\n"
    assert release_notes("v1.2.3", CHANGELOG, image="", digest="") == expected


def test_changelog__newest_version_is_that_of_the_package() -> None:
    newest = HEADING.search((_TOP / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert newest is not None
    assert newest[1] == __version__


def test_program__rejects_a_tag_with_an_annotation() -> None:
    ended = subprocess.run(
        [sys.executable, _TOP / "tools/release.py", "check", "v1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("::error title=Invalid release::the tag is 'v1'; ")
