from dataclasses import replace

import pytest

from rehearsal.config.rehearsal_plan import (
    CompanionsPlan,
    ComposedService,
    ServicePlan,
    WorkerPlan,
)
from rehearsal.pipeline.stages.companion_lines import companion_lines

from ...fakes import PLAN, container_plan, secret, suite_plan


def test_companion_lines__services_workers_and_addresses() -> None:
    companions = CompanionsPlan(
        services=(
            ServicePlan(
                name="db", image="postgres:17", env={"POSTGRES_DB": "x"}, secrets=(secret(),)
            ),
            ServicePlan(name="cache", image="redis:8", composed=ComposedService()),
        ),
        workers=(WorkerPlan(name="mail", command=("celery",)),),
    )
    env = {
        "POSTGRES_HOST": "db",
        "POSTGRES_PORT": "5432",
        "DB_USER": "app",
        "POSTGRES_DB": "wall",
        "REDIS_URL": "redis://:hush@cache:6379/0",
        "DATABASE_URL": "postgres://me:hush@store/shop",
        "SHOP_HOST": "example.com",
        "DATABASE_HOST": "a b",
        "DB_URL": "://",
        "CACHE_URL": "redis://[",
    }
    given = replace(PLAN, container=container_plan(env=env), companions=companions)
    assert companion_lines(given) == (
        "service db postgres:17",
        "service-env db POSTGRES_DB",
        f"service-env db {secret().name}",
        "service cache redis:8",
        "composed cache",
        "worker mail",
        "variable POSTGRES_HOST",
        "variable POSTGRES_PORT",
        "variable DB_USER",
        "variable POSTGRES_DB",
        "variable REDIS_URL",
        "variable DATABASE_URL",
        "variable DATABASE_HOST",
        "variable DB_URL",
        "variable CACHE_URL",
        "host POSTGRES_HOST db",
        "port POSTGRES_PORT 5432",
        "user DB_USER app",
        "database POSTGRES_DB wall",
        "host REDIS_URL cache redis",
        "port REDIS_URL 6379 redis",
        "database REDIS_URL 0 redis",
        "host DATABASE_URL store postgres",
        "user DATABASE_URL me postgres",
        "database DATABASE_URL shop postgres",
    )


def test_companion_lines__nothing_of_a_secret() -> None:
    """Of the variables that are secrets, the names alone are told."""
    url = secret("DATABASE_URL", "postgres://app:hush@db/shop")
    assert companion_lines(replace(PLAN, container=container_plan(secrets=(url,)))) == (
        "variable DATABASE_URL",
    )


@pytest.mark.parametrize(
    "changes, lines",
    [
        ({}, ()),
        ({"selenium_url": "http://127.0.0.1:4444/wd/hub"}, ("remote-browser 127.0.0.1:4444",)),
        (
            {"env": {"SELENIUM_REMOTE_URL": "https://me:hush@grid.example.com:4444"}},
            ("remote-browser grid.example.com:4444",),
        ),
        ({"env": {"SELENIUM_REMOTE_URL": "a b"}}, ()),
    ],
)
def test_companion_lines__browsers_elsewhere(
    changes: dict[str, str], lines: tuple[str, ...]
) -> None:
    assert companion_lines(replace(PLAN, suite=suite_plan(**changes))) == lines
