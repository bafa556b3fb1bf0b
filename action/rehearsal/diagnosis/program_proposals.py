"""What to paste so that an image can start its program."""

from rehearsal.diagnosis.missing_modules import MissingModule
from rehearsal.diagnosis.missing_programs import MissingProgram, find_missing_program
from rehearsal.diagnosis.node_packages import is_declared, node_package
from rehearsal.diagnosis.own_modules import bring_into_image, find_file, is_in_image
from rehearsal.diagnosis.proposal_context import Context
from rehearsal.source.changes import Change, Commands
from rehearsal.source.packages import add_package

# Programs of Python packages, with the package if it has another name.
PYTHON_PROGRAMS = {
    "alembic": "", "celery": "", "daphne": "", "django-admin": "django", "flask": "",
    "granian": "", "gunicorn": "", "hypercorn": "", "streamlit": "", "supervisord": "supervisor",
    "uvicorn": "", "waitress-serve": "waitress",
}  # fmt: skip


def missing_program(context: Context) -> str:
    """Return how to let the image start the program, empty if that is unknown."""
    program = find_missing_program(context.facts)
    if not program:
        return ""
    if path := find_file(context.shape.project, program.name) if "/" in program.name else "":
        return _script(context, program, path)
    if program.denied or program.no_format or not context.shape.dockerfile:
        return ""
    if is_declared(context, program.name):
        return node_package(context, MissingModule(name=program.name, is_node=True))
    if program.name in PYTHON_PROGRAMS:
        package = PYTHON_PROGRAMS[program.name] or program.name
        shape = context.shape
        changes = add_package(context.shape.dockerfile, shape.project, package, stage=shape.stage)
        return context.describe(changes)
    return ""


def _script(context: Context, program: MissingProgram, path: str) -> str:
    """Return how to let the image start a script of the project."""
    first = context.shape.project.read(path).partition("\n")[0]
    if program.denied:
        return context.describe([Commands(text=f"chmod +x {path}\ngit add --chmod=+x {path}")])
    if program.no_format:
        change = Change(path=path, instead=1, text=f"#!/bin/sh\n{first}")
        return "" if first.startswith("#!") else context.describe([change])
    if first.endswith("\r"):
        return context.describe([Commands(text=f"sed -i 's/\\r$//' {path}")])
    if is_in_image(context, path):
        return ""
    return context.describe(bring_into_image(context, path, path))
