"""Accept both forms of a test's name."""

from rehearsal_capture.dotted_names import dotted_name


def as_dotted_name(name: str) -> str:
    """Return the dotted name of a test; `name` is its node ID or its dotted name."""
    return dotted_name(name) if "::" in name.partition("[")[0] else name
