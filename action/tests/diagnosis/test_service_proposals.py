"""What to paste so that an app finds its database or its Redis among the services."""

from pathlib import Path

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import PROPOSALS, Facts
from rehearsal.diagnosis.rules import diagnose
from rehearsal.diagnosis.source_scan import scan_source
from rehearsal.diagnosis.unreachable_servers import unreachable_lines
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

WORKFLOW = ".github/workflows/ci.yml"
ADD = f"# in {WORKFLOW}, under the step's with:, add:\n"
AND = f"# and in {WORKFLOW}, under the step's with:, add:\n"
POSTGRES = 'could not translate host name "HOST" to address: Name or service not known'
PASSWORD = 'FATAL:  password authentication failed for user "USER"'
MYSQL = "Unknown MySQL server host 'db' (-2)"
REDIS = "Error -2 connecting to HOST:6379. Name or service not known."
SERVICES = ("service postgres postgres:17",)


def paste(folder: Path, log: str, *companions: str, **files: str) -> str:
    """Return what is proposed; `files` are by their names, with __ for a dot."""
    for name, text in files.items():
        path = folder / name.replace("__", ".").replace("workflow", WORKFLOW)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    lines = {
        "container.log": (log,),
        "companions": companions,
        "inputs": ("network none",),
    }
    facts = Facts(verdict=Verdict.CRASHED, lines=lines)
    scanned = scan_source(facts, SourceTree(top=folder, directory=folder), WORKFLOW)
    names = ("locations", PROPOSALS)
    known = {name: scanned[name] for name in names if name in scanned}
    facts = Facts(verdict=facts.verdict, lines={**lines, **known, **unreachable_lines(facts)})
    return diagnose(facts, CAUSES)[0].paste


@pytest.mark.parametrize(
    "host, companions, text",
    [
        pytest.param(
            "db",
            ("variable POSTGRES_PASSWORD",),
            f"{ADD}services: db=postgres:17\n\n{AND}service-env: db.POSTGRES_PASSWORD",
            id="a password of that name",
        ),
        pytest.param(
            "db",
            ("variable DATABASE_URL", "user DB_USER app", "database DB_NAME shop"),
            f"{ADD}services: db=postgres:17\n\n{AND}service-env: |\n  db.POSTGRES_USER=app\n"
            "  db.POSTGRES_DB=shop\n  db.POSTGRES_HOST_AUTH_METHOD=trust",
            id="a password that only the app knows",
        ),
        pytest.param(
            "db",
            ("variable POSTGRES_PASSWORD", "variable POSTGRES_USER", "variable POSTGRES_DB"),
            f"{ADD}services: db=postgres:17\n\n{AND}service-env: |\n  db.POSTGRES_USER\n"
            "  db.POSTGRES_DB\n  db.POSTGRES_PASSWORD",
            id="all variables of the image",
        ),
        pytest.param(
            "localhost",
            ("variable POSTGRES_PASSWORD", "host POSTGRES_HOST 127.0.0.1"),
            f"{ADD}services: postgres=postgres:17\n\n{AND}service-env: postgres.POSTGRES_PASSWORD"
            f"\n\n{AND}env: POSTGRES_HOST=postgres",
            id="the container itself",
        ),
        pytest.param(
            "My_DB",
            ("variable POSTGRES_PASSWORD",),
            f"{ADD}services: postgres=postgres:17\n\n{AND}service-env: postgres.POSTGRES_PASSWORD",
            id="a name that no service may have",
        ),
    ],
)
def test_service__added(tmp_path: Path, host: str, companions: tuple[str, ...], text: str) -> None:
    assert paste(tmp_path, POSTGRES.replace("HOST", host), *companions) == text


def test_service__added_for_an_app_that_waits_without_a_word(tmp_path: Path) -> None:
    """It has the name that the compose file gives it."""
    compose = "services:\n  web:\n    build: .\n  db:\n    image: postgres:15\n"
    assert paste(tmp_path, "Waiting for postgres...", docker_compose__yml="") == (
        f"{ADD}services: postgres=postgres:17\n\n"
        f"{AND}service-env: postgres.POSTGRES_HOST_AUTH_METHOD=trust"
    )
    assert paste(tmp_path, "Waiting for postgres...", compose__yml=compose) == (
        f"{ADD}services: db=postgres:15\n\n{AND}service-env: db.POSTGRES_HOST_AUTH_METHOD=trust"
    )


def test_service__added_of_mysql(tmp_path: Path) -> None:
    """Its image wants a password for its root, too."""
    companions = ("variable MYSQL_PASSWORD", "variable MYSQL_USER", "database DB_NAME shop")
    assert paste(tmp_path, MYSQL, *companions) == (
        f"{ADD}services: db=mysql:8.4\n\n{AND}service-env: |\n  db.MYSQL_USER\n"
        "  db.MYSQL_DATABASE=shop\n  db.MYSQL_PASSWORD\n  db.MYSQL_RANDOM_ROOT_PASSWORD=yes"
    )


def test_service__added_of_redis_beside_another(tmp_path: Path) -> None:
    text = f"{ADD}services: cache=redis:8"
    assert paste(tmp_path, REDIS.replace("HOST", "cache"), *SERVICES) == text


@pytest.mark.parametrize(
    "file, text, image",
    [
        (
            "compose__yaml",
            "services:\n  db:\n    image: postgres:15-alpine\n",
            "postgres:15-alpine",
        ),
        ("docker-compose__yml", "  image: 'postgis/postgis:16-3.4'\n", "postgis/postgis:16-3.4"),
        ("docker-compose__prod__yml", '  image: "registry/postgres"\n', "registry/postgres"),
        ("compose__yml", "  image: postgres:${VERSION}\n", "postgres:17"),
        ("compose__yml", "  image: shop/postgres-backup:1\n", "postgres:17"),
        ("values__yml", "  image: postgres:15\n", "postgres:17"),
    ],
)
def test_service__has_the_image_of_a_compose_file(
    tmp_path: Path, file: str, text: str, image: str
) -> None:
    found = paste(tmp_path, POSTGRES.replace("HOST", "db"), **{file: text})
    assert found.startswith(f"{ADD}services: db={image}\n")


@pytest.mark.parametrize(
    "file, code",
    [
        ("settings__py", 'HOST = os.environ.get("POSTGRES_HOST", "db")'),
        ("settings__py", "HOST = env('POSTGRES_HOST', default='db')"),
        ("server__js", 'const host = process.env.POSTGRES_HOST || "db";'),
        ("server__ts", "host: process.env['POSTGRES_HOST'] ?? 'db',"),
        ("start__sh", 'wait-for-it "${POSTGRES_HOST:-db}:5432"'),
        ("Dockerfile", "FROM scratch\nENV POSTGRES_HOST=db\n"),
    ],
)
def test_host__by_the_variable_that_the_code_reads(tmp_path: Path, file: str, code: str) -> None:
    found = paste(tmp_path, POSTGRES.replace("HOST", "db"), *SERVICES, **{file: code})
    assert found == f"{ADD}env: POSTGRES_HOST=postgres"


def test_host__in_an_address_that_the_code_has(tmp_path: Path) -> None:
    code = 'url = os.getenv("DATABASE_URL", "postgresql://me:pw@localhost:5432/shop")'
    found = paste(tmp_path, POSTGRES.replace("HOST", "localhost"), *SERVICES, app__py=code)
    assert found == f"{ADD}env: DATABASE_URL=postgresql://me:pw@postgres:5432/shop"


def test_host__that_is_the_scheme_of_an_address_too(tmp_path: Path) -> None:
    code = 'A_URL=postgres://me@other/shop\nhost="${POSTGRES_HOST:-postgres}"'
    found = paste(
        tmp_path, POSTGRES.replace("HOST", "postgres"), "service db postgres:17", start__sh=code
    )
    assert found == f"{ADD}env: POSTGRES_HOST=db"


@pytest.mark.parametrize(
    "code",
    [
        'HOST = os.environ.get("REDIS_HOST", "db")',  # Of another server.
        'A = env("A_HOST", "db"); B = env("B_HOST", "db")',
        "DATABASE_URL=postgres://${USER}:${PASSWORD}@db:5432/shop",
        'HOST = "db"',
    ],
)
def test_host__without_a_clear_variable_nothing_but_another_name(tmp_path: Path, code: str) -> None:
    log = POSTGRES.replace("HOST", "db")
    assert paste(tmp_path, log, *SERVICES, settings__py=code, start__sh=code) == ""
    workflow = "with:\n  services: postgres=postgres:17\n  service-env: |\n    postgres.A=b\n"
    assert paste(tmp_path, log, *SERVICES, settings__py=code, workflow=workflow) == (
        f"# in {WORKFLOW}:2, instead of postgres=, write:\ndb=\n\n"
        f"# and in {WORKFLOW}:4, instead of postgres., write:\ndb."
    )


def test_host__in_an_address_that_the_workflow_has(tmp_path: Path) -> None:
    """It is changed where it stands: the rest of it may be long, or a password."""
    companions = (*SERVICES, "host DATABASE_URL localhost postgres")
    workflow = "with:\n  env: |\n    A=b\n    DATABASE_URL=postgres://me:pw@localhost/shop\n"
    log = POSTGRES.replace("HOST", "localhost")
    assert paste(tmp_path, log, *companions, workflow=workflow) == (
        f"# in {WORKFLOW}:4, instead of @localhost, write:\n@postgres"
    )
    same = workflow.replace("postgres://me", "postgres://localhost")
    assert paste(tmp_path, log, *companions, workflow=same) == (
        f"# in {WORKFLOW}:4, instead of @localhost, write:\n@postgres"
    )
    bare = workflow.replace("me:pw@", "")
    assert paste(tmp_path, log, *companions, workflow=bare) == (
        f"# in {WORKFLOW}:4, instead of //localhost, write:\n//postgres"
    )


@pytest.mark.parametrize(
    "log, companions, lines",
    [
        (PASSWORD, ("variable POSTGRES_PASSWORD",), "POSTGRES_PASSWORD"),
        (PASSWORD, ("variable DB_PASSWORD",), "POSTGRES_HOST_AUTH_METHOD=trust"),
        # Postgres says the same of a user that does not exist.
        (
            PASSWORD.replace("USER", "app"),
            ("variable POSTGRES_PASSWORD",),
            "|\n  postgres.POSTGRES_USER=app\n  postgres.POSTGRES_PASSWORD",
        ),
        (
            PASSWORD.replace("USER", "app"),
            ("variable POSTGRES_PASSWORD", "service-env postgres POSTGRES_USER"),
            "POSTGRES_PASSWORD",
        ),
        ('FATAL:  database "shop" does not exist', (), "POSTGRES_DB=shop"),
        ('FATAL:  database "shop" does not exist', ("variable POSTGRES_DB",), "POSTGRES_DB"),
        ('FATAL:  role "app" does not exist', (), "POSTGRES_USER=app"),
    ],
)
def test_service_env__what_the_server_says_it_lacks(
    tmp_path: Path, log: str, companions: tuple[str, ...], lines: str
) -> None:
    value = lines if lines.startswith("|") else f"postgres.{lines}"
    log = log.replace("USER", "postgres")
    assert paste(tmp_path, log, *SERVICES, *companions) == f"{ADD}service-env: {value}"


def test_mend__none_that_is_known(tmp_path: Path) -> None:
    named = ("service db postgres:17",)
    assert paste(tmp_path, POSTGRES.replace("HOST", "db"), *named) == ""
    assert paste(tmp_path, "FATAL:  the database system is starting up", *SERVICES) == ""
    two = ("service one postgres:17", "service two postgres:17", "service db redis:8")
    assert paste(tmp_path, 'FATAL:  database "shop" does not exist', *two) == ""


def test_service_env__nothing_for_a_service_of_a_compose_file(tmp_path: Path) -> None:
    log = PASSWORD.replace("USER", "postgres")
    given = (*SERVICES, "variable POSTGRES_PASSWORD", "host POSTGRES_HOST postgres")
    assert "service-env" in paste(tmp_path, log, *given)
    assert paste(tmp_path, log, *given, "composed postgres") == ""
    ended = "The service postgres ended before it was ready: exit code 1."
    lines = {"problem": (ended,), "log of the service": ("superuser password is not specified",)}
    for more, proposed in (((), True), (("composed postgres",), False)):
        facts = Facts(
            verdict=Verdict.SETUP_FAILED, lines={**lines, "companions": (*SERVICES, *more)}
        )
        scanned = scan_source(facts, SourceTree(top=tmp_path, directory=tmp_path), WORKFLOW)
        assert ("service-env" in "".join(scanned.get(PROPOSALS, ()))) is proposed
