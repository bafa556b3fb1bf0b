"""What the names in a step's expressions stand for on a laptop."""

import platform
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rehearsal.local.expressions import Context, Unknown, Value
from rehearsal.local.workflow_file import Use
from rehearsal.outside.git import GitCheckout

# On GitHub these may be unset, and read as empty then: `||` behind them says what holds instead.
OPTIONAL = frozenset({"secrets", "vars", "env", "inputs"})
ALL = (
    "github", "env", "vars", "secrets", "matrix", "inputs", "runner", "job", "steps", "strategy",
    "needs",
)  # fmt: skip

# What the event of a push holds; of the others it has none, and they are null.
# Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
PUSH_EVENT = frozenset({
    "after", "base_ref", "before", "commits", "compare", "created", "deleted", "enterprise",
    "forced", "head_commit", "installation", "organization", "pusher", "ref", "repository",
    "sender",
})  # fmt: skip
MACHINES = {"x86_64": "X64", "aarch64": "ARM64", "i686": "X86"}

Find = Callable[[str], Value]


@dataclass(frozen=True)
class Place:
    """A name, or a dotted path, of which no value is known yet; `find` raises KeyError for such."""

    path: str
    find: Find = field(repr=False)

    def get(self, name: str) -> Value:
        """Return the value at a part, or the part itself where only parts of it have one."""
        path = f"{self.path}.{name}"
        try:
            return self.find(path)
        except KeyError:
            return Place(path, self.find)

    def unknown(self) -> Unknown:
        """Return the error of a use as a value."""
        return Unknown(self.path, optional=self.path.partition(".")[0] in OPTIONAL)


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where values come from: `--set`, then the environment, then `.env`; git for the checkout.

    `confidential` collects the values that came out of secrets, by name.
    """

    settings: Mapping[str, str]
    environ: Mapping[str, str] = field(repr=False)
    dotenv: Mapping[str, str] = field(repr=False)
    checkout: GitCheckout
    confidential: dict[str, str] = field(default_factory=dict, repr=False)

    def contexts(self, use: Use, env: Mapping[str, str]) -> dict[str, Context]:
        """Return the contexts of a step; `env` holds what the workflow's own `env:` set so far."""
        finders: Mapping[str, Find] = {
            "github": self._github(use),
            "env": lambda name: env[name] if name in env else self.private(name),
            "vars": self.named,
            "secrets": self._secret,
            "matrix": _only_values(use.matrix).__getitem__,
            "runner": self._runner().__getitem__,
        }
        return {name: Place(name, self._finder(finders.get(name))) for name in ALL}

    def named(self, name: str) -> str:
        """Return a value by its name, in any case as GitHub does. Raises KeyError."""
        for source in (self.environ, self.dotenv):
            for spelling in (name, name.upper()):
                if spelling in source:
                    return source[spelling]
        raise KeyError(name)

    def private(self, name: str) -> str:
        """Return a value of unknown nature: one that stands in `.env` alone is kept secret."""
        value = self.named(name)
        if not {name, name.upper()} & self.environ.keys():
            self.confidential[name] = value
        return value

    def _secret(self, name: str) -> str:
        value = self.confidential[name] = self.named(name)
        return value

    def _finder(self, find: Find | None) -> Find:
        settings = {name.lower(): value for name, value in self.settings.items()}

        def found(path: str) -> Value:
            if path.lower() in settings:
                return settings[path.lower()]
            if not find:
                raise KeyError(path)
            return find(path.partition(".")[2])

        return found

    def _runner(self) -> dict[str, Value]:
        machine = platform.machine()
        return {
            "os": "Linux",
            "arch": MACHINES.get(machine, machine.upper()),
            "name": "laptop",
            "environment": "self-hosted",
            "debug": "",
            "temp": self.environ.get("RUNNER_TEMP") or tempfile.gettempdir(),
        }

    def _github(self, use: Use) -> Find:
        known: dict[str, Value] = dict(self.checkout.context())
        known |= {"job": use.job, "workflow": use.workflow or use.file}

        def find(path: str) -> Value:
            first, _, rest = path.lower().partition(".")
            if first == "token":
                return self._secret("GITHUB_TOKEN")
            if first == "event" and rest and rest.partition(".")[0] not in PUSH_EVENT:
                return None
            return known[path.lower()]

        return find


def _only_values(matrix: Mapping[str, object]) -> dict[str, Value]:
    """Return what a matrix leaves no choice about."""
    return {
        name: values[0]
        for name, values in matrix.items()
        if isinstance(values, list) and len(values) == 1 and isinstance(values[0], str | float)
    }
