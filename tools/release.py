#!/usr/bin/env python3
"""Check that the tag, the package and the changelog of a release name the same version.

`tools/release.py check v1.2.3` prints the outputs of the workflow's step, one `NAME=value` a line;
`tools/release.py notes v1.2.3` prints the changelog's section, and below it the image if the
variables `IMAGE` and `DIGEST` name one.
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
# Exactly three numbers: a tag like v1 would have to move with each release.
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


class ReleaseError(Exception):
    """The tag, the package and the changelog do not agree."""


def version_from_tag(tag: str) -> str:
    """Return the version in a tag. Raises ReleaseError when it is not `v` and three numbers."""
    version = tag.removeprefix("v")
    if version == tag or not VERSION.fullmatch(version):
        raise ReleaseError(f"the tag is {tag!r}; expected v and an exact version, like v1.2.3")
    return version


def changelog_section(changelog: str, version: str) -> str:
    """Return the text of a version in the changelog, without its heading.

    Raises ReleaseError when there is no text, or no date in the heading.
    """
    headings = list(HEADING.finditer(changelog))
    for index, heading in enumerate(headings):
        if heading[1] != version:
            continue
        if not DATE.fullmatch(heading[2]):
            raise ReleaseError(
                f"CHANGELOG.md has version {version} with {heading[2]!r} instead of a date; "
                f"write the day of the release, like 2026-11-30"
            )
        end = headings[index + 1].start() if index + 1 < len(headings) else len(changelog)
        text = changelog[heading.end() : end].strip()
        if text:
            return text
        raise ReleaseError(f"CHANGELOG.md has no text below the heading of {version}")
    found = ", ".join(heading[1] for heading in headings) or "none"
    raise ReleaseError(
        f"CHANGELOG.md has no heading for {version}; add one with a date. The file has: {found}"
    )


def check(tag: str, changelog: str, packaged: str, repository: str) -> Mapping[str, str]:
    """Return the version, and the references of its image: the exact one and `latest`.

    `packaged` is the version of the package. Raises ReleaseError.
    """
    version = version_from_tag(tag)
    if version != packaged:
        raise ReleaseError(
            f"the tag is {tag}, but rehearsal.__version__ is {packaged!r}; "
            f"set it, commit, and tag that commit"
        )
    changelog_section(changelog, version)
    # The name of a GitHub repository may contain upper case, a reference may not.
    name = f"ghcr.io/{repository.lower()}/superlists"
    return {"version": version, "image": f"{name}:{version}", "latest": f"{name}:latest"}


def release_notes(tag: str, changelog: str, *, image: str, digest: str) -> str:
    """Return the text of the release. Raises ReleaseError when the changelog has none."""
    text = changelog_section(changelog, version_from_tag(tag))
    if not (image and digest):
        return text + "\n"
    name = image.rpartition(":")[0]
    image_line = f"`{image}` is `{name}@{digest}`, exactly the image that was rehearsed."
    return f"{text}\n\n### Image\n\n{image_line}\n"


def main(arguments: list[str]) -> int:
    """Run one of the two commands and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["check", "notes"])
    parser.add_argument("tag")
    options = parser.parse_args(arguments)
    changelog = (TOP / "CHANGELOG.md").read_text(encoding="utf-8")
    environment = os.environ
    try:
        if options.command == "check":
            repository = environment.get("GITHUB_REPOSITORY", "OWNER/dress-rehearsal")
            outputs = check(options.tag, changelog, __version__, repository)
            text = "".join(f"{name}={value}\n" for name, value in outputs.items())
        else:
            text = release_notes(
                options.tag,
                changelog,
                image=environment.get("IMAGE", ""),
                digest=environment.get("DIGEST", ""),
            )
    except ReleaseError as error:
        # GitHub shows this as an annotation.
        print(f"::error title=Invalid release::{error}", file=sys.stderr)
        return 1
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
