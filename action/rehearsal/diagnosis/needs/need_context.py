"""What the finders read: the facts of the failure, the app's files, and the inputs."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.facts import MISSING_VARIABLES
from rehearsal.diagnosis.needs.given import Given
from rehearsal.diagnosis.proposal_context import Context
from rehearsal.results.next_need import NextNeed
from rehearsal.source.settings_values import settings_values
from rehearsal.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What is needed, and the text to paste for it, empty if that is not known."""

    need: NextNeed
    paste: str = ""


@dataclass(frozen=True)
class NeedContext:
    """`context` is that of the failure, `given` what the rehearsal gives."""

    context: Context
    given: Given

    @cached_property
    def environment(self) -> dict[str, str]:
        """The variables of the container; without one, those of the Dockerfile and the inputs."""
        if self.given.image_variables:
            return dict(self.given.image_variables)
        shape = self.context.shape
        of_image = (
            shape.dockerfile.variables(shape.stage) if shape.dockerfile and shape.stage else {}
        )
        return {**of_image, **self.given.variables}

    @cached_property
    def settings(self) -> dict[str, object]:
        """The values of Django's settings that are known."""
        shape = self.context.shape
        return (
            settings_values(shape.project, shape.django, self.environment) if shape.django else {}
        )

    @cached_property
    def named(self) -> frozenset[str]:
        """The variables that the diagnosis names already."""
        lines = self.context.facts.lines.get(MISSING_VARIABLES, ())
        return frozenset(line.partition(" ")[2] for line in lines)

    def as_if(self, verdict: Verdict, lines: Mapping[str, tuple[str, ...]]) -> Context:
        """Return the context of a later failure with these facts."""
        facts = self.context.facts
        host = (f"host {self.given.host}",)
        later = replace(facts, verdict=verdict, lines={"request": host, **facts.lines, **lines})
        return replace(self.context, facts=later)
