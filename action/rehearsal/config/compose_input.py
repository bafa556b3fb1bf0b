"""Read the inputs compose-file and compose-services; the files themselves are read later."""

from collections.abc import Iterator
from pathlib import Path

from rehearsal.config.inputs import Inputs, quoted
from rehearsal.config.named_lines import RESERVED_NAMES, mistake_in
from rehearsal.config.paths import is_file
from rehearsal.config.rehearsal_plan import ComposePlan
from rehearsal.config.services import COMPOSED_NAME
from rehearsal.verdict import MisconfiguredError

FILES = "compose-file"
SERVICES = "compose-services"


def read_compose(inputs: Inputs, directory: Path) -> ComposePlan:
    """Return which services of which compose files to start.

    `directory` is where their paths start. Raises `MisconfiguredError`.
    """
    files = tuple(_files(inputs, directory))
    lines = _service_lines(inputs)
    if files and not lines:
        raise MisconfiguredError(
            f"{FILES} is given, and {SERVICES} is empty.",
            hint="Name the services that the app needs, one a line, like db. Those that they "
            "depend on are started, too.",
        )
    if lines and not files:
        raise MisconfiguredError(
            f"{SERVICES} is given, and {FILES} is empty.",
            hint=f"Name the compose file in {FILES}, like compose.yaml.",
        )
    harmless = inputs.lines("not-secret") if files else ()
    return ComposePlan(files=files, lines=lines, harmless=harmless)


def _files(inputs: Inputs, directory: Path) -> Iterator[Path]:
    for number, line in inputs.numbered_lines(FILES):
        path = directory / line
        if not is_file(path):
            raise inputs.error_for(
                FILES,
                f"a file; looked for {quoted(path)}",
                mistake_in(line) or "Write one path a line, relative to working-directory.",
                line=number,
            )
        yield path.absolute()


def _service_lines(inputs: Inputs) -> dict[str, int]:
    """Return the numbers of the lines, by the service that each names."""
    found: dict[str, int] = {}
    for number, name in inputs.numbered_lines(SERVICES):
        where = f"{SERVICES}, line {number}"
        if hint := mistake_in(name):
            raise MisconfiguredError(f"{where}: this is not the name of a service.", hint=hint)
        if not COMPOSED_NAME.match(name):
            raise MisconfiguredError(
                f"{where}: {quoted(name)} cannot be a service's name.",
                hint="Write one name a line, as it stands below services: in the compose file.",
            )
        if reason := RESERVED_NAMES.get(name):
            raise MisconfiguredError(
                f"{where}: {name} cannot be a name in the rehearsal's network: {reason}.",
                hint="Name only what the app needs. The app itself is the image that is rehearsed.",
            )
        if name in found:
            raise MisconfiguredError(
                f"{where}: line {found[name]} has the same name, {name}.",
                hint="Keep one of them.",
            )
        found[name] = number
    return found
