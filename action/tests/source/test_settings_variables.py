from collections.abc import Iterator

import pytest

from rehearsal.source.django_project import find_django
from rehearsal.source.settings_variables import SettingsVariable, settings_variables

from .test_django_project import SETDEFAULT, project_of

DJANGO = {"manage.py": f"# django\n{SETDEFAULT.format('config.settings.production')}"}


def variables_of(files: dict[str, str]) -> tuple[SettingsVariable, ...]:
    project = project_of(files)
    return settings_variables(project, find_django(project, "", ""))


def needed(files: dict[str, str]) -> Iterator[str]:
    for each in variables_of(files):
        if each.is_needed:
            yield f"{each.path}:{each.line} {each.name} {each.kind} {each.condition}".strip()


def test_settings_variables__django() -> None:
    """As cookiecutter-django has its settings, and django-environ's documentation."""
    files = DJANGO | {
        "config/settings/base.py": """\
import environ
env = environ.Env(DEBUG=(bool, False), MAIL_PORT=int)
READ_DOT_ENV_FILE = env.bool("DJANGO_READ_DOT_ENV_FILE", default=False)
DEBUG = env("DEBUG")
DATABASES = {"default": env.db()}
CACHES = {"default": env.cache("REDIS_URL", default="locmemcache://")}
EMAIL_BACKEND = env(
    "DJANGO_EMAIL_BACKEND", default="django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_PORT = env("MAIL_PORT")
WORKERS = env("WORKERS", int)
CELERY_BROKER_URL = env("CELERY_BROKER_URL")
SECRET_KEY = "development"
""",
        "config/settings/production.py": """\
from .base import *  # noqa: F403
from .base import env
from .storage import BUCKET
SECRET_KEY = env("DJANGO_SECRET_KEY")
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=["example.com"])
DATABASES["default"] = env.db("DATABASE_URL")
ANYMAIL = {
    "MAILGUN_API_KEY": env("MAILGUN_API_KEY"),
}
""",
        "config/settings/storage.py": "import os\nBUCKET = os.environ['BUCKET']\n",
        "config/settings/test.py": "import os\nOTHER = os.environ['ONLY_IN_TESTS']\n",
        "shop/views.py": "import os\nOTHER = os.environ['NOT_IN_SETTINGS']\n",
    }
    assert list(needed(files)) == [
        "config/settings/base.py:5 DATABASE_URL db",
        "config/settings/base.py:10 MAIL_PORT int",
        "config/settings/base.py:11 WORKERS",
        "config/settings/base.py:12 CELERY_BROKER_URL",
        "config/settings/production.py:4 DJANGO_SECRET_KEY",
        "config/settings/production.py:6 DATABASE_URL db",
        "config/settings/production.py:8 MAILGUN_API_KEY",
        "config/settings/storage.py:2 BUCKET",
    ]
    found = {each.name: each for each in variables_of(files)}
    assert found["DEBUG"].kind == "bool"
    assert found["DEBUG"].has_default
    assert found["DJANGO_SECRET_KEY"].setting == "SECRET_KEY"


@pytest.mark.parametrize(
    "code, expected",
    [
        ('A = os.environ["A_B"]', ["A_B"]),
        ('A = environ["A_B"]', ["A_B"]),
        ('os.environ["A_B"] = "1"', []),
        ('os.environ.setdefault("A_B", "1")', []),
        ('A = os.environ.get("A_B")', []),
        ('SECRET_KEY = os.environ.get("A_B")', ["A_B"]),
        ('SECRET_KEY = os.environ.get("A_B", "x")', []),
        ('A = int(os.environ.get("A_B"))', ["A_B int"]),
        ('A = int(os.environ.get("A_B") or 5)', []),
        ('A = os.getenv("A_B").split(",")', ["A_B"]),
        ('A = os.getenv("A_B", "").split(",")', []),
        ('A = (os.getenv("A_B") or "").split(",")', []),
        ('A = os.environ["A_B"] if "A_B" in os.environ else ""', []),
        ('A = "A_B" in os.environ and os.environ["A_B"]', []),
        ('A = lambda: os.environ["A_B"]', []),
        ('if "A_B" in os.environ:\n    A = os.environ["A_B"]', []),
        ('if "C" in os.environ:\n    A = os.environ["A_B"]', ["A_B  C"]),
        ('if DEBUG:\n    A = os.environ["A_B"]', []),
        ('if DEBUG:\n    A = 1\nelse:\n    A = os.environ["A_B"]', []),
        ('try:\n    A = os.environ["A_B"]\nexcept KeyError:\n    A = 1', []),
        ('try:\n    A = os.environ["A_B"]\nexcept KeyError as e:\n    raise X from e', ["A_B"]),
        ('class Config:\n    A = os.environ["A_B"]', ["A_B"]),
        ('def later():\n    return os.environ["A_B"]', []),
        ('def get(n):\n    return os.environ[n]\nA = get("A_B")', ["A_B"]),
        ('def get(n, default=""):\n    return os.environ[n]\nA = get("A_B")', []),
        (
            'def get(n):\n    v = os.getenv(n)\n    if not v:\n        raise X\nA = get("A_B")',
            ["A_B"],
        ),
        ('from .lib import get\nA = get("A_B")', []),
        ('A = dj_database_url.config(default="sqlite://")', []),
        ('from decouple import config\nA = config("A_B", cast=int)', ["A_B int"]),
        ('from decouple import config\nA = config("A_B", default=1, cast=int)', []),
        ('from decouple import config\nA = config("A_B", "x")', []),
        ('from environs import Env\ne = Env()\nA = e.int("A_B")', ["A_B int"]),
        ('from environs import Env\ne = Env()\nA = e.int("A_B", 5)', []),
        ('from environs import Env\ne = Env()\nA = e.str(name="A_B")', ["A_B str"]),
        ('env = Env()\nwith env.prefixed("DB_"):\n    A = env.str("HOST")', ["DB_HOST str"]),
        ('env = Env()\nwith env.prefixed("DB_"):\n    A = env("PORT", 5432)', []),
        ('app.config.get("A_B")', []),
        ('A = config.get("A_B")', []),
    ],
)
def test_settings_variables__ways_to_read(code: str, expected: list[str]) -> None:
    found = needed({"app.py": f"import os  # os.environ\n{code}\n"})
    assert [each.partition(" ")[2] for each in found] == expected


def test_settings_variables__pydantic() -> None:
    files = {
        "app/config.py": """\
from pydantic import AliasChoices, BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

class Mail(BaseModel):
    host: str

class Common(BaseSettings):
    name: str

class Settings(Common):
    model_config = SettingsConfigDict(env_prefix="shop_")
    api_path: str = "/api"
    key: str
    number: int = Field(gt=5)
    auth_key: str = Field(validation_alias="my_auth_key")
    broker: str = Field(validation_alias=AliasChoices("BROKER_URL", "REDIS_URL"))
    secret: Annotated[str, Field(alias="THE_SECRET")]
    wanted: str = Field(...)
    workers: int = Field(5)
    size: int | None = None
    names: list[str] = Field(default_factory=list)
    optional: str | None
    mail: Mail
    kind: ClassVar[str]
    _private: str

settings = Settings()
""",
        "app/old.py": """\
from pydantic import BaseSettings

class Settings(BaseSettings):
    url: str
    port: Optional[int]
    host: str = Field(..., env="SHOP_HOST")

    class Config:
        env_prefix = "OLD_"
""",
        "tests/settings.py": "class Settings(BaseSettings):\n    only_in_tests: str\n",
    }
    assert list(needed(files)) == [
        "app/config.py:8 SHOP_NAME",
        "app/config.py:13 SHOP_KEY",
        "app/config.py:14 SHOP_NUMBER int",
        "app/config.py:15 my_auth_key",
        "app/config.py:17 THE_SECRET",
        "app/config.py:18 SHOP_WANTED",
        "app/config.py:22 SHOP_OPTIONAL",
        "app/old.py:4 OLD_URL",
        "app/old.py:6 SHOP_HOST",
    ]


def test_settings_variables__node() -> None:
    files = {
        "package.json": "{}",
        "server.js": """\
const url = process.env.DATABASE_URL;
const key = process.env["API_KEY"]
const port = process.env.PORT;
const host = process.env.API_HOST || "localhost";
const name = process.env.API_NAME ?? 'x';
if (process.env.WITH_TRACE) start();
const debug = process.env.MODE === "debug";
const size = parseInt(process.env.SIZE) || 5;
process.env.GIVEN = "1";
// process.env.COMMENT
const loud = !process.env.QUIET;
""",
        "vite.config.js": "export default process.env.BUILD_ID",
        "tests/a.js": "process.env.ONLY_IN_TESTS",
    }
    assert list(needed(files)) == ["server.js:1 DATABASE_URL", "server.js:2 API_KEY"]


@pytest.mark.parametrize(
    "code, expected",
    [
        ("import os\nA = os.environ['A_B']", ["A_B"]),
        ("from decouple import config\nA = config('A_B')", []),
        ("load_dotenv()\nA = os.environ['A_B']", []),
        ("env = Env()\nenv.read_env()\nA = env('A_B')", []),
    ],
)
def test_settings_variables__given_by_a_file(code: str, expected: list[str]) -> None:
    files = {"app.py": f"{code}\n", ".env": "export A_B=1\n"}
    assert [each.split()[1] for each in needed(files)] == expected


@pytest.mark.parametrize("text", ["class S(BaseSettings):\n (", "\0BaseSettings os.environ"])
def test_settings_variables__no_python(text: str) -> None:
    assert not variables_of({"app.py": text})
