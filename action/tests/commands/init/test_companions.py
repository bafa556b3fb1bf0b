"""What runs beside an app: from compose files, and from the variables that it reads."""

import re

import pytest

from rehearsal.commands.init.compose_services import read_services
from rehearsal.commands.init.script_variables import script_variables
from rehearsal.commands.init.servers_beside import kinds_of, make_server, part_of

from .projects import STARTPROJECT, changed, draft_of, project_of

SETTINGS = "shop/settings.py"
SQLITE = '{"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}'
FROM_PARTS = """{
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["DB_NAME"],
        "USER": os.environ["DB_USER"],
        "PASSWORD": os.environ["DB_PASSWORD"],
        "HOST": os.environ.get("DB_HOST", "localhost"),
    }"""
FROM_URL = 'dj_database_url.parse(os.environ["DATABASE_URL"])'
WITH_POSTGRES = changed(
    STARTPROJECT,
    (SETTINGS, SQLITE, FROM_URL),
    ("requirements.txt", "django", "django\npsycopg"),
)
COMPOSE = """\
services:
  web:
    build: .
    command: python manage.py runserver 0.0.0.0:8000
    environment:
      DATABASE_URL: postgres://shop:throwaway@db:5432/shop
    depends_on: {db: {condition: service_healthy}}
  db:
    image: postgres:16
    environment:
      POSTGRES_USER: shop
      POSTGRES_PASSWORD: throwaway
      POSTGRES_DB: ${DB:-shop}
"""


def test_url__a_service_with_its_password() -> None:
    inputs = draft_of(WITH_POSTGRES).inputs()
    assert inputs["services"] == "postgres=postgres:17"
    assert inputs["service-env"] == "postgres.POSTGRES_PASSWORD=throwaway"
    url = "postgresql://postgres:throwaway@postgres:5432/postgres"
    assert inputs["secrets"] == f"DATABASE_URL={url}"
    assert inputs["before-command"] == "python manage.py migrate --noinput"
    assert "setup-command" not in inputs


def test_url_in_secrets__is_none_of_github() -> None:
    assert draft_of(WITH_POSTGRES).secret_names == ()


def test_parts__each_by_its_own_variable() -> None:
    edit = (SETTINGS, FROM_URL, FROM_PARTS)
    inputs = draft_of(changed(WITH_POSTGRES, edit)).inputs()
    assert inputs["env"].splitlines() == [
        "DB_NAME=postgres",
        "DB_USER=postgres",
        "DB_PASSWORD=throwaway",
        "DB_HOST=postgres",
    ]
    assert inputs["not-secret"] == "DB_PASSWORD"


def test_default_host__gives_the_service_its_name() -> None:
    parts = FROM_PARTS.replace('"localhost"', '"db"')
    inputs = draft_of(changed(WITH_POSTGRES, (SETTINGS, FROM_URL, parts))).inputs()
    assert inputs["services"] == "db=postgres:17"
    assert "DB_HOST" not in inputs["env"]


def test_sqlite__no_service_whatever_is_installed() -> None:
    files = changed(STARTPROJECT, ("requirements.txt", "django", "django\npsycopg"))
    assert "services" not in draft_of(files).inputs()


def test_compose__names_the_file_and_what_the_app_needs() -> None:
    inputs = draft_of(WITH_POSTGRES | {"compose.yaml": COMPOSE}).inputs()
    assert inputs["compose-file"] == "compose.yaml"
    assert inputs["compose-services"] == "db"
    assert inputs["secrets"] == "DATABASE_URL=postgres://shop:throwaway@db:5432/shop"
    assert "services" not in inputs
    # The image has a command of its own, and this one is for development.
    assert "command" not in inputs


def test_compose__without_a_value_its_services_are_written_out() -> None:
    compose = COMPOSE.replace("${DB:-shop}", "${DB}")
    inputs = draft_of(WITH_POSTGRES | {"compose.yaml": compose}).inputs()
    assert "compose-file" not in inputs
    assert inputs["services"] == "db=postgres:16"
    assert inputs["service-env"].splitlines() == [
        "db.POSTGRES_USER=shop",
        "db.POSTGRES_PASSWORD=throwaway",
    ]


@pytest.mark.parametrize(
    "name, new", [("my_db", "my-db"), ("Postgres.1", "postgres-1"), ("1_db", "server-1-db")]
)
def test_compose__a_service_whose_name_the_input_refuses(name: str, new: str) -> None:
    lacking = COMPOSE.replace("throwaway\n", "${UNKNOWN}\n")
    compose = lacking.replace(" db:", f" {name}:").replace("{db:", f"{{{name}:")
    compose = compose.replace("@db:", f"@{name}:")
    inputs = draft_of(WITH_POSTGRES | {"compose.yaml": compose}).inputs()
    assert inputs["services"] == f"{new}=postgres:16"
    assert inputs["secrets"].endswith(f"@{new}:5432/shop")
    assert inputs["service-env"].splitlines()[0] == f"{new}.POSTGRES_USER=shop"


def test_url__that_is_none() -> None:
    server = make_server("redis", "cache", "redis:8", {})
    assert server.value_of("url", "redis://[cache") == "redis://cache:6379/0"


def test_compose__workers_are_the_same_image() -> None:
    worker = "  worker:\n    build: .\n    command: celery -A shop worker -l 'INFO x'\n"
    inputs = draft_of(WITH_POSTGRES | {"compose.yaml": COMPOSE + worker}).inputs()
    assert inputs["workers"] == "worker=celery -A shop worker -l 'INFO x'"


@pytest.mark.parametrize(
    "command, words",
    [
        ("celery -n ${NAME:-a} -l ${LEVEL:-${OTHER:-info}}", "celery -n a -l info"),
        ("echo $$HOME", "echo '$HOME'"),
        ("[celery, -c, 4.0]", "celery -c 4"),
        ("celery -l ${LEVEL}", None),
        ("celery -l ${LEVEL:-$OTHER}", None),
    ],
)
def test_compose__the_command_of_a_worker(command: str, words: str | None) -> None:
    worker = f"  worker:\n    build: .\n    command: {command}\n"
    draft = draft_of(WITH_POSTGRES | {"compose.yaml": COMPOSE + worker})
    assert draft.inputs().get("workers") == (words and f"worker={words}")
    told = [note for note in draft.notes if note.startswith("compose.yaml: the command of worker")]
    assert bool(told) is (words is None)
    assert all(re.search(r" needs the variable (LEVEL|OTHER), ", note) for note in told)


def test_compose__a_worker_that_migrates_runs_before() -> None:
    once = "  once:\n    build: .\n    command: python manage.py migrate --fake-initial\n"
    inputs = draft_of(WITH_POSTGRES | {"compose.yaml": COMPOSE + once}).inputs()
    assert inputs["before-command"] == "python manage.py migrate --fake-initial"
    assert "workers" not in inputs


def test_read_services__merges_lists_and_files() -> None:
    model = {
        "services": {
            "a": {
                "<<": {"image": "redis:8", "environment": ["A=1"]},
                "env_file": ["one.env", {"path": "two.env"}],
                "ports": ["127.0.0.1:80:8080/tcp", 9000.0, {"target": 7}, "\u00b2", "9" * 5000],
                "command": ["x", "y z"],
            },
        },
        "x-other": 1,
    }
    project = project_of({"compose.yaml": "", "one.env": 'B="2" # two\nexport C=3\n'})
    (service,) = read_services(project, {"compose.yaml": model})
    assert (service.image, service.kind, service.command) == ("redis:8", "redis", ("x", "y z"))
    assert service.environment == {"A": "1", "B": "2", "C": "3"}
    assert service.ports == (8080, 9000, 7)
    assert service.lacks == "two.env"


@pytest.mark.parametrize("model", [None, [], "x", {"services": []}, {"services": {"a": None}}])
def test_read_services__what_is_none_of_compose(model: object) -> None:
    assert read_services(project_of({}), {"compose.yaml": model}) == []


@pytest.mark.parametrize(
    "kind, variable, value, part",
    [
        ("postgres", "DATABASE_URL", "", "url"),
        ("postgres", "DATABASE_URL", "mysql://x", None),
        ("postgres", "POSTGRES_DB", "", "name"),
        ("postgres", "PGPASSWORD", "", "password"),
        ("postgres", "SHOP_DB_HOST", "", "host"),
        ("postgres", "REDIS_URL", "", None),
        ("redis", "REDIS_URL", "", "url"),
        ("redis", "CELERY_BROKER_URL", "", "url"),
        ("redis", "CELERY_BROKER_URL", "amqp://x", None),
        ("rabbitmq", "CELERY_BROKER_URL", "amqp://x", "url"),
        ("redis", "DATABASE_URL", "", None),
        ("mongo", "MONGODB_URI", "", "url"),
        ("postgres", "DEBUG", "", None),
    ],
)
def test_part_of(kind: str, variable: str, value: str, part: str | None) -> None:
    hit = part_of(variable, value, [make_server(kind, kind, "x", {})])
    assert (hit[1] if hit else None) == part


def test_url__keeps_the_scheme_of_the_library() -> None:
    server = make_server("postgres", "db", "x", {"POSTGRES_DB": "shop"})
    known = "postgresql+asyncpg://me:pw@localhost/other"
    assert server.value_of("url", known) == ("postgresql+asyncpg://postgres:throwaway@db:5432/shop")


def test_kinds_of__whole_names_of_packages() -> None:
    assert list(kinds_of("psycopg[binary]==3.2\nredis>=5\n")) == ["postgres", "redis"]
    assert list(kinds_of('"pg": "^8.0.0", "mongoose": "1"')) == ["postgres", "mongo"]
    assert list(kinds_of("pgcli\nfakeredis\ndjango-redis-sessions")) == []


def test_script_variables__only_what_ends_the_script() -> None:
    text = 'set -euo pipefail\nA_URL="$B_HOST:${C_PORT:-1}"\necho "$A_URL" "${D_KEY}" $HOME\n'
    assert list(script_variables(text)) == ["B_HOST", "D_KEY"]
    assert list(script_variables("echo $A_B ${C_D:?no}")) == ["C_D"]


def test_script_variables__a_default_after_the_reading_comes_too_late() -> None:
    text = 'set -o nounset\nif [ -z "${A_B}" ]; then\n    export A_B=x\nfi\n'
    assert list(script_variables(text)) == ["A_B"]


def test_parts_and_url__the_optional_url_is_left_out() -> None:
    both = f"""if os.getenv("DATABASE_URL", default=None):
    DATABASES = {{"default": {FROM_URL}}}
else:
    DATABASES = {{"default": {FROM_PARTS}}}"""
    files = changed(
        WITH_POSTGRES, (SETTINGS, f'DATABASES = {{\n    "default": {FROM_URL}\n}}', both)
    )
    inputs = draft_of(files).inputs()
    assert "secrets" not in inputs
    assert "DB_HOST=postgres" in inputs["env"]


def test_placeholders__are_no_values() -> None:
    compose = COMPOSE.replace("POSTGRES_USER: shop", "POSTGRES_USER: '!!!SET IT!!!'")
    inputs = draft_of(WITH_POSTGRES | {"compose.yaml": compose}).inputs()
    # The URL of the app says it.
    assert inputs["service-env"].splitlines()[0] == "db.POSTGRES_USER=shop"


def test_built_service__is_what_it_begins_with() -> None:
    compose = COMPOSE.replace("image: postgres:16", "build: database")
    files = WITH_POSTGRES | {
        "compose.yaml": compose,
        "database/Dockerfile": "FROM docker.io/postgres:18\nCOPY x /x\n",
    }
    assert draft_of(files).inputs()["services"] == "db=docker.io/postgres:18"


def test_dockerfile__is_no_script() -> None:
    edit = ("Dockerfile", "EXPOSE", "RUN SECRET_KEY=x \\\n  python manage.py migrate\nEXPOSE")
    needs = (SETTINGS, '"django-insecure-1"', 'os.environ["SECRET_KEY"]')
    inputs = draft_of(changed(STARTPROJECT, edit, needs)).inputs()
    assert inputs["generate-secrets"] == "SECRET_KEY"
    assert inputs["setup-command"] == "python manage.py migrate --noinput"


@pytest.mark.parametrize("value", ["'${{ secrets.A }}'", '"two\\nlines"', '"\\e[31m"'])
def test_compose__a_value_that_is_no_line_of_text_is_a_note(value: str) -> None:
    compose = COMPOSE.replace("postgres://shop:throwaway@db:5432/shop", value)
    draft = draft_of(WITH_POSTGRES | {"compose.yaml": compose})
    assert "secrets" not in draft.inputs()
    (note,) = draft.notes
    assert note.startswith("The value of secrets cannot be written as plain text on one line.")


def test_optional_urls__only_the_main_one_is_given() -> None:
    code = """\
DATABASE_URL = os.environ.get("DATABASE_URL")
METRICS_DATABASE_URI = os.environ.get("METRICS_DSN_URL", None)
REPLICA = os.environ.get("REPLICA_DATABASE_URL")
"""
    settings = STARTPROJECT[SETTINGS].replace("DATABASES = {", f"{code}OTHER = {{")
    files = WITH_POSTGRES | {SETTINGS: settings}
    assert draft_of(files).inputs()["secrets"] == (
        "DATABASE_URL=postgresql://postgres:throwaway@postgres:5432/postgres"
    )


def test_compose__the_url_of_the_app_says_what_its_database_needs() -> None:
    compose = (
        COMPOSE.partition("    environment:\n      POSTGRES_USER")[0] + "    env_file: x.env\n"
    )
    inputs = draft_of(WITH_POSTGRES | {"compose.yaml": compose}).inputs()
    assert inputs["secrets"] == "DATABASE_URL=postgres://shop:throwaway@db:5432/shop"
    assert inputs["service-env"].splitlines() == [
        "db.POSTGRES_USER=shop",
        "db.POSTGRES_PASSWORD=throwaway",
    ]
