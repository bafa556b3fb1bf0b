"""Facts that are read from other facts, together with the checkout if there is one."""

from rehearsal.diagnosis.facts import (
    FILE_ERROR,
    MAIL_SETTINGS,
    MIGRATIONS,
    MISSING_VARIABLES,
    REFUSED_CONNECTION,
    Facts,
)
from rehearsal.diagnosis.file_errors import file_error_lines
from rehearsal.diagnosis.mail_settings import mail_setting_lines
from rehearsal.diagnosis.migration_scan import migration_lines
from rehearsal.diagnosis.missing_variables import missing_variables
from rehearsal.diagnosis.paste import INPUTS_ORIGIN
from rehearsal.diagnosis.refused_connections import refused_connection
from rehearsal.outside.files import read_text
from rehearsal.source.dockerfile import Dockerfile, parse_dockerfile
from rehearsal.source.python_settings import PythonModule, parse_module
from rehearsal.source.source_tree import SourceTree


def derive_facts(facts: Facts, checkout: SourceTree | None) -> dict[str, tuple[str, ...]]:
    """Return the derived facts, as lines by their source."""
    is_built = "given image" not in facts.lines.get(INPUTS_ORIGIN, ())
    dockerfile = read_dockerfile(checkout) if checkout and is_built else None
    settings = _read_settings(facts, checkout) if checkout else None
    lines = {
        MISSING_VARIABLES: missing_variables(facts, checkout),
        FILE_ERROR: file_error_lines(facts, dockerfile, checkout.target if checkout else ""),
        REFUSED_CONNECTION: refused_connection(facts),
        MIGRATIONS: migration_lines(facts, checkout) if checkout else (),
        MAIL_SETTINGS: mail_setting_lines(facts, settings),
    }
    return {source: found for source, found in lines.items() if found}


def read_dockerfile(checkout: SourceTree) -> Dockerfile | None:
    """Return the Dockerfile of the rehearsal, None if it is not in the checkout."""
    text = read_text(checkout.top / checkout.dockerfile) if checkout.dockerfile else None
    return parse_dockerfile(text, checkout.dockerfile) if text else None


def _read_settings(facts: Facts, checkout: SourceTree) -> PythonModule | None:
    """Return the module of Django's settings, None if it is unknown."""
    path = facts.locations().get("settings", "")
    text = read_text(checkout.top / path) if path else None
    return parse_module(path, text) if text else None
