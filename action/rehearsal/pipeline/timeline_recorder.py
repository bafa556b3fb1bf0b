"""Record answers and milestones while the app starts."""

from dataclasses import field, replace

from rehearsal.dataclass import dataclass
from rehearsal.results.timeline import Milestone, ObservedAnswer, Timeline

# An app may answer differently each time; this many kinds are enough.
MAX_ANSWERS = 20


@dataclass
class TimelineRecorder:
    """Collects milestones by name and answers by kind, in the order of their first occurrence."""

    _milestones: dict[str, Milestone] = field(default_factory=dict)
    _answers: dict[object, ObservedAnswer] = field(default_factory=dict)

    @property
    def timeline(self) -> Timeline:
        """What has been recorded so far."""
        return Timeline(
            milestones=tuple(self._milestones.values()), answers=tuple(self._answers.values())
        )

    def record_milestone(self, name: str, seconds: float, detail: str = "") -> None:
        """Record a milestone, the first time it is reached."""
        if name not in self._milestones:
            self._milestones[name] = Milestone(name=name, seconds=seconds, detail=detail)

    def record_answer(self, kind: object, text: str, seconds: float) -> None:
        """Count an answer; `text` describes the first one of its kind."""
        if answer := self._answers.get(kind):
            self._answers[kind] = replace(answer, last=seconds, times=answer.times + 1)
        elif len(self._answers) < MAX_ANSWERS:
            self._answers[kind] = ObservedAnswer(text=text, first=seconds, last=seconds)
