#!/usr/bin/env python3
"""Check that the tag, the package and the changelog of a release name the same version.

`tools/release.py check v1.2.3` prints the outputs of the workflow's step, one `NAME=value` a line;
`tools/release.py notes v1.2.3` prints the changelog's section, and below it the image, where the
environment names one (`IMAGE`, `DIGEST`).
"""

import argparse
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "action"))

from rehearsal import __version__  # noqa: E402  (it stands beside this folder, not on the path)

# Any dash may stand between the version and the date.
HEADING = re.compile(r"^## (\S+) \S (.+)$", re.MULTILINE)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# A release's tag is never moved, so nothing looser than three numbers becomes one.
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


class WrongReleaseError(Exception):
    """Say what does not fit together, and what to do."""


def version_of(tag: str) -> str:
    """Return the version that a tag names.

    Raises WrongReleaseError when it is not v and three numbers: `v1` would have to move.
    """
    version = tag.removeprefix("v")
    if version == tag or not VERSION.fullmatch(version):
        raise WrongReleaseError(f"the tag is {tag!r}; expected v and an exact version, like v1.2.3")
    return version


def section(changelog: str, version: str) -> str:
    """Return what the changelog says about a version, without the heading.

    Raises WrongReleaseError when it says nothing, or has no date for it yet.
    """
    headings = list(HEADING.finditer(changelog))
    for index, heading in enumerate(headings):
        if heading[1] != version:
            continue
        if not DATE.fullmatch(heading[2]):
            raise WrongReleaseError(
                f"CHANGELOG.md has version {version} as {heading[2]!r}; "
                f"write the day of the release there, like 2026-11-30"
            )
        end = headings[index + 1].start() if index + 1 < len(headings) else len(changelog)
        text = changelog[heading.end() : end].strip()
        if text:
            return text
        raise WrongReleaseError(f"CHANGELOG.md says nothing below the heading of {version}")
    found = ", ".join(heading[1] for heading in headings) or "none"
    raise WrongReleaseError(
        f"CHANGELOG.md has no heading for {version}; add it, dated; the versions there: {found}"
    )


def check(tag: str, changelog: str, packaged: str, repository: str) -> Mapping[str, str]:
    """Return the version, and where its image goes in GitHub's registry: exact, and `latest`.

    `packaged` is the version that the package gives itself. Raises WrongReleaseError.
    """
    version = version_of(tag)
    if version != packaged:
        raise WrongReleaseError(
            f"the tag is {tag}, but rehearsal.__version__ is {packaged!r}; "
            f"set it, commit, and tag that commit"
        )
    section(changelog, version)
    # A repository's name may have capitals, a reference may not.
    name = f"ghcr.io/{repository.lower()}/superlists"
    return {"version": version, "image": f"{name}:{version}", "latest": f"{name}:latest"}


def notes(tag: str, changelog: str, *, image: str, digest: str) -> str:
    """Return the text of the release. Raises WrongReleaseError when the changelog has none."""
    text = section(changelog, version_of(tag))
    if not (image and digest):
        return text + "\n"
    name = image.rpartition(":")[0]
    image_line = f"`{image}` is `{name}@{digest}`, the very image that was rehearsed."
    return f"{text}\n\n### Image\n\n{image_line}\n"


def main(arguments: list[str]) -> int:
    """Run one of the two commands and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["check", "notes"])
    parser.add_argument("tag")
    asked = parser.parse_args(arguments)
    changelog = (TOP / "CHANGELOG.md").read_text(encoding="utf-8")
    environment = os.environ
    try:
        if asked.command == "check":
            repository = environment.get("GITHUB_REPOSITORY", "OWNER/dress-rehearsal")
            found = check(asked.tag, changelog, __version__, repository)
            text = "".join(f"{name}={value}\n" for name, value in found.items())
        else:
            text = notes(
                asked.tag,
                changelog,
                image=environment.get("IMAGE", ""),
                digest=environment.get("DIGEST", ""),
            )
    except WrongReleaseError as error:
        # An annotation on GitHub, and readable anywhere else.
        print(f"::error title=This tag is no release::{error}", file=sys.stderr)
        return 1
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
