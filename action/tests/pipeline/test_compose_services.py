"""How a plan gets the services of its compose files, with what Compose really printed."""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.config.parser import make_plan
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.outside import compose
from rehearsal.outside.engine import Engine
from rehearsal.pipeline.compose_services import with_compose_services
from rehearsal.redaction.secret import Secret
from rehearsal.results.engine_versions import EngineVersions
from rehearsal.verdict import MisconfiguredError, Problem

RECORDED = Path(__file__).parents[1] / "config/composed"
VALUES = {"CACHE_PASSWORD": "cache-pass", "QUEUE_URL": "amqp://u:queue-pw@mq"}
# Its `config` answers as recorded. It has each image except shop-mail.
CLIENT = """#!/bin/bash
cd "${0%/*}"
case "$*" in
"compose version --short") echo 2.40.3-3 ;;
*--no-interpolate*) cat raw.json ;;
*" config "*) env >environment; cat >asked; cat warnings >&2; cat model.json ;;
"image inspect shop-mail") echo "Error: No such image: shop-mail" >&2; exit 1 ;;
"image inspect "*) echo '[{}]' ;;
esac
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return the folder of a shop, in git, with a client that knows its compose file."""
    folder = tmp_path / "shop"
    for name in ("init", "certs", "export", "client"):
        (folder / name).mkdir(parents=True)
    for name in ("Dockerfile", "compose.yaml", "redis.conf"):
        (folder / name).touch()
    (folder / "licence.txt").write_text("licence-key\n")
    (folder / ".gitignore").write_text("export/\n")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    client = folder / "client"
    (client / "docker").write_text(CLIENT)
    (client / "docker").chmod(0o755)
    (client / "warnings").touch()
    for name in ("raw", "model"):
        text = (RECORDED / f"{name}.json").read_text().replace("/shop", str(folder))
        found = json.loads(text)
        if name == "model":
            found["services"][compose.PROBE] = {"environment": VALUES}
        (client / f"{name}.json").write_text(json.dumps(found))
    return folder


def engine_of(shop: Path) -> Engine:
    return Engine(
        client=str(shop / "client/docker"), buildx=False, env={"PATH": os.environ["PATH"]}
    )


def planned(shop: Path, asked: str, **given: str) -> Plan:
    inputs = {name.replace("_", "-"): value for name, value in given.items()}
    files = {"compose-file": "compose.yaml", "compose-services": asked}
    return make_plan(files | inputs, environ={}, top=shop)


def read(shop: Path, asked: str, **given: str) -> Plan:
    return with_compose_services(planned(shop, asked, **given), engine_of(shop), {})


def refusal(shop: Path, asked: str) -> Problem:
    with pytest.raises(MisconfiguredError) as caught:
        read(shop, asked)
    assert caught.value.problem.hint
    return caught.value.problem


def test_read__the_services_are_in_the_plan(shop: Path) -> None:
    plan = read(shop, "seed", services="mail=mailpit:1")
    services = {each.name: each for each in plan.companions.services}
    assert sorted(services) == ["cache", "db", "mail", "seed"]
    assert services["db"].image == "postgres:17"
    assert {secret.name for secret in plan.secrets} == {
        *("ADMIN_PASSWORD", "CACHE_PASSWORD", "POSTGRES_PASSWORD", "QUEUE_URL", "licence"),
    }
    assert Secret(name="licence", value="licence-key") in plan.secrets


def test_read__nothing_without_the_input(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").touch()
    plan = make_plan({}, environ={}, top=tmp_path)
    assert with_compose_services(plan, Engine(client="none", buildx=False, env={}), {}) is plan


def test_read__the_file_gets_the_values_of_the_run(shop: Path) -> None:
    plan = planned(
        shop,
        "seed",
        env="HOST_NAME=localhost\nPATH=/app/bin",
        generate_secrets="DB_PASSWORD",
    )
    environ = {"FROM_STEP": "1", "GITHUB_TOKEN": "planted", "HOST_NAME": "from the step"}
    with_compose_services(plan, engine_of(shop), environ)
    lines = (shop / "client/environment").read_text().splitlines()
    (generated,) = plan.container.secrets
    assert {"FROM_STEP=1", "HOST_NAME=localhost", f"DB_PASSWORD={generated.value}"} <= {*lines}
    assert f"PATH={os.environ['PATH']}" in lines
    assert not [line for line in lines if "planted" in line]


def test_read__volumes_in_place_of_what_a_checkout_has_not(shop: Path) -> None:
    """Git ignores export; init is in the repository."""
    db = read(shop, "db").companions.compose.project["services"]["db"]
    mounts = {each["target"]: each for each in db["volumes"]}
    assert mounts["/export"]["type"] == "volume"
    assert (mounts["/docker-entrypoint-initdb.d"]["type"], mounts["/certs"]["read_only"]) == (
        "bind",
        True,
    )
    (shop / "init").rmdir()
    db = read(shop, "db").companions.compose.project["services"]["db"]
    assert [each["type"] for each in db["volumes"]] == [
        *("volume", "volume", "bind", "volume", "volume")
    ]


def test_read__what_is_only_read_has_to_be_there(shop: Path) -> None:
    (shop / "certs").rmdir()
    assert f"a service mounts {shop}/certs, which is not there" in refusal(shop, "db").message


def test_read__the_file_of_a_secret_has_to_be_there(shop: Path) -> None:
    (shop / "licence.txt").unlink()
    told = refusal(shop, "cache").message
    assert "the file of the secret licence cannot be read" in told


def test_read__a_variable_without_a_value(shop: Path) -> None:
    lines = [
        rf'time="2026" level=warning msg="The \"{name}\" variable is not set. Defaulting to"'
        for name in ("APP_PORT", "CACHE_PASSWORD")
    ]
    (shop / "client/warnings").write_text("\n".join(lines))
    assert "this variable has no value: CACHE_PASSWORD." in refusal(shop, "cache").message
    read(shop, "db")


def test_read__one_that_is_built_needs_its_image(shop: Path) -> None:
    problem = refusal(shop, "mail")
    assert (
        "mail has build: without image:, and the engine has no image shop-mail" in problem.message
    )
    assert "build mail" in problem.hint


def test_read__refused_by_compose(shop: Path) -> None:
    (shop / "client/docker").write_text(
        '#!/bin/bash\n[[ $2 == version ]] && exit\necho "invalid hostPort: planted-in-step" >&2\n'
        "exit 1\n"
    )
    with pytest.raises(MisconfiguredError) as caught:
        with_compose_services(
            planned(shop, "db"), engine_of(shop), {"DB_PASSWORD": "planted-in-step"}
        )
    assert caught.value.problem.message == "Compose refuses compose-file: invalid hostPort: ***"


def test_read__without_compose(shop: Path) -> None:
    (shop / "client/docker").write_text("#!/bin/bash\nexit 1\n")
    problem = refusal(shop, "db")
    assert "compose-file needs Compose 2" in problem.message
    assert "docker-compose-plugin" in problem.hint


def test_read__not_with_podman(shop: Path) -> None:
    podman = replace(engine_of(shop), versions=EngineVersions(name="Podman", version="5.8"))
    with pytest.raises(MisconfiguredError, match="The engine is Podman"):
        with_compose_services(planned(shop, "db"), podman, {})
