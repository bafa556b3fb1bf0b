"""`regex` for `re.compile` where a module is imported: it compiles the pattern at its first use.

A rehearsal imports 700 patterns, most of them to read logs and the project's files, and uses a few.
Compiling them all took a quarter of the CPU of its start.
"""

import re
from typing import TYPE_CHECKING, Any, AnyStr

if TYPE_CHECKING:
    regex = re.compile
else:

    class regex:  # noqa: N801  (it stands for a function)
        """A pattern that is compiled once one of its attributes is used."""

        def __init__(self, pattern: AnyStr, flags: int = 0) -> None:
            self.pattern = pattern
            self._flags = flags

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            if name == "_compiled":
                value = re.compile(self.pattern, self._flags)
            else:
                value = getattr(self._compiled, name)
            # Kept in the object, so that the next use takes no detour.
            setattr(self, name, value)
            return value
