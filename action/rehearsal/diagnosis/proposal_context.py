"""What proposals are made from: the facts, and what the repository shows of the app."""

import posixpath
import re
from collections.abc import Iterable

from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.paste import in_step
from rehearsal.source.app_shape import AppShape
from rehearsal.source.changes import Change, Commands, changed, describe, is_python

DEFAULT_PORT = "8888"


@dataclass(frozen=True, kw_only=True)
class Context:
    """The paths of `shape` are relative to the working directory.

    `folder` is the path of the working directory in the checkout, `build_context` that of the build
    context from the working directory; `workflow` may be empty.
    """

    facts: Facts
    shape: AppShape
    folder: str = "."
    build_context: str = "."
    workflow: str = ""

    @property
    def port(self) -> str:
        """The port on which the rehearsal asks the app."""
        return self.find("request", r"^port (\d+)$") or DEFAULT_PORT

    @property
    def host(self) -> str:
        """The host that the rehearsal asks for, without a port."""
        return self.find("request", r"^host (\[[^\]\s]+\]|[^\s:]+)") or "localhost"

    def find(self, source: str, pattern: str) -> str:
        """Return the first group of the last match in a source, empty if there is none."""
        found = re.findall(pattern, self.facts.text(source), re.MULTILINE)
        return str(found[-1]) if found else ""

    def describe(self, changes: Iterable[Change | Commands | None], lead: str = "") -> str:
        """Return the text to paste, with paths in the checkout.

        Empty without changes, or if a file of Python would not be valid with them.
        """
        known = [each for each in changes if each]
        python = [each for each in known if isinstance(each, Change) and each.path.endswith(".py")]
        for path in {each.path for each in python}:
            text = self.shape.project.read(path)
            if not is_python(changed(text, (each for each in python if each.path == path))):
                return ""
        return describe((each.below(self.folder) for each in known), lead)

    def place(self, path: str) -> str:
        """Return the path of a file in the checkout."""
        return Change(path=path, text="").below(self.folder).path

    def from_folder(self, path: str) -> str:
        """Return a path of the checkout from the working directory."""
        return posixpath.relpath(path, self.folder)

    def in_step(self, name: str, value: str, lead: str = "") -> str:
        """Return the text to paste that gives an input to the step."""
        text = in_step(name, value, lead)
        return text.replace("{workflow|your workflow}", self.workflow or "your workflow")

    def in_build_context(self, path: str) -> str:
        """Return a path as COPY names it."""
        return posixpath.relpath(path, self.build_context)
