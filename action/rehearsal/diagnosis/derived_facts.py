"""Facts that are read from other facts, together with the checkout if there is one."""

from collections.abc import Callable

from rehearsal.diagnosis.facts import (
    FAULTS,
    FILE_ERROR,
    MAIL_SETTINGS,
    MIGRATIONS,
    MISSING_VARIABLES,
    REFUSED_CONNECTION,
    Facts,
)
from rehearsal.diagnosis.faults import attempt
from rehearsal.diagnosis.file_errors import file_error_lines
from rehearsal.diagnosis.mail_settings import mail_setting_lines
from rehearsal.diagnosis.migration_scan import migration_lines
from rehearsal.diagnosis.missing_variables import missing_variables
from rehearsal.diagnosis.paste import INPUTS_ORIGIN
from rehearsal.diagnosis.refused_connections import refused_connection
from rehearsal.diagnosis.unreachable_servers import unreachable_lines
from rehearsal.outside.files import read_dockerfile, read_text
from rehearsal.source.dockerfile import parse_dockerfile
from rehearsal.source.python_settings import PythonModule, parse_module
from rehearsal.source.source_tree import SourceTree


def derive_facts(facts: Facts, checkout: SourceTree | None) -> dict[str, tuple[str, ...]]:
    """Return the derived facts, as lines by their source."""
    faults: list[str] = []
    readers: dict[str, Callable[[], tuple[str, ...]]] = {
        MISSING_VARIABLES: lambda: missing_variables(facts, checkout),
        FILE_ERROR: lambda: _file_error(facts, checkout),
        REFUSED_CONNECTION: lambda: refused_connection(facts),
        MIGRATIONS: lambda: migration_lines(facts, checkout) if checkout else (),
        MAIL_SETTINGS: lambda: mail_setting_lines(
            facts, _read_settings(facts, checkout) if checkout else None
        ),
    }
    lines = {source: attempt(faults, read, ()) for source, read in readers.items()}
    lines |= attempt(faults, lambda: unreachable_lines(facts), {})
    lines[FAULTS] = (*facts.lines.get(FAULTS, ()), *faults)
    return {source: found for source, found in lines.items() if found}


def _file_error(facts: Facts, checkout: SourceTree | None) -> tuple[str, ...]:
    is_built = "given image" not in facts.lines.get(INPUTS_ORIGIN, ())
    if not checkout or not is_built:
        return file_error_lines(facts, None)
    text = read_dockerfile(checkout.top, checkout.dockerfile)
    dockerfile = parse_dockerfile(text, checkout.dockerfile) if text else None
    return file_error_lines(facts, dockerfile, checkout.target)


def _read_settings(facts: Facts, checkout: SourceTree) -> PythonModule | None:
    """Return the module of Django's settings, None if it is unknown."""
    path = facts.locations().get("settings", "")
    text = read_text(checkout.top / path) if path else None
    return parse_module(path, text) if text else None
