import json
from pathlib import Path
from typing import Any

import pytest

from superlists.tests.environment import PRODUCTION, ROOT, python

SHOW = """
import json, sys
import superlists.settings as s
names = [name for name in dir(s) if name.isupper()]
print(json.dumps({name: getattr(s, name) for name in names}, default=str))
"""
STORAGE = "superlists.storage.HashedStaticFiles"


def settings(environ: dict[str, str], *arguments: str) -> dict[str, Any]:
    done = python("-c", SHOW, *arguments, environ=environ)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in PRODUCTION.items() if key != name}


def test_settings__development_needs_no_variable() -> None:
    found = settings({})
    assert found["DEBUG"] is True
    assert found["SECRET_KEY"] == "insecure-key-for-dev"
    assert found["ALLOWED_HOSTS"] == []
    assert found["DATABASES"]["default"]["NAME"] == str(ROOT / "db.sqlite3")


@pytest.mark.parametrize("value", ["1", "0", "False", ""], ids=["1", "0", "False", "empty"])
def test_settings__production_by_presence(value: str) -> None:
    found = settings(PRODUCTION | {"DJANGO_DEBUG_FALSE": value})
    assert found["DEBUG"] is False
    assert found["SECRET_KEY"] == PRODUCTION["DJANGO_SECRET_KEY"]
    assert found["ALLOWED_HOSTS"] == ["localhost"]


@pytest.mark.parametrize("name", ["DJANGO_SECRET_KEY", "DJANGO_ALLOWED_HOST"])
def test_settings__missing_variable_is_a_key_error(name: str) -> None:
    done = python("-c", SHOW, environ=without(name))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"KeyError: '{name}'"


@pytest.mark.parametrize("name", ["DJANGO_SECRET_KEY", "DJANGO_ALLOWED_HOST"])
@pytest.mark.parametrize("value", ["", " \n"], ids=["empty", "blank"])
def test_settings__empty_variable_is_refused(name: str, value: str) -> None:
    done = python("-c", SHOW, environ=PRODUCTION | {name: value})
    assert done.returncode == 1
    assert f"ImproperlyConfigured: {name} is set but empty. Expected: " in done.stderr
    assert PRODUCTION["DJANGO_SECRET_KEY"] not in done.stderr


def test_settings__only_commas_is_no_host() -> None:
    done = python("-c", SHOW, environ=PRODUCTION | {"DJANGO_ALLOWED_HOST": " , "})
    assert done.returncode == 1
    assert "ImproperlyConfigured: DJANGO_ALLOWED_HOST holds only commas" in done.stderr


def test_settings__several_hosts_with_commas() -> None:
    hosts = {"DJANGO_ALLOWED_HOST": "a.example, b.example,"}
    assert settings(PRODUCTION | hosts)["ALLOWED_HOSTS"] == ["a.example", "b.example"]


@pytest.mark.parametrize(
    "value, expected",
    [("/data/db.sqlite3", "/data/db.sqlite3"), ("", str(ROOT / "db.sqlite3"))],
    ids=["given", "empty"],
)
def test_settings__database_path(value: str, expected: str) -> None:
    assert settings({"DJANGO_DB_PATH": value})["DATABASES"]["default"]["NAME"] == expected


def test_settings__whitenoise_directly_after_security() -> None:
    middleware = settings({})["MIDDLEWARE"]
    security = middleware.index("django.middleware.security.SecurityMiddleware")
    assert middleware[security + 1] == "whitenoise.middleware.WhiteNoiseMiddleware"


def test_settings__health_page_first() -> None:
    assert settings({})["MIDDLEWARE"][0] == "superlists.middleware.health"


@pytest.mark.parametrize(
    "environ, arguments, hashed",
    [
        (PRODUCTION, (), True),
        ({}, ("collectstatic", "--noinput"), True),
        ({}, (), False),
        ({}, ("test", "superlists"), False),
        ({}, ("runserver",), False),
    ],
    ids=["production", "collectstatic", "import", "test", "runserver"],
)
def test_settings__hashed_static_files(
    environ: dict[str, str], arguments: tuple[str, ...], *, hashed: bool
) -> None:
    storages = settings(environ, *arguments).get("STORAGES", {})
    assert (storages.get("staticfiles", {}).get("BACKEND") == STORAGE) is hashed


def deploy_warnings(environ: dict[str, str]) -> set[str]:
    done = python("manage.py", "check", "--deploy", environ=environ)
    return {word.strip("?:()") for word in done.stderr.split() if "security.W" in word}


def test_deploy_check__nothing_left_behind_tls() -> None:
    assert deploy_warnings(PRODUCTION | {"DJANGO_BEHIND_TLS": "1"}) == set()


def test_deploy_check__without_tls_only_what_tls_can_give() -> None:
    assert deploy_warnings(PRODUCTION) == {"security.W004", "security.W008", "security.W016"}


PROVOKE = """
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, headers={"host": "localhost"})
print(client.get("/").status_code)
print(client.post("/lists/new", {"item_text": "Make a fly"}).status_code)
print(client.get("/", headers={"host": "evil.example"}).status_code)
"""


@pytest.mark.parametrize("mode", ["production", "development"])
def test_logging__errors_reach_the_console_once(mode: str, tmp_path: Path) -> None:
    environ = {
        **(PRODUCTION if mode == "production" else {}),
        "DJANGO_SETTINGS_MODULE": "superlists.settings",
        "DJANGO_DB_PATH": str(tmp_path / "empty.sqlite3"),
    }
    done = python("-W", "ignore", "-c", PROVOKE, environ=environ)
    assert done.stdout.split() == ["200", "500", "400"]
    assert done.stderr.count("[ERROR] django.request: Internal Server Error: /lists/new") == 1
    assert ", in new_list\n" in done.stderr
    assert done.stderr.count("\ndjango.db.utils.OperationalError: no such table: lists_list") == 1
    assert done.stderr.count("[ERROR] django.security.DisallowedHost: Invalid HTTP_HOST") == 1
    assert "'evil.example'" in done.stderr


def test_static_files__page_without_the_collected_folder(tmp_path: Path) -> None:
    """Without collectstatic the page comes all the same, and the log says what is missing."""
    code = (
        f"import superlists.settings as s\ns.STATIC_ROOT = {str(tmp_path / 'static')!r}\n" + PROVOKE
    )
    environ = {
        **PRODUCTION,
        "DJANGO_SETTINGS_MODULE": "superlists.settings",
        "DJANGO_DB_PATH": str(tmp_path / "empty.sqlite3"),
    }
    done = python("-c", code, environ=environ)
    assert done.stdout.split()[0] == "200"
    assert f"No directory at: {tmp_path / 'static'}" in done.stderr
