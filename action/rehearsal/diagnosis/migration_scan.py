"""Find the model behind a column or table that the database lacks, and the migration of it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.facts import LOG_BEFORE_TESTS, Facts
from rehearsal.outside.files import read_text, text_files
from rehearsal.regex import regex
from rehearsal.results.file_names import ASKED_AGAIN_LOG, BEFORE_LOG, CONTAINER_LOG, SETUP_LOG
from rehearsal.source.dockerignore import ignoring_rule
from rehearsal.source.source_tree import SourceTree

LOGS = (SETUP_LOG, BEFORE_LOG, CONTAINER_LOG, ASKED_AGAIN_LOG, LOG_BEFORE_TESTS)
# SQLite, PostgreSQL, MySQL: columns before tables.
MISSING = tuple(
    regex(pattern, re.MULTILINE)
    for pattern in (
        r"no such column: (?P<table>\w+)\.(?P<column>\w+)",
        r"table (?P<table>\w+) has no column named (?P<column>\w+)",
        r'column "?(?P<table>\w+)\.(?P<column>\w+)"? does not exist',
        r'column "(?P<column>\w+)" of relation "(?P<table>\w+)" does not exist',
        r"Unknown column '(?P<table>\w+)\.(?P<column>\w+)' in",
        r"no such table: (?P<table>\w+)",
        r'relation "(?P<table>\w+)" does not exist',
        r"Table '(?:\w+\.)?(?P<table>\w+)' doesn't exist",
    )
)
MIGRATED = regex(r"^[ \t]*(?:Running migrations:|No migrations to apply)", re.MULTILINE)
MIGRATIONS_FOLDER = "migrations"
# As makemigrations writes them; the group is what follows the model's name.
CREATE = (
    r"CreateModel\(\s*name=['\"](?i:{model})['\"],(?P<rest>(?:(?![ \t]*migrations\.\w+\().*\n)*)"
)
ADD = r"AddField\(\s*model_name=['\"](?i:{model})['\"],\s*name=['\"](?:{names})['\"]"
RENAME = r"RenameField\(\s*model_name=['\"](?i:{model})['\"],[^)]*new_name=['\"](?:{names})['\"]"


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """What a database lacks: a table, or with `column` only that column of it."""

    table: str
    column: str = ""

    @property
    def fields(self) -> str:
        """A pattern of the field's name: a foreign key has its column named after it."""
        return "|".join(dict.fromkeys((self.column, self.column.removesuffix("_id"))))


def migration_lines(facts: Facts, checkout: SourceTree) -> tuple[str, ...]:
    """Return lines about what the database lacks: `field`, `model`, and one about its migration.

    `field` is MODEL or MODEL.FIELD, `model` its place. The migration is `unrun` if no log shows
    that any has run, `absent` if others have, `applied` if it has; then `ignored` is the line that
    keeps it out of the build: FILE:LINE, the migration's path in the context, the pattern.
    """
    lacking = _find_lacking(facts)
    return tuple(_lines(lacking, facts, checkout)) if lacking else ()


def _find_lacking(facts: Facts) -> Lacking | None:
    for log in LOGS:
        for pattern in MISSING:
            if found := list(pattern.finditer(facts.text(log))):
                return Lacking(**found[-1].groupdict())
    return None


def _lines(lacking: Lacking, facts: Facts, checkout: SourceTree) -> Iterator[str]:
    for file, model, line in _models(lacking, checkout):
        yield f"field {model}"
        yield f"model {checkout.relative(file)}:{line}"
        app, name = file.parent, model.partition(".")[0]
        if file.name != "models.py":
            app = app.parent
        if migration := _find_migration(lacking, name, app / MIGRATIONS_FOLDER):
            path = checkout.relative(migration)
            log = "\n".join(map(facts.text, LOGS))
            applied = f"Applying {app.name}.{migration.stem}..." in log
            ran = "applied" if applied else "absent" if MIGRATED.search(log) else "unrun"
            yield f"{ran} {path}"
            if ran == "absent":
                yield from _ignored(migration, checkout)
        return


def _models(lacking: Lacking, checkout: SourceTree) -> Iterator[tuple[Path, str, int]]:
    """Yield the file, MODEL or MODEL.FIELD, and line of the models that may have the table."""
    for file, text in text_files(checkout.directory, ".py"):
        if file.name != "models.py" and file.parent.name != "models":
            continue
        app = file.parent.name if file.name == "models.py" else file.parent.parent.name
        for found in re.finditer(r"^class (\w+)\(.*\n(?:(?:[ \t].*)?\n)*", text, re.MULTILINE):
            if lacking.table != f"{app}_{found[1]}".lower():
                continue
            before = text.count("\n", 0, found.start()) + 1
            if not lacking.column:
                yield file, found[1], before
            elif field := re.search(
                rf"^[ \t]+({lacking.fields})\b[^=\n]*= ", found[0], re.MULTILINE
            ):
                line = before + found[0].count("\n", 0, field.start())
                yield file, f"{found[1]}.{field[1]}", line


def _find_migration(lacking: Lacking, model: str, folder: Path) -> Path | None:
    names = lacking.fields
    for file, text in text_files(folder, ".py"):
        created = re.search(CREATE.format(model=model), text)
        if not lacking.column and created:
            return file
        if lacking.column and (
            re.search(ADD.format(model=model, names=names), text)
            or re.search(RENAME.format(model=model, names=names), text)
            or (created and re.search(rf"\(['\"](?:{names})['\"],", created["rest"]))
        ):
            return file
    return None


def _ignored(file: Path, checkout: SourceTree) -> Iterator[str]:
    context = checkout.context or checkout.directory
    path = os.path.relpath(file, context)
    # A file beside the Dockerfile, named after it, counts instead of the context's.
    own = checkout.top / f"{checkout.dockerfile}.dockerignore"
    for name in (own, context / ".dockerignore"):
        if text := read_text(name):
            if rule := ignoring_rule(text, path):
                yield f"ignored {checkout.relative(name)}:{rule.line} {path} {rule.pattern}"
            return
