"""What was observed of an app from its start until it was ready, or given up."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """Something that happened for the first time, `seconds` after the container's start."""

    name: str
    seconds: float
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class ObservedAnswer:
    """One kind of answer: when it was first and last seen, in seconds since the start."""

    text: str
    first: float
    last: float
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The milestones and the distinct answers, each in the order they came up."""

    milestones: tuple[Milestone, ...] = ()
    answers: tuple[ObservedAnswer, ...] = ()
