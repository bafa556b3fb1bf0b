"""The inputs and secrets of rehearsal.yml: most of the action's, and some of its own."""

from collections.abc import Mapping
from dataclasses import replace

from rehearsal.config.input_table import INPUTS
from rehearsal.config.input_types import (
    BOOLEAN,
    LINES,
    SECRETS,
    TEXT,
    Input,
    matching,
    number,
    table,
)
from rehearsal.config.inputs import Inputs
from rehearsal.regex import regex

# GitHub's limit for the jobs of one matrix.
MAX_JOBS = 256
# The variable that tells the tests which browser to use. The browser's name becomes part of an
# artifact's name.
BROWSER_VARIABLE = "BROWSER"
BROWSER_NAME = regex(r"[A-Za-z0-9._-]{1,40}")

# The inputs that rehearsal.yml has and the action does not.
OWN_INPUTS = table(
    Input(
        "shards",
        number(1, MAX_JOBS),
        "How many parts to split the tests into, each in a job of its own; passed on as "
        "REHEARSAL_SHARD.",
        default="1",
    ),
    Input(
        "browsers",
        LINES,
        'The browsers to test with, one a line or as JSON like ["chrome", "firefox"]; each gets '
        "jobs of its own, whose tests find it in BROWSER.",
    ),
    Input(
        "cache",
        BOOLEAN,
        "Whether the build reads and writes GitHub's cache; without it everything is built anew, "
        "base images included.",
        default="true",
    ),
    Input(
        "image-retention-days",
        number(1, 400, "days"),
        "Days to keep the image as an artifact, for jobs that run later or again.",
        default="1",
    ),
    Input(
        "runs-on",
        TEXT,
        'The runner\'s label, or several as JSON like ["self-hosted", "linux"].',
        default="ubuntu-24.04",
    ),
)
ARTIFACT_NAME = Input(
    "artifact-name",
    # No dot: the pattern `NAME.*` must not match the artifacts of another call.
    matching(r"[A-Za-z0-9_-]{1,100}", "made of letters, digits, '_' and '-'"),
    "What the names of all artifacts begin with; two calls in one workflow run need different "
    "ones.",
    default="dress-rehearsal",
)
WORKFLOW_INPUTS: Mapping[str, Input] = {
    **{
        name: replace(each, meaning=each.workflow_meaning or each.meaning)
        for name, each in INPUTS.items()
        if not each.not_in_workflow
    },
    "artifact-name": ARTIFACT_NAME,
    **OWN_INPUTS,
}
# The secrets of rehearsal.yml, all optional, and the input of the action that each becomes.
WORKFLOW_SECRETS = table(
    Input(
        "container-secrets",
        SECRETS,
        "Secrets for the container, one NAME=value a line, or NAME<<END … END for several lines.",
    ),
    Input(
        "build-secrets",
        SECRETS,
        "Secrets for the build (BuildKit secret mounts), written like container-secrets.",
    ),
)
SECRET_BECOMES: Mapping[str, str] = {
    "container-secrets": "secrets",
    "build-secrets": "build-secrets",
}


def read_inputs(given: Mapping[str, object]) -> Inputs:
    """Return the workflow's inputs as texts; numbers and booleans come typed."""
    return Inputs.of({name: _text(value) for name, value in given.items()}, WORKFLOW_INPUTS)


def action_inputs(inputs: Inputs, secrets: Mapping[str, str]) -> dict[str, object]:
    """Return what every job of the matrix passes to the action alike.

    `secrets` are the workflow's, by name.
    """
    shared = {name: value for name, value in inputs.values.items() if name not in OWN_INPUTS}
    return {**shared, **{SECRET_BECOMES[name]: value for name, value in secrets.items()}}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
