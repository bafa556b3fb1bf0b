"""Let pytest run the stories as `manage.py test` does, without pytest-django."""

import os
from collections.abc import Iterator

import django
import pytest
from django.test.utils import (
    setup_databases,
    setup_test_environment,
    teardown_databases,
    teardown_test_environment,
)

pytest_plugins = ["rehearsal_testing.plugin"]


def pytest_configure() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "superlists.settings")
    django.setup()


@pytest.fixture(scope="session", autouse=True)
def django_test_environment() -> Iterator[None]:
    setup_test_environment()
    # Against a server that runs already, no test touches a database of ours.
    databases = [] if os.environ.get("TEST_SERVER") else setup_databases(0, interactive=False)
    yield
    if databases:
        teardown_databases(databases, 0)
    teardown_test_environment()
