"""The words are those of the real libraries: versions of November 2026."""

from pathlib import Path

import pytest

from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.missing_variables import missing_variables
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

PYDANTIC = """\
  File "/venv/lib/python3.11/site-packages/pydantic_settings/main.py", line 292, in __init__
    super().__init__(**__pydantic_self__.__class__._settings_build_values(sources, init_kwargs))
  File "/venv/lib/python3.11/site-packages/pydantic/main.py", line 280, in __init__
    validated_self = self.__pydantic_validator__.validate_python(data, self_instance=self)
                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
pydantic_core._pydantic_core.ValidationError: 3 validation errors for Settings
session_key
  Field required [type=missing, input_value={}, input_type=dict]
    For further information visit https://errors.pydantic.dev/2.14/v/missing
port
  Input should be a valid integer, unable to parse string as an integer [type=int_parsing]
    For further information visit https://errors.pydantic.dev/2.14/v/int_parsing
APP_URL
  Field required [type=missing, input_value={}, input_type=dict]
    For further information visit https://errors.pydantic.dev/2.14/v/missing
db.host
  Field required [type=missing, input_value={}, input_type=dict]
    For further information visit https://errors.pydantic.dev/2.14/v/missing
"""
PYDANTIC_1 = """\
  File "pydantic/env_settings.py", line 39, in pydantic.env_settings.BaseSettings.__init__
  File "pydantic/main.py", line 341, in pydantic.main.BaseModel.__init__
pydantic.error_wrappers.ValidationError: 2 validation errors for Settings
session_key
  field required (type=value_error.missing)
db -> host
  field required (type=value_error.missing)
"""
ENVALID = """\
================================
 Missing environment variables:
    DATABASE_URL: undefined
    SESSION_KEY: undefined
================================

 Exiting with error code 1
"""
DOTENV_SAFE = """\
MissingEnvVarsError: The following variables were defined in .env.example but are not present in \
the environment:
  SESSION_KEY, DATABASE_URL
Make sure to add them to .env or directly to the environment.
"""
ENV_VAR = 'EnvVarError: env-var: "SESSION_KEY" is a required variable, but it was not set'
ZOD = """\
ZodError: [
  {
    "expected": "string",
    "code": "invalid_type",
    "path": [
      "SESSION_KEY"
    ],
    "message": "Invalid input: expected string, received undefined"
  },
  {
    "expected": "number",
    "code": "invalid_type",
    "received": "NaN",
    "path": [
      "PORT"
    ],
    "message": "Invalid input: expected number, received NaN"
  },
  {
    "code": "invalid_type",
    "path": [
      "PORTAL"
    ],
    "message": "Required"
  }
]
    at Object.<anonymous> (/app/zod.js:2:93)
"""
T3 = """\
❌ Invalid environment variables: [
  {
    expected: 'string',
    code: 'invalid_type',
    path: [ 'SESSION_KEY' ],
    message: 'Invalid input: expected string, received undefined'
  },
  {
    expected: 'string',
    code: 'invalid_type',
    path: [ 'DATABASE_URL' ],
    message: 'Invalid input: expected string, received undefined'
  }
]
"""
ZNV = """\
Error: Errors found while parsing environment:
  [SESSION_KEY]:
    Invalid input: expected string, received undefined
    (received undefined)

  [DATABASE_URL]:
    Invalid input: expected string, received undefined
    (received undefined)

    at parseEnvImpl (/app/node_modules/znv/dist-cjs/parse-env.js:128:15)
"""
JOI = """\
/app/node_modules/@nestjs/config/dist/config.module.js:110
Error: Config validation error: "SESSION_KEY" is required. "DATABASE_URL" is required
    at Object.<anonymous> (/app/config.js:3:7)
"""
NODE = """\
/app/server.js:4
  throw new Error("{}");
  ^

Error: {}
    at Object.<anonymous> (/app/server.js:4:9)
    at Module._compile (node:internal/modules/cjs/loader:1521:14)

Node.js v20.20.2
"""
GUNICORN = """\
[2026-11-29 07:00:00 +0000] [7] [INFO] Worker exiting (pid: 7)
[2026-11-29 07:00:00 +0000] [1] [ERROR] Worker (pid:7) exited with code 3
[2026-11-29 07:00:00 +0000] [1] [ERROR] Shutting down: Master
"""


def facts(log: str) -> Facts:
    return Facts(verdict=Verdict.CRASHED, lines={"container.log": tuple(log.splitlines())})


def names(log: str, checkout: SourceTree | None = None) -> list[str]:
    return [line.partition(" ")[2] for line in missing_variables(facts(log), checkout)]


@pytest.mark.parametrize(
    "log, found",
    [
        ("  File \"<frozen os>\", line 679, in __getitem__\nKeyError: 'KEY'", "KEY"),
        (
            (
                "django.core.exceptions.ImproperlyConfigured: Set the DATABASE_URL environment "
                "variable"
            ),
            "DATABASE_URL",
        ),
        (
            (
                "decouple.UndefinedValueError: SESSION_KEY not found. Declare it as envvar or "
                "define a default value."
            ),
            "SESSION_KEY",
        ),
        (
            'environs.exceptions.EnvNotSetError: Environment variable "SESSION_KEY" not set',
            "SESSION_KEY",
        ),
        (
            (
                "environs.exceptions.EnvValidationError: Environment variables invalid: "
                "{'SESSION_KEY': ['Environment variable not set.'], 'A': ['Not a valid integer.'], "
                "'PORT_X': ['Environment variable not set.']}"
            ),
            "SESSION_KEY PORT_X",
        ),
        ("KeyError: \"Config 'SESSION_KEY' is missing, and has no default.\"", "SESSION_KEY"),
        (PYDANTIC, "SESSION_KEY APP_URL DB__HOST"),
        (PYDANTIC_1, "SESSION_KEY DB__HOST"),
        (ENVALID, "DATABASE_URL SESSION_KEY"),
        (DOTENV_SAFE, "SESSION_KEY DATABASE_URL"),
        (ENV_VAR, "SESSION_KEY"),
        (ZOD, "SESSION_KEY PORTAL"),
        (T3, "SESSION_KEY DATABASE_URL"),
        (ZNV, "SESSION_KEY DATABASE_URL"),
        (JOI, "SESSION_KEY DATABASE_URL"),
        ('a.rb:1:in `fetch\': key not found: "SESSION_KEY" (KeyError)', "SESSION_KEY"),
        ('KeyError: key not found: "SESSION_KEY"', "SESSION_KEY"),
        (
            (
                "ArgumentError: Missing `secret_key_base` for 'production' environment, set this "
                "string with `bin/rails credentials:edit`"
            ),
            "SECRET_KEY_BASE",
        ),
        ("Could not resolve placeholder 'db.url' in value \"${db.url}\"", "DB_URL"),
        ("Could not resolve placeholder 'DB_URL' in value \"${DB_URL}\"", "DB_URL"),
        ("2026/11/29 07:00:00 required key SHOP_PORT missing value", "SHOP_PORT"),
        ("** (RuntimeError) environment variable DATABASE_URL is missing.\nTry", "DATABASE_URL"),
        ("error: Environment variable not found: DATABASE_URL.", "DATABASE_URL"),
        ("/start.sh: 3: SESSION_KEY: parameter not set", "SESSION_KEY"),
        ("/start.sh: line 3: SESSION_KEY: unbound variable", "SESSION_KEY"),
        (
            (
                "Illuminate\\Encryption\\MissingAppKeyException: No application encryption key has "
                "been specified."
            ),
            "APP_KEY",
        ),
    ],
)
def test_missing_variables__words_of_libraries(log: str, found: str) -> None:
    assert names(f"starting\n{log}\n") == found.split()
    assert names(f"{log}\n{GUNICORN}") == found.split()


@pytest.mark.parametrize(
    "says, found",
    [
        ("DATABASE_URL is required", "DATABASE_URL"),
        ("DATABASE_URL is not set", "DATABASE_URL"),
        ("DATABASE_URL must be set", "DATABASE_URL"),
        ("DATABASE_URL must be provided in production", "DATABASE_URL"),
        ("process.env.DATABASE_URL is not defined", "DATABASE_URL"),
        ("DATABASE_URL environment variable is not set", "DATABASE_URL"),
        ("environment variable DATABASE_URL is not set", "DATABASE_URL"),
        ("environment variable PORT must be set", "PORT"),
        ("The PORT environment variable is not set", "PORT"),
        ('env: required environment variable "PORT" is not set', "PORT"),
        ("Missing required environment variable: DATABASE_URL", "DATABASE_URL"),
        ("Missing required environment variables: DATABASE_URL, PORT", "DATABASE_URL PORT"),
        ("Missing env var DATABASE_URL", "DATABASE_URL"),
        ("missing environment variables: [DATABASE_URL PORT]", "DATABASE_URL PORT"),
    ],
)
def test_missing_variables__own_words(says: str, found: str) -> None:
    assert names(f"starting\n2026/11/29 07:00:00 {says}\n{GUNICORN}") == found.split()
    assert names(NODE.replace("{}", says)) == found.split()


@pytest.mark.parametrize(
    "log",
    [
        "",
        "hello",
        "WARNING: SENTRY_DSN is not set, errors are not reported",
        "LOG_LEVEL is not set, using the default: info",
        "SENTRY_DSN is not set\n" + "a\nb\nc\nd\n",
        "SENTRY_DSN is not set\n" + NODE.replace("{}", "cannot connect") + "a\nb\nc",
        "Error: listen EADDRINUSE: address already in use :::8888",
        "ValidationError: 1 validation error for Item\nname\n  Field required [type=missing]",
        'KeyError: key not found: "name"',
        "TypeError: Missing 1 required positional argument: 'name'",
        "django.db.utils.IntegrityError: NOT NULL constraint failed: A_B.c",
        "dynaconf.validator.ValidationError: SECRET_KEY is required in env main",
    ],
)
def test_missing_variables__none(log: str) -> None:
    assert names(log) == []


def test_missing_variables__names_like_those_of_secrets() -> None:
    log = DOTENV_SAFE.replace("SESSION_KEY", "SECRET_KEY")
    assert missing_variables(facts(log)) == ("secret SECRET_KEY", "plain DATABASE_URL")


@pytest.mark.parametrize(
    "option",
    [
        'model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="_IN_")',
        "model_config = {'env_prefix': 'shop_', 'env_nested_delimiter': '_in_'}",
        "class Config:\n        env_prefix = 'SHOP_'\n\n        env_nested_delimiter = '_in_'",
    ],
)
def test_missing_variables__prefix_of_the_settings_class(tmp_path: Path, option: str) -> None:
    body = f"    session_key: str\n    url: str = Field(alias='APP_URL')\n\n    {option}\n"
    (tmp_path / "app").mkdir()
    (tmp_path / "app/config.py").write_text(
        f"class Other(Base):\n    env_prefix = 'no'\n\n\nclass Settings(BaseSettings):\n{body}\n"
        "class More(Base):\n    env_prefix = 'no'\n"
    )
    checkout = SourceTree(top=tmp_path, directory=tmp_path)
    assert names(PYDANTIC, checkout) == ["SHOP_SESSION_KEY", "APP_URL", "SHOP_DB_IN_HOST"]


def test_missing_variables__unknown_settings_class(tmp_path: Path) -> None:
    checkout = SourceTree(top=tmp_path, directory=tmp_path)
    assert names(PYDANTIC, checkout) == ["SESSION_KEY", "APP_URL", "DB__HOST"]
