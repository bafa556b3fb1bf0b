"""Superlists as it is configured here, beside the configuration of the chapter that it follows.

The load comes from autocannon, over loopback, with few connections and for some seconds.
"""

import contextlib
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from bench.app_container import build, first_answer, running, started
from bench.measure import Contender, Row, row
from bench.programs import run
from bench.superlists_copy import Project, copied

# Of a row.
ROW_SECONDS = 15
SECONDS, CONNECTIONS, IDLE = 2, 8, 50
_OURS, _CHAPTER = "superlists", "the chapter's configuration"
_IMAGES = {_OURS: "bench-superlists", _CHAPTER: "bench-chapter"}
# The chapter's last Dockerfile, in this project's layout.
_CHAPTER_DOCKERFILE = """\
ARG PYTHON_IMAGE=python:3.13-slim
FROM ${PYTHON_IMAGE}
RUN python -m venv /venv
ENV PATH="/venv/bin:$PATH"
COPY requirements.txt requirements.txt
RUN pip install -r requirements.txt
COPY manage.py /src/
COPY superlists /src/superlists
WORKDIR /src
RUN python manage.py collectstatic
ENV DJANGO_DEBUG_FALSE=1
RUN useradd --system --no-create-home nonroot && mkdir /data && chown nonroot /data
USER nonroot
ENV DJANGO_DB_PATH=/data/db.sqlite3
CMD gunicorn --bind :8888 superlists.wsgi:application
"""


@dataclass(frozen=True)
class _App:
    container: str
    port: int
    style: str


def rows() -> Iterator[Row]:
    """Measure both images in turns."""
    with copied() as project:
        _build_both(project)
        with contextlib.ExitStack() as stack:
            apps = {
                name: _app(*stack.enter_context(running(image))) for name, image in _IMAGES.items()
            }
            yield _requests("page", "Requests of a page", apps, goal="at least the chapter's")
            yield _requests(
                "static", "Requests of the style sheet", apps, goal="twice the chapter's"
            )
            yield _requests("idle", f"Pages, with {IDLE} idle connections", apps, idle=IDLE,
                            goal="at least the chapter's")  # fmt: skip
        stops: dict[str, list[float]] = {name: [] for name in _IMAGES}
        yield _row("app-start", "From start to the first answer", "s", partial(_start, stops))
        # Of the same containers.
        yield Row(id="app-stop", title="docker stop", unit="s", values=stops)
        yield _row("app-layers", "Layers above the base image", "MB", partial(_layers, project), 0,
                   goal="35 MB")  # fmt: skip


def _build_both(project: Project) -> None:
    build(project.path, project.base_image, _IMAGES[_OURS])
    (project.path / "Dockerfile").write_text(_CHAPTER_DOCKERFILE)
    build(project.path, project.base_image, _IMAGES[_CHAPTER])


def _row(
    identity: str,
    title: str,
    unit: str,
    measure: Callable[[str, int], float],
    seconds: float = ROW_SECONDS,
    *,
    goal: str = "",
) -> Row:
    contenders = [Contender(name=name, run=partial(measure, name)) for name in _IMAGES]
    return row(identity, title, unit, contenders, seconds, goal=goal)


def _requests(identity: str, title: str, apps: dict[str, _App], *, idle: int = 0, goal: str) -> Row:
    contenders = [
        Contender(name=name, run=partial(_requests_a_second, app, identity == "static", idle))
        for name, app in apps.items()
    ]
    return row(f"app-{identity}", title, "requests/s", contenders, ROW_SECONDS, goal=goal,
               more_is_better=True)  # fmt: skip


def _requests_a_second(app: _App, is_static: bool, idle: int, _: int) -> float | str:
    url = f"http://localhost:{app.port}{app.style if is_static else '/'}"
    command = [
        "autocannon",
        "--json",
        "--connections",
        str(CONNECTIONS),
        "--duration",
        str(SECONDS),
        url,
    ]
    with contextlib.ExitStack() as stack:
        for _number in range(idle):
            stack.enter_context(socket.create_connection(("127.0.0.1", app.port)))
        text = run(command)[1]
    found = json.loads(text[text.index("{") :])
    answered = float(found["2xx"]) / float(found["duration"])
    return answered or f"no answer within {SECONDS} s"


def _app(container: str, port: int) -> _App:
    page = run(["curl", "--silent", f"http://localhost:{port}/"])[1]
    style = page.partition('rel="stylesheet"')
    href = (style[0].rpartition("<link")[2] + style[2]).partition('href="')[2].partition('"')[0]
    return _App(container, port, href)


def _start(stops: dict[str, list[float]], name: str, _: int) -> float:
    with started(_IMAGES[name]) as (begun, container, port):
        seconds = first_answer(port) - begun
        stops[name].append(run(["docker", "stop", container])[0])
        return seconds


def _layers(project: Project, name: str, _: int) -> float:
    sizes = [
        int(run(["docker", "image", "inspect", "--format", "{{.Size}}", each])[1])
        for each in (_IMAGES[name], project.base_image)
    ]
    return (sizes[0] - sizes[1]) / 1e6
