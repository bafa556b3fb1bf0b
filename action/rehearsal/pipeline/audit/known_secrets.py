"""The secrets of a rehearsal whose values are looked for in the image."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.audit.observations import SecretPlace
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.dataclass import dataclass
from rehearsal.redaction.secret_search import search_forms

HISTORY = "the history"


@dataclass(frozen=True, kw_only=True)
class KnownSecrets:
    """The names of secrets: of those that are looked for, with the forms of their values.

    Images may have the values of those in `not_searched` by chance, and no image has those in
    `generated`, which are new in each run.
    """

    forms: Mapping[bytes, tuple[str, ...]]
    searched: tuple[str, ...]
    not_searched: tuple[str, ...]
    generated: tuple[str, ...]

    def names_in(self, text: str) -> list[str]:
        """Return the names of the secrets whose values are in a text."""
        data = text.encode(errors="surrogateescape")
        found = (names for form, names in self.forms.items() if form in data)
        return list(dict.fromkeys(name for names in found for name in names))

    def places_in_config(self, config: Mapping[str, Any]) -> Iterator[SecretPlace]:
        """Yield each place of an image's configuration, as the engine tells it, with a secret."""
        for place, text in _config_texts(config):
            yield from (SecretPlace(name=name, place=place) for name in self.names_in(text))

    def places_in_history(self, history: str) -> Iterator[SecretPlace]:
        """Yield each command of an image's history with a secret: one a line."""
        for line in history.splitlines():
            for name in self.names_in(line):
                yield SecretPlace(name=name, place=HISTORY, made_by=line)


def known_secrets(plan: Plan) -> KnownSecrets:
    """Return the secrets of the container, of the build and of the services."""
    generated = {
        secret.value
        for secret in plan.container.secrets
        if secret.name in plan.container.generated_names
    }
    forms: dict[bytes, tuple[str, ...]] = {}
    searched: dict[str, None] = {}
    not_searched: dict[str, None] = {}
    for secret in plan.secrets:
        if secret.value in generated:
            continue
        if found := search_forms(secret.value):
            searched[secret.name] = None
            forms |= {form: (*forms.get(form, ()), secret.name) for form in found}
        else:
            not_searched[secret.name] = None
    return KnownSecrets(
        forms=forms,
        searched=tuple(searched),
        not_searched=tuple(not_searched),
        generated=tuple(sorted(plan.container.generated_names)),
    )


def _config_texts(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in config.items():
        if key == "Env":
            for variable in value or ():
                yield f"the environment variable {variable.partition('=')[0]}", variable
        elif key == "Labels":
            for name, text in (value or {}).items():
                yield f"the label {name}", f"{name}={text}"
        else:
            yield f"{key} in the configuration", json.dumps(value)
