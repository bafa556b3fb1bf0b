from pathlib import Path

import pytest

from rehearsal.config.parser import make_plan

GITHUB = {
    "GITHUB_REPOSITORY": "Acme-Inc/super-lists",
    "GITHUB_REF_NAME": "feature/checkout",
    "GITHUB_ACTOR": "octocat",
}


def warnings(top: Path, environ: dict[str, str] | None = None, /, **given: str) -> tuple[str, ...]:
    (top / "Dockerfile").touch()
    inputs = {name.replace("_", "-"): value for name, value in given.items()}
    return make_plan(inputs, environ=environ or {}, top=top).warnings


def test_plan_warnings__none_for_what_is_usual(tmp_path: Path) -> None:
    assert not warnings(
        tmp_path,
        GITHUB | {"KEY": "c2a7b8e4-hush"},
        secrets="KEY\nPEM<<END\n-----BEGIN KEY-----\nMIIEvQ\n-----END KEY-----\nEND",
        build_secrets="TOKEN=ghp_superlists",
        generate_secrets="OTHER",
        env="discovery.type=single-node\nservices__a-b__http__0=x y\na/b:c[0]=1\nüñí=1",
        test_env="BROWSER=firefox",
    )


@pytest.mark.parametrize(
    "value",
    [
        *("localhost", "postgres", "TRUE", " admin ", "127.0.0.1"),
        *("acme-inc", "Acme-Inc/super-lists", "super-lists", "lists", "checkout", "octocat"),
        *("shop-image", "shop-network", "shop-data", "api.shop.example", "shop-folder"),
    ],
)
@pytest.mark.parametrize("source", ["secrets", "build-secrets"])
def test_plan_warnings__a_secret_that_is_an_ordinary_word(
    tmp_path: Path, value: str, source: str
) -> None:
    top = tmp_path / "shop-folder"
    top.mkdir()
    *_, warning = warnings(
        top,
        GITHUB | {"KEY": value},
        **{source: "KEY"},
        image="registry.example/shop-image:1",
        network="shop-network",
        volumes="shop-data:/data",
        env="API=https://user:hush-hush@api.shop.example:8443/v1",
    )
    assert warning.startswith("The secret KEY holds an ordinary word.")
    assert value.strip().lower() not in warning.lower()
    assert "not-secret" in warning


@pytest.mark.parametrize(
    "value",
    [
        pytest.param('{"host": "db.example", "user": "postgres"}', id="JSON"),
        pytest.param("first-hush\npostgres\nthird-hush", id="line"),
    ],
)
def test_plan_warnings__an_ordinary_word_in_a_secret(tmp_path: Path, value: str) -> None:
    """Each string of JSON, and each line, is replaced in logs, too."""
    (warning,) = warnings(tmp_path, {"KEY": value}, secrets="KEY")
    assert "The secret KEY holds an ordinary word." in warning


@pytest.mark.parametrize("value", ["shopdb", "shop-cache", "shop-worker"])
def test_plan_warnings__a_secret_named_like_a_companion(tmp_path: Path, value: str) -> None:
    (warning,) = warnings(
        tmp_path,
        {"KEY": value},
        services="shopdb=postgres:17\nredis=registry.example/acme/shop-cache:1",
        service_env="shopdb.KEY",
        workers="shop-worker=celery worker",
    )
    assert warning.startswith("The secret KEY holds an ordinary word.")
    assert value not in warning


@pytest.mark.parametrize(
    "value, said",
    [
        ('"hush"', "the quotes around the value"),
        ("'hush'", "the quotes around the value"),
        ("hush # the app's", "the # and what follows it"),
    ],
)
def test_plan_warnings__a_value_as_a_compose_file_has_it(
    tmp_path: Path, value: str, said: str
) -> None:
    (warning,) = warnings(tmp_path, services="db=postgres:17", service_env=f"db.A=1\ndb.B={value}")
    assert warning.startswith(f"service-env, line 2: {said}")
    assert "hush" not in warning


@pytest.mark.parametrize(
    "arguments, warned",
    [
        ("celery -A config worker -c $CONCURRENCY", True),
        ("run '${HUSH}'", True),
        ("run $(hush)", True),
        ("sh -c 'exec run -c $CONCURRENCY'", False),
        ("/wait-for-it db:5432 -- /bin/bash -ec 'run $A'", False),
        ("run price=5$ '$5'", False),
    ],
)
def test_plan_warnings__a_variable_that_no_shell_reads(
    tmp_path: Path, arguments: str, warned: bool
) -> None:
    found = warnings(tmp_path, workers=f"ok=run\nworker={arguments}")
    said = "workers: no shell reads the arguments of worker, so the $ in them is not replaced."
    assert [each.startswith(said) for each in found] == ([True] if warned else [])
    assert "hush" not in "".join(found).lower()


@pytest.mark.parametrize(
    "given, warned",
    [
        ({}, True),
        ({"test_retries": "1"}, False),
        ({"test_env": "REHEARSAL_RETRIES=2"}, False),
        ({"trace": "on-failure"}, False),
        ({"test_command": ""}, False),
    ],
    ids=["no retries", "retries", "retries in test-env", "another trace", "no tests"],
)
def test_plan_warnings__traces_of_retries_that_never_happen(
    tmp_path: Path, given: dict[str, str], warned: bool
) -> None:
    found = warnings(tmp_path, **{"test_command": "true", "trace": "retry"} | given)
    assert [each[:40] for each in found] == (
        ["trace is retry, but test-retries is 0: u"] if warned else []
    )


def test_plan_warnings__values_of_services_that_are_usual(tmp_path: Path) -> None:
    assert not warnings(
        tmp_path,
        services="db=postgres:17",
        service_env='db.A=x#y\ndb.B="a" "b"\ndb.C<<END\n# a file\n  # b\nEND\ndb.D=#fff',
    )


def test_plan_warnings__a_secret_in_a_variable_is_no_word(tmp_path: Path) -> None:
    """The app may get a URL that was made from the secret, the tests the same password."""
    assert not warnings(
        tmp_path,
        secrets="PASSWORD=correcthorse",
        env="DATABASE_URL=postgres://shop:correcthorse@db/shop",
        test_env="ADMIN_PASS=correcthorse",
    )


@pytest.mark.parametrize("value, warned", [("q7Z", True), ("q7Zw9", True), ("q7Zw9_", False)])
def test_plan_warnings__a_short_secret(tmp_path: Path, value: str, warned: bool) -> None:
    found = warnings(tmp_path, {"KEY": value}, secrets="KEY")
    assert found == (("The secret KEY is too short to be replaced in logs.",) if warned else ())


@pytest.mark.parametrize("name", ["env", "test-env"])
@pytest.mark.parametrize(
    "line",
    [
        pytest.param("hush: x=1", id="YAML"),
        pytest.param("- hush=1", id="list"),
        pytest.param('"hush=1"', id="quotes"),
        pytest.param("export hush=1", id="shell"),
        pytest.param("hush =1", id="space"),
        pytest.param("#hush=1", id="comment"),
    ],
)
def test_plan_warnings__a_name_that_was_hardly_meant(tmp_path: Path, name: str, line: str) -> None:
    (warning,) = warnings(tmp_path, **{name: f"A=1\n{line}"})
    assert warning.startswith(f"{name}, line 2: the name before the = has")
    assert "hush" not in warning


@pytest.mark.parametrize("address", ["10.0.0.5", "fd00::2", "127.0.0.2", "::1"])
def test_plan_warnings__an_address_that_others_can_reach(tmp_path: Path, address: str) -> None:
    found = warnings(tmp_path, publish_address=address)
    if address in ("127.0.0.2", "::1"):
        assert not found
    else:
        assert found[0].startswith(f"publish-address is {address}: while the rehearsal runs, ")


@pytest.mark.parametrize(
    "given",
    [
        {"secrets": "DATABASE_URL=postgres://app:planted@localhost:5432/app"},
        {"secrets": "DATABASE_URL=postgresql+psycopg://app:planted@127.0.0.1/app"},
        {"env": "CACHE=redis://localhost"},
        {"env": "POSTGRES_HOST=localhost"},
        {"env": "PGHOST=127.0.0.1"},
    ],
)
def test_plan_warnings__a_service_that_is_looked_for_at_localhost(
    tmp_path: Path, given: dict[str, str]
) -> None:
    (warning,) = warnings(tmp_path, services="db=postgres:17", **given)
    (line,) = given.values()
    assert warning.startswith(line.partition("=")[0])
    assert warning.endswith("The host name of a service is its name: db.")
    assert "planted" not in warning
    assert not warnings(tmp_path, **given)


@pytest.mark.parametrize(
    "line",
    [
        *("DATABASE=postgres://app@db/app", "CACHE=redis://localhost.example", "POSTGRES_HOST=db"),
        *("DJANGO_ALLOWED_HOST=localhost", "ORIGIN=http://localhost:8000", "NOTE=not localhost"),
    ],
)
def test_plan_warnings__hosts_that_are_no_mistake(tmp_path: Path, line: str) -> None:
    assert not warnings(tmp_path, services="db=postgres:17", env=line)
