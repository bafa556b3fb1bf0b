"""Where the variables of services get their values, and which of them are secrets."""

import re
from pathlib import Path

import pytest

from rehearsal.config.extract_secrets import extract_secrets
from rehearsal.config.parser import make_plan
from rehearsal.config.rehearsal_plan import Plan, ServicePlan
from rehearsal.config.variables import LONGEST_VARIABLE
from rehearsal.redaction.secret import Secret
from rehearsal.verdict import MisconfiguredError, Problem

PLANTED = "hush-planted"
CLIENT_VARIABLES = ["PATH", "HOME", "DOCKER_CONFIG", "LD_PRELOAD", "HTTPS_PROXY", "SSL_CERT_FILE"]


def plan_of(top: Path, environ: dict[str, str] | None = None, /, **given: str) -> Plan:
    (top / "Dockerfile").touch()
    inputs = {"services": "db=postgres:17\nqueue=rabbitmq:4"} | {
        name.replace("_", "-"): value for name, value in given.items()
    }
    return make_plan(inputs, environ=environ or {}, top=top)


def database(top: Path, environ: dict[str, str] | None = None, /, **given: str) -> ServicePlan:
    return plan_of(top, environ, **given).companions.services[0]


def refusal(top: Path, environ: dict[str, str] | None = None, /, **given: str) -> Problem:
    with pytest.raises(MisconfiguredError) as caught:
        plan_of(top, environ, **given)
    assert caught.value.problem.hint
    return caught.value.problem


def secret(name: str, value: str) -> Secret:
    return Secret(name=name, value=value)


def test_service_env__literals_are_plain(tmp_path: Path) -> None:
    text = """db.POSTGRES_PASSWORD=throwaway

    db.POSTGRES_DB=a=b.c d
    queue.A.B-c=1
    db.EMPTY=
    db.INIT<<END
one
 two
END
    queue.PATH=/bin"""
    db, queue = plan_of(tmp_path, service_env=text).companions.services
    assert db.env == {
        "POSTGRES_PASSWORD": "throwaway",
        "POSTGRES_DB": "a=b.c d",
        "EMPTY": "",
        "INIT": "one\n two",
    }
    assert queue.env == {"A.B-c": "1", "PATH": "/bin"}
    assert (db.secrets, queue.secrets) == ((), ())


def test_service_env__a_bare_name_gets_the_apps_secret(tmp_path: Path) -> None:
    given = {"secrets": "A_KEY\nB_KEY=two-planted", "service_env": "db.A_KEY\ndb.B_KEY"}
    service = database(tmp_path, {"A_KEY": PLANTED, "B_KEY": "other"}, **given)
    assert service.secrets == (secret("A_KEY", PLANTED), secret("B_KEY", "two-planted"))
    assert service.env == {}


def test_service_env__a_generated_value_is_shared(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path, generate_secrets="KEY", service_env="db.KEY\nqueue.KEY", env="KEY_NAME=x"
    )
    (generated,) = plan.container.secrets
    assert len(generated.value) >= 50
    assert [service.secrets for service in plan.companions.services] == [(generated,)] * 2
    assert plan.secrets == (generated,)
    assert plan.caller_secret_names == ()


def test_service_env__a_bare_name_gets_the_apps_variable(tmp_path: Path) -> None:
    service = database(
        tmp_path,
        {"A": "of the step", "DB_PASSWORD": "of the step"},
        env="A=of the app\nDB_PASSWORD=seen\nEMPTY=",
        not_secret="DB_PASSWORD",
        service_env="db.A\ndb.DB_PASSWORD\ndb.EMPTY",
    )
    assert service.env == {"A": "of the app", "DB_PASSWORD": "seen", "EMPTY": ""}
    assert service.secrets == ()


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "RABBITMQ_DEFAULT_PASS", "DATABASE_URL"])
def test_service_env__a_value_of_the_step_is_a_secret(tmp_path: Path, name: str) -> None:
    environ = {name: PLANTED}
    plan = plan_of(tmp_path, environ, service_env=f"db.{name}")
    assert plan.companions.services[0].secrets == (secret(name, PLANTED),)
    assert plan.caller_secret_names == (name,)
    assert extract_secrets({"service-env": f"db.{name}"}, environ) == (secret(name, PLANTED),)


@pytest.mark.parametrize(
    "name, not_secret",
    [
        *((name, "") for name in ("POSTGRES_USER", "POSTGRES_DB", "DB_HOST", "PORT", "db_name")),
        ("POSTGRES_PASSWORD", "POSTGRES_PASSWORD"),
        ("HTTPS_PROXY", "HTTPS_PROXY"),
    ],
)
def test_service_env__a_value_of_the_step_that_may_be_seen(
    tmp_path: Path, name: str, not_secret: str
) -> None:
    given = {"service_env": f"db.{name}", "not_secret": not_secret}
    service = database(tmp_path, {name: "app"}, **given)
    assert (service.env, service.secrets) == ({name: "app"}, ())
    inputs = {key.replace("_", "-"): value for key, value in given.items()}
    assert extract_secrets(inputs, {name: "app"}) == ()


def test_service_env__a_text_with_a_secret_of_the_run_is_one(tmp_path: Path) -> None:
    """People write `${{ secrets.KEY }}` where a value stands."""
    service = database(
        tmp_path,
        secrets=f"KEY={PLANTED}\nSHORT=abc",
        build_secrets="TOKEN=token-planted",
        service_env=f"db.PASSWORD={PLANTED}\ndb.URL=x://u:{PLANTED}@h/abc\ndb.T=token-planted\n"
        "db.C=abc",
    )
    assert [each.name for each in service.secrets] == ["PASSWORD", "URL", "T"]
    assert service.env == {"C": "abc"}


def test_service_env__a_text_with_a_value_that_only_a_service_gets_is_a_secret(
    tmp_path: Path,
) -> None:
    """Its line may stand before that of the value."""
    service = database(
        tmp_path, {"DB_PASS": PLANTED}, service_env=f"db.URL=x://u:{PLANTED}@h/abc\ndb.DB_PASS"
    )
    assert ([each.name for each in service.secrets], service.env) == (["URL", "DB_PASS"], {})


@pytest.mark.parametrize(
    "environ", [{}, {"KEY": ""}, {"KEY": " "}], ids=["unset", "empty", "blank"]
)
def test_service_env__a_bare_name_without_a_value(tmp_path: Path, environ: dict[str, str]) -> None:
    problem = refusal(tmp_path, environ, service_env="db.A=1\ndb.KEY")
    state = "is empty" if environ else "has no value"
    assert problem.message.startswith(f"service-env, line 2: KEY {state}. A bare name gets its")
    assert "Write db.KEY=value" in problem.hint
    assert ("forks" in problem.hint) == bool(environ)


@pytest.mark.parametrize("name", CLIENT_VARIABLES)
def test_service_env__refuses_a_secret_whose_name_the_client_reads(
    tmp_path: Path, name: str
) -> None:
    problem = refusal(tmp_path, {name: PLANTED}, service_env=f"db.{name}")
    assert problem.message.startswith(f"service-env, line 1: {name} cannot be a secret")
    assert PLANTED not in problem.message + problem.hint
    assert database(tmp_path, service_env=f"db.{name}=x").env == {name: "x"}


@pytest.mark.parametrize(
    "line, said, hint",
    [
        (f"POSTGRES_PASSWORD={PLANTED}", "no service is named", "The services are: db, queue."),
        (f"POSTGRES_PASSWORD: {PLANTED}", "expected NAME.VARIABLE", "Write = instead of the colon"),
        (f"db.PASSWORD: {PLANTED}", "expected NAME.VARIABLE", "Write = instead of the colon"),
        (f"db.PASSWORD: a={PLANTED}", "not NAME.VARIABLE=value", "Write = instead of the colon"),
        ("db:", "expected NAME.VARIABLE", "Write = instead of the colon"),
        (f"- db.PASSWORD={PLANTED}", "not NAME.VARIABLE=value", "Remove the dash"),
        ("- db.PASSWORD", "expected NAME.VARIABLE", "Remove the dash"),
        (f'"db.PASSWORD={PLANTED}"', "not NAME.VARIABLE=value", "Remove the quotes"),
        (f"# {PLANTED}", "expected NAME.VARIABLE", "no comments"),
        (f"# db.A={PLANTED}", "not NAME.VARIABLE=value", "no comments"),
        (PLANTED, "expected NAME.VARIABLE", "Write NAME.VARIABLE=value, or only NAME.VARIABLE"),
        (f"PASSWORD<<END\n{PLANTED}\nEND", "expected NAME.VARIABLE", "NAME.VARIABLE<<END"),
        (f"DB.PASSWORD={PLANTED}", "Did you mean db (with small letters", "db, queue"),
        (f"queu.PASSWORD={PLANTED}", "Did you mean queue?", "The services are: db, queue."),
        (f"other.PASSWORD={PLANTED}", "before the first dot is no service's", "db, queue"),
        ("other.PASSWORD", "before the first dot is no service's", "db, queue"),
        (f"web.SECRET_KEY={PLANTED}", "is no service's", "from env and secrets."),
        ("db.POSTGRES_PASSWORD=", "POSTGRES_PASSWORD is empty", "forks"),
        ("db.POSTGRES_PASSWORD= ", "POSTGRES_PASSWORD is empty", "write only db.POSTGRES_PASSWORD"),
        (f"db.={PLANTED}", "no service is named", "db, queue"),
        (f"db.PASSWORD = {PLANTED}", "has white space", "without spaces around the ="),
        (f"db. PASSWORD={PLANTED}", "has white space", "without spaces around the ="),
        (f"db.'PASSWORD'={PLANTED}", "has white space, a quote", "without quotes"),
        (f"db.A={PLANTED}", "line 1 has the same name", "Keep one"),
        (f"db.B<<END\n{PLANTED}", "never closed", "line of its own"),
        (f"{PLANTED}+/==", "no service is named", "db, queue"),
        (f"-----BEGIN {PLANTED}-----", "expected NAME.VARIABLE", "NAME.VARIABLE<<END and END"),
    ],
)
def test_service_env__refuses_a_line_without_showing_it(
    tmp_path: Path, line: str, said: str, hint: str
) -> None:
    problem = refusal(tmp_path, service_env=f"db.A=1\n{line}")
    assert problem.message.startswith("service-env, line 2: ")
    assert said in problem.message
    assert hint in problem.hint
    assert PLANTED not in problem.message + problem.hint


def test_service_env__without_services(tmp_path: Path) -> None:
    problem = refusal(tmp_path, services="", service_env="db.A=1")
    assert "services is empty" in problem.hint


def test_service_env__a_variable_that_no_program_can_get(tmp_path: Path) -> None:
    problem = refusal(tmp_path, {"A": "x" * LONGEST_VARIABLE}, service_env="db.A")
    assert problem.message.startswith("service-env, line 1: the variable has 128 KiB.")


def test_not_secret__may_list_a_variable_of_a_service(tmp_path: Path) -> None:
    assert database(tmp_path, service_env="db.PASSWORD=x", not_secret="PASSWORD").env
    problem = refusal(tmp_path, service_env="db.PASSWORD=x", not_secret="PASWORD")
    assert problem.message == (
        "not-secret lists 'PASWORD', and env has no variable of this name, service-env neither."
    )


def test_service_env__repr_shows_no_value(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, {"KEY": PLANTED}, service_env=f"db.KEY\nqueue.A={PLANTED}")
    assert re.search(r"KEY.*queue", repr(plan))
    assert PLANTED not in repr(plan)


def test_extract_secrets__of_services_as_far_as_they_can_be_read() -> None:
    given = {"service-env": "other.KEY\ndb.UNSET\ndb.LITERAL=x", "secrets": "not a name"}
    assert extract_secrets(given, {"KEY": PLANTED}) == (secret("KEY", PLANTED),)
    assert extract_secrets({"service-env": "db.KEY\nnot a name"}, {"KEY": PLANTED}) == ()
