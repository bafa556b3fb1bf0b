"""Tables of the database that nothing creates."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath

from rehearsal.diagnosis.django_static import manage_command
from rehearsal.diagnosis.needs.need_context import NeedContext, Proposal
from rehearsal.diagnosis.paste import in_step
from rehearsal.regex import regex
from rehearsal.results.next_need import NextNeed
from rehearsal.source.code_search import MAX_FILES, TEST_PATH

MIGRATION = regex(r"(?:^|/)migrations/\d\w*\.py$")
DATABASE_FILE = regex(r"\.(?:sqlite3?|db)$")
MIGRATES = regex(r"\bmigrate\b|\bcall_command\(\s*[\"']migrate[\"']")
SQLITE = regex(r"backends\.sqlite3|sqlite://")
SETUP = "setup-command"


def tables(context: NeedContext) -> Iterator[Proposal]:
    """Yield the first migration if the database starts empty and nothing runs migrate."""
    shape, given = context.context.shape, context.given
    paths = sorted(shape.project.below("."))
    migration = next((path for path in paths if MIGRATION.search(path)), "")
    if not shape.django or not migration or given.volumes or not _is_new(context, paths):
        return
    dockerfile = shape.dockerfile.text if shape.dockerfile else ""
    told = "\n".join((dockerfile, shape.scripts, " ".join(shape.running), given.commands))
    if MIGRATES.search(told) or _migrates_itself(context, paths):
        return
    place = context.context.place(migration)
    folder = str(PurePosixPath(place).parent)
    manage = manage_command(context.context) or "python manage.py"
    lines = [*given.setup_command.strip().splitlines(), f"{manage} migrate --noinput"]
    value = lines[0] if len(lines) == 1 else "\n  ".join(("|", *lines))
    yield Proposal(
        need=NextNeed(
            id="tables",
            text=f"{folder} has migrations, and neither the Dockerfile, the container's command, "
            "setup-command nor before-command runs migrate.",
            hint="Run migrate in setup-command, inside the started container.",
            file=place,
            line=1,
        ),
        paste=in_step(SETUP, value),
    )


def _is_new(context: NeedContext, paths: list[str]) -> bool:
    """Whether the database begins empty: a file that is not in the project, or a service's."""
    django = context.context.shape.django
    found = django.find("DATABASES") if django else None
    if context.given.services:
        return True
    if not found or any(DATABASE_FILE.search(path) for path in paths):
        return False
    code = found[0].code(found[1])
    variables = {each.name for each in found[1].readings}
    return bool(SQLITE.search(code)) and not (variables & set(context.environment))


def _migrates_itself(context: NeedContext, paths: list[str]) -> bool:
    project = context.context.shape.project
    code = (
        path
        for path in paths
        if path.endswith((".py", ".sh"))
        and "/migrations/" not in path
        and not TEST_PATH.search(path)
    )
    return any(
        "migrate" in (text := project.read(path)) and re.search(r"[\"']migrate[\"']", text)
        for path in islice(code, MAX_FILES)
    )
