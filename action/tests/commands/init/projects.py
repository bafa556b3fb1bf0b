"""Projects of several kinds, as the texts of their files."""

import posixpath
from collections.abc import Mapping

import yaml

from rehearsal.commands.init.compose_services import is_compose_file
from rehearsal.commands.init.input_line import Draft
from rehearsal.commands.init.make_draft import make_draft
from rehearsal.commands.init.survey import find_survey
from rehearsal.source.project_files import ProjectFiles

MANAGE = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")  # django\n'
WSGI = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
DATABASES = """\
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}
}
"""
# As `startproject` writes it, as far as it matters here.
SETTINGS = f"""\
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "django-insecure-1"
DEBUG = True
ALLOWED_HOSTS = []
ROOT_URLCONF = "shop.urls"
{DATABASES}"""
URLS = 'urlpatterns = [path("", home), path("admin/", admin.site.urls)]\n'
DOCKERFILE = """\
FROM python:3.13-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "shop.wsgi"]
"""
BROWSER_TEST = """\
import os
import unittest

from selenium import webdriver


class VisitorTest(unittest.TestCase):
    def test_greets(self):
        options = webdriver.ChromeOptions()
        options.add_argument("--headless=new")
        webdriver.Chrome(options=options).get(os.environ["REHEARSAL_URL"])
"""
DJANGO_TEST = BROWSER_TEST.replace("import unittest", "from django.test import SimpleTestCase")
STARTPROJECT = {
    "Dockerfile": DOCKERFILE,
    "manage.py": MANAGE,
    "requirements.txt": "django\ngunicorn\n",
    "shop/settings.py": SETTINGS,
    "shop/urls.py": URLS,
    "shop/wsgi.py": WSGI,
    "functional_tests/__init__.py": "",
    "functional_tests/requirements.txt": "django\nselenium\n",
    "functional_tests/test_visitor.py": DJANGO_TEST,
}
# As the book's: all in src, the Dockerfile at the top, and settings that want their variables.
SRC_LAYOUT = {
    "Dockerfile": """\
FROM python:3.14-slim
RUN python -m venv /venv
ENV PATH="/venv/bin:$PATH"
COPY requirements.txt /tmp/requirements.txt
RUN pip install -r /tmp/requirements.txt
COPY src /src
WORKDIR /src
RUN python manage.py collectstatic
ENV DJANGO_DEBUG_FALSE=1
RUN adduser --uid 1234 nonroot
USER nonroot
CMD ["gunicorn", "--bind", ":8888", "superlists.wsgi:application"]
""",
    "requirements.txt": "django==5.2\ngunicorn\nwhitenoise\n",
    "src/manage.py": MANAGE.replace("shop", "superlists"),
    "src/superlists/wsgi.py": WSGI.replace("shop", "superlists"),
    "src/superlists/urls.py": URLS,
    "src/superlists/settings.py": f"""\
import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
if "DJANGO_DEBUG_FALSE" in os.environ:
    DEBUG = False
    SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
    ALLOWED_HOSTS = [os.environ["DJANGO_ALLOWED_HOST"]]
    db_path = os.environ["DJANGO_DB_PATH"]
else:
    DEBUG = True
    SECRET_KEY = "insecure-key-for-dev"
    ALLOWED_HOSTS = []
    db_path = BASE_DIR / "db.sqlite3"
ROOT_URLCONF = "superlists.urls"
{DATABASES.replace('BASE_DIR / "db.sqlite3"', "db_path")}""",
    "src/functional_tests/__init__.py": "",
    "src/functional_tests/requirements.txt": "django\nselenium\n",
    "src/functional_tests/test_simple_list_creation.py": DJANGO_TEST,
}


def project_of(files: Mapping[str, str]) -> ProjectFiles:
    """Return a project with these files; paths are relative to the top of the repository."""
    folders: dict[str, list[str]] = {".": []}
    for path in sorted(files):
        folder = posixpath.dirname(path) or "."
        folders.setdefault(folder, []).append(posixpath.basename(path))
        while folder != ".":
            folder = posixpath.dirname(folder) or "."
            folders.setdefault(folder, [])
    return ProjectFiles(
        folders={folder: tuple(names) for folder, names in folders.items()},
        read=lambda path: files.get(posixpath.normpath(path), ""),
    )


def draft_of(files: Mapping[str, str]) -> Draft:
    """Return the draft for a project with a Dockerfile."""
    models = {
        path: yaml.safe_load(text)
        for path, text in files.items()
        if is_compose_file(posixpath.basename(path))
    }
    survey = find_survey(project_of(files), models)
    assert survey
    return make_draft(survey)


def changed(files: Mapping[str, str], *edits: tuple[str, str, str]) -> dict[str, str]:
    """Return a project with changes: a file, a text in it, and what stands there instead."""
    new = dict(files)
    for path, old, text in edits:
        assert old in new[path], f"{path} has no {old!r}"
        new[path] = new[path].replace(old, text)
    return new
