"""What to rehearse, before it is checked: inputs from the action, a workflow file or flags."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from rehearsal.config.rehearsal_plan import ServicePlan
from rehearsal.dataclass import dataclass
from rehearsal.redaction.redactor import REPLACEMENT

HIDDEN = REPLACEMENT.decode()


@dataclass(frozen=True, kw_only=True)
class GivenInputs:
    """The inputs of one rehearsal as they were given.

    `environ` holds the values of bare names, `top` is where relative paths start. `origin` names
    the step or, with `is_call`, the job that the inputs come from, `file` its workflow file.
    `extra_secrets` are values, by name, that must be hidden although no input lists them as
    secrets; reading `environ` may add some. `notes` are messages for the user. `ignored_inputs`
    have an effect only on GitHub. `job_services` are those of the workflow's job. `audit_only` says
    that nothing but the audit is asked for, and so no tests.
    """

    inputs: Mapping[str, object] = field(repr=False)
    environ: Mapping[str, str] = field(repr=False)
    top: Path
    origin: str = ""
    file: str = ""
    is_call: bool = False
    extra_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()
    ignored_inputs: tuple[str, ...] = ()
    job_services: tuple[ServicePlan, ...] = ()
    audit_only: bool = False

    def hide(self, text: str) -> str:
        """Replace the values of `extra_secrets`, even those that are too short for a redactor."""
        for value in self.extra_secrets.values():
            if value and value in text:
                # Replacing a single character would show where it is, so all of the text is hidden.
                text = text.replace(value, HIDDEN) if len(value) > 1 else HIDDEN
        return text
