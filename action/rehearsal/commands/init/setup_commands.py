"""The script that creates the app's tables: the input setup-command or before-command."""

import json
import posixpath
import re
import shlex
from collections.abc import Iterator

from rehearsal.commands.init.companions import MIGRATES
from rehearsal.commands.init.find_servers import find_servers
from rehearsal.commands.init.input_line import InputLine, place
from rehearsal.commands.init.rerooted import rerooted
from rehearsal.commands.init.servers_beside import SQL
from rehearsal.commands.init.survey import Survey
from rehearsal.source.app_shape import python_command
from rehearsal.source.image_layout import find_in_image, workdir_of
from rehearsal.source.project_files import ProjectFiles, join

# Scripts of package.json that make tables, and tools whose presence shows how.
NODE_SCRIPTS = ("db:migrate", "migrate:deploy", "migrate:latest", "migrate", "migration:run")
NODE_FILES = ("migrate.js", "scripts/migrate.js", "db/migrate.js")


def setup_lines(survey: Survey) -> Iterator[InputLine]:
    """Yield the script that creates the tables, unless the image runs one when it starts."""
    if _starts_with(survey, MIGRATES):
        return
    has_server = any(each.kind in SQL for each in find_servers(survey))
    found = _by_compose(survey) or _django(survey) or (has_server and _other(survey)) or None
    if found:
        script, why = found
        name = "before-command" if has_server else "setup-command"
        yield InputLine(name=name, text=script, why=why)


def _by_compose(survey: Survey) -> tuple[str, str] | None:
    for worker in survey.setup.workers:
        if MIGRATES.search(" ".join(worker.command)):
            why = f"{worker.path}: the service {worker.name} runs these migrations."
            return shlex.join(worker.command), why
    return None


def _django(survey: Survey) -> tuple[str, str] | None:
    django = survey.shape.django
    found = django.find("DATABASES") if django else None
    if not django or not django.manage or not found:
        return None
    module, setting = found
    manage = _path_in_image(survey, django.manage) or posixpath.basename(django.manage)
    why = f"{place(module.path, setting.line)}: the database starts empty; this creates its tables."
    return f"{python_command(survey.shape)} {manage} migrate --noinput", why


def _other(survey: Survey) -> tuple[str, str] | None:
    context = survey.choice.context
    project = rerooted(survey.project, context)
    why = "The database starts empty; {} creates its tables."
    if "alembic" in survey.packages and (found := _alembic(survey)):
        return found
    if project.has("prisma/migrations", "migration_lock.toml"):
        return "npx prisma migrate deploy", why.format("prisma/migrations")
    scripts = _node_scripts(project)
    for name in NODE_SCRIPTS:
        if name in scripts:
            return f"npm run {name}", why.format(f"the script {name} of package.json")
    for path in NODE_FILES:
        if project.has(posixpath.dirname(path) or ".", posixpath.basename(path)):
            return f"node {path}", why.format(path)
    return None


def _alembic(survey: Survey) -> tuple[str, str] | None:
    for folder in survey.project.nearest_first():
        if survey.project.has(folder, "alembic.ini"):
            path = join(folder, "alembic.ini")
            inside = posixpath.dirname(_path_in_image(survey, path))
            command = f"cd {shlex.quote(inside)} && " if inside else ""
            why = f"The database starts empty; {path} configures its migrations."
            return f"{command}alembic upgrade head", why
    return None


def _node_scripts(project: ProjectFiles) -> dict[str, str]:
    try:
        scripts = json.loads(project.read("package.json") or "{}").get("scripts")
    except (ValueError, AttributeError, RecursionError):
        return {}
    return scripts if isinstance(scripts, dict) else {}


def _starts_with(survey: Survey, pattern: re.Pattern[str]) -> bool:
    """Whether the image's command or a script that it runs matches a pattern."""
    words = " ".join(survey.shape.command.texts) if survey.shape.command else ""
    return bool(pattern.search(survey.scripts) or pattern.search(words))


def _path_in_image(survey: Survey, path: str) -> str:
    """Return a file's path in the container, relative to WORKDIR if it is below that."""
    dockerfile, stage = survey.choice.dockerfile, survey.choice.stage
    if not stage:
        return ""
    placed = find_in_image(dockerfile, stage, posixpath.relpath(path, survey.choice.context))
    if not placed:
        return ""
    relative = posixpath.relpath(placed.path, workdir_of(dockerfile, stage))
    return placed.path if relative.startswith("..") else relative
