"""Faults of an app that does not find its database or its Redis among the services."""

from .faults import Fault, Line
from .service_faults import CELERY_APP
from .services import POSTGRES, REDIS

# The images that are proposed, and what runs here in their place.
IMAGES = {"=postgres:17": f"={POSTGRES}"}
REDIS_IMAGE = {"=redis:8": f"={REDIS}"}
# The app's entry point gives up soon, and says what its clients say.
HASTY = f"{CELERY_APP['env']}\nPOSTGRES_TIMEOUT=1"
MIGRATED = {
    "generate-secrets": CELERY_APP["generate-secrets"],
    "env": HASTY,
    "before-command": CELERY_APP["before-command"],
    "test-command": "python3 -m unittest pages",
}
WITH_POSTGRES = {
    **MIGRATED,
    "services": f"postgres={POSTGRES}",
    "service-env": "postgres.POSTGRES_PASSWORD",
}
READS = """\
import os
import unittest
from urllib.request import urlopen


class PageTest(unittest.TestCase):
    def test_home(self):
        self.assertEqual(urlopen(f"http://{os.environ['TEST_SERVER']}/").status, 200)
"""
# It writes a note as a browser would.
WRITES = """\
import os
import re
import unittest
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener


class WallTest(unittest.TestCase):
    def test_write_a_note(self):
        address = f"http://{os.environ['TEST_SERVER']}/"
        opener = build_opener(HTTPCookieProcessor(CookieJar()))
        page = opener.open(address).read().decode()
        token = re.search(r'csrfmiddlewaretoken" value="(\\w+)"', page)[1]
        note = urlencode({"text": "Milk", "csrfmiddlewaretoken": token})
        self.assertEqual(opener.open(address, note.encode()).status, 200)
"""
PAGES = {"pages.py": READS}
# For a page Celery tries again for half a minute.
ONCE = (
    "config/settings.py",
    r"^CELERY_TASK_TIME_LIMIT = .*$",
    r"\g<0>\nCELERY_TASK_PUBLISH_RETRY = False",
)
# The app says at its start what it was given, as the tiny app does by itself.
PRINTS = (
    "entrypoint.sh",
    r"^set -o nounset$",
    'set -o nounset\nfor name in ${TINY_PRINTS:-}; do echo "$name is ${!name}"; done',
)
SERVER_FAULTS = (
    Fault(
        name="database-waited-for",
        app="celery_app",
        verdict="not-ready",
        diagnosis="database-unreachable",
        inputs={
            "generate-secrets": CELERY_APP["generate-secrets"],
            "env": f"{CELERY_APP['env']}\nPOSTGRES_TIMEOUT=600",
            "ready-timeout": "15",
        },
        edits=(PRINTS,),
        told=("The app asks for PostgreSQL at", "and no service is given"),
        evidence={"container.log": "Waiting for PostgreSQL to become available..."},
        known=IMAGES,
        then="not-ready: missing-table",
    ),
    Fault(
        name="database-in-a-build",
        app="celery_app",
        verdict="build-failed",
        diagnosis="database-unreachable",
        inputs=MIGRATED,
        edits=(
            (
                "Dockerfile",
                r"^RUN useradd",
                (
                    "RUN ALLOWED_HOSTS=x SECRET_KEY=x REDIS_URL=x DATABASE_URL=postgres://me@db/wall"
                    r" python manage.py migrate\n\g<0>"
                ),
            ),
        ),
        lines=(
            Line(file="Dockerfile", holds="manage.py migrate", says="failed to resolve host 'db'"),
        ),
        told=("asks for PostgreSQL at db, and a build has no services", "before-command"),
    ),
    Fault(
        name="database-unreachable",
        app="celery_app",
        verdict="setup-failed",
        diagnosis="database-unreachable",
        starts=False,
        inputs=MIGRATED,
        files=PAGES,
        told=("The app asks for PostgreSQL at postgres, and no service is given",),
        evidence={"before.log": "failed to resolve host 'postgres'"},
        known=IMAGES,
        then="passed",
    ),
    Fault(
        name="database-service-of-another-name",
        app="celery_app",
        verdict="setup-failed",
        diagnosis="database-unreachable",
        starts=False,
        inputs={
            **MIGRATED,
            "services": f"db={POSTGRES}",
            "service-env": "db.POSTGRES_PASSWORD",
        },
        files=PAGES,
        told=("The app asks for PostgreSQL at postgres, and the service is called db",),
        then="passed",
    ),
    Fault(
        name="database-service-to-rename",
        app="celery_app",
        verdict="setup-failed",
        diagnosis="database-unreachable",
        starts=False,
        inputs={
            **MIGRATED,
            "services": f"redis={REDIS}\nstore={POSTGRES}",
            "service-env": "store.POSTGRES_PASSWORD\nstore.POSTGRES_DB=postgres",
        },
        files=PAGES,
        edits=(("entrypoint.sh", r"\$\{POSTGRES_HOST:-postgres\}", "database"),),
        told=("The app asks for PostgreSQL at database, and the service is called store",),
        then="passed",
    ),
    Fault(
        name="database-in-its-own-container",
        app="celery_app",
        verdict="setup-failed",
        diagnosis="database-unreachable",
        starts=False,
        inputs={**WITH_POSTGRES, "env": f"{HASTY}\nPOSTGRES_HOST=localhost"},
        files=PAGES,
        told=(
            "The app asks for PostgreSQL in its own container, at localhost:5432",
            "localhost is the container itself",
        ),
        then="passed",
    ),
    Fault(
        name="database-host-in-an-address",
        app="node_postgres",
        verdict="setup-failed",
        diagnosis="database-unreachable",
        starts=False,
        inputs={
            "services": f"store={POSTGRES}",
            "service-env": "store.POSTGRES_PASSWORD=throwaway\nstore.POSTGRES_DB=notes",
            "env": "DATABASE_URL=postgres://postgres:throwaway@postgres/notes",
            "before-command": "node migrate.js",
            "test-command": "python3 -m unittest pages",
        },
        files=PAGES,
        told=("The app asks for PostgreSQL at postgres, and the service is called store",),
        evidence={"before.log": "getaddrinfo ENOTFOUND postgres"},
        then="passed",
    ),
    Fault(
        name="database-does-not-exist",
        app="celery_app",
        verdict="setup-failed",
        diagnosis="database-unreachable",
        starts=False,
        inputs={**WITH_POSTGRES, "env": f"{HASTY}\nPOSTGRES_DB=wall"},
        files=PAGES,
        told=("PostgreSQL has no database wall",),
        then="passed",
    ),
    Fault(
        name="redis-unreachable",
        app="celery_app",
        verdict="tests-failed",
        diagnosis="redis-unreachable",
        inputs={
            **WITH_POSTGRES,
            "env": f"{HASTY}\nCOOKIES_SECURE=False",
            "test-command": "python3 -m unittest writes",
        },
        files={"writes.py": WRITES},
        edits=(PRINTS, ONCE),
        lines=(
            Line(file="writes.py", holds="note.encode()", says="HTTP Error 500"),
            Line(file="wall/views.py", holds="write_note.delay", says="Error -2 connecting to"),
        ),
        told=("The app asks for Redis at redis:6379; the services are: postgres",),
        evidence={"container.log": "Error -"},
        known=REDIS_IMAGE,
        then="passed",
    ),
)
