"""The sub-command `publish`: publish an image that was rehearsed."""

import argparse
import traceback
from collections.abc import Mapping
from pathlib import Path

from rehearsal.commands.command import Command
from rehearsal.commands.input_flags import add_input_flag
from rehearsal.commands.publish.publication import Publication, PublishTarget
from rehearsal.commands.publish.publisher import publish
from rehearsal.commands.publish.report import closing, summary
from rehearsal.commands.publish.request import PUBLISH_INPUTS, read_request
from rehearsal.config import child_environment
from rehearsal.config.inputs import from_action
from rehearsal.outside.find_engine import EngineNeeds, find_engine
from rehearsal.outside.github import Console
from rehearsal.outside.registry import Registries
from rehearsal.outside.signals import interruptible
from rehearsal.verdict import RehearsalError, Verdict, own_fault


def run(options: argparse.Namespace, environ: Mapping[str, str], console: Console) -> int:
    """Publish an image, report the result, and return the exit code."""
    publication = Publication()
    try:
        with interruptible(subject="The publication", cancel_hint="Nothing was pushed."):
            inputs = from_action(environ) | inputs_from_flags(options)
            request = read_request(inputs, top=Path.cwd())
            publication.image_id, publication.rehearsal = request.image_id, request.rehearsal
            publication.notices += filter(None, (request.unproven,))
            publication.targets = [PublishTarget(reference=each) for each in request.references]
            console.info(f"publishing {request.image_id}")
            env = child_environment.for_children(environ, ())
            engine = find_engine(env, EngineNeeds.REGISTRIES)
        publish(request, Registries(engine=engine), console, publication)
    except RehearsalError as error:
        publication.problems.append(error.problem)
    except Exception:  # noqa: BLE001  (the one place that catches our own faults)
        publication.problems.append(own_fault(traceback.format_exc()))
    _report(publication, console)
    return publication.verdict.exit_code


def inputs_from_flags(options: argparse.Namespace) -> dict[str, str]:
    """Return the inputs that were given as flags."""
    found = {name: getattr(options, name.replace("-", "_")) for name in PUBLISH_INPUTS}
    return {
        name: value if isinstance(value, str) else "\n".join(value)
        for name, value in found.items()
        if value is not None
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare one flag for each input. The flag of a list can be given several times."""
    group = parser.add_argument_group("inputs", "The inputs of action/publish.")
    for spec in PUBLISH_INPUTS.values():
        add_input_flag(group, spec)


def _report(publication: Publication, console: Console) -> None:
    for name, value in publication.outputs().items():
        console.output(name, value)
    problem = publication.problem
    if problem:
        if problem.verdict is Verdict.ERROR:
            with console.group("our traceback"), console.raw_output() as show:
                show(
                    console.redactor.redact_bytes(
                        "\n".join(problem.excerpt).encode(errors="replace")
                    )
                )
        title = f"Dress rehearsal: {problem.verdict}"
        console.error(f"{problem.message}\n{problem.hint}", title=title)
    console.summary(summary(publication))
    console.verdict(closing(publication), ok=problem is None)


COMMAND = Command(
    add_arguments=add_arguments,
    run=run,
)
