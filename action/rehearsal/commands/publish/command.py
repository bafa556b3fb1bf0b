"""The verb `publish`: one publication from its inputs to its exit code."""

import argparse
import traceback
from collections.abc import Mapping
from pathlib import Path

from rehearsal.commands.command import Command
from rehearsal.commands.publish.publication import Publication, PublishTarget
from rehearsal.commands.publish.publisher import publish
from rehearsal.commands.publish.report import closing, summary
from rehearsal.commands.publish.request import PUBLISH_INPUTS, read_request
from rehearsal.config import child_environment
from rehearsal.config.input_types import LINES
from rehearsal.config.inputs import from_action
from rehearsal.outside.engine import find_engine
from rehearsal.outside.github import Console
from rehearsal.outside.registry import Registries
from rehearsal.outside.signals import interruptible
from rehearsal.verdict import Problem, Verdict, own_fault


def run(options: argparse.Namespace, environ: Mapping[str, str], console: Console) -> int:
    """Publish what is asked for, tell how it ended, and return its exit code."""
    publication = Publication()
    try:
        with interruptible(what="The publication", kept="Nothing was pushed."):
            order = read_request(from_action(environ) | flags(options), top=Path.cwd())
            publication.image_id, publication.rehearsed = order.image_id, order.rehearsed
            publication.entries = [PublishTarget(reference=reference) for reference in order.to]
            console.say(f"publishing {order.image_id}")
            engine = find_engine(child_environment.for_children(environ, ()))
        publish(order, Registries(engine=engine), console, publication)
    except Problem as problem:
        publication.problems.append(problem)
    except Exception:  # noqa: BLE001  (the one place where a fault of ours is caught)
        publication.problems.append(own_fault(traceback.format_exc()))
    _tell(publication, console)
    return publication.verdict.exit_code


def flags(options: argparse.Namespace) -> dict[str, str]:
    """Return the inputs that were given as flags."""
    found = {name: getattr(options, name.replace("-", "_")) for name in PUBLISH_INPUTS}
    return {
        name: value if isinstance(value, str) else "\n".join(value)
        for name, value in found.items()
        if value is not None
    }


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare one flag for each input; a list is given as one flag for each of its lines."""
    for name, each in PUBLISH_INPUTS.items():
        action = "append" if each.type is LINES else "store"
        parser.add_argument(f"--{name}", metavar="VALUE", action=action, help=each.help)


def _tell(publication: Publication, console: Console) -> None:
    for name, value in publication.outputs().items():
        console.output(name, value)
    problem = publication.problem
    if problem:
        if problem.verdict is Verdict.ERROR:
            with console.group("our traceback"), console.raw_output() as show:
                show("\n".join(problem.excerpt).encode(errors="replace"))
        title = f"Dress rehearsal: {problem.verdict}"
        console.error(f"{problem.message}\n{problem.hint}", title=title)
    console.summary(summary(publication))
    console.verdict(closing(publication), good=problem is None)


PUBLISH = Command(
    name="publish",
    summary="Push what was rehearsed, then ask each registry.",
    add_arguments=declare,
    run=run,
)
