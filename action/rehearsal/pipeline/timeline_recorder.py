"""Record what is observed of an app while it gets ready."""

from dataclasses import dataclass, field, replace

from rehearsal.results.timeline import Milestone, ObservedAnswer, Timeline

# An app that answers differently each time has told enough by then.
MAX_ANSWERS = 20


@dataclass
class TimelineRecorder:
    """Collect milestones by name and answers by kind, each in the order they came up."""

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
        """Count an answer; all answers of one kind are told in the words of the first."""
        if answer := self._answers.get(kind):
            self._answers[kind] = replace(answer, last=seconds, times=answer.times + 1)
        elif len(self._answers) < MAX_ANSWERS:
            self._answers[kind] = ObservedAnswer(text=text, first=seconds, last=seconds)
