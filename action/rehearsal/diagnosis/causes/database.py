"""Causes in the database. They show at its first use, which may be in the tests."""

from rehearsal.diagnosis.causes.give_up import LASTING_ERROR, OWN_DATABASE
from rehearsal.diagnosis.causes.snippets import AT_END_OF_SETTINGS
from rehearsal.diagnosis.causes.startup import VISIBLE_FROM_OUTSIDE
from rehearsal.diagnosis.facts import LOG_BEFORE_TESTS, MIGRATIONS
from rehearsal.diagnosis.paste import in_step
from rehearsal.diagnosis.rules import CAPTURES, Cause, Pattern, Variant
from rehearsal.results.file_names import ASKED_AGAIN_LOG, BEFORE_LOG, CONTAINER_LOG, SETUP_LOG
from rehearsal.verdict import Verdict

DATABASE_LOGS = (SETUP_LOG, BEFORE_LOG, CONTAINER_LOG, ASKED_AGAIN_LOG)
DATABASE_VERDICTS = (
    Verdict.SETUP_FAILED,
    Verdict.CRASHED,
    Verdict.NOT_READY,
    Verdict.TESTS_FAILED,
)

MIGRATE = in_step("setup-command", "{manage|python manage.py} migrate --noinput")
MAKE_MIGRATIONS = "# on your own machine; commit what it writes:\npython manage.py makemigrations"


def migration_variants(lacks: str, makes: str) -> tuple[Variant, ...]:
    """Return the variants of a cause for what the checkout shows of the model's migration."""
    known = f"{lacks}: {{migration}} {makes} it"
    return (
        Variant(
            pattern=Pattern(
                MIGRATIONS,
                r"^absent (?P<migration>.+)\n"
                r"ignored (?P<file>.+):(?P<line>\d+) (?P<ignored>\S+) (?P<rule>.+)$",
            ),
            title=f"{known}, and is not in the image",
            hint="Line {line} of {file} ({rule}) keeps it out of the build. Take it in again.",
            paste="# in {file}, at the end, add:\n!{ignored}",
        ),
        Variant(
            pattern=Pattern(MIGRATIONS, r"^absent (?P<migration>.+)$"),
            title=f"{known}, and is not in the image",
            hint="Migrations have run without it. Check that COPY copies its folder, and that "
            "the image is new. (If it has the migration, migrate has used another database.)",
        ),
        Variant(
            pattern=Pattern(MIGRATIONS, r"^applied (?P<migration>.+)$"),
            title=f"{known}, and has run in another database",
            hint="migrate and the app use different databases. Compare the variables that both "
            "read, and look for a path that is relative to the folder where each starts.",
        ),
        Variant(
            pattern=Pattern(
                MIGRATIONS, r"^field (?P<field>.+)\nmodel (?P<place>.+)$(?!\n(?:unrun|ab|app))"
            ),
            title=f"{lacks}: no migration makes {{field}} ({{place}})",
            hint="Make the migration, and commit it.",
            paste=MAKE_MIGRATIONS,
        ),
    )


DATABASE = (
    Cause(
        id="readonly-database",
        verdicts=DATABASE_VERDICTS,
        patterns=(
            Pattern(
                DATABASE_LOGS,
                r"OperationalError: attempt to write a readonly database",
                r"OperationalError: unable to open database file",
            ),
        ),
        unless=VISIBLE_FROM_OUTSIDE,
        details=(Pattern("container", r"^user .*"),),
        title="The app's user has no permission to write to the database",
        hint="SQLite also writes into the folder of its file, so the app's user has to own both. "
        "In the image, see to that before USER. For a bind mount, change the owner on the "
        "host.",
        variants=(
            Variant(
                pattern=Pattern("container", r"^read-only root$"),
                title="The app cannot write its database: the file system is read-only",
                hint="With --read-only in run-options, only volumes and tmpfs can be written. Put "
                "the database's file into a folder of its own, and give that a volume.",
            ),
        ),
        paste="{own_database|}",
        background="An app that does not run as root needs a file and a folder that its user may "
        "write.",
        give_up=LASTING_ERROR,
    ),
    Cause(
        id="database-locked",
        verdicts=DATABASE_VERDICTS,
        patterns=(
            Pattern(
                DATABASE_LOGS,
                r"^(?P<django>django)\.db\.utils\.OperationalError: database (?:table )?is locked",
                r"(?:OperationalError|SqliteError|BusyException|SQLITE_BUSY): database is locked",
                r"database is locked \(5\)",
            ),
        ),
        unless=VISIBLE_FROM_OUTSIDE,
        title="SQLite was locked: two programs wanted to write at the same time",
        hint="SQLite has one writer at a time, and the others give up after a while. Let them wait "
        "longer (its busy timeout), commit sooner, use fewer workers, and let tests that write run "
        "one after the other. With many writers, use a database server.",
        variants=(
            Variant(
                pattern=Pattern(CAPTURES, r"^django "),
                paste=f"{AT_END_OF_SETTINGS}"
                'DATABASES["default"].setdefault("OPTIONS", {})["timeout"] = 20  # In seconds.',
            ),
        ),
        background="An app that has one user at a time never shows it; a suite in parallel, or a "
        "second worker, does.",
    ),
    Cause(
        id="missing-migrations",
        verdicts=(Verdict.TESTS_FAILED, Verdict.NOT_READY),
        patterns=(
            Pattern(
                ASKED_AGAIN_LOG,
                r"^unapplied migration (?P<migration>\S+)$",
                every_value_of="migration",
            ),
        ),
        # Another exception says more.
        unless=(
            Pattern(
                ASKED_AGAIN_LOG,
                r"^Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*"
                r"(?![\w.]*(?:OperationalError|ProgrammingError):)\S",
            ),
        ),
        title="The database lacks migrations: {migration}{others|}",
        hint="Run migrate in setup-command. It runs inside the started container, before the "
        "tests.",
        paste=MIGRATE,
        background="The app answered with 500 and logged nothing, which is Django's default with "
        "DEBUG off. So its database was asked for the migrations that it lacks.",
        give_up=OWN_DATABASE,
    ),
    Cause(
        id="missing-column",
        verdicts=DATABASE_VERDICTS,
        patterns=(
            Pattern(
                DATABASE_LOGS,
                r"^[\w.]+Error: no such column: (?P<column>[\w.]+)",
                r"^[\w.]+Error: table \S+ has no column named (?P<column>\w+)",
                r'column "?(?P<column>[\w.]+)"? (?:of relation "[^"\n]+" )?does not exist',
                r"Unknown column '(?P<column>[^'\n]+)' in",
            ),
        ),
        unless=VISIBLE_FROM_OUTSIDE,
        title="The database has no column {column}: no migration in the image makes it",
        hint="A model has this field, and no migration adds it. Make the migration and commit it. "
        "If there is one, setup-command has to run migrate, with the app's own database.",
        background="migrate makes only the columns that a migration in the image describes.",
        give_up=OWN_DATABASE,
        variants=(
            *migration_variants("The database has no column {column}", "adds"),
            Variant(
                pattern=Pattern(MIGRATIONS, r"^unrun (?P<migration>.+)$"),
                title="The database has no column {column}: {migration} adds it, and no log shows "
                "that it has run",
                hint="Run migrate first in setup-command. It runs inside the started container, "
                "before the tests.",
                paste=MIGRATE,
            ),
            Variant(pattern=Pattern(CAPTURES, r"^column "), paste=MAKE_MIGRATIONS),
        ),
    ),
    Cause(
        id="missing-table",
        verdicts=DATABASE_VERDICTS,
        patterns=(
            Pattern(
                DATABASE_LOGS,
                # The exception itself, rather than a line that quotes it.
                r"^[\w.]+Error: no such table: (?P<table>[\w.]+)",
                r"no such table: (?P<table>[\w.]+)",
                r'relation "(?P<table>[^"\n]+)" does not exist',
                r"Table '(?P<table>[^'\n]+)' doesn't exist",
            ),
        ),
        unless=VISIBLE_FROM_OUTSIDE,
        title="The database has no table {table}: no log shows that migrations have run",
        hint="Run migrate first in setup-command. It runs inside the started container, before "
        "the tests.",
        background="A new database is empty until migrate has made its tables. The same is true in "
        "production.",
        give_up=OWN_DATABASE,
        variants=(
            *migration_variants("The database has no table {table}", "makes"),
            Variant(
                pattern=Pattern(
                    (*DATABASE_LOGS, LOG_BEFORE_TESTS),
                    r"^[ \t]*(?:Running migrations:|No migrations to apply)",
                ),
                title="The database has no table {table}, although migrate has run",
                hint="No migration in the image makes this table. Make the migration and commit "
                "it. (If there is one, migrate may have used another database than the app.)",
                paste=MAKE_MIGRATIONS,
                background="migrate makes only the tables that a migration in the image describes.",
            ),
            Variant(
                pattern=Pattern("inputs", r"^setup-command none$"),
                title="The database has no table {table}: no setup-command was given to run "
                "migrations",
                hint="Run the migrations in setup-command. It runs inside the started container, "
                "before the tests. If the image already migrates at its start, a migration is "
                "missing: run makemigrations, and commit what it writes.",
                paste=MIGRATE,
            ),
            Variant(pattern=Pattern(CAPTURES, r"^table "), paste=MIGRATE),
        ),
    ),
)
