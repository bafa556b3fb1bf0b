"""Services, workers and what runs before the app, as the inputs name them."""

from pathlib import Path

import pytest

from rehearsal.config.parser import make_plan
from rehearsal.config.rehearsal_plan import CompanionsPlan, ServicePlan, WorkerPlan
from rehearsal.verdict import MisconfiguredError, Problem


def companions(top: Path, **given: str) -> CompanionsPlan:
    (top / "Dockerfile").touch()
    inputs = {name.replace("_", "-"): value for name, value in given.items()}
    return make_plan(inputs, environ={}, top=top).companions


def refusal(top: Path, **given: str) -> Problem:
    with pytest.raises(MisconfiguredError) as caught:
        companions(top, **given)
    problem = caught.value.problem
    assert problem.hint
    return problem


def test_companions__none_by_default(tmp_path: Path) -> None:
    assert companions(tmp_path) == CompanionsPlan()


def test_companions__all_of_them(tmp_path: Path) -> None:
    found = companions(
        tmp_path,
        services="postgres=postgres:17\n\n  redis = redis:7  \nrabbit=rabbitmq",
        service_env="postgres.POSTGRES_DB=app",
        service_ready="rabbit=5672\npostgres=pg_isready -U app -d a=b",
        service_timeout="90",
        before_command="\npython manage.py migrate\n",
        workers="worker=celery -A config worker --queues 'a b'\nbeat=celery -A config beat",
    )
    assert found == CompanionsPlan(
        services=(
            ServicePlan(
                name="postgres",
                image="postgres:17",
                env={"POSTGRES_DB": "app"},
                ready_command="pg_isready -U app -d a=b",
            ),
            ServicePlan(name="redis", image="redis:7"),
            ServicePlan(name="rabbit", image="rabbitmq", ready_port=5672),
        ),
        timeout=90,
        before_command="python manage.py migrate",
        workers=(
            WorkerPlan(
                name="worker", command=("celery", "-A", "config", "worker", "--queues", "a b")
            ),
            WorkerPlan(name="beat", command=("celery", "-A", "config", "beat")),
        ),
    )


@pytest.mark.parametrize(
    "image",
    [
        *("postgres", "postgres:17", "postgres:17.2-alpine3.20", "library/postgres:17"),
        *("ghcr.io/owner/some_app.v2:1.0_rc-1", "localhost:5000/x", "registry:5000/a/b-c/d__e:T"),
        *("[::1]:5000/x:1", "MyHost.example/app", "sha256:" + "0a" * 32, "0a" * 32, "0a1b2c3d"),
        *("postgres@sha256:" + "0a" * 32, "localhost:5000/x:1@sha256:" + "0a" * 32),
    ],
)
def test_services__names_of_images(tmp_path: Path, image: str) -> None:
    (service,) = companions(tmp_path, services=f"db={image}").services
    assert service.image == image


@pytest.mark.parametrize(
    "line, hint",
    [
        ("postgres: postgres:17", "Write = instead of the colon"),
        ("postgres:", "name the compose file in compose-file"),
        ("- postgres=postgres:17", "Remove the dash"),
        ("-postgres=postgres:17", "Remove the dash"),
        ("'postgres=postgres:17'", "Remove the quotes"),
        ('postgres="postgres:17"', "Remove the quotes: postgres:17"),
        ("# the database", "no comments"),
        ("postgres=postgres:17 # the database", "no comments"),
        ("postgres", "Write postgres=postgres if"),
        ("postgres:17", "Write postgres=postgres:17 if"),
        ("localhost:5000/team/db@sha256:" + "0" * 64, "Write db=localhost:5000/team/db@sha256:"),
        ("postgres postgres:17", "Write NAME=IMAGE, like"),
        ("postgres=", "Write NAME=IMAGE, like"),
        ("=postgres:17", "NAME has small letters"),
        ("Postgres=postgres:17", "Write postgres."),
        ("my_db=postgres:17", "Write my-db."),
        ("2nd=postgres:17", "NAME has small letters"),
        ("x" * 64 + "=postgres:17", "NAME has small letters"),
        ("postgres.POSTGRES_DB=app", "NAME has small letters"),
        ("db=Postgres:17", "no capital letters"),
        ("db=postgres:", "as docker pull takes it"),
        ("db=-v", "as docker pull takes it"),
        ("db=--privileged", "as docker pull takes it"),
        ("db=postgres:17@sha256:0a", "as docker pull takes it"),
        ("db=https://ghcr.io/owner/app", "without https://"),
        ("db=docker://postgres", "without https://"),
        ("db=postgres:17 -e POSTGRES_DB=app", "service-env"),
        ("db=postgres:17, redis=redis:7", "one NAME=IMAGE a line"),
        ("db=postgres:17,redis=redis:7", "one NAME=IMAGE a line"),
        ('{"db": "postgres:17"}', "Write NAME=IMAGE, like"),
        ("db=postgres:$TAG", "Nothing replaces variables"),
        ("web=postgres:17", "another name"),
        ("localhost=postgres:17", "another name"),
    ],
)
def test_services__refuses_a_line(tmp_path: Path, line: str, hint: str) -> None:
    problem = refusal(tmp_path, services=f"other=redis:7\n{line}")
    assert problem.message.startswith("services, line 2: ")
    assert hint in problem.hint


def test_services__a_url_that_may_hold_a_password_is_not_shown(tmp_path: Path) -> None:
    for url in ("https://user:planted@host/app", "user:planted@host/app"):
        problem = refusal(tmp_path, services=f"db={url}")
        assert "planted" not in problem.message + problem.hint


def test_services__the_app_has_its_name_already(tmp_path: Path) -> None:
    for source, line in {"services": "web=nginx", "workers": "web=gunicorn app"}.items():
        problem = refusal(tmp_path, **{source: line})
        assert problem.message == (
            f"{source}, line 1: web cannot be a name in the rehearsal's network: it is the app's "
            "own name there."
        )


@pytest.mark.parametrize(
    "source, text",
    [
        ("services", "db=redis:7\nx=y\ndb=postgres:17"),
        ("service-ready", "db=1\nx=2\ndb=3"),
        ("workers", "db=a\nx=b\ndb=c"),
    ],
)
def test_names__one_that_is_given_twice(tmp_path: Path, source: str, text: str) -> None:
    given = {"services": "db=redis\nx=redis"} | {source: text}
    problem = refusal(tmp_path, **given)
    assert problem.message == f"{source}, line 3: line 1 has the same name, db."


def test_names__a_service_and_a_worker_with_one_name(tmp_path: Path) -> None:
    problem = refusal(tmp_path, services="a=redis\nqueue=redis", workers="b=x\nc=y\nqueue=z")
    assert problem.message == "workers, line 3: services, line 2, has the same name, queue."


def test_services__have_a_network_of_their_own(tmp_path: Path) -> None:
    problem = refusal(tmp_path, services="db=redis", network="backend")
    assert problem.message.startswith("Both services and network are given")
    assert companions(tmp_path, workers="a=b", before_command="x", network="backend").workers


@pytest.mark.parametrize("value", ["1", "3600"])
def test_service_timeout__its_range(tmp_path: Path, value: str) -> None:
    assert companions(tmp_path, service_timeout=value).timeout == int(value)


@pytest.mark.parametrize("value", ["0", "3601", "-1", "60s", "1.5", ""])
def test_service_timeout__refuses_others(tmp_path: Path, value: str) -> None:
    problem = refusal(tmp_path, service_timeout=value)
    assert problem.message == (
        f"The input service-timeout is {value!r}; it has to be a whole number of seconds from 1 to "
        "3600."
    )


@pytest.mark.parametrize(
    "line, said, hint",
    [
        ("rabit=5672", "there is no service named rabit", "The services are: rabbit."),
        ("rabbit=0", "from 1 to 65535", "TCP port"),
        ("rabbit=65536", "from 1 to 65535", "TCP port"),
        ("rabbit=100000000000000000000", "from 1 to 65535", "TCP port"),
        ("rabbit=-1", "from 1 to 65535", "TCP port"),
        ("rabbit=5672/tcp", "from 1 to 65535", "TCP port"),
        ("rabbit=:5672", "from 1 to 65535", "TCP port"),
        ("rabbit=localhost:5672", "from 1 to 65535", "TCP port"),
        ("rabbit=tcp:5672", "from 1 to 65535", "TCP port"),
        ("rabbit=http://localhost/planted", "a URL is no port", "rabbit=curl -f URL"),
        ('rabbit="5672"', "from 1 to 65535", "TCP port"),
        ("rabbit: 5672", "not NAME=PORT", "Write = instead of the colon"),
        ("- rabbit=5672", "not NAME=PORT", "Remove the dash"),
        ("rabbit", "there is no =", "Write NAME=PORT or NAME=COMMAND"),
        ("rabbit=", "nothing stands after rabbit=", "Write NAME=PORT or NAME=COMMAND"),
        ('rabbit="rabbitmqctl status -p planted"', "in quotes", "Remove the quotes"),
    ],
)
def test_service_ready__refuses_a_line(tmp_path: Path, line: str, said: str, hint: str) -> None:
    problem = refusal(tmp_path, services="rabbit=rabbitmq", service_ready=f"\n{line}")
    assert problem.message.startswith("service-ready, line 2: ")
    assert said in problem.message
    assert hint in problem.hint
    assert "planted" not in problem.message + problem.hint


def test_service_ready__without_services(tmp_path: Path) -> None:
    assert "services is empty" in refusal(tmp_path, service_ready="rabbit=5672").hint


@pytest.mark.parametrize(
    "command",
    [
        "test -e /ready",
        "curl -f http://localhost:1/x",
        "python3 check.py",
        "/usr/bin/check2",
        "a2",
        "pg_isready -U 'a b' && echo \"ok\"",
        '"a" && "b"',
        "5672 # x",
        "ready",
    ],
)
def test_service_ready__any_other_text_is_a_command(tmp_path: Path, command: str) -> None:
    (service,) = companions(tmp_path, services="a=b", service_ready=f"a={command}").services
    assert (service.ready_port, service.ready_command) == (0, command)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (r"""run 'a b' "c d" e\ f '' x=y""", ("run", "a b", "c d", "e f", "", "x=y")),
        ("sh -c 'a && b # c'", ("sh", "-c", "a && b # c")),
        ("run a#b '#tag' '|'", ("run", "a#b", "#tag", "|")),
        ("-A config worker", ("-A", "config", "worker")),
    ],
)
def test_workers__words_as_a_shell_splits_them(
    tmp_path: Path, arguments: str, words: tuple[str, ...]
) -> None:
    (worker,) = companions(tmp_path, workers=f"worker={arguments}").workers
    assert worker.command == words


@pytest.mark.parametrize(
    "line, said, hint",
    [
        ("w=run 'planted", "cannot be split into words", "not closed"),
        ("w=run planted\\", "cannot be split into words", "not closed"),
        ("w='celery -A planted worker'", "in quotes", "Remove the quotes"),
        ("w=celery worker # planted", "begins a comment", "no comments"),
        ("w=a planted && b", "&& would be one of them", "w=sh -c '…'"),
        ("w=a planted | b", "| would be one of them", "w=sh -c '…'"),
        ("w=a planted 2> b", "2> would be one of them", "w=sh -c '…'"),
        ("w: celery planted", "not NAME=ARGUMENTS", "Write = instead of the colon"),
        ("- w=celery planted", "not NAME=ARGUMENTS", "Remove the dash"),
        ("celery planted worker", "there is no =", "Write NAME=ARGUMENTS"),
        ("w=", "nothing stands after w=", "Write NAME=ARGUMENTS"),
        ("my_worker=celery planted", "'my_worker' cannot be a name", "Write my-worker."),
    ],
)
def test_workers__refuses_a_line(tmp_path: Path, line: str, said: str, hint: str) -> None:
    problem = refusal(tmp_path, workers=f"ok=x\n{line}")
    assert problem.message.startswith("workers, line 2: ")
    assert said in problem.message
    assert hint in problem.hint
    assert "planted" not in problem.message + problem.hint
