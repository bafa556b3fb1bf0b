"""The name of an image that a rehearsal builds."""

import re


def image_tag(project: str, version: str) -> str:
    """Return `rehearsed/PROJECT:VERSION`, without the characters that a name cannot have."""
    slug = re.sub(r"[^a-z0-9]+", "-", project.lower()).strip("-")
    return f"rehearsed/{slug or 'app'}:{version}"
