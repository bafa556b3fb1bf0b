"""The image as it is shipped: what is in it, and what it does when it runs."""

import json
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from superlists.tests.e2e import engine
from superlists.tests.e2e.engine import IMAGE, SECRETS, Container, docker, inspect, mount
from superlists.tests.environment import ROOT

# One worker builds the image, and starts the container that these tests share.
pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("superlists-image")]

LIST = "/lists/1/"
TRACEBACK = (
    "[ERROR] django.request: Internal Server Error: /lists/new\nTraceback (most recent call last):"
)


@contextmanager
def connections(port: int, *, idle: int = 0, half: int = 0, slow: int = 0) -> Iterator[None]:
    """Hold connections open: silent ones, ones half-way in a request, ones sending byte by byte."""
    done = threading.Event()

    def drip(client: socket.socket) -> None:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        while not done.wait(0.05):
            try:
                client.sendall(b"x")
            except OSError:
                return

    with ExitStack() as open_ones:

        def connect() -> socket.socket:
            return open_ones.enter_context(socket.create_connection(("127.0.0.1", port)))

        for _ in range(idle):
            connect()
        for _ in range(half):
            connect().sendall(b"GET / HTTP/1.1\r\nHo")
        threads = [threading.Thread(target=drip, args=(connect(),)) for _ in range(slow)]
        for thread in threads:
            thread.start()
        # Wait until the server has accepted them all.
        time.sleep(0.3)
        try:
            yield
        finally:
            done.set()
            for thread in threads:
                thread.join()


# Metadata and content of the image.


def test_image__command_is_gunicorn_on_8888(image: str) -> None:
    config = inspect(image)["Config"]
    assert config["Cmd"] == ["gunicorn", "--bind", ":8888", "superlists.wsgi:application"]
    assert config["Entrypoint"] is None
    assert list(config["ExposedPorts"]) == ["8888/tcp"]


def test_image__selects_production(image: str) -> None:
    environ = dict(entry.split("=", 1) for entry in inspect(image)["Config"]["Env"])
    assert environ["DJANGO_DEBUG_FALSE"] == "1"
    assert environ["DJANGO_DB_PATH"] == "/data/db.sqlite3"


def test_image__holds_no_secret(image: str, site: Container) -> None:
    described = json.dumps(inspect(image)) + docker("history", "--no-trunc", image)
    assert "SECRET" not in described
    assert "ALLOWED_HOST" not in described
    mentions = site.run("grep", "-rl", "insecure-key-for-dev", "/src").split()
    assert {path for path in mentions if path.endswith(".py")} == {"/src/superlists/settings.py"}
    assert SECRETS["DJANGO_SECRET_KEY"] not in site.run("grep", "-rh", "SECRET_KEY", "/src")


def test_image__layers_above_the_base_under_40_mb(image: str) -> None:
    above = inspect(image)["Size"] - inspect(engine.BASE)["Size"]
    assert above < 40_000_000, f"{above / 1e6:.1f} MB"


def test_image__holds_the_app_and_nothing_else(site: Container) -> None:
    assert sorted(site.run("ls", "-A", "/src").split()) == [
        "gunicorn.conf.py",
        "manage.py",
        "requirements.txt",
        "static",
        "superlists",
    ]
    found = site.run(
        "find", "/src", "-name", "tests", "-o", "-name", "*.sqlite3", "-o", "-name", "*.md"
    )
    assert found == ""


PACKAGES = """
import importlib.util as u, json, struct, sys
from importlib.metadata import version
from pathlib import Path
import superlists.wsgi, gunicorn.app.wsgiapp, gunicorn.workers.gthread
old = []
for module in list(sys.modules.values()):
    source = getattr(module, "__file__", None) or ""
    if source.startswith(("/venv/", "/src/superlists/")) and source.endswith(".py"):
        cached = Path(u.cache_from_source(source))
        stamp = struct.unpack("<I", cached.read_bytes()[8:12])[0] if cached.exists() else None
        if stamp != int(Path(source).stat().st_mtime):
            old.append(source)
print(json.dumps({
    "pins": [f"{name}=={version(name)}" for name in ("django", "gunicorn", "whitenoise")],
    "python": sys.executable,
    "absent": [name for name in ("pip", "selenium") if u.find_spec(name) is None],
    "old": old,
}))
"""


def test_image__python_packages(site: Container) -> None:
    found = json.loads(site.run("python", "-c", PACKAGES))
    assert found["pins"] == (ROOT / "requirements.txt").read_text().split()
    assert found["python"] == "/venv/bin/python", "the virtual environment is first on PATH"
    assert found["absent"] == ["pip", "selenium"]
    assert found["old"] == [], "these have no valid bytecode"


def test_image__no_pip_to_run(site: Container) -> None:
    # Where the base image has no pip, this test proves nothing.
    docker("run", "--rm", engine.BASE, "sh", "-ec", "command -v pip; python -m pip --version")
    looked = "for f in $(echo $PATH | tr : ' '); do ls $f/pip* 2>/dev/null; done; true"
    assert site.run("sh", "-c", looked) == ""
    assert site.run("find", "/venv", "-name", "pip*") == ""


def test_image__no_pip_to_import(site: Container) -> None:
    # Not of the virtual environment, but of the base image.
    python = site.run("python", "-c", "import sys; print(sys._base_executable)").strip()
    found = site.run(python, "-c", "import importlib.util as u; print(u.find_spec('pip'))")
    assert found == "None\n"


def test_user__is_not_root_and_owns_only_the_data(site: Container) -> None:
    assert site.run("id", "-u").strip() == "10001"
    process = site.run("cat", "/proc/1/status")
    assert re.search(r"^Uid:\s+10001\s+10001\s", process, re.MULTILINE)
    assert site.run("find", "/src", "/venv", "/data", "-writable", "-type", "d") == "/data\n"


# Answers to requests.


def test_home__is_served_by_gunicorn(site: Container) -> None:
    answer = site.ask("/")
    assert answer.status == 200
    assert answer.headers["server"] == "gunicorn"


def test_log__shows_gunicorn_start(site: Container) -> None:
    log = site.logs()
    assert "[1] [INFO] Starting gunicorn" in log
    assert "Listening at: http://0.0.0.0:8888" in log
    assert "Booting worker" in log


def test_process_1__is_gunicorn(site: Container) -> None:
    command = site.run("cat", "/proc/1/cmdline").split("\0")
    assert command[1:5] == ["/venv/bin/gunicorn", "--bind", ":8888", "superlists.wsgi:application"]


def test_static_files__hashed_compressed_and_immutable(site: Container) -> None:
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)">', site.ask("/").body)
    assert [re.sub(r"\.[0-9a-f]{12}\.css$", "", sheet) for sheet in sheets] == [
        "/static/bootstrap/bootstrap.min",
        "/static/lists/superlists",
    ]
    for sheet in sheets:
        answer = site.ask(sheet, accept_encoding="gzip")
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/css")
        assert answer.headers["content-encoding"] == "gzip"
        assert "immutable" in answer.headers["cache-control"]


def test_post__is_kept_by_that_user(site: Container) -> None:
    answer = site.add("Buy peacock feathers")
    assert answer.status == 302
    assert "Buy peacock feathers" in site.ask(answer.headers["location"]).body


def test_post__many_at_once_wait_for_each_other(site: Container) -> None:
    address = site.add("The first").headers["location"]
    texts = [f"Visitor {number}" for number in range(24)]
    with ThreadPoolExecutor(max_workers=len(texts)) as visitors:
        added = visitors.map(lambda text: site.add(text, address + "add_item").status, texts)
        assert list(added) == [302] * len(texts)
    page = site.ask(address).body
    assert [text for text in texts if text not in page] == []


def test_post__without_a_token_is_forbidden(site: Container) -> None:
    answer = site.ask("/lists/new", form={"item_text": "Buy peacock feathers"})
    assert answer.status == 403
    assert "Forbidden (403)" in answer.body


def test_404__shows_nothing(site: Container) -> None:
    answer = site.ask("/no/such/page")
    assert answer.status == 404
    assert "Not Found (404)" in answer.body
    for leak in ("Traceback", "urlpatterns", "DEBUG", "/src/", SECRETS["DJANGO_SECRET_KEY"]):
        assert leak not in answer.body


@pytest.mark.parametrize("host", ["127.0.0.1", "stranger.example"])
def test_wrong_host__is_a_400_and_logged(host: str, site: Container) -> None:
    answer = site.ask("/", host=host)
    assert answer.status == 400
    assert "<title>Bad Request (400)</title>" in answer.body
    assert host not in answer.body
    assert "DJANGO" not in answer.body
    assert (
        f"[ERROR] django.security.DisallowedHost: Invalid HTTP_HOST header: '{host}'" in site.logs()
    )


def test_healthz__needs_no_host(site: Container) -> None:
    assert site.ask("/healthz", host="10.0.0.1").status == 200


def test_healthcheck__becomes_healthy(site: Container) -> None:
    engine.wait_for(lambda: site.state()["Health"]["Status"] == "healthy", "health", seconds=60)


# Load, stopping and starting.


@pytest.mark.alone
@pytest.mark.parametrize(
    "idle, slow", [(50, 0), (50, 4)], ids=["50 idle", "50 idle and 4 byte by byte"]
)
def test_idle_connections__block_nobody(idle: int, slow: int, site: Container) -> None:
    with connections(site.port, idle=idle, slow=slow):
        for _ in range(8):
            assert site.ask("/").seconds < 1


@pytest.mark.alone
@pytest.mark.parametrize(
    "idle, half, seconds",
    [(0, 0, 1), (50, 0, 1), (50, 1, 5)],
    ids=["alone", "50 idle", "one half-sent request"],
)
def test_stop__exits_0_in_time(idle: int, half: int, seconds: float) -> None:
    with engine.container() as started, connections(started.port, idle=idle, half=half):
        # Meanwhile the second worker is ready too: one that is still loading the app hears
        # SIGTERM when it has finished.
        started.migrate()
        begun = datetime.now(UTC)
        docker("stop", "--time", "10", started.id)
        state = started.state()
        assert state["ExitCode"] == 0
        # When the process ended: the engine's clean-up afterwards does not count.
        took = datetime.fromisoformat(state["FinishedAt"]) - begun
        # Where more wants to run than there are processors, everything takes that much longer.
        crowded = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        assert took.total_seconds() < min(seconds * crowded, 9)
        assert "Shutting down: Master" in started.logs()


def test_port__taken_is_refused_by_the_engine(site: Container) -> None:
    with (
        pytest.raises(engine.EngineError, match="port is already allocated"),
        engine.container(port=f"127.0.0.1:{site.port}:8888"),
    ):
        pass


def test_port__80_on_the_outside() -> None:
    with engine.container(port="127.0.0.1:80:8888") as started:
        assert started.ask("/", host="localhost").status == 200


def test_root_file_system__may_be_read_only() -> None:
    hardened = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges")
    with engine.volume() as name, engine.container(*hardened, mount(name)) as started:
        started.migrate()
        assert started.add("Buy peacock feathers").status == 302


@pytest.mark.parametrize(
    "environ, message",
    [
        ({"DJANGO_ALLOWED_HOST": "localhost"}, "KeyError: 'DJANGO_SECRET_KEY'"),
        ({"DJANGO_SECRET_KEY": "k"}, "KeyError: 'DJANGO_ALLOWED_HOST'"),
        (SECRETS | {"DJANGO_SECRET_KEY": ""}, "DJANGO_SECRET_KEY is set but empty."),
        (SECRETS | {"DJANGO_ALLOWED_HOST": ""}, "DJANGO_ALLOWED_HOST is set but empty."),
    ],
    ids=["no key", "no host", "empty key", "empty host"],
)
def test_start__refused_without_production_variables(environ: dict[str, str], message: str) -> None:
    names = [word for name in environ for word in ("--env", name)]
    with pytest.raises(engine.EngineError) as caught:
        docker("run", "--rm", "--label", engine.LABEL, *names, IMAGE, environ=environ)
    assert message in str(caught.value)


# The database.


def open_to_all(path: Path) -> Path:
    """Let the image's user write, whoever runs the tests."""
    path.chmod(0o777 if path.is_dir() else 0o666)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    return open_to_all(data)


def test_empty_database__fails_visibly_and_migrate_mends_it() -> None:
    with engine.container() as started:
        assert started.ask("/").status == 200
        assert started.ask("/healthz").status == 503
        answer = started.add("Buy peacock feathers")
        assert answer.status == 500
        assert "Server Error (500)" in answer.body
        assert "lists_list" not in answer.body
        log = started.logs()
        assert TRACEBACK in log
        assert ", in new_list\n" in log
        assert "django.db.utils.OperationalError: no such table: lists_list" in log
        assert "superlists.middleware: /healthz: the database does not answer: no such" in log
        started.migrate()
        assert started.add("Buy peacock feathers").status == 302
        assert started.ask("/healthz").status == 200


def test_named_volume__outlives_the_container() -> None:
    with engine.volume() as name:
        with engine.container(mount(name)) as first:
            first.migrate()
            assert first.add("Buy peacock feathers").headers["location"] == LIST
        with engine.container(mount(name)) as second:
            assert "Buy peacock feathers" in second.ask(LIST).body


def test_bind_mount__outlives_the_container(folder: Path) -> None:
    with engine.container(mount(folder)) as first:
        first.migrate()
        assert first.add("Buy peacock feathers").headers["location"] == LIST
    assert (folder / "db.sqlite3").stat().st_size > 0
    with engine.container(mount(folder)) as second:
        assert "Buy peacock feathers" in second.ask(LIST).body


def test_bind_mount__missing_source_refuses_to_start(tmp_path: Path) -> None:
    with (
        pytest.raises(engine.EngineError, match="bind source path does not exist"),
        engine.container(mount(tmp_path / "db.sqlite3", "/data/db.sqlite3")),
    ):
        pass


@pytest.mark.parametrize("closed", ["file", "folder"])
def test_bind_mount__needs_file_and_folder_writable(closed: str, folder: Path) -> None:
    database = folder / "db.sqlite3"
    with engine.container(mount(folder)) as started:
        started.migrate()
        started.run("chmod", "666", "/data/db.sqlite3")
        # The user who runs the tests owns this copy, and can change its permissions.
        content = database.read_bytes()
        database.unlink()
        database.write_bytes(content)
        open_to_all(database)
        assert started.add("Buy peacock feathers").status == 302
        (folder if closed == "folder" else database).chmod(0o555 if closed == "folder" else 0o444)
        assert started.add("Buy peacock feathers").status == 500
        assert "OperationalError: attempt to write a readonly database" in started.logs()
        folder.chmod(0o777)


def test_bind_mounted_file__recreated_outside_is_not_seen(folder: Path) -> None:
    database = folder / "db.sqlite3"
    database.touch()
    open_to_all(database)
    with engine.container(mount(database, "/data/db.sqlite3")) as started:
        started.migrate()
        assert started.add("Buy peacock feathers").headers["location"] == LIST
        database.rename(folder / "old.sqlite3")
        database.touch()
        assert "Buy peacock feathers" in started.ask(LIST).body
        (folder / "old.sqlite3").write_bytes(b"")
        assert started.ask("/healthz").status == 503
