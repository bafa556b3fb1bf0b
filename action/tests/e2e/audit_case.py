"""An image to audit, and the findings that are expected of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .faults import MIGRATE
from .repository import Repository, copy_of_checkout, repository_of

# With these the two apps pass every check; what only TLS in front can give is waived.
SOUND_APP = {"secrets": "APP_SECRET"}
SUPERLISTS = {
    "secrets": "DJANGO_SECRET_KEY",
    "env": "DJANGO_ALLOWED_HOST=localhost",
    "setup-command": MIGRATE,
    # Without a name: several scenarios may run at once.
    "run-options": "--volume=/data",
    "audit-ignore": "deploy-check:W004\ndeploy-check:W008\ndeploy-check:W016",
}
OWN_INPUTS = {"sound_app": SOUND_APP, "superlists": SUPERLISTS}
SECRET = "planted-for-the-audit-of-an-app-with-more-than-fifty-characters"
SECRETS = {"APP_SECRET": SECRET, "DJANGO_SECRET_KEY": SECRET}


@dataclass(frozen=True, kw_only=True)
class AuditCase:
    """An app, what is changed in it, and what its audit has to say.

    `files` are written and `edits` (path, pattern, replacement) made in the repository of `app`,
    and `inputs` are given. `fails` has the ids of the findings, each with words of its message or
    its evidence.
    """

    name: str
    fails: Mapping[str, str]
    app: str = "sound_app"
    files: Mapping[str, str] = field(default_factory=dict)
    edits: tuple[tuple[str, str, str], ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    @property
    def all_inputs(self) -> dict[str, str]:
        return {**OWN_INPUTS.get(self.app, {}), **self.inputs}

    def lay_out(self, root: Path) -> Repository:
        """Lay out the repository of this case."""
        repository = (
            copy_of_checkout(root) if self.app == "superlists" else repository_of(self.app, root)
        )
        for path, text in self.files.items():
            repository.write(path, text)
        for edit in self.edits:
            repository.replace(*edit)
        return repository
