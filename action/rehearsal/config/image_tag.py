"""The name of an image that a rehearsal builds."""

import re


def image_tag(folder: str, version: str) -> str:
    """Return a name for the image: what may stand in one of the folder's name, and a version."""
    slug = re.sub(r"[^a-z0-9]+", "-", folder.lower()).strip("-")
    return f"rehearsed/{slug or 'app'}:{version}"
