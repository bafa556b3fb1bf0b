"""The secrets that the inputs hold, without a plan."""

from collections.abc import Mapping
from contextlib import suppress

from rehearsal.config.service_env import secrets_for_services
from rehearsal.redaction.secret import Secret, parse_variables
from rehearsal.verdict import MisconfiguredError


def extract_secrets(given: Mapping[str, object], environ: Mapping[str, str]) -> tuple[Secret, ...]:
    """Return the secrets that the inputs hold, as far as they can be read.

    Logs have to be redacted without a plan too: before it is made, when the inputs are wrong, and
    in the clean-up step, when a file that the plan names may be gone.
    """
    found: list[Secret] = []
    for source in ("secrets", "build-secrets"):
        with suppress(MisconfiguredError):
            text = str(given.get(source) or "")
            items = parse_variables(text, source=source, environ=environ).items()
            found += [Secret(name=name, value=each.value) for name, each in items if each.value]
    with suppress(MisconfiguredError):
        found += secrets_for_services(
            str(given.get("service-env") or ""),
            environ,
            harmless=str(given.get("not-secret") or "").split(),
        )
    return tuple(found)
