"""The inputs as they arrive: their defaults, and typed readers that explain what is wrong."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from rehearsal.verdict import Misconfigured

# The action sets it: where it is, no workflow is read and nothing is drawn.
VARIABLE = "REHEARSAL_INPUTS"

DEFAULTS: Mapping[str, str] = {
    "image": "",
    "context": ".",
    "dockerfile": "Dockerfile",
    "target": "",
    "platform": "",
    "working-directory": ".",
    "build-args": "",
    "build-secrets": "",
    "cache-from": "",
    "cache-to": "",
    "port": "8888",
    "host-port": "",
    "env": "",
    "command": "",
    "secrets": "",
    "generate-secrets": "",
    "volumes": "",
    "network": "",
    "run-options": "",
    "setup-command": "",
    "ready-path": "/",
    "ready-status": "200-399",
    "ready-headers": "",
    "ready-timeout": "60",
    "test-command": "",
    "test-requirements": "",
    "test-env": "",
    "test-timeout": "1800",
    "test-retries": "0",
    "test-reports": "",
    "shard": "",
    "selenium-url": "",
    "timeout": "3600",
    "audit": "off",
    "audit-ignore": "",
    "audit-active": "false",
    "evidence": "on-failure",
    "artifact-name": "",
    "retention-days": "7",
}

# In the contract, not at work yet: refused, so that nobody believes they were honoured.
NOT_YET = frozenset(
    {
        "audit",
        "audit-ignore",
        "audit-active",
    }
)

# An error message is for reading: more of a wrong value than this helps nobody.
LONGEST_SHOWN = 200

# Errors about these never show what was found there: it may be part of a secret.
CONFIDENTIAL = frozenset(
    {"secrets", "env", "test-env", "build-args", "build-secrets", "ready-headers"}
)


@dataclass(frozen=True)
class Inputs:
    """A full set of inputs by name; what was not given has its default."""

    given: Mapping[str, str]

    @classmethod
    def of(cls, given: Mapping[str, object], defaults: Mapping[str, str] = DEFAULTS) -> "Inputs":
        """Refuse names that `defaults` has not, and values that do not work yet."""
        texts = {name: "" if value is None else str(value) for name, value in given.items()}
        for name, text in texts.items():
            if name not in defaults:
                raise Misconfigured(
                    f"There is no input named {name!r}.",
                    hint=f"The inputs are: {', '.join(defaults)}.",
                )
            if not _can_be_handed_on(text):
                raise Misconfigured(
                    f"The input {name} holds a NUL or half a character, which no program can be "
                    "given.",
                    hint=f"Write {name} again, as plain text in UTF-8.",
                )
        for name in sorted(NOT_YET & set(texts)):
            if texts[name].strip() not in ("", defaults[name]):
                raise Misconfigured(
                    f"The input {name} does not work in this version.",
                    hint=f"Leave {name} out for now; CHANGELOG.md says when it arrives.",
                )
        return cls({**defaults, **texts})

    def text(self, name: str) -> str:
        """Return the value without white space around it."""
        return self.given[name].strip()

    def block(self, name: str) -> str:
        """Return a script or a list of variables just as it was written."""
        return self.given[name]

    def lines(self, name: str) -> tuple[str, ...]:
        """Return the lines that hold anything, white space around them removed."""
        return tuple(line.strip() for line in self.given[name].splitlines() if line.strip())

    def boolean(self, name: str) -> bool:
        """Return 'true' or 'false' as what it says."""
        return self.choice(name, ("true", "false")) == "true"

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """Return the value if it is one of those allowed."""
        value = self.text(name)
        if value not in allowed:
            raise self.wrong(name, f"one of {', '.join(allowed)}")
        return value

    def number(self, name: str, low: int, high: int, unit: str = "") -> int:
        """Return a whole number from `low` to `high`."""
        value = self.text(name)
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise self.wrong(name, f"a whole number{unit and ' of ' + unit} from {low} to {high}")
        return int(value)

    def matching(self, name: str, pattern: str, meaning: str) -> str:
        """Return the value if it is empty or matches the whole pattern."""
        value = self.text(name)
        if value and not re.fullmatch(pattern, value):
            raise self.wrong(name, meaning)
        return value

    def wrong(self, name: str, allowed: str, hint: str = "") -> Misconfigured:
        """Return the error for an input: its name, what was found, what is allowed."""
        found = "(not shown)" if name in CONFIDENTIAL else shown(self.given[name])
        return Misconfigured(
            f"The input {name} is {found}; it has to be {allowed}.",
            hint=hint or f"Correct {name} in the step's with:.",
        )


def from_action(environ: Mapping[str, str]) -> dict[str, object]:
    """Return what action.yml hands over in one variable; nothing where it is not set."""
    try:
        given = json.loads(environ.get(VARIABLE) or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise Misconfigured(
            f"{VARIABLE} is not a JSON object.",
            hint="action.yml sets it to ${{ toJSON(inputs) }}; on a laptop leave it unset.",
        )
    return given


def shown(value: object) -> str:
    """Quote a value for an error: control characters visible, not too long."""
    text = str(value)
    return repr(text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…")


def _can_be_handed_on(value: str) -> bool:
    try:
        # Flags may hold bytes that are not UTF-8 (a file's name, say): these do go through.
        value.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return False
    return "\0" not in value
