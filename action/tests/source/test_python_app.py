import pytest

from rehearsal.source.python_app import app_to_serve, server_command

from .test_app_shape import shape_of
from .test_django_project import PLAIN

SETTINGS = {**PLAIN, "shop/settings.py": 'WSGI_APPLICATION = "shop.wsgi.application"\n'}
FASTAPI = {"main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}


@pytest.mark.parametrize(
    "end, files, app",
    [
        ("CMD gunicorn a", SETTINGS, "shop.wsgi:application"),
        ("CMD gunicorn a", PLAIN, "shop.wsgi:application"),
        ("CMD uvicorn a", {**PLAIN, "shop/asgi.py": ""}, "shop.asgi:application"),
        (
            "CMD gunicorn a",
            {f"src/{path}": text for path, text in PLAIN.items()},
            "shop.wsgi:application",
        ),
        ("CMD uvicorn a", FASTAPI, "main:app"),
        ("CMD uvicorn a", {"src/shop/main.py": "api = fastapi.FastAPI()"}, "shop.main:api"),
        ("CMD gunicorn a", {"a.py": "app = Flask(1)", "b.py": "app = Flask(1)"}, ""),
        ("CMD gunicorn a", {"tests/app.py": "app = Flask(1)"}, ""),
        ("CMD gunicorn a", {}, ""),
    ],
)
def test_app_to_serve(end: str, files: dict[str, str], app: str) -> None:
    assert app_to_serve(shape_of(end, files)) == app


@pytest.mark.parametrize(
    "end, files, command",
    [
        ("RUN pip install django gunicorn", SETTINGS,
         "gunicorn --bind 0.0.0.0:80 shop.wsgi:application"),
        ("RUN pip install fastapi uvicorn", FASTAPI, "uvicorn --host 0.0.0.0 --port 80 main:app"),
        ("RUN npm ci", {"package.json": '{"scripts": {"start": "node a"}}'}, "npm start"),
        ("RUN pip install django", SETTINGS, ""),
        ("", {}, ""),
    ],
)  # fmt: skip
def test_server_command(end: str, files: dict[str, str], command: str) -> None:
    assert " ".join(server_command(shape_of(end, files), "80")) == command
