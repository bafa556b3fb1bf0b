import pytest

from rehearsal.source.environment_readings import Reading
from rehearsal.source.falsy_value import falsy_value
from rehearsal.source.python_settings import parse_module

SETTINGS = """\
import os
from .base import *
from config.more import *

if "IN_PRODUCTION" in os.environ:
    DEBUG = False
    SECRET_KEY = os.environ["SECRET"]
else:
    DEBUG = True
hosts = os.getenv("HOSTS", "")
ALLOWED_HOSTS = hosts.split(",")
PORT = int(os.environ["SHOP_PORT"])
DATABASES = {
    "default": env.db("DATABASE_URL"),
}
NAME: str = config("SHOP_NAME", default="shop")
MAIL = required("SHOP_MAIL", "an address")
SECURE_SSL_REDIRECT = not DEBUG

def later():
    return os.environ["NEVER"]
"""


def test_parse_module__readings() -> None:
    module = parse_module("shop/settings.py", SETTINGS)
    assert module.readings == (
        Reading(name="IN_PRODUCTION", line=5, default=True),
        Reading(name="SECRET", line=7, condition="IN_PRODUCTION"),
        Reading(name="HOSTS", line=10, default=True),
        Reading(name="SHOP_PORT", line=12, kind="int"),
        Reading(name="DATABASE_URL", line=14, kind="db"),
        Reading(name="SHOP_NAME", line=16, default=True),
        Reading(name="SHOP_MAIL", line=17),
    )
    assert module.readings[3].any_value == "1"
    assert module.readings[6].any_value == "only-for-the-build"


def test_parse_module__assignments() -> None:
    module = parse_module("shop/settings.py", SETTINGS)
    hosts = module.assignment("ALLOWED_HOSTS")
    assert hosts
    assert (hosts.line, hosts.variable) == (11, "HOSTS")
    secret = module.assignment("SECRET_KEY")
    assert secret
    assert (secret.condition, secret.variable) == ("IN_PRODUCTION", "SECRET")
    databases = module.assignment("DATABASES")
    assert databases
    assert (databases.line, databases.last_line) == (13, 15)
    redirect = module.assignment("SECURE_SSL_REDIRECT")
    assert redirect
    assert not redirect.variable
    assert module.assignment("MIDDLEWARE") is None
    assert "os" in module.imported
    assert module.starred == (".base", "config.more")


@pytest.mark.parametrize(
    "text, line",
    [
        ("if 'P' in os.environ:\n    A = required('P_A')\nelse:\n    A = []\n", 2),
        ("A = os.environ['P_A']\nif DEBUG:\n    A = '*'\n", 1),
        ("A = []\nif DEBUG:\n    A = ['*']\n", 3),
        ("A = os.environ['P_A']\nA = 1\n", 2),
        ("A = False\nif 'P' in os.environ:\n    A = True\n", 3),
    ],
)
def test_parse_module__assignment_that_counts(text: str, line: int) -> None:
    found = parse_module("settings.py", text).assignment("A")
    assert found
    assert found.line == line


def test_parse_module__functions_that_read_no_variable() -> None:
    text = '_("IN_ENGLISH")\nThing("SELF")\nprint("A_B")\n'
    assert not parse_module("settings.py", text).readings


@pytest.mark.parametrize("text", ["", "a = (", "\0", "(" * 5000, "a = 1\rb = 2\r"])
def test_parse_module__nothing(text: str) -> None:
    assert not parse_module("a.py", text).assignments


@pytest.mark.parametrize(
    "code, value",
    [
        ('env.bool("A_B", default=True)', "False"),
        ('config("A_B", cast=bool)', "False"),
        ('env_bool("A_B", True)', "False"),
        ('os.environ.get("A_B") == "1"', "False"),
        ('os.environ.get("A_B", "true").lower() in ("1", "true")', "False"),
        ('os.environ.get("A_B") == "False"', "True"),
        ('os.getenv("A_B") != "off"', "off"),
        ('os.getenv("A_B", "1").lower() not in ["0", "no"]', "0"),
        ('bool(int(os.environ.get("A_B", 1)))', "0"),
        ('"A_B" not in os.environ', "1"),
        ('not os.environ.get("A_B")', "1"),
        ('bool(os.environ.get("A_B", True))', ""),
        ('"A_B" in os.environ', None),
        ("True", None),
        ("not DEBUG", None),
        ('not DEBUG and env.bool("A_B")', "False"),
        ('not DEBUG or env.bool("A_B")', None),
        ('env.bool("A_B") if DEBUG else True', None),
    ],
)
def test_falsy_value(code: str, value: str | None) -> None:
    text = f'DEBUG = os.environ.get("DEBUG") == "1"\nREDIRECT = {code}\n'
    found = parse_module("settings.py", text).assignment("REDIRECT")
    assert found
    assert falsy_value(found) == value


def test_parse_module__takes_no_time() -> None:
    """Without care the time would grow with the square of the readings."""
    reading = 'int(environ["A_B"]), '
    module = parse_module("settings.py", f"A = [{reading * 5000}]")
    assert len(module.readings) == 5000
    assert {each.kind for each in module.readings} == {"int"}
