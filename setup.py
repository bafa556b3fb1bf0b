"""Set the package's description: the README with absolute links.

The links in README.md are relative, and a package index does not have the files that they name.
pyproject.toml cannot change them.
"""

import os
import re
from pathlib import Path

from setuptools import setup

TOP = Path(__file__).resolve().parent
LINK = re.compile(r'(?P<before>\]\(|src=")(?!https?:|#)(?P<path>[^)"]+)')
VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)


def long_description(readme: str, repository: str, version: str) -> str:
    """Return the README with absolute links, to the files of `version` in OWNER/NAME on GitHub."""
    pages = f"https://github.com/{repository}/blob/v{version}"
    pictures = f"https://raw.githubusercontent.com/{repository}/v{version}"

    def absolute(found: re.Match[str]) -> str:
        place = pictures if found["before"] == 'src="' else pages
        return f"{found['before']}{place}/{found['path']}"

    return LINK.sub(absolute, readme)


init = (TOP / "action/rehearsal/__init__.py").read_text(encoding="utf-8")
(version,) = VERSION.findall(init)
setup(
    long_description=long_description(
        (TOP / "README.md").read_text(encoding="utf-8"),
        os.environ.get("GITHUB_REPOSITORY", "OWNER/dress-rehearsal"),
        version,
    ),
    long_description_content_type="text/markdown",
)
