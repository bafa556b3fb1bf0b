"""Django's own checks for a deployment, and its migrations."""

import re
from collections.abc import Iterator

from rehearsal.audit.check import CheckSkipped, Failure, check
from rehearsal.audit.django_hints import HINTS
from rehearsal.audit.observations import DjangoProject, Observations
from rehearsal.audit.shown_lines import first_lines

SECURITY = "security."
# Of ASCII, as all ids of findings.
PART = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*"


def _asked(seen: Observations) -> DjangoProject:
    """Return the project. Raises `CheckSkipped` if it could not be asked."""
    if seen.django is None:
        raise CheckSkipped("the container could not be asked")
    if seen.django.why_unknown:
        raise CheckSkipped(seen.django.why_unknown)
    return seen.django


def _require_answer(project: DjangoProject, question: str) -> None:
    if question in project.unanswered:
        raise CheckSkipped(project.unanswered[question])


@check(
    "deploy-check",
    title="Django's check --deploy finds nothing",
    why="Django knows the settings that make a site attackable, but says so only if it is asked "
    "with the settings of production: tests and the server for development are silent.",
    hint="Change the setting that the message names, for production.",
    reference="https://docs.djangoproject.com/en/stable/howto/deployment/checklist/",
    parts=PART,
    parts_label="the id of a message, like W004 or fields.W342",
)
def deploy_check(seen: Observations) -> Iterator[Failure]:
    """Take each warning and error of `check --deploy`, by its id."""
    project = _asked(seen)
    _require_answer(project, "checks")
    messages = sorted(project.checks, key=lambda message: message.id)
    for id_ in dict.fromkeys(message.id for message in messages):
        same = [message for message in messages if message.id == id_]
        part = id_.removeprefix(SECURITY)
        lines = [line for message in same for line in message.shown.splitlines()]
        yield Failure(
            " ".join(same[0].text.split()),
            part=part if re.fullmatch(PART, part) else "",
            hint=HINTS.get(part, "") if id_.startswith(SECURITY) else "",
            evidence=first_lines(lines),
        )


@check(
    "migrations",
    title="No migration is missing or unapplied",
    why="A model that the database does not match answers with an error as soon as somebody uses "
    "it. Tests do not show that: they make a database of their own.",
    hint="Make and apply the migrations.",
    reference="https://docs.djangoproject.com/en/stable/topics/migrations/",
    parts="missing|unapplied",
    parts_label="missing or unapplied",
)
def migrations(seen: Observations) -> Iterator[Failure]:
    """Compare models, migrations and databases, as makemigrations and migrate do with --check."""
    project = _asked(seen)
    if project.missing:
        yield Failure(
            "The models have changes that are in no migration.",
            part="missing",
            hint="Run python manage.py makemigrations, and commit what it writes. If it is an app "
            "of a package: set DEFAULT_AUTO_FIELD to what the package had when its migrations were "
            "made.",
            evidence=first_lines(project.missing),
        )
    if count := len(project.unapplied):
        yield Failure(
            f"The database lacks {count} {'migration' if count == 1 else 'migrations'}.",
            part="unapplied",
            hint="Run python manage.py migrate --noinput before the app takes requests: in the "
            "entrypoint of the image, or in a step of the deployment. In a rehearsal that step is "
            "the input setup-command.",
            evidence=first_lines(project.unapplied),
        )
    for question in ("missing", "unapplied"):
        _require_answer(project, question)
