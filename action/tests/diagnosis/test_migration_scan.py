from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.derived_facts import derive_facts
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.migration_scan import migration_lines
from rehearsal.diagnosis.rules import diagnose
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

MODELS = """\
from django.db import models


class List(models.Model):
    done = models.BooleanField()


class Item(models.Model):
    text = models.TextField()
    done = models.BooleanField(default=False)
    owner: models.ForeignKey = models.ForeignKey(
        List, on_delete=models.CASCADE
    )
"""
INITIAL = """\
    operations = [
        migrations.CreateModel(
            name='List',
            fields=[
                ('id', models.BigAutoField(primary_key=True)),
                ('done', models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(primary_key=True)),
                ('text', models.TextField()),
            ],
        ),
    ]
"""
ADD = """\
    operations = [
        migrations.AddField(
            model_name='item',
            name='done',
            field=models.BooleanField(default=False),
        ),
    ]
"""
MIGRATED = "Running migrations:\n  Applying lists.0001_initial... OK"
NO_DONE = "django.db.utils.OperationalError: table lists_item has no column named done"
NO_ITEM = "django.db.utils.OperationalError: no such table: lists_item"
DONE = ("field Item.done", "model site/lists/models.py:10")
ITEM = ("field Item", "model site/lists/models.py:8")
SECOND = "site/lists/migrations/0002_item_done.py"


@pytest.fixture
def checkout(tmp_path: Path) -> SourceTree:
    migrations = tmp_path / "site/lists/migrations"
    migrations.mkdir(parents=True)
    (migrations.parent / "models.py").write_text(MODELS)
    (migrations / "0001_initial.py").write_text(INITIAL)
    return SourceTree(top=tmp_path, directory=tmp_path / "site")


def facts(log: str, setup: str = MIGRATED) -> Facts:
    lines = {"container.log": tuple(log.splitlines()), "setup.log": tuple(setup.splitlines())}
    return Facts(verdict=Verdict.TESTS_FAILED, lines=lines)


def add_migration(checkout: SourceTree, text: str = ADD) -> None:
    (checkout.top / SECOND).write_text(text)


@pytest.mark.parametrize(
    "log",
    [
        NO_DONE,
        "sqlite3.OperationalError: no such column: lists_item.done",
        'psycopg.errors.UndefinedColumn: column "done" of relation "lists_item" does not exist',
        "psycopg.errors.UndefinedColumn: column lists_item.done does not exist",
        "MySQLdb.OperationalError: (1054, \"Unknown column 'lists_item.done' in 'field list'\")",
    ],
)
def test_migration_lines__never_made(checkout: SourceTree, log: str) -> None:
    assert migration_lines(facts(log), checkout) == DONE


def test_migration_lines__foreign_key(checkout: SourceTree) -> None:
    log = NO_DONE.replace("done", "owner_id")
    assert migration_lines(facts(log), checkout)[0] == "field Item.owner"


@pytest.mark.parametrize(
    "setup, state",
    [
        (MIGRATED, "absent"),
        ("  No migrations to apply.", "absent"),
        ("", "unrun"),
        (f"{MIGRATED}\n  Applying lists.0002_item_done... OK", "applied"),
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        ADD,
        ADD.replace("'", '"'),
        ADD.replace("Add", "Rename").replace("name='done'", "old_name='x',\n new_name='done'"),
    ],
    ids=["adds", "adds, formatted", "renames"],
)
def test_migration_lines__made(checkout: SourceTree, text: str, setup: str, state: str) -> None:
    add_migration(checkout, text)
    assert migration_lines(facts(NO_DONE, setup), checkout) == (*DONE, f"{state} {SECOND}")


def test_migration_lines__ignored(checkout: SourceTree) -> None:
    add_migration(checkout)
    (checkout.directory / ".dockerignore").write_text("*.md\n**/0002*\n")
    assert migration_lines(facts(NO_DONE), checkout)[2:] == (
        f"absent {SECOND}",
        "ignored site/.dockerignore:2 lists/migrations/0002_item_done.py **/0002*",
    )


def test_migration_lines__table(checkout: SourceTree) -> None:
    first = "site/lists/migrations/0001_initial.py"
    assert migration_lines(facts(NO_ITEM, ""), checkout) == (*ITEM, f"unrun {first}")
    (checkout.top / first).write_text("")
    assert migration_lines(facts(NO_ITEM), checkout) == ITEM


def test_migration_lines__models_in_a_folder(checkout: SourceTree) -> None:
    add_migration(checkout)
    models = checkout.directory / "lists/models"
    models.mkdir()
    (models.parent / "models.py").rename(models / "item.py")
    assert migration_lines(facts(NO_DONE), checkout) == (
        "field Item.done", "model site/lists/models/item.py:10", f"absent {SECOND}",
    )  # fmt: skip


@pytest.mark.parametrize(
    "log", ["", NO_DONE.replace("lists", "auth"), NO_DONE.replace("done", "x")]
)
def test_migration_lines__not_the_projects(checkout: SourceTree, log: str) -> None:
    assert migration_lines(facts(log), checkout) == ()


def told(known: Facts, checkout: SourceTree) -> str:
    known = replace(known, lines={**known.lines, **derive_facts(known, checkout)})
    (found,) = diagnose(known, CAUSES)
    return f"{found.id}: {found.title}\n{found.hint}\n{found.paste}"


@pytest.mark.parametrize(
    "setup, text",
    [
        (MIGRATED, "adds it, and is not in the image\nMigrations have run without it."),
        ("", "adds it, and no log shows that it has run\nRun migrate first in setup-command."),
        ("Applying lists.0002_item_done... OK", "adds it, and has run in another database"),
    ],
)
def test_missing_column__there_is_a_migration(checkout: SourceTree, setup: str, text: str) -> None:
    add_migration(checkout)
    found = told(facts(NO_DONE, setup), checkout)
    assert f"missing-column: The database has no column done: {SECOND} {text}" in found
    assert "makemigrations" not in found


def test_missing_table__there_is_no_migration(checkout: SourceTree) -> None:
    (checkout.directory / "lists/migrations/0001_initial.py").write_text("")
    found = told(facts(NO_ITEM), checkout)
    assert "missing-table: The database has no table lists_item: no migration makes Item" in found
    assert found.endswith("python manage.py makemigrations")


def test_missing_table__not_run(checkout: SourceTree) -> None:
    found = told(facts(NO_ITEM, ""), checkout)
    assert "no log shows that migrations have run" in found
