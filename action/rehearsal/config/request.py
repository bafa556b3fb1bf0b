"""What is asked for, wherever it was written: by the action, in a workflow file, as flags."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Request:
    """Inputs as they were given, and the environment and folder in which they mean something.

    `origin` names the step they come from, `file` the workflow file it stands in. `confidential`
    holds, by name, what must not be shown although no input calls it a secret; it may grow while
    the environment is asked. `notes` are worth a line to whoever asked, `left_out` are the inputs
    that mean nothing off GitHub.
    """

    given: Mapping[str, object] = field(repr=False)
    environ: Mapping[str, str] = field(repr=False)
    top: Path
    origin: str = ""
    file: str = ""
    extra_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()
    ignored_inputs: tuple[str, ...] = ()
