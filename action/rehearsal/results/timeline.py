"""What was seen of an app from its start until it was ready, or given up."""

from dataclasses import dataclass, field

# An app that answers differently each time has told enough by then.
MAX_ANSWERS = 20


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """Something that happened for the first time, `seconds` after the container's start."""

    name: str
    seconds: float
    detail: str = ""


@dataclass(kw_only=True)
class ObservedAnswer:
    """One kind of answer: when it was first and last seen, in seconds since the start."""

    text: str
    first: float
    last: float
    times: int = 1


@dataclass(kw_only=True)
class Timeline:
    """The moments in their order, and the distinct answers as they came up."""

    milestones: list[Milestone] = field(default_factory=list)
    answers: dict[object, ObservedAnswer] = field(default_factory=dict)

    def record_milestone(self, name: str, seconds: float, detail: str = "") -> None:
        """Note a moment, the first time it is reached."""
        if not any(moment.name == name for moment in self.milestones):
            self.milestones.append(Milestone(name=name, seconds=seconds, detail=detail))

    def record_answer(self, kind: object, text: str, seconds: float) -> None:
        """Count an answer; those of one kind are one sight, told in the words of the first."""
        if sight := self.answers.get(kind):
            sight.last = seconds
            sight.times += 1
        elif len(self.answers) < MAX_ANSWERS:
            self.answers[kind] = ObservedAnswer(text=text, first=seconds, last=seconds)
