"""The app that a server of Python should serve, by what the project's files define."""

import re
from itertools import islice
from pathlib import PurePosixPath

from rehearsal.regex import regex
from rehearsal.source.app_shape import AppShape, node_start
from rehearsal.source.code_search import MAX_FILES, TEST_PATH
from rehearsal.source.django_project import module_name
from rehearsal.source.packages import declared
from rehearsal.source.servers import ALL_ADDRESSES

INSTANCE = regex(
    r"^(?P<name>\w+)(?:: *\w+)? *= *(?:\w+\.)*"
    r"(?:FastAPI|Flask|Starlette|Quart|Litestar|Sanic|Bottle)\(",
    re.MULTILINE,
)
DOTTED = regex(r"[\"'](?P<module>[\w.]+)\.(?P<name>\w+)[\"']")
ASGI_SERVERS = frozenset({"uvicorn", "hypercorn", "daphne", "granian"})


def app_to_serve(shape: AppShape) -> str:
    """Return the app as servers name it (`shop.wsgi:application`), empty if it is unknown."""
    is_asgi = shape.server_name in ASGI_SERVERS or any("uvicorn" in word for word in shape.running)
    if shape.django:
        setting = shape.django.find("ASGI_APPLICATION" if is_asgi else "WSGI_APPLICATION")
        dotted = DOTTED.fullmatch(setting[0].code(setting[1])) if setting else None
        if dotted:
            return f"{dotted['module']}:{dotted['name']}"
        name = "asgi.py" if is_asgi else "wsgi.py"
        base = str(PurePosixPath(shape.django.manage).parent)
        for path in shape.project.below(base):
            if PurePosixPath(path).name == name:
                return f"{module_name(path, base)}:application"
        return ""
    paths = (path for path in shape.project.below(".") if path.endswith(".py"))
    found = [
        (path, instance["name"])
        for path in islice(paths, MAX_FILES)
        if not TEST_PATH.search(path)
        if (instance := INSTANCE.search(shape.project.read(path)))
    ]
    if len(found) != 1:
        return ""
    path, name = found[0]
    return f"{module_name(path, _search_folder(path))}:{name}"


def server_command(shape: AppShape, port: str) -> list[str]:
    """Return a command that serves the app, empty if it is unknown which would."""
    app = app_to_serve(shape)
    packages = declared(shape.dockerfile, shape.project, shape.stage) if shape.dockerfile else ""
    if app and "gunicorn" in packages:
        return ["gunicorn", "--bind", f"{ALL_ADDRESSES}:{port}", app]
    if app and "uvicorn" in packages:
        return ["uvicorn", "--host", ALL_ADDRESSES, "--port", port, app]
    return node_start(shape.project).split()


def _search_folder(path: str) -> str:
    """Return the folder below which Python finds a module, by the usual names of folders."""
    return "src" if path.startswith("src/") else "."
