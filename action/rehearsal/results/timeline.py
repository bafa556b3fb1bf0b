"""What was observed of an app from its start until it was ready, or given up."""

from typing import Annotated

from rehearsal.dataclass import dataclass
from rehearsal.results.json_fields import Json


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """Something that happened for the first time, `seconds` after the container's start."""

    name: Annotated[str, "What happened.", Json(verbatim=True)]
    seconds: Annotated[float, "Since the container's start.", Json(digits=3)]
    detail: Annotated[str, "What there is to say about it, like the answer, or empty."] = ""


@dataclass(frozen=True, kw_only=True)
class ObservedAnswer:
    """One kind of answer: when it was first and last seen, in seconds since the start."""

    text: Annotated[str, "The answer, like HTTP status 503."]
    first: Annotated[
        float, "When it first came: seconds since the container's start.", Json(digits=3)
    ]
    last: Annotated[float, "When it last came.", Json(digits=3)]
    times: Annotated[int, "How often it came.", Json(minimum=1)] = 1


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The milestones and the distinct answers, each in the order they came up."""

    milestones: Annotated[tuple[Milestone, ...], "What happened, in its order."] = ()
    answers: Annotated[tuple[ObservedAnswer, ...], "The different answers, in their order."] = ()
