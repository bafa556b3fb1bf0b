"""Redact what was observed, before a check can cut a secret in two."""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from rehearsal.redaction.redactor import Redactor

T = TypeVar("T")


def redacted(value: T, redactor: Redactor) -> T:
    """Return observations without secrets in any of their texts and bytes.

    The keys of mappings stay as they are: they are names.
    """
    found: Any = value
    if isinstance(found, str):
        found = redactor.redact(found)
    elif isinstance(found, bytes):
        found = redactor.redact_bytes(found)
    elif isinstance(found, (list, tuple)):
        found = type(found)(redacted(each, redactor) for each in found)
    elif isinstance(found, Mapping):
        found = {key: redacted(each, redactor) for key, each in found.items()}
    elif dataclasses.is_dataclass(found) and not isinstance(found, type):
        changes = {
            each.name: redacted(getattr(found, each.name), redactor)
            for each in dataclasses.fields(found)
        }
        found = dataclasses.replace(found, **changes)
    result: T = found
    return result
