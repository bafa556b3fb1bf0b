"""The inputs of rehearsal.yml: the action's, some of its own, and those it does not have."""

from collections.abc import Mapping

from rehearsal.config.inputs import DEFAULTS, Inputs

ARTIFACT = "dress-rehearsal"
# Those that a called workflow has and the action has not.
WORKFLOW_INPUTS: Mapping[str, str] = {
    "shards": "1",
    "browsers": "",
    "cache": "true",
    "image-retention-days": "1",
    "runs-on": "ubuntu-24.04",
}
# Those that the action has and the called workflow has not, and why.
EXCLUDED: Mapping[str, str] = {
    "image": "The workflow builds it.",
    "build-secrets": "The secret `build-secrets` has them.",
    "secrets": "The secret `container-secrets` has them.",
    "cache-from": "`cache` says whether GitHub's cache is used.",
    "cache-to": "`cache` says whether GitHub's cache is used.",
    "host-port": "Every leg has a runner of its own, and chooses a free port there.",
    "network": "Nothing in the workflow could have made one.",
    "shard": "`shards` says how many there are.",
    "evidence": "It is always kept: the verdict is merged from it.",
}
# The workflow's secrets, each with the input of the action that it becomes.
SECRETS: Mapping[str, str] = {"container-secrets": "secrets", "build-secrets": "build-secrets"}


def defaults() -> dict[str, str]:
    """Return every input of the workflow with its default."""
    taken = {name: value for name, value in DEFAULTS.items() if name not in EXCLUDED}
    return {**taken, "artifact-name": ARTIFACT, **WORKFLOW_INPUTS}


def read_inputs(given: Mapping[str, object]) -> Inputs:
    """Return the workflow's inputs as texts; numbers and booleans come typed."""
    return Inputs.of({name: _text(value) for name, value in given.items()}, defaults())


def action_inputs(inputs: Inputs, secrets: Mapping[str, str]) -> dict[str, object]:
    """Return what a leg hands to the action, as far as it is the same in every leg.

    `secrets` are the workflow's, by name.
    """
    handed = {name: inputs.given[name] for name in inputs.given if name not in WORKFLOW_INPUTS}
    return {**handed, **{SECRETS[name]: text for name, text in secrets.items()}}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
