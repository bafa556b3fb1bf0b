"""The image, and containers of it, through the engine's own client."""

import http.client
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from superlists.tests.environment import PRODUCTION, ROOT

IMAGE = "superlists:under-test"
BASE = "superlists:base-under-test"
LABEL = "superlists.test"
SECRETS = {name: PRODUCTION[name] for name in ("DJANGO_SECRET_KEY", "DJANGO_ALLOWED_HOST")}


class EngineError(Exception):
    """The engine's client failed; the message is what it wrote to standard error."""


def docker(*arguments: str, environ: Mapping[str, str] | None = None, seconds: float = 120) -> str:
    """Run the client and give its standard output; raises EngineError where it fails."""
    done = subprocess.run(
        ["docker", *arguments],
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds,
        check=False,
    )
    if done.returncode:
        raise EngineError(done.stderr)
    return done.stdout


def python_image() -> str:
    """Name the base image; raises LookupError where set-up has not chosen one."""
    chosen = ROOT / ".cache/python-image"
    if image := os.environ.get("PYTHON_IMAGE"):
        return image
    if not chosen.exists():
        raise LookupError(f"no base image is named in {chosen}. Run `make setup`, then try again.")
    return chosen.read_text().strip()


def builder() -> str:
    """Find a client that builds with BuildKit: one with buildx, or one older than 23.

    Raises LookupError where none does.
    """
    for folder in os.environ["PATH"].split(os.pathsep):
        client = shutil.which("docker", path=folder)
        if client is None:
            continue
        if not subprocess.run(
            [client, "buildx", "version"], capture_output=True, check=False
        ).returncode:
            return client
        version = subprocess.check_output([client, "--version"], text=True)
        if (found := re.search(r"version (\d+)", version)) and int(found[1]) < 23:
            return client
    raise LookupError("no docker client here builds with BuildKit. Run `make setup`.")


# Puts pip where the interpreter has it: official images have it in /usr/local, Debian's package
# in /usr, and a base image that is built by set-up has none at all.
_WITH_PIP = """
FROM {base}
RUN python -m venv /tmp/venv \\
    && folder=$(python -c 'import site; print(site.getsitepackages()[-1])') \\
    && mkdir -p "$folder" && cp -r /tmp/venv/lib/python3*/site-packages/pip* "$folder" \\
    && cp /tmp/venv/bin/pip* "$(dirname "$(command -v python)")" && rm -r /tmp/venv
"""


def build() -> str:
    """Build the image from the checkout, on a base image that has pip, and give its name."""
    _build(BASE, "-", dockerfile=_WITH_PIP.format(base=python_image()))
    _build(IMAGE, "--build-arg", f"PYTHON_IMAGE={BASE}", ".")
    return IMAGE


def _build(tag: str, *arguments: str, dockerfile: str = "") -> None:
    done = subprocess.run(
        [builder(), "build", "--tag", tag, *arguments],
        cwd=ROOT,
        env={**os.environ, "DOCKER_BUILDKIT": "1"},
        input=dockerfile,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        raise EngineError(done.stdout + done.stderr)


def inspect(name: str) -> dict[str, Any]:
    """Give all that the engine knows of an image, container or volume."""
    found: list[dict[str, Any]] = json.loads(docker("inspect", name))
    return found[0]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the app answered, and after how many seconds."""

    status: int
    headers: Mapping[str, str]
    body: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Container:
    """A running container of the image."""

    id: str
    port: int

    def ask(self, path: str, *, form: Mapping[str, str] | None = None, **headers: str) -> Answer:
        """Send one request, with the Host a browser would send unless `host` is given.

        Waits at most 30 seconds; raises OSError where nothing answers.
        """
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"host": f"localhost:{self.port}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        body = None
        if form is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
            body = urlencode(form)
        try:
            connection.request("GET" if form is None else "POST", path, body, headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        finally:
            connection.close()
        found = {name.lower(): value for name, value in response.getheaders()}
        seconds = time.monotonic() - started
        return Answer(status=response.status, headers=found, body=text, seconds=seconds)

    def add(self, text: str, path: str = "/lists/new") -> Answer:
        """Send the page's form, as a browser would with the page's cookie and token."""
        page = self.ask("/")
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.body)
        assert token is not None, page
        form = {"item_text": text, "csrfmiddlewaretoken": token[1]}
        return self.ask(path, form=form, cookie=page.headers["set-cookie"].split(";")[0])

    def run(self, *command: str) -> str:
        """Run a command inside, as the image's user."""
        return docker("exec", self.id, *command)

    def migrate(self) -> None:
        self.run("python", "manage.py", "migrate", "--noinput")

    def logs(self) -> str:
        """Give both streams of the log so far."""
        done = subprocess.run(
            ["docker", "logs", self.id],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=30,
            check=True,
        )
        return done.stdout

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = inspect(self.id)["State"]
        return state


@contextmanager
def container(*options: str, port: str = "127.0.0.1::8888") -> Iterator[Container]:
    """Start a container with the secrets, wait until it answers, and remove it at the end."""
    names = [word for name in SECRETS for word in ("--env", name)]
    labelled = ["create", "--label", LABEL, "--publish", port, *names]
    identity = docker(*labelled, *options, IMAGE, environ=SECRETS).strip()
    try:
        docker("start", identity)
        bound = inspect(identity)["NetworkSettings"]["Ports"]["8888/tcp"][0]
        started = Container(id=identity, port=int(bound["HostPort"]))
        wait_for(lambda: started.ask("/").status == 200, "an answer", seconds=60)
        yield started
    finally:
        docker("rm", "--force", "--volumes", identity)


@contextmanager
def volume() -> Iterator[str]:
    """Make a named volume, and remove it at the end."""
    name = docker("volume", "create", "--label", LABEL).strip()
    try:
        yield name
    finally:
        docker("volume", "rm", name)


def mount(source: Path | str, target: str = "/data") -> str:
    """Give the option that mounts a named volume, or a file or folder of this machine."""
    kind = "bind" if isinstance(source, Path) else "volume"
    return f"--mount=type={kind},source={source},target={target}"


def wait_for(true: Callable[[], bool], what: str, *, seconds: float) -> None:
    """Check every 30 ms until `true` holds; raises TimeoutError that names `what`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if true():
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.03)
    raise TimeoutError(f"{what} did not come within {seconds} s")
