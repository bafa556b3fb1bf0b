"""The state of a publication: what each registry holds, and the result."""

from dataclasses import field
from enum import Enum

from rehearsal.commands.publish.digest_lines import write_digests
from rehearsal.commands.publish.reference import Reference
from rehearsal.dataclass import dataclass
from rehearsal.outside.registry import RemoteImage
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.verdict import Problem, RehearsalError, Verdict


class TargetState(Enum):
    """The state of one reference; the values are shown in the reports."""

    NOT_TRIED = "not tried"
    ALREADY_THERE = "already there"
    PUSHED = "pushed"
    RETAGGED = "same manifest, tagged in the registry"
    REFUSED = "refused"
    OTHER_CONTENT = "something else is there"
    INTERRUPTED = "interrupted"

    @property
    def verified(self) -> bool:
        """Whether the registry was asked and holds the image."""
        return self in (TargetState.ALREADY_THERE, TargetState.PUSHED, TargetState.RETAGGED)


@dataclass(kw_only=True)
class PublishTarget:
    """One reference, and what is known about it.

    `answered` says whether its registry answered, `remote` what it holds (None: nothing). `reason`
    says what went wrong, `hint` what to do.
    """

    reference: Reference
    state: TargetState = TargetState.NOT_TRIED
    reason: str = ""
    hint: str = ""
    remote: RemoteImage | None = None
    answered: bool = False

    @property
    def digest(self) -> str:
        """The digest of the manifest if the image is verified to be there, else empty."""
        return self.remote.digest if self.remote and self.state.verified else ""

    @property
    def by_digest(self) -> str:
        """A reference to that manifest."""
        return f"{self.reference.untagged}@{self.digest}"

    @property
    def content(self) -> str:
        """What the reference holds, in words."""
        if not self.answered:
            return "not known"
        if self.remote is None:
            return "nothing"
        return self.remote.digest or f"an index of {self.remote.manifest_count} manifests"


@dataclass(kw_only=True)
class Publication:
    """One publication. The publisher fills it in; the reports only read it."""

    image_id: str = ""
    rehearsal: RehearsalResult | None = None
    targets: list[PublishTarget] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def problem(self) -> Problem | None:
        """The most important problem, which decides the verdict."""
        return min(self.problems, key=lambda problem: problem.verdict.rank, default=None)

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return self.problem.verdict if self.problem else Verdict.PASSED

    @property
    def digests(self) -> dict[str, str]:
        """The digest of each reference that is verified to hold the image."""
        return {target.reference.written: target.digest for target in self.targets if target.digest}

    @property
    def digest(self) -> str:
        """The digest if everything was published with the same one, else empty."""
        found = set(self.digests.values())
        return found.pop() if self.verdict is Verdict.PASSED and len(found) == 1 else ""

    def outputs(self) -> dict[str, str]:
        """Return the action's outputs by name."""
        return {
            "verdict": str(self.verdict),
            "digest": self.digest,
            "digests": write_digests(self.digests),
        }


def publish_failed(message: str, hint: str) -> RehearsalError:
    """Return a `RehearsalError` with the verdict publish-failed."""
    return RehearsalError(Verdict.PUBLISH_FAILED, message, hint=hint)
