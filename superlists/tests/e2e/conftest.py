"""One build for all, and one container for the tests that change nothing in it."""

from collections.abc import Iterator

import pytest

from superlists.tests.e2e import engine


@pytest.fixture(scope="session")
def image() -> str:
    try:
        engine.docker("version")
    except (OSError, engine.EngineError) as error:
        pytest.fail(f"no Docker engine answers: {error}. Run `make setup`, then try again.")
    return engine.build()


@pytest.fixture(scope="session")
def site(image: str) -> Iterator[engine.Container]:
    """A migrated container, which tests may read and post to, no more."""
    assert image
    with engine.container() as started:
        started.migrate()
        yield started


@pytest.fixture(autouse=True)
def _built(image: str) -> None:
    """Build the image before any test starts a container of it."""
