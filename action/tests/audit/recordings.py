"""What real servers answered to `observe_pages`, as files of the folder `recorded`.

`python3 -m tests.audit.recordings NAME PORT READY_PATH COMMAND...`, run in `action/`, starts a
server by a command and writes its recording anew.
"""

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rehearsal.audit.exchange import Exchange
from rehearsal.audit.observations import Asset, Observations, Pages
from rehearsal.evidence.folder import Evidence
from rehearsal.outside.folder import Folder
from rehearsal.outside.http_exchange import ask
from rehearsal.pipeline.audit.pages import observe_pages
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.published_port import PublishedPort

from ..fakes import PLAN, fake_container

FOLDER = Path(__file__).parent / "recorded"
# In bytes. Of longer pages the beginning and the end are kept: debug pages are long in the middle.
MAX_BODY = 4000
MAX_LINES = 20
START_TIMEOUT = 30


def recorded(name: str) -> Pages:
    """Return what a server answered."""
    read = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return Pages(
        **{key: _exchanges(read[key]) for key in ("ready", "home", "unknown", "foreign")},
        malformed=_exchange(read["malformed"]),
        assets=tuple(
            Asset(
                kind=each["kind"],
                link=each["link"],
                plain=_exchange(each["plain"]),
                compressed=each["compressed"] and _exchange(each["compressed"]),
            )
            for each in read["assets"]
        ),
        left_out=read["left_out"],
        logged=tuple(read["logged"]),
        marks=tuple(read["marks"]),
        debugger=read["debugger"] and _exchange(read["debugger"]),
    )


def observed(name: str) -> Observations:
    """Return observations with nothing but what a server answered."""
    return Observations(pages=recorded(name))


def _exchanges(read: list[dict[str, Any]]) -> tuple[Exchange, ...]:
    return tuple(_exchange(each) for each in read)


def _exchange(read: dict[str, Any]) -> Exchange:
    body = read["body"]
    return Exchange(
        **{
            **read,
            "headers": tuple((name, value) for name, value in read["headers"]),
            "body": base64.b64decode(body["base64"]) if isinstance(body, dict) else body.encode(),
        }
    )


def _as_json(body: bytes) -> str | dict[str, str]:
    if len(body) > MAX_BODY:
        body = body[: MAX_BODY // 2] + b"\n[...]\n" + body[-MAX_BODY // 2 :]
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _write(name: str, pages: Pages) -> None:
    # No check reads what is compressed.
    assets = tuple(
        replace(each, compressed=each.compressed and replace(each.compressed, body=b""))
        for each in pages.assets
    )
    pages = replace(pages, assets=assets, logged=pages.logged[:MAX_LINES])
    text = json.dumps(asdict(pages), default=_as_json, indent=1, ensure_ascii=False)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _record(port: int, path: str, command: list[str]) -> Pages:
    published = PublishedPort("127.0.0.1", port)
    with tempfile.TemporaryDirectory() as folder:
        evidence = Evidence(Folder(Path(folder)).folder("evidence", make=True), Redactor())
        log = evidence.log("container.log")
        sink = log.stream()
        server = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "PORT": str(port)},
        )
        assert server.stdout
        stdout = server.stdout.fileno()

        def read() -> None:
            while piece := os.read(stdout, 1 << 16):
                sink(piece)

        threading.Thread(target=read, daemon=True).start()
        try:
            limit = time.monotonic() + START_TIMEOUT
            while not ask(published, path, {"Host": f"localhost:{port}"}, timeout=5).status:
                assert server.poll() is None, log.tail(20)
                assert time.monotonic() < limit, log.tail(20)
                time.sleep(0.1)
            subject = Subject(
                plan=replace(PLAN, probe=replace(PLAN.probe, path=path)),
                context=None,  # type: ignore[arg-type]  # observe_pages needs none
                container=replace(fake_container(), published=published),
                log=log,
                image="",
            )
            return observe_pages(subject)
        finally:
            os.killpg(server.pid, signal.SIGKILL)


if __name__ == "__main__":
    name, port, path, *command = sys.argv[1:]
    _write(name, _record(int(port), path, command))
