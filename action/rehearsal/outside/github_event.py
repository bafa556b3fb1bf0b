"""The event that started a workflow run, as the runner leaves it in a file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehearsal.outside.files import open_regular_file

# In bytes. GitHub sends events of at most 25 MB.
MAX_SIZE = 32 << 20


def read_event(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the event of GITHUB_EVENT_PATH; nothing where there is none that can be read."""
    path = environ.get("GITHUB_EVENT_PATH")
    if not path:
        return {}
    try:
        with open_regular_file(Path(path)) as file:
            event = json.loads(file.read(MAX_SIZE))
    except (OSError, ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}
