"""Faults of what runs beside the app, and before it: services, before-command, workers."""

import sys

from .faults import Fault
from .services import POSTGRES, REDIS

WITH_REDIS = {"services": f"redis={REDIS}", "test-command": "python3 -m unittest checks.Page"}
CELERY_APP = {
    "services": f"postgres={POSTGRES}\nredis={REDIS}",
    "service-env": "postgres.POSTGRES_PASSWORD",
    "generate-secrets": "POSTGRES_PASSWORD\nSECRET_KEY",
    "env": "ALLOWED_HOSTS=localhost\nSECURE_SSL_REDIRECT=False",
    "before-command": "python manage.py migrate",
    "workers": "worker=celery -A config worker",
    # The interpreter of the scenarios has Selenium, so NO_REQUIREMENTS are installed.
    "test-command": f"{sys.executable} -m unittest functional_tests.test_wall",
}
NO_REQUIREMENTS = ("functional_tests/requirements.txt", r"^selenium.*\n", "")
SERVICE_FAULTS = (
    Fault(
        name="service-ended",
        verdict="setup-failed",
        diagnosis="service-ended",
        starts=False,
        inputs={**WITH_REDIS, "services": f"redis={REDIS}\npostgres={POSTGRES}"},
        told=("The service postgres ended", "exit code 1"),
        evidence={"services/postgres.log": "superuser password is not specified"},
        then="passed",
    ),
    Fault(
        name="service-image",
        verdict="setup-failed",
        diagnosis="service-image",
        starts=False,
        inputs={**WITH_REDIS, "services": "db=localhost/no-such-image:1"},
        told=("localhost/no-such-image:1", "service db"),
    ),
    Fault(
        name="service-not-ready",
        verdict="setup-failed",
        diagnosis="service-not-ready",
        starts=False,
        inputs={**WITH_REDIS, "service-ready": "redis=6380", "service-timeout": "2"},
        told=("The service redis was not ready within 2 s", "6380", "6379"),
        evidence={"services/redis.log": "Ready to accept connections"},
        then="passed",
    ),
    Fault(
        name="service-not-ready-by-command",
        verdict="setup-failed",
        diagnosis="service-not-ready",
        starts=False,
        inputs={
            **WITH_REDIS,
            "service-ready": "redis=redis-cli get ready && exit 3",
            "service-timeout": "2",
        },
        told=("The service redis was not ready within 2 s", "exit code 3"),
    ),
    Fault(
        name="worker-ended",
        verdict="crashed",
        inputs={
            "workers": "mail=sh -c 'echo no mail today; exit 3'",
            "env": "TINY_FAULT=late\nTINY_SECONDS=600",
        },
        told=("The worker mail ended before the app was ready", "exit code 3"),
        evidence={"workers/mail.log": "no mail today"},
    ),
    Fault(
        name="before-command",
        verdict="setup-failed",
        diagnosis="before-command",
        starts=False,
        inputs={"before-command": "echo migrating\nfalse\necho migrated"},
        told=("before-command ended with exit code 1",),
        evidence={"before.log": "migrating\n"},
    ),
    Fault(
        name="before-command-without-sh",
        verdict="setup-failed",
        diagnosis="before-command",
        starts=False,
        inputs={"before-command": "true"},
        edits=(
            (
                "Dockerfile",
                r"^USER",
                'RUN ["python", "-c", "import os; os.unlink(\'/bin/sh\')"]\nUSER',
            ),
        ),
        told=("before-command", "`sh`"),
    ),
    Fault(
        name="before-command-not-taken",
        verdict="setup-failed",
        diagnosis="before-command",
        starts=False,
        inputs={"before-command": "true"},
        edits=(("Dockerfile", r"^CMD", "ENTRYPOINT"),),
        told=("before-command was not run", "ENTRYPOINT starts the app"),
    ),
    Fault(
        name="database-wrong-password",
        app="celery_app",
        verdict="setup-failed",
        diagnosis="database-unreachable",
        starts=False,
        inputs={
            **CELERY_APP,
            "service-env": "postgres.POSTGRES_PASSWORD=another",
            "env": f"{CELERY_APP['env']}\nPOSTGRES_TIMEOUT=1",
        },
        edits=(NO_REQUIREMENTS,),
        told=("PostgreSQL does not accept the password of the app's user postgres",),
        evidence={
            "before.log": "PostgreSQL did not become available: ",
            "services/postgres.log": "password authentication failed",
        },
        then="passed",
    ),
)
