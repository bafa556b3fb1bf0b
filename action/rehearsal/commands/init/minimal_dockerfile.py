"""A minimal Dockerfile to paste, for the kind of app that a repository without one has."""

from rehearsal.source.app_shape import AppShape, node_start
from rehearsal.source.django_project import find_django
from rehearsal.source.project_files import ProjectFiles
from rehearsal.source.python_app import app_to_serve

GENERAL = "Write one that starts the app as in production, then run rehearse init again."
PYTHON = """\
FROM python:3.13-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
EXPOSE 8000
CMD [{command}]"""
NODE = """\
FROM node:22-slim
WORKDIR /app
COPY package*.json ./
RUN npm ci --omit=dev
COPY . .
CMD [{command}]"""


def minimal_dockerfile(project: ProjectFiles) -> str:
    """Return what to do, with a Dockerfile to paste if the kind of the app is known."""
    text = _python(project) or _node(project)
    if not text:
        return GENERAL
    return f"{GENERAL} For this app, begin with this file Dockerfile at the top:\n\n{text}"


def _python(project: ProjectFiles) -> str:
    if not project.has(".", "requirements.txt"):
        return ""
    shape = AppShape(project=project, django=find_django(project, "", ""))
    app = app_to_serve(shape)
    packages = project.read("requirements.txt").lower()
    if not app:
        return ""
    if "gunicorn" in packages or shape.django:
        words = ["gunicorn", "--bind", "0.0.0.0:8000", app]
        lacks = "" if "gunicorn" in packages else "\n\nand requirements.txt needs: gunicorn"
    else:
        words = ["uvicorn", "--host", "0.0.0.0", "--port", "8000", app]  # noqa: S104
        lacks = "" if "uvicorn" in packages else "\n\nand requirements.txt needs: uvicorn"
    return PYTHON.format(command=_list(words)) + lacks


def _node(project: ProjectFiles) -> str:
    words = node_start(project).split()
    return NODE.format(command=_list(words)) if words else ""


def _list(words: list[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)
