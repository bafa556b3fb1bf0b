"""The fixtures of the scenarios: repositories, act, a runner, and the search for leftovers."""

import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from . import leftovers
from .act import Act
from .engine_matrix import SCENARIOS
from .machine import ACTION, tool
from .registry import Registry, serve_registry
from .repository import Repository, copy_of_checkout, repository_of
from .runner import Runner
from .services import load_images

# Headless, and asking nobody for anything.
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
# Projects' own tests, which rehearsals of these projects run.
collect_ignore = ["fixtures/celery_app", "fixtures/plain_app", "fixtures/shapes"]
_HERE = Path(__file__).parent
_failed = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.e2e)
            if item.nodeid.rpartition("/")[2] in SCENARIOS.values():
                item.add_marker(pytest.mark.engines)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[_failed] = True
    return report


@pytest.fixture(scope="session", autouse=True)
def _engine() -> None:
    try:
        leftovers.engine("version")
    except (OSError, subprocess.SubprocessError) as error:
        pytest.exit(f"no Docker engine answers ({error}). Run `make setup`, then try again.", 2)


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """Compile the action once, with the Python that the scenarios find first."""
    subprocess.run(["python3", "-m", "compileall", "-q", *ACTION.glob("rehearsal*")], check=True)


@pytest.fixture(scope="session")
def service_images() -> None:
    """Have the images of services.py on this engine."""
    load_images()


@pytest.fixture
def run_id() -> str:
    """The number of this run: in its processes' environment, its labels and its image tags."""
    return str(10**9 + secrets.randbelow(9 * 10**9))


@pytest.fixture
def workdir(request: pytest.FixtureRequest, run_id: str) -> Iterator[Path]:
    """A folder for this scenario, kept when it fails.

    Its path is short, because a browser's sockets below it must fit in 108 bytes.
    """
    folder = Path(tempfile.mkdtemp(prefix="dr-"))
    yield folder
    if request.node.stash.get(_failed, False):
        print(f"the files of this scenario are kept in {folder}")
    else:
        # A rehearsal may still remove its own files, after its end.
        leftovers.of_processes(run_id)
        shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def _nothing_is_left(run_id: str) -> Iterator[None]:
    yield
    left = [*leftovers.of_processes(run_id), *leftovers.of_the_engine(run_id)]
    leftovers.remove_images(run_id)
    assert not left, "this was left behind:\n" + "\n".join(left)


@pytest.fixture
def act(workdir: Path, run_id: str) -> Act:
    return Act(folder=workdir, run_id=run_id)


@pytest.fixture
def superlists(workdir: Path) -> Repository:
    return copy_of_checkout(workdir / "repository")


@pytest.fixture
def tiny(workdir: Path) -> Repository:
    return repository_of("tiny_app", workdir / "repository")


@pytest.fixture
def leaky_app(workdir: Path) -> Repository:
    return repository_of("leaky_app", workdir / "repository")


@pytest.fixture(scope="session")
def registry() -> Iterator[Registry]:
    """A registry for all scenarios: what each pushes carries its token in the repository's name."""
    with (
        tempfile.TemporaryDirectory(prefix="dr-") as folder,
        serve_registry(Path(folder)) as registry,
    ):
        yield registry


@pytest.fixture
def runner(workdir: Path, run_id: str) -> Runner:
    return Runner(folder=workdir, run_id=run_id)


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    """A browser in which reports are read, as their reader does."""
    options = webdriver.ChromeOptions()
    for flag in _FLAGS:
        options.add_argument(flag)
    options.binary_location = str(tool("chromium"))
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(str(tool("chromedriver")))
    with webdriver.Chrome(options=options, service=service) as driver:
        yield driver


@pytest.fixture(scope="module")
def firefox() -> Iterator[webdriver.Firefox]:
    """Another one; its preferences can be set."""
    options = webdriver.FirefoxOptions()
    options.add_argument("-headless")
    options.add_argument("-remote-allow-system-access")
    options.binary_location = str(tool("firefox"))
    service = webdriver.FirefoxService(str(tool("geckodriver")))
    with webdriver.Firefox(options=options, service=service) as driver:
        yield driver
