"""What was seen of an app from its start until it was ready, or given up."""

from dataclasses import dataclass, field

# An app that answers differently each time has told enough by then.
MOST_SIGHTS = 20


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Something that happened for the first time, `seconds` after the container's start."""

    name: str
    seconds: float
    detail: str = ""


@dataclass(kw_only=True)
class Sight:
    """One kind of answer: when it was first and last seen, in seconds since the start."""

    text: str
    first: float
    last: float
    times: int = 1


@dataclass(kw_only=True)
class Timeline:
    """The moments in their order, and the distinct answers as they came up."""

    moments: list[Moment] = field(default_factory=list)
    sights: dict[object, Sight] = field(default_factory=dict)

    def reach(self, name: str, seconds: float, detail: str = "") -> None:
        """Note a moment, the first time it is reached."""
        if not any(moment.name == name for moment in self.moments):
            self.moments.append(Moment(name=name, seconds=seconds, detail=detail))

    def see(self, kind: object, text: str, seconds: float) -> None:
        """Count an answer; those of one kind are one sight, told in the words of the first."""
        if sight := self.sights.get(kind):
            sight.last = seconds
            sight.times += 1
        elif len(self.sights) < MOST_SIGHTS:
            self.sights[kind] = Sight(text=text, first=seconds, last=seconds)
