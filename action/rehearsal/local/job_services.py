"""Read a job's own `services:`, as GitHub's runner does, into services of the rehearsal."""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY
from typing import Any, Protocol

from rehearsal.config.container import reserved_option
from rehearsal.config.inputs import quoted
from rehearsal.config.rehearsal_plan import ServicePlan
from rehearsal.config.services import IMAGE, image_hint
from rehearsal.dataclass import dataclass
from rehearsal.local.yaml_file import as_mapping
from rehearsal.redaction.secret import CLIENT_VARIABLES, Secret
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError

# GitHub's rule for the ids of services.
SERVICE_ID = regex(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
VOLUME_NAME = regex(r"[A-Za-z0-9][A-Za-z0-9_.-]*\Z")
# The expression that hands the network of a job's services to the step.
JOB_NETWORK = regex(r"\s*\$\{\{\s*job\.container\.network\s*\}\}\s*", re.IGNORECASE)
JOB_NETWORK_PATH = "job.container.network"
JOB_NETWORK_TEXT = "${{ job.container.network }}"


@dataclass(frozen=True)
class Evaluated:
    """A text with its expressions evaluated, and whether it may hold a secret."""

    text: str
    _: KW_ONLY
    is_secret: bool = False


class Evaluate(Protocol):
    """Evaluates the expressions in a value; `subject` names it in errors."""

    def __call__(self, subject: str, value: Any) -> Evaluated:
        """Return the text. Raises `MisconfiguredError`."""


def read_job_services(services: Mapping[str, Any], evaluate: Evaluate) -> tuple[ServicePlan, ...]:
    """Return the services; GitHub starts none whose image is empty, and so do we.

    Their ports are not published, and their named volumes begin empty, as on GitHub. Raises
    `MisconfiguredError`.
    """
    readers = (_ServiceReader(name, value, evaluate) for name, value in services.items())
    return tuple(plan for reader in readers if (plan := reader.read()))


def notes_about(services: Mapping[str, Any]) -> Iterator[str]:
    """Yield what differs from GitHub for services that are started."""
    if any(as_mapping(each).get("ports") for each in services.values()):
        yield (
            "The ports of the job's services are not published here: the app reaches each by its "
            "name, the tests do not."
        )
    for name, each in services.items():
        if as_mapping(each).get("credentials"):
            yield f"The credentials of the service {name} are not used here: docker login is."


@dataclass(frozen=True)
class _ServiceReader:
    name: str
    # A mapping, or only the image.
    value: Any
    evaluate: Evaluate

    def read(self) -> ServicePlan | None:
        """Return the service, or None if its image is empty. Raises `MisconfiguredError`."""
        if not SERVICE_ID.match(self.name):
            raise self._error(
                f"{quoted(self.name)} is not an id that GitHub takes",
                "An id has letters, digits, - and _, and begins with a letter or _.",
            )
        given = as_mapping(self.value)
        image = self._plain("image", given.get("image") if given else self.value).strip()
        if not image:
            return None
        if not IMAGE.match(image):
            raise self._error("its image is not the name of an image", image_hint(image))
        env, secrets = self._env(as_mapping(given.get("env")))
        entrypoint = self._plain("entrypoint", given.get("entrypoint")).strip()
        return ServicePlan(
            name=self.name,
            image=image,
            env=env,
            secrets=secrets,
            options=(
                *self._options(given.get("options")),
                *self._volumes(given.get("volumes")),
                *(("--entrypoint", entrypoint) if entrypoint else ()),
            ),
            command=self._words("command", given.get("command")),
        )

    def _env(self, variables: Mapping[str, Any]) -> tuple[dict[str, str], tuple[Secret, ...]]:
        env: dict[str, str] = {}
        secrets: list[Secret] = []
        for name, value in variables.items():
            found = self.evaluate(f"{name} in the env of the job's service {self.name}", value)
            if not found.is_secret:
                env[name] = found.text
            elif CLIENT_VARIABLES.match(name):
                raise self._error(
                    f"{name} cannot be a secret, since the engine's client reads a variable of "
                    "this name itself",
                    "Give it another name, or a value that everybody may see.",
                )
            else:
                secrets.append(Secret(name=name, value=found.text))
        return env, tuple(secrets)

    def _options(self, value: Any) -> tuple[str, ...]:
        words = self._words("options", value)
        for word in words:
            if name := reserved_option(word):
                raise self._error(
                    f"its options have {name}, which a rehearsal sets itself",
                    "Remove it. Variables stand in the service's env:, and ports need not be "
                    "published.",
                )
        return words

    def _volumes(self, value: Any) -> Iterator[str]:
        for item in value if isinstance(value, list) else ():
            source, target, mode = _split_volume(self._plain("volumes", item))
            if source.startswith("/") and "," not in source + target:
                # Unlike --volume it makes no folder that is missing.
                yield "--mount"
                yield f"type=bind,source={source},target={target}{',readonly' if mode else ''}"
            elif not source or VOLUME_NAME.match(source):
                # GitHub's machine is new in each run. Here the name may be that of a volume with
                # somebody's own data.
                yield "--volume"
                yield target
            else:
                raise self._error(
                    f"its volume {quoted(source)} is neither a name nor an absolute path",
                    "Write NAME:/path, or /path/on/the/host:/path without commas.",
                )

    def _words(self, key: str, value: Any) -> tuple[str, ...]:
        """Split as the runner does: single quotes have no meaning for it."""
        lexer = shlex.shlex(self._plain(key, value), posix=True)
        lexer.whitespace_split = True
        lexer.commenters = ""
        lexer.quotes = '"'
        try:
            return tuple(lexer)
        except ValueError:
            raise self._error(f"in its {key} a quote is not closed", "Close it.") from None

    def _plain(self, key: str, value: Any) -> str:
        """Return a text that gets into an argument list. Raises `MisconfiguredError`."""
        found = self.evaluate(f"{key} of the job's service {self.name}", value)
        if found.is_secret:
            raise self._error(
                f"its {key} would show a secret in the list of processes",
                "Give it to the service in a variable, under env:.",
            )
        return found.text

    def _error(self, what: str, hint: str) -> MisconfiguredError:
        return MisconfiguredError(f"The job's service {self.name}: {what}.", hint=hint)


def _split_volume(volume: str) -> tuple[str, str, bool]:
    """Return source, target, and whether it is read-only, as the runner splits them."""
    match volume.split(":"):
        case [source, target, mode]:
            return source, target, mode.lower() == "ro"
        case [target, mode] if mode.lower() == "ro":
            return "", target, True
        case [source, target]:
            return source, target, False
    return "", volume, False
