"""A plain Django project that lacks several things at once; each of them would cost one run."""

import re
from pathlib import Path

from .breaks import LOGGING
from .faults import PLAIN_TESTS

SETTINGS = "guestbook/settings.py"
WHITENOISE = r"^    'whitenoise\.middleware\.WhiteNoiseMiddleware',\n"
# Path, pattern, replacement. The first rehearsal finds only the key.
LACKING = (
    (SETTINGS, r"^SECRET_KEY = .*$", "SECRET_KEY = os.environ['SECRET_KEY']"),
    (SETTINGS, r"\Z", f"\nCONTACT = os.environ['CONTACT_ADDRESS']\n{LOGGING}"),
    (SETTINGS, WHITENOISE, ""),
    ("requirements.txt", r"^whitenoise.*\n", ""),
    ("Dockerfile", r"^RUN python manage\.py collectstatic.*\n", ""),
)
# It asks for a page, and for the style sheet and the script that the page links to.
INPUTS = {"test-command": f"{PLAIN_TESTS}.test_pages"}
IDS = ["variable", "allowed-hosts", "tables", "static-files"]


def edit(root: Path) -> None:
    """Take the things away from a copy of the project."""
    for path, pattern, replacement in LACKING:
        text = (root / path).read_text()
        # The text may have a backslash, so it is no pattern of its own.
        found = re.search(pattern, text, re.MULTILINE)
        assert found, path
        changed = f"{text[: found.start()]}{replacement}{text[found.end() :]}"
        (root / path).write_text(changed)
