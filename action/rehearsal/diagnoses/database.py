"""Causes that lie in the database: seen when it is first asked, which may be in the tests."""

from rehearsal.diagnoses.starting import SEEN_OTHERWISE
from rehearsal.diagnosis import Cause, Clue
from rehearsal.verdict import Verdict

SAID = ("setup.log", "container.log")
ANYWHEN = (Verdict.SETUP_FAILED, Verdict.CRASHED, Verdict.NOT_READY, Verdict.TESTS_FAILED)

DATABASE = (
    Cause(
        id="readonly-database",
        verdicts=ANYWHEN,
        clues=(
            Clue(
                SAID,
                r"OperationalError: attempt to write a readonly database",
                r"OperationalError: unable to open database file",
            ),
        ),
        unless=SEEN_OTHERWISE,
        shows=(Clue("container", r"^user .*"),),
        title="The database cannot be written by the user that the app runs as",
        advice="SQLite writes beside its file, so that user has to own the file and its folder. In "
        "the image, make the folder before USER; of a bind mount, change the owner on the host.",
        paste="RUN useradd --uid 1234 app && mkdir /data && chown app /data\n"
        "USER app\n"
        "VOLUME /data",
        lesson="A container that is not root needs the file and its folder writable by its user.",
    ),
    Cause(
        id="missing-table",
        verdicts=ANYWHEN,
        clues=(
            Clue(
                SAID,
                r"no such table: (?P<table>[\w.]+)",
                r'relation "(?P<table>[^"\n]+)" does not exist',
                r"Table '(?P<table>[^'\n]+)' doesn't exist",
            ),
        ),
        unless=SEEN_OTHERWISE,
        title="The database has no table {table}: its migrations have not run",
        advice="Run them in the started container, before the first question is asked.",
        paste="with:\n  setup-command: python manage.py migrate --noinput",
        lesson="A new database is empty: migrate makes its tables, and needs no restart.",
    ),
)
