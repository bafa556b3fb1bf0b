"""Apps of many kinds: sound ones that fail nothing, and the fixtures with what they fail."""

from .audit_case import AuditCase
from .chapter import LAST_COMMIT
from .faults import MIGRATE
from .service_faults import CELERY_APP
from .services import POSTGRES

NO_HEADERS = {"headers:nosniff": "GET / ", "headers:frame": "GET / ", "headers:referrer": "GET / "}
NO_HEALTHCHECK = {"healthcheck": "declares no HEALTHCHECK"}
# What `npm ci` leaves, where the project asks for nothing else.
NPM_CACHE = {"stray-files:caches": "/root/.npm/_cacache, "}
# Django's settings for TLS: each fixture leaves it to a proxy, and its settings do not know.
NO_TLS = {
    "deploy-check:W004": "SECURE_HSTS_SECONDS",
    "deploy-check:W008": "SECURE_SSL_REDIRECT",
    "deploy-check:W012": "SESSION_COOKIE_SECURE",
    "deploy-check:W016": "CSRF_COOKIE_SECURE",
}
IDLE = "while 50 connections were idle and 4 clients sent byte by byte"
HEALTH = r"localhost:8888/"
LOGIN = """\
    if environ["PATH_INFO"] == "/":
        start_response("302 Found", [("Location", "/login/?next=/")])
        return []
    if environ["PATH_INFO"] != "/login/":
"""
MEMBERS = """\
    if environ["PATH_INFO"] == "/healthz":
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"ok"]
    if "HTTP_AUTHORIZATION" not in environ:
        start("401 Unauthorized", [("WWW-Authenticate", "Basic realm=notes")])
        return []
"""

KEY = """\
-----BEGIN PRIVATE KEY-----
cGxhbnRlZCBieSB0aGUgZW5kLXRvLWVuZCB0ZXN0cywgbmV2ZXIgYSBrZXkgb2YgYW55
-----END PRIVATE KEY-----
"""
DATABASE = (
    """RUN python -c 'import sqlite3; sqlite3.connect("seed.db").execute("create table a (b)")'"""
)

AUDITED_APPS = (
    AuditCase(
        name="a whole project folder",
        fails={
            "stray-files:git": "/app/.git, ",
            "stray-files:env": "/app/.env (COPY . .)",
            "stray-files:credentials": "/app/.npmrc",
            "stray-files:keys": "/app/server.key",
            # It stays in its layer.
            "stray-files:databases": "/app/seed.db",
            "stray-files:tests": "/app/tests",
            "stray-files:caches": "/app/.mypy_cache, 2 files",
        },
        files={
            ".env": "NOTES_TITLE=Notes\n",
            ".npmrc": "//registry.example.com/:_authToken=a-token\n",
            "server.key": KEY,
            ".mypy_cache/.gitignore": "*\n",
            ".mypy_cache/3.13/app.meta.json": "{}\n",
            "tests/test_notes.py": "def test_notes():\n    assert True\n",
        },
        edits=(("Dockerfile", r"^COPY app.py .*$", rf"COPY . .\n{DATABASE}\nRUN rm seed.db"),),
    ),
    AuditCase(
        name="below a path",
        fails={},
        edits=(
            ("app.py", r'\["PATH_INFO"\] != "/"', '["PATH_INFO"] != "/notes/"'),
            ("app.py", r'"/static/', '"/notes/static/'),
            ("app.py", r'"Location", "/"', '"Location", "/notes/"'),
            ("healthcheck.py", HEALTH, r"\g<0>notes/"),
        ),
        inputs={"ready-path": "/notes/"},
    ),
    AuditCase(
        name="home redirects to a login page",
        fails={},
        edits=(("app.py", r'^    if environ\["PATH_INFO"\] != "/":\n', LOGIN),),
    ),
    AuditCase(
        name="static files on another host",
        fails={},
        edits=(("app.py", r'(href|src)="/static/', r'\1="https://static.example.com/'),),
    ),
    AuditCase(
        name="only its health page is public",
        fails={},
        edits=(
            ("app.py", r"^    answer: ", rf"{MEMBERS}\g<0>"),
            ("healthcheck.py", HEALTH, r"\g<0>healthz"),
        ),
        inputs={"ready-path": "/healthz"},
    ),
    AuditCase(name="little memory", fails={}, inputs={"run-options": "--memory=96m"}),
    # It has no program that could ask the server.
    AuditCase(name="Caddy without a shell", app="caddy_site", fails=NO_HEALTHCHECK),
    # As the chapter leaves it: superlists' settings of gunicorn are no part of it.
    AuditCase(
        name="the last commit of the chapter",
        app="superlists",
        fails={
            "non-root": "processes run as root",
            "static-caching:compressed": "bootstrap.min.css",
            # Django looks at an empty key when the first page needs it.
            "secret-required:DJANGO_SECRET_KEY": "With DJANGO_SECRET_KEY empty it started",
            # The database is beside the code.
            "read-only": "unable to open database file",
            # The shell passes no signal on.
            "graceful-stop": "was killed",
            # gunicorn's default is one sync worker.
            "idle-connection": IDLE,
            **NO_HEALTHCHECK,
            **NO_TLS,
        },
        files=LAST_COMMIT.files,
        edits=(
            *LAST_COMMIT.edits,
            ("Dockerfile", "manage.py gunicorn.conf.py", "manage.py"),
            # What pip keeps depends on the package index.
            ("Dockerfile", "pip install", r"\g<0> --no-cache-dir"),
            ("Dockerfile", r"^CMD .*$", "CMD gunicorn --bind :8888 superlists.wsgi:application"),
        ),
        inputs={"audit-ignore": ""},
    ),
    AuditCase(
        name="plain_app",
        app="plain_app",
        fails={
            "logging": "the container logged nothing",
            # settings.py has a key for development, and Django looks at an empty one later.
            "secret-required:SECRET_KEY": "Without SECRET_KEY and with SECRET_KEY empty it started",
            "read-only": "unable to open database file",
            "non-root": "processes run as root",
            "idle-connection": IDLE,
            **NO_HEALTHCHECK,
            **NO_TLS,
        },
        inputs={
            "generate-secrets": "SECRET_KEY",
            "env": "ALLOWED_HOSTS=localhost",
            "setup-command": MIGRATE,
        },
    ),
    AuditCase(
        name="celery_app",
        app="celery_app",
        fails={
            # Its four threads are fewer than the clients that send byte by byte.
            "idle-connection": IDLE,
            # In a rehearsal it redirects nobody to TLS, and it never asked for these two.
            "deploy-check:W008": "SECURE_SSL_REDIRECT",
            "deploy-check:W005": "SECURE_HSTS_INCLUDE_SUBDOMAINS",
            "deploy-check:W021": "SECURE_HSTS_PRELOAD",
            "secret-required:SECRET_KEY": "With SECRET_KEY empty it started",
            **NO_HEALTHCHECK,
        },
        inputs={**CELERY_APP, "test-command": "true"},
    ),
    AuditCase(
        name="static_site",
        app="static_site",
        fails={"dev-server": "python -m http.server", **NO_HEADERS, **NO_HEALTHCHECK},
    ),
    # They answer with JSON and plain text, which need no other header.
    AuditCase(
        name="asgi_app",
        app="asgi_app",
        fails={
            "headers:nosniff": "GET / ",
            "secret-required:DJANGO_SECRET_KEY": "With DJANGO_SECRET_KEY empty it started",
            **NO_HEALTHCHECK,
        },
        inputs={"secrets": "DJANGO_SECRET_KEY"},
    ),
    AuditCase(
        name="npm_app",
        app="npm_app",
        fails={"headers:nosniff": "GET / ", **NO_HEALTHCHECK, **NPM_CACHE},
    ),
    AuditCase(
        name="node_postgres",
        app="node_postgres",
        fails={**NO_HEADERS, **NO_HEALTHCHECK, **NPM_CACHE},
        inputs={
            "services": f"db={POSTGRES}",
            "service-env": "db.POSTGRES_PASSWORD=throwaway\ndb.POSTGRES_DB=notes",
            "env": "DATABASE_URL=postgres://postgres:throwaway@db/notes",
            "before-command": "node migrate.js",
        },
    ),
    AuditCase(
        name="tiny_app",
        app="tiny_app",
        fails={"dev-server": "Server: BaseHTTP", **NO_HEADERS, **NO_HEALTHCHECK},
    ),
)
