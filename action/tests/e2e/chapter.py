"""The chapter's commits, each with the mistake that its next step mends, and what is said of it.

Each is a copy of superlists with the settings and the Dockerfile of that commit, in this project's
layout: the packages are those of requirements.txt, and the app's own middleware is left out.
"""

from .faults import MIGRATE, Fault, Line
from .machine import CHECKOUT

DJANGO, GUNICORN, _WHITENOISE = (CHECKOUT / "requirements.txt").read_text().split()

# The parts of settings.py that the commits replace.
DEVELOPMENT = """\
DEBUG = True
SECRET_KEY = "insecure-key-for-dev"
ALLOWED_HOSTS = []
"""
L006 = """\
if "DJANGO_DEBUG_FALSE" in os.environ:
    DEBUG = False
    SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
else:
    DEBUG = True
    SECRET_KEY = "insecure-key-for-dev"

ALLOWED_HOSTS = []
"""
L008 = """\
if "DJANGO_DEBUG_FALSE" in os.environ:
    DEBUG = False
    SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
    ALLOWED_HOSTS = [os.environ["DJANGO_ALLOWED_HOST"]]
else:
    DEBUG = True
    SECRET_KEY = "insecure-key-for-dev"
    ALLOWED_HOSTS = []
"""
L011 = """
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {
        "console": {"class": "logging.StreamHandler"},
    },
    "loggers": {
        "root": {"handlers": ["console"], "level": "INFO"},
    },
}
"""
WHITENOISE = '    "whitenoise.middleware.WhiteNoiseMiddleware",\n'


def settings(production: str, *, whitenoise: bool = True, logging: str = "") -> dict[str, str]:
    """Return settings.py as Django writes it, with what a commit has made of it."""
    return {
        "superlists/settings.py": f'''\
"""
Django settings for superlists project.
"""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

{production}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "superlists.lists",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
{WHITENOISE if whitenoise else ""}\
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "superlists.urls"

TEMPLATES = [
    {{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {{
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        }},
    }},
]

WSGI_APPLICATION = "superlists.wsgi.application"

DATABASES = {{
    "default": {{
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / "db.sqlite3",
    }}
}}

USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
{logging}'''
    }


PIP_INSTALL = f'RUN pip install "{DJANGO}" {GUNICORN}'
REQUIREMENTS = "COPY requirements.txt requirements.txt\nRUN pip install -r requirements.txt"
COLLECTSTATIC = "RUN python manage.py collectstatic"
DEBUG_FALSE = "ENV DJANGO_DEBUG_FALSE=1"
NONROOT = "RUN useradd --system --no-create-home nonroot\nUSER nonroot"


def dockerfile(packages: str, *after_workdir: str) -> tuple[str, str, str]:
    """Return the edit that makes the Dockerfile that of a commit."""
    lines = (
        "FROM ${PYTHON_IMAGE}",
        "",
        "RUN python -m venv /venv",
        'ENV PATH="/venv/bin:$PATH"',
        "",
        *packages.split("\n"),
        "",
        "COPY manage.py gunicorn.conf.py /src/",
        "COPY superlists /src/superlists",
        "",
        "WORKDIR /src",
        "",
        *after_workdir,
        # In exec form: the chapter's shell form is killed ten seconds after SIGTERM.
        'CMD ["gunicorn", "--bind", ":8888", "superlists.wsgi:application"]',
    )
    return "Dockerfile", r"^FROM [\s\S]*\Z", "\n".join(lines) + "\n"


# At first the app needs nothing from outside.
NOTHING = {"secrets": "", "env": "", "setup-command": MIGRATE}
SECRET_KEY = {"env": ""}
A_LIST = Line(file="visits.py", holds="def test_start_a_list", says="HTTP Error 500")
NO_STYLE = Line(file="visits.py", holds="def test_style", says="HTTP Error 404")
NO_TABLE = Line(
    file="superlists/lists/views.py",
    holds="List.objects.create",
    says="OperationalError: no such table: lists_list",
)


CHAPTER = (
    Fault(
        name="l001-gunicorn-serves-no-static-files",
        app="superlists",
        files=settings(DEVELOPMENT, whitenoise=False),
        edits=(dockerfile(PIP_INSTALL),),
        inputs=NOTHING,
        verdict="tests-failed",
        diagnosis="static-files",
        told=(
            "Static files are not served: 404 for /static/",
            "WhiteNoiseMiddleware",
            f'RUN pip install "{DJANGO}" {GUNICORN} whitenoise',
        ),
        lines=(NO_STYLE,),
        then="passed",
    ),
    Fault(
        name="l002-whitenoise-is-not-in-the-image",
        app="superlists",
        files=settings(DEVELOPMENT),
        edits=(dockerfile(PIP_INSTALL),),
        inputs={**NOTHING, "setup-command": ""},
        verdict="crashed",
        diagnosis="missing-module",
        told=(
            "The Python module whitenoise is missing in the image",
            f'RUN pip install "{DJANGO}" {GUNICORN} whitenoise',
        ),
        lines=(
            Line(
                file="superlists/wsgi.py",
                holds="application = get_wsgi_application()",
                says="ModuleNotFoundError: No module named 'whitenoise'",
            ),
        ),
        then="tests-failed: missing-table",
    ),
    Fault(
        name="l005-pip-without-r",
        app="superlists",
        files=settings(DEVELOPMENT),
        edits=(dockerfile(REQUIREMENTS.replace(" -r ", " ")),),
        inputs=NOTHING,
        verdict="build-failed",
        diagnosis="pip-without-r",
        told=("-r is missing", "pip install -r requirements.txt"),
        lines=(
            Line(
                file="Dockerfile",
                holds="RUN pip install requirements.txt",
                says="No matching distribution found for requirements.txt",
            ),
        ),
        then="passed",
    ),
    Fault(
        name="l007-no-secret-key",
        app="superlists",
        files=settings(L006),
        edits=(dockerfile(REQUIREMENTS, DEBUG_FALSE),),
        inputs={**NOTHING, "setup-command": ""},
        verdict="crashed",
        diagnosis="missing-variable",
        told=("DJANGO_SECRET_KEY is missing", "generate-secrets: DJANGO_SECRET_KEY"),
        lines=(
            Line(
                file="superlists/settings.py",
                holds='os.environ["DJANGO_SECRET_KEY"]',
                says="KeyError: 'DJANGO_SECRET_KEY'",
            ),
        ),
        then="not-ready: disallowed-host",
    ),
    Fault(
        name="l007-allowed-hosts-is-empty",
        app="superlists",
        files=settings(L006),
        edits=(dockerfile(REQUIREMENTS, DEBUG_FALSE),),
        inputs=SECRET_KEY,
        verdict="not-ready",
        diagnosis="disallowed-host",
        told=(
            "ALLOWED_HOSTS does not contain localhost",
            "in superlists/settings.py, instead of line 17, write:",
            "DJANGO_ALLOWED_HOST=localhost",
        ),
        then="tests-failed: static-files",
    ),
    Fault(
        name="l008-another-host",
        app="superlists",
        files=settings(L008),
        edits=(dockerfile(REQUIREMENTS, DEBUG_FALSE),),
        inputs={"env": "DJANGO_ALLOWED_HOST=superlists.example.com"},
        verdict="not-ready",
        diagnosis="disallowed-host",
        told=("ALLOWED_HOSTS does not contain localhost", "DJANGO_ALLOWED_HOST=localhost"),
        then="tests-failed: static-files",
    ),
    Fault(
        name="l008-debug-off-and-no-collectstatic",
        app="superlists",
        files=settings(L008),
        edits=(dockerfile(REQUIREMENTS, DEBUG_FALSE),),
        verdict="tests-failed",
        diagnosis="static-files",
        told=("404 for /static/", "RUN python manage.py collectstatic --noinput"),
        lines=(NO_STYLE,),
        then="passed",
    ),
    Fault(
        name="l010-the-user-may-not-write",
        app="superlists",
        files=settings(L008),
        edits=(dockerfile(REQUIREMENTS, COLLECTSTATIC, NONROOT, DEBUG_FALSE),),
        verdict="setup-failed",
        diagnosis="readonly-database",
        told=(
            "has no permission to write to the database",
            "in Dockerfile, after line 18, add:",
            "RUN install -d -o nonroot /src",
        ),
        then="passed",
    ),
    Fault(
        name="l010-no-table-and-nothing-logged",
        app="superlists",
        files=settings(L008),
        edits=(dockerfile(REQUIREMENTS, COLLECTSTATIC, DEBUG_FALSE),),
        inputs={"setup-command": ""},
        verdict="tests-failed",
        diagnosis="missing-migrations",
        told=("lacks migrations: ", "python manage.py migrate"),
        lines=(A_LIST,),
        then="passed",
    ),
    Fault(
        name="l011-no-table-and-a-traceback",
        app="superlists",
        files=settings(L008, logging=L011),
        edits=(dockerfile(REQUIREMENTS, COLLECTSTATIC, DEBUG_FALSE),),
        inputs={"setup-command": ""},
        verdict="tests-failed",
        diagnosis="missing-table",
        told=("no table lists_list", "python manage.py migrate"),
        lines=(A_LIST, NO_TABLE),
        then="passed",
    ),
)

LAST_COMMIT = Fault(
    name="l011",
    app="superlists",
    verdict="passed",
    files=settings(L008, logging=L011),
    edits=(dockerfile(REQUIREMENTS, COLLECTSTATIC, DEBUG_FALSE),),
    told=(),
)
