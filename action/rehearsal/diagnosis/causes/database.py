"""Causes that lie in the database: seen when it is first asked, which may be in the tests."""

from rehearsal.diagnosis.causes.snippets import IMAGE, STEP
from rehearsal.diagnosis.causes.startup import SEEN_OTHERWISE
from rehearsal.diagnosis.rules import Cause, Pattern, Variant
from rehearsal.verdict import Verdict

SAID = ("setup.log", "container.log")
ANYWHEN = (Verdict.SETUP_FAILED, Verdict.CRASHED, Verdict.NOT_READY, Verdict.TESTS_FAILED)

DATABASE = (
    Cause(
        id="readonly-database",
        verdicts=ANYWHEN,
        patterns=(
            Pattern(
                SAID,
                r"OperationalError: attempt to write a readonly database",
                r"OperationalError: unable to open database file",
            ),
        ),
        unless=SEEN_OTHERWISE,
        details=(Pattern("container", r"^user .*"),),
        title="The database cannot be written by the user that the app runs as",
        hint="SQLite writes beside its file, so that user has to own the file and its folder. In "
        "the image, make the folder before USER; of a bind mount, change the owner on the host.",
        paste=f"{IMAGE}"
        "RUN useradd --uid 1234 app && mkdir /data && chown app /data\n"
        "USER app\n"
        "VOLUME /data",
        background="A container that is not root needs a file and folder that its user can write.",
    ),
    Cause(
        id="missing-table",
        verdicts=ANYWHEN,
        patterns=(
            Pattern(
                SAID,
                # What was raised before what anything else says of it.
                r"^[\w.]+Error: no such table: (?P<table>[\w.]+)",
                r"no such table: (?P<table>[\w.]+)",
                r'relation "(?P<table>[^"\n]+)" does not exist',
                r"Table '(?P<table>[^'\n]+)' doesn't exist",
            ),
        ),
        unless=SEEN_OTHERWISE,
        title="The database has no table {table}: no log shows that its migrations have run",
        hint="Have setup-command run migrate before anything else: it runs inside the started "
        "container, before the tests.",
        paste=f"{STEP}setup-command: python manage.py migrate --noinput",
        background="A new database is empty until migrate has made its tables, in production, too.",
        variants=(
            Variant(
                pattern=Pattern(
                    (*SAID, "container.log before the tests"),
                    r"^\s*(?:Running migrations:|No migrations to apply)",
                ),
                title="The database has no table {table}, although migrate has run",
                hint="No migration in the image makes this table. Make the migration, and commit "
                "it: what is only on your own machine is not in the image. (Or migrate ran on "
                "another database than the one that the app opens.)",
                paste="# on your own machine; commit what it writes:\n"
                "python manage.py makemigrations",
                background="migrate makes only the tables that a migration in the image describes.",
            ),
            Variant(
                pattern=Pattern("inputs", r"^setup-command none$"),
                title="The database has no table {table}: no setup-command was given to run its "
                "migrations",
                hint="Have setup-command run the migrations: it runs inside the started "
                "container, before the tests. If the image already migrates when it starts, it is "
                "the migration that is missing: run makemigrations, and commit what it writes.",
            ),
        ),
    ),
)
