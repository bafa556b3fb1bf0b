"""A cause that fits a failure."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """A cause that fits: what it is, what to do, what to paste, and the lines that show it."""

    id: str
    title: str
    hint: str
    paste: str = ""
    background: str = ""
    evidence: tuple[str, ...] = ()
    sure_after: float | None = None
