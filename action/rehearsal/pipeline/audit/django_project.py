"""Ask a Django project, in its container, for its deployment checks and its migrations."""

from typing import Any

from rehearsal.audit.observations import DjangoMessage, DjangoProject
from rehearsal.pipeline.audit.app_python import NoAnswerError, ask_python, why_silent
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.pipeline.stages.in_place_of_app import SET_UP_DJANGO

# Messages, migrations and operations that are kept. Texts are cut later, when secrets are out.
MAX_ANSWERS = 200
# The id of a check's message, its text, and how Django shows it.
PARTS_OF_CHECK = 3
QUESTIONS = ("checks", "missing", "unapplied")
# Nothing is written: a database whose file is not there yet has no migration, and is not made.
SCRIPT = rf"""{SET_UP_DJANGO}
import importlib.util
def shown(error):
    return (type(error).__name__ + ": " + str(error)).splitlines()[0]
def answer(question):
    try:
        tell(**{{question.__name__: list(question())[:{MAX_ANSWERS}]}})
    except BaseException as error:
        tell(unanswered={{question.__name__: shown(error)}})
def checks():
    from django.core.checks import WARNING, run_checks
    for each in run_checks(include_deployment_checks=True):
        if each.level >= WARNING and not each.is_silenced():
            yield [part or "" for part in (each.id, str(each.msg), str(each))]
def missing():
    from django.apps import apps
    from django.core.management.commands import makemigrations
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.questioner import MigrationQuestioner
    from django.db.migrations.state import ProjectState
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for label, leaves in sorted(loader.detect_conflicts().items()):
        yield label + ": a merge of " + ", ".join(sorted(leaves))
    # From Django 5.2 on a project may have its own.
    detector = getattr(makemigrations.Command, "autodetector", MigrationAutodetector)(
        loader.project_state(), ProjectState.from_apps(apps), MigrationQuestioner(dry_run=True))
    for label, migrations in sorted(detector.changes(graph=loader.graph).items()):
        for migration in migrations:
            for operation in migration.operations:
                yield label + "." + migration.name + ": " + operation.describe()
def unapplied():
    from django.apps import apps
    from django.db import DEFAULT_DB_ALIAS, connections, router
    from django.db.migrations.executor import MigrationExecutor
    # A database may be read only, or be migrated by others: the one counts that models write to.
    written = {{}}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed:
            databases = written.setdefault(model._meta.app_label, set())
            databases.add(router.db_for_write(model))
    for alias in connections:
        engine, name = (connections[alias].settings_dict[key] for key in ("ENGINE", "NAME"))
        is_file = engine.endswith("sqlite3") and not str(name).startswith((":memory:", "file:"))
        if engine.endswith("dummy") or (engine.endswith("sqlite3") and not is_file):
            continue
        if "tenant" in engine:
            raise LookupError("the database has a schema for each tenant")
        is_new = is_file and not os.path.exists(name)
        executor = MigrationExecutor(None if is_new else connections[alias])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        for migration, _ in plan:
            if alias in written.get(migration.app_label, {{DEFAULT_DB_ALIAS}}):
                where = "" if alias == DEFAULT_DB_ALIAS else " in the database " + alias
                yield str(migration) + where
if importlib.util.find_spec("django"):
    import django
    tell(version=django.get_version())
    try:
        set_up_django()
    except BaseException as error:
        tell(why_unknown="Django could not be set up there: " + shown(error))
    else:
        for question in ({", ".join(QUESTIONS)}):
            answer(question)
else:
    tell(why_unknown="Django is not installed for its Python")
"""


def ask_django(subject: Subject) -> DjangoProject:
    """Ask a Django project for its deployment checks and its migrations."""
    try:
        told, output = ask_python(subject, SCRIPT)
    except NoAnswerError as reason:
        return DjangoProject(why_unknown=str(reason))
    answers: dict[str, Any] = {}
    unanswered: dict[str, str] = {}
    for each in told:
        if not _is_whole(each):
            # The app itself can print lines like ours.
            return DjangoProject(why_unknown="the app printed something else than was asked for")
        unanswered |= each.pop("unanswered", {})
        answers |= each
    version = str(answers.get("version", ""))
    if "why_unknown" in answers or not version:
        why = answers.get("why_unknown") or why_silent(output)
        return DjangoProject(version=version, why_unknown=str(why))
    for question in QUESTIONS:
        if question not in answers:
            unanswered.setdefault(question, why_silent(output))
    return DjangoProject(
        version=version,
        checks=tuple(DjangoMessage(id=a, text=b, shown=c) for a, b, c in answers.get("checks", ())),
        unapplied=tuple(answers.get("unapplied", ())),
        missing=tuple(answers.get("missing", ())),
        unanswered=unanswered,
    )


def _is_whole(told: dict[str, Any]) -> bool:
    """Return whether what was told has the shape that the script gives it."""
    checks = told.get("checks", [])
    return (
        isinstance(checks, list)
        and all(_are_texts(each) and len(each) == PARTS_OF_CHECK for each in checks)
        and all(_are_texts(told.get(each, [])) for each in ("missing", "unapplied"))
        and isinstance(unanswered := told.get("unanswered", {}), dict)
        and _are_texts([*unanswered.values()])
    )


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
