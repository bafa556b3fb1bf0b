"""What is started from a compose file; `composed/` has what Compose itself printed for one."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.config import compose_file, compose_values
from rehearsal.config.compose_project import (
    labelled,
    project,
    read_only_paths,
    writable_paths,
)
from rehearsal.config.parser import make_plan
from rehearsal.config.rehearsal_plan import ComposedService, Plan
from rehearsal.redaction.secret import Secret
from rehearsal.verdict import MisconfiguredError, Problem

RECORDED = Path(__file__).parent / "composed"
MODEL: dict[str, Any] = json.loads((RECORDED / "model.json").read_text())
RAW: dict[str, Any] = json.loads((RECORDED / "raw.json").read_text())


def planned(top: Path, asked: str, **given: str) -> Plan:
    for name in ("Dockerfile", "compose.yaml"):
        (top / name).touch()
    inputs = {name.replace("_", "-"): value for name, value in given.items()}
    return make_plan(
        {"compose-file": "compose.yaml", "compose-services": asked} | inputs,
        environ={},
        top=top,
    )


def kept(top: Path, asked: str, **given: str) -> dict[str, Any]:
    return compose_file.kept_services(MODEL, planned(top, asked, **given))


def refusal(top: Path, asked: str, **given: str) -> Problem:
    with pytest.raises(MisconfiguredError) as caught:
        kept(top, asked, **given)
    assert caught.value.problem.hint
    return caught.value.problem


def test_inputs__are_in_the_plan(tmp_path: Path) -> None:
    (tmp_path / "ci.yaml").touch()
    found = planned(
        tmp_path,
        "db\n\n  my_cache",
        compose_file="compose.yaml\nci.yaml",
        service_ready="my_cache=6379\ndb=pg_isready",
        not_secret="DB_PASSWORD",
    ).companions.compose
    assert found.files == (tmp_path / "compose.yaml", tmp_path / "ci.yaml")
    assert found.lines == {"db": 1, "my_cache": 3}
    assert (found.ports, found.commands) == ({"my_cache": 6379}, {"db": "pg_isready"})
    assert found.harmless == ("DB_PASSWORD",)


@pytest.mark.parametrize(
    "given, told",
    [
        ({"compose_services": ""}, "compose-file is given, and compose-services is empty"),
        ({"compose_file": ""}, "compose-services is given, and compose-file is empty"),
        ({"compose_file": "no.yaml"}, "The input compose-file, line 1, is 'no.yaml'"),
        ({"compose_services": "db\n- redis"}, "compose-services, line 2: this is not the name"),
        ({"compose_services": "db redis"}, "compose-services, line 1: 'db redis' cannot be"),
        ({"compose_services": "db\ndb"}, "compose-services, line 2: line 1 has the same name, db"),
        ({"compose_services": "web"}, "it is the app's own name there"),
        ({"services": "db=postgres"}, "compose-services, line 1: services, line 1, has the same"),
        ({"workers": "db=celery"}, "compose-services, line 1: workers, line 1, has the same"),
        ({"network": "there"}, "Both compose-file and network are given"),
        ({"service_env": "db.A=1"}, "service-env, line 1: db is from compose-file"),
    ],
)
def test_inputs__are_refused(given: dict[str, str], told: str, tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError) as caught:
        planned(tmp_path, "db", **given)
    assert told in caught.value.problem.message
    assert caught.value.problem.hint


def test_kept__what_is_named_and_what_it_needs(tmp_path: Path) -> None:
    assert [*kept(tmp_path, "db")] == ["db"]
    assert sorted(kept(tmp_path, "seed")) == ["cache", "db", "seed"]


def test_kept__knows_order_readiness_and_end(tmp_path: Path) -> None:
    plan = planned(tmp_path, "seed", service_ready="seed=6380")
    services = compose_file.kept_services(MODEL, plan)
    found = {
        name: compose_file.service_plan(name, MODEL, services, plan.companions.compose)
        for name in services
    }
    assert found["seed"].composed == ComposedService(
        after_started=("db",), after_ready=("cache",), completes=True, may_end=True
    )
    assert found["db"].composed == ComposedService()
    assert (found["db"].image, found["seed"].ready_port) == ("postgres:17", 6380)


@pytest.mark.parametrize(
    "services, told",
    [
        ("cach", "line 1: compose-file has no service named cach. Did you mean cache?"),
        ("proxy", "the service proxy has network_mode"),
        ("shared", "the service shared uses elsewhere of volumes (external)"),
        ("joined", "the service joined uses company of networks (external)"),
        ("keyed", "the service keyed uses from-variable of secrets (environment)"),
        ("greeter", "the service greeter uses greeting of configs (content)"),
    ],
)
def test_kept__refuses(services: str, told: str, tmp_path: Path) -> None:
    assert told in refusal(tmp_path, services).message


def test_kept__service_ready_may_name_what_another_needs(tmp_path: Path) -> None:
    assert kept(tmp_path, "seed", service_ready="cache=6380")
    told = refusal(tmp_path, "db", service_ready="cache=6380")
    assert told.message == "service-ready: there is no service named cache."
    assert told.hint == "The services are: db."


def test_kept__never_the_app(tmp_path: Path) -> None:
    plan = planned(tmp_path, "db\nmigrate")
    model = json.loads(json.dumps(MODEL).replace("/shop", str(tmp_path)))
    with pytest.raises(MisconfiguredError, match="line 2: migrate is the app itself"):
        compose_file.kept_services(model, plan)
    model["services"]["db"]["depends_on"] = {"app": {"condition": "service_started"}}
    with pytest.raises(MisconfiguredError, match="line 1: db depends on app, which is the app"):
        compose_file.kept_services(model, plan)


@pytest.mark.parametrize("other", ["services", "workers"])
def test_kept__a_name_is_taken(other: str, tmp_path: Path) -> None:
    given = {other: "cache=redis"}
    assert f"{other} has the same name" in refusal(tmp_path, "seed", **given).message
    given = {other: "database=redis"}
    assert "cannot have the name database" in refusal(tmp_path, "db", **given).message


def test_image__of_a_service_that_is_built(tmp_path: Path) -> None:
    mail = kept(tmp_path, "mail")["mail"]
    assert compose_file.is_built(mail)
    assert compose_file.image_of("mail", mail, MODEL) == "shop-mail"
    assert not compose_file.is_built(MODEL["services"]["db"])


def test_values__one_that_is_missing_is_told_by_its_name() -> None:
    unset = ("APP_PORT", "SECRET_KEY")
    compose_values.check_values(unset, RAW, ["db", "seed", "cache"])
    with pytest.raises(MisconfiguredError, match="no value: CACHE_PASSWORD, QUEUE_URL"):
        compose_values.check_values(("QUEUE_URL", "CACHE_PASSWORD"), RAW, ["seed", "cache"])
    with pytest.raises(MisconfiguredError, match="no value: IN_A_FILE_OF_VARIABLES"):
        compose_values.check_values(("IN_A_FILE_OF_VARIABLES",), RAW, ["db"])


def test_values__what_the_file_itself_has_is_no_secret() -> None:
    env, secrets = compose_values.service_values(MODEL["services"]["db"], RAW["services"]["db"], ())
    assert env == {
        "LITERAL_PASSWORD": "postgres",
        "POSTGRES_DB": "shop",
        "POSTGRES_USER": "shop",
        "PRICE": "$5",
        "REPLICATION_PASSWORD": "replica",
    }
    assert secrets == (
        Secret(name="ADMIN_PASSWORD", value="from-env-file"),
        Secret(name="POSTGRES_PASSWORD", value="pa$word-1"),
    )


def test_values__not_secret_is_obeyed() -> None:
    names = ("ADMIN_PASSWORD", "POSTGRES_PASSWORD")
    env, secrets = compose_values.service_values(
        MODEL["services"]["db"], RAW["services"]["db"], names
    )
    assert not secrets
    assert env["ADMIN_PASSWORD"] == "from-env-file"


def test_values__of_variables_that_stand_in_a_command_or_a_url() -> None:
    names = compose_values.variable_names(RAW)
    assert names >= {"DB_PASSWORD", "CACHE_PASSWORD", "QUEUE_URL", "REPLICATION_PASSWORD"}
    assert "POSTGRES_VERSION" not in names
    values = {
        "CACHE_PASSWORD": "cache-pass",
        "DB_PASSWORD": None,
        "QUEUE_URL": "amqp://u:queue-pw@mq",
        "REPLICATION_PASSWORD": "replica",
    }
    assert [*compose_values.variable_secrets(values, RAW, ())] == [
        Secret(name="CACHE_PASSWORD", value="cache-pass"),
        Secret(name="QUEUE_URL", value="amqp://u:queue-pw@mq"),
    ]
    assert not [*compose_values.variable_secrets(values, RAW, ("CACHE_PASSWORD", "QUEUE_URL"))]


def test_secret_files__of_kept_services_only() -> None:
    services = MODEL["services"]
    assert compose_values.secret_files(MODEL, {"cache": services["cache"]}) == {
        "licence": Path("/shop/licence.txt")
    }
    assert not compose_values.secret_files(MODEL, {"db": services["db"]})


def test_project__is_what_compose_has_to_create() -> None:
    services = {name: MODEL["services"][name] for name in ("db", "cache")}
    assert read_only_paths(services) == {Path("/shop/certs"), Path("/shop/redis.conf")}
    assert writable_paths(services) == {Path("/shop/init"), Path("/shop/export")}
    unnamed = project(MODEL, services, fresh=[Path("/shop/export")])
    found = labelled(
        unnamed, network="net.1", label="run=1", names={"db": "run-1-db", "cache": "run-1-cache"}
    )
    db, cache = found["services"]["db"], found["services"]["cache"]
    assert not {"ports", "restart", "depends_on", "profiles"} & {*db, *cache}
    assert db["container_name"] == "run-1-db"
    assert db["labels"] == {"backup": "daily", "run": "1"}
    assert db["networks"] == {"default": {"aliases": ["database"]}}
    assert db["deploy"] == {"resources": {"limits": {"memory": "536870912"}}}
    assert db["environment"]["POSTGRES_PASSWORD"] == "pa$$word-1"
    assert "PGTZ" not in db["environment"]
    volumes = {each["target"]: each for each in db["volumes"]}
    assert volumes["/var/lib/postgresql/data"]["source"] == "db-data"
    assert volumes["/docker-entrypoint-initdb.d"]["read_only"]
    assert volumes["/export"] == {"type": "volume", "source": "db-3", "target": "/export"}
    assert cache["command"][-1] == "cache-pass"
    assert {part: found[part] for part in ("name", "networks", "volumes", "secrets")} == {
        "name": "net-1",
        "networks": {"default": {"name": "net.1", "external": True}},
        "volumes": {
            "db-data": {"name": "net.1-db-data", "labels": {"run": "1"}},
            "db-3": {"name": "net.1-db-3", "labels": {"run": "1"}},
        },
        "secrets": {"licence": {"file": "/shop/licence.txt"}},
    }
