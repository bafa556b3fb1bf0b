"""Names of Python packages."""

import re


def normal_name(name: str) -> str:
    """Return the name that all spellings of a package share. Source: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()
