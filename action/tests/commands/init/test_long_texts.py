"""Texts as nobody writes them: without care the time would grow with the square of their length."""

import re

import pytest

from rehearsal.commands.init.compose_texts import plain_text
from rehearsal.commands.init.django_settings import Container
from rehearsal.commands.init.other_languages import RAILS
from rehearsal.commands.init.ready_path import ROUTE
from rehearsal.commands.init.script_variables import script_variables
from rehearsal.commands.init.servers_beside import make_server, part_of
from rehearsal.commands.init.tests_address import BASE_URL, PAGE, WEB_SERVER

from .projects import STARTPROJECT, changed, draft_of

# In characters, as much as is read of a file.
LENGTH = 256 << 10


def long(text: str) -> str:
    return text * (LENGTH // len(text))


@pytest.mark.parametrize(
    "pattern, text",
    [
        (PAGE, "def test_a("),
        (BASE_URL, "def test_a("),
        (ROUTE, "app"),
        (WEB_SERVER, "\n"),
        (RAILS, "\n"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_patterns(pattern: re.Pattern[str], text: str) -> None:
    assert not pattern.search(long(text))


@pytest.mark.parametrize("text", ["\n", "${AA", "${A", "set -uu"])
def test_scripts(text: str) -> None:
    assert not list(script_variables(long(text)))
    assert not Container(variables={}, scripts=long(text)).gives("OTHER")


def test_values() -> None:
    assert plain_text(long("${a-"), []) == long("${a-")


def test_names() -> None:
    server = make_server("postgres", "db", "postgres:17", {})
    assert part_of(long("DB_"), "", [server]) is None


def test_settings_of_gunicorn() -> None:
    edit = ("Dockerfile", '"--bind", "0.0.0.0:8000", ', "")
    files = changed(STARTPROJECT, edit) | {"gunicorn.conf.py": f"bind = {long(' ')}"}
    assert "port" not in draft_of(files).inputs()
