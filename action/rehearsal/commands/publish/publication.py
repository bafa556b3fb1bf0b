"""The record of a publication: what each registry holds, and how it ended."""

import json
from dataclasses import dataclass, field
from enum import Enum

from rehearsal.commands.publish.reference import Reference
from rehearsal.outside.registry import RemoteImage
from rehearsal.results.rehearsal import Rehearsal
from rehearsal.verdict import Problem, Verdict


class State(Enum):
    """What became of one reference; the words stand in the reports."""

    UNTRIED = "not tried"
    ALREADY = "already there"
    PUSHED = "pushed"
    RETAGGED = "same manifest, tagged in the registry"
    REFUSED = "refused"
    WRONG = "something else is there"
    UNKNOWN = "interrupted"

    @property
    def good(self) -> bool:
        """Whether the registry was asked and holds the image."""
        return self in (State.ALREADY, State.PUSHED, State.RETAGGED)


@dataclass(kw_only=True)
class PublishTarget:
    """One reference: `held` is what its registry said last, `asked` whether it did at all.

    `why` says what went wrong, `advice` what to do.
    """

    reference: Reference
    state: State = State.UNTRIED
    why: str = ""
    advice: str = ""
    held: RemoteImage | None = None
    asked: bool = False

    @property
    def digest(self) -> str:
        """The digest of the image's manifest, where it is proven to be there."""
        return self.held.digest if self.held and self.state.good else ""

    @property
    def there(self) -> str:
        """What is under the reference, as far as that is known."""
        if not self.asked:
            return "not known"
        if self.held is None:
            return "nothing"
        return self.held.digest or f"an index of {self.held.manifest_count} manifests"


@dataclass(kw_only=True)
class Publication:
    """One publication, filled in as it goes; the reports only read it."""

    image_id: str = ""
    rehearsed: Rehearsal | None = None
    entries: list[PublishTarget] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def problem(self) -> Problem | None:
        """The problem that decides, of several."""
        return min(self.problems, key=lambda problem: problem.verdict.rank, default=None)

    @property
    def verdict(self) -> Verdict:
        """How it ended."""
        return self.problem.verdict if self.problem else Verdict.PASSED

    @property
    def digests(self) -> dict[str, str]:
        """The manifests' digests, of the references that are proven to hold the image."""
        return {entry.reference.written: entry.digest for entry in self.entries if entry.digest}

    @property
    def digest(self) -> str:
        """The one digest of all; empty where they differ, and unless all went well."""
        found = set(self.digests.values())
        return found.pop() if self.verdict is Verdict.PASSED and len(found) == 1 else ""

    def outputs(self) -> dict[str, str]:
        """Return the action's outputs by name."""
        return {
            "verdict": str(self.verdict),
            "digest": self.digest,
            "digests": json.dumps(self.digests),
        }
