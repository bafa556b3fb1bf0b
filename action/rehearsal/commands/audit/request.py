"""The inputs of an audit by hand: nothing is built, no test runs, and findings fail it."""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rehearsal.commands.input_flags import ON, local_options
from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.input_table import INPUTS
from rehearsal.config.input_types import BOOLEAN
from rehearsal.local.load_inputs import load_inputs
from rehearsal.results.audit import ENFORCE, OFF, WARN
from rehearsal.verdict import MisconfiguredError

TEST_INPUTS = tuple(name for name, each in INPUTS.items() if each.tests_only)
# IMAGE is the input `image`.
FLAGS = tuple(
    each
    for each in INPUTS.values()
    if each.name != "image" and not (each.build_only or each.github_only or each.tests_only)
)


def read_request(options: argparse.Namespace, environ: Mapping[str, str], cwd: Path) -> GivenInputs:
    """Return the inputs: those of the flags, over those of the step that they name, if any.

    What the step says of `audit` does not count: who audits by hand wants the exit code. Raises
    `MisconfiguredError`.
    """
    _complete_switches(options)
    if not options.image:
        raise MisconfiguredError(
            "rehearse audit needs the name or the ID of an image.",
            hint="See which images there are (docker image ls), and name one, with the port that "
            "its app listens on: rehearse audit IMAGE --port 8000",
        )
    given = local_options(options)
    inputs = {name: value for name, value in given.inputs.items() if name not in TEST_INPUTS}
    inputs.setdefault("audit", ENFORCE)
    if inputs["audit"] == OFF:
        raise MisconfiguredError(
            f"rehearse audit does nothing with --audit {OFF}.",
            hint=f"Leave --audit out (the exit code is 15 if a check fails), or write --audit "
            f"{WARN} (it is 0 all the same).",
        )
    request = load_inputs(
        replace(given, inputs=inputs, flags_only=not given.selector, unused=TEST_INPUTS),
        environ,
        cwd,
    )
    return replace(request, audit_only=True)


def _complete_switches(options: argparse.Namespace) -> None:
    """Give the image what argparse took for the value of a boolean: --audit-active IMAGE."""
    for each in FLAGS:
        name = each.name.replace("-", "_")
        word = getattr(options, name)
        if each.type is BOOLEAN and word not in (None, "true", "false") and not options.image:
            options.image = word
            setattr(options, name, ON)
