"""The contexts of a step's expressions on a laptop: `github`, `secrets` and so on."""

import platform
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import field

from rehearsal.dataclass import dataclass
from rehearsal.local.expressions.values import Contexts, UnknownValueError, Value
from rehearsal.local.workflow_file import ActionUse
from rehearsal.outside.git import GitCheckout

# On GitHub an item of these that is not set is empty, so `||` after it gives the right side.
OPTIONAL_CONTEXTS = frozenset({"secrets", "vars", "env", "inputs"})
CONTEXT_NAMES = (
    "github", "env", "vars", "secrets", "matrix", "inputs", "runner", "job", "steps", "strategy",
    "needs",
)  # fmt: skip

# The event of a push has these keys; any other key of `github.event` is null.
# Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
PUSH_EVENT_KEYS = frozenset({
    "after", "base_ref", "before", "commits", "compare", "created", "deleted", "enterprise",
    "forced", "head_commit", "installation", "organization", "pusher", "ref", "repository",
    "sender",
})  # fmt: skip
RUNNER_ARCHITECTURES = {"x86_64": "X64", "aarch64": "ARM64", "i686": "X86"}

Lookup = Callable[[str], Value]


@dataclass(frozen=True)
class ContextPath:
    """A context, or a dotted path in it that has no value itself, like `steps.build.outputs`.

    `lookup` returns the value of a whole path, or raises KeyError.
    """

    path: str
    lookup: Lookup = field(repr=False)

    def get(self, name: str) -> Value:
        """Return the value of an item, or its path where no value is known for that."""
        path = f"{self.path}.{name}"
        try:
            return self.lookup(path)
        except KeyError:
            return ContextPath(path, self.lookup)

    def unknown_error(self) -> UnknownValueError:
        """Return the error to raise where a value is needed."""
        return UnknownValueError(
            self.path, optional=self.path.partition(".")[0] in OPTIONAL_CONTEXTS
        )


@dataclass(frozen=True, kw_only=True)
class ValueSources:
    """The values for expressions: from `--set`, the environment, `.env` and git, in this order.

    `used_secrets` collects the secrets that were looked up, by name: they must not be shown.
    """

    set_values: Mapping[str, str]
    environ: Mapping[str, str] = field(repr=False)
    dotenv: Mapping[str, str] = field(repr=False)
    checkout: GitCheckout
    used_secrets: dict[str, str] = field(default_factory=dict, repr=False)

    def contexts(self, use: ActionUse, env: Mapping[str, str]) -> Contexts:
        """Return the contexts of a step; `env` holds the `env:` of the workflow file so far."""
        lookups: Mapping[str, Lookup] = {
            "github": self._github(use),
            "env": lambda name: env[name] if name in env else self.lookup_variable(name),
            "vars": self.lookup_variable,
            "secrets": self._lookup_secret,
            "matrix": _single_values(use.matrix).__getitem__,
            "runner": self._runner().__getitem__,
        }
        return {
            name: ContextPath(name, self._set_values_first(lookups.get(name)))
            for name in CONTEXT_NAMES
        }

    def lookup(self, name: str) -> str:
        """Return a value by its name, or by that name in upper case. Raises KeyError."""
        for source in (self.environ, self.dotenv):
            for spelling in (name, name.upper()):
                if spelling in source:
                    return source[spelling]
        raise KeyError(name)

    def lookup_variable(self, name: str) -> str:
        """Return the value of a variable, which counts as a secret if only `.env` has it."""
        value = self.lookup(name)
        if not {name, name.upper()} & self.environ.keys():
            self.used_secrets[name] = value
        return value

    def _lookup_secret(self, name: str) -> str:
        value = self.used_secrets[name] = self.lookup(name)
        return value

    def _set_values_first(self, lookup_item: Lookup | None) -> Lookup:
        """Return a lookup of whole paths: in the values of `--set` first, then in the context."""
        set_values = {path.lower(): value for path, value in self.set_values.items()}

        def lookup(path: str) -> Value:
            if path.lower() in set_values:
                return set_values[path.lower()]
            if not lookup_item:
                raise KeyError(path)
            return lookup_item(path.partition(".")[2])

        return lookup

    def _runner(self) -> dict[str, Value]:
        machine = platform.machine()
        return {
            "os": "Linux",
            "arch": RUNNER_ARCHITECTURES.get(machine, machine.upper()),
            "name": "laptop",
            "environment": "self-hosted",
            "debug": "",
            "temp": self.environ.get("RUNNER_TEMP") or tempfile.gettempdir(),
        }

    def _github(self, use: ActionUse) -> Lookup:
        known: dict[str, Value] = dict(self.checkout.context())
        known |= {"job": use.job, "workflow": use.workflow_name or use.file}

        def lookup(path: str) -> Value:
            first, _, rest = path.lower().partition(".")
            if first == "token":
                return self._lookup_secret("GITHUB_TOKEN")
            if first == "event" and rest and rest.partition(".")[0] not in PUSH_EVENT_KEYS:
                return None
            return known[path.lower()]

        return lookup


def _single_values(matrix: Mapping[str, object]) -> dict[str, Value]:
    """Return the matrix variables that have one value only."""
    return {
        name: values[0]
        for name, values in matrix.items()
        if isinstance(values, list) and len(values) == 1 and isinstance(values[0], str | float)
    }
