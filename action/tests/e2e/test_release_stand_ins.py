"""The stand-ins of a release: what they refuse, so that the scenarios with them prove something.

They are started as the runner starts an action, with its inputs in the environment.
"""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from .machine import clean_environment, node_modules, tool

STAND_INS = Path(__file__).parent / "stand_ins"
MANIFEST = b'{"schemaVersion": 2}'
HEX = hashlib.sha256(MANIFEST).hexdigest()
DIGEST = f"sha256:{HEX}"
OTHER = f"sha256:{'0' * 64}"
TYPE = "https://example.com/predicate/v1"


class _Registry(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = {f"/v2/app/manifests/{DIGEST}", f"/v2/app/manifests/sha256:{'1' * 64}"}
        self.send_response(200 if self.path in known else 404)
        self.end_headers()
        self.wfile.write(MANIFEST)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name there)
        pass


@pytest.fixture(scope="module")
def registry() -> Iterator[str]:
    """A registry that has one image, `app`, and one that lies about its digest."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@dataclass(frozen=True, kw_only=True)
class Ended:
    exit_code: int
    text: str
    outputs: dict[str, str]


def start(name: str, workdir: Path, inputs: dict[str, str], **environment: str) -> Ended:
    """Run the stand-in's main script as the runner does, and read what it left."""
    folder = workdir / name
    folder.mkdir(exist_ok=True)
    for file in (STAND_INS / "inputs.js", *(STAND_INS / name).iterdir()):
        (folder / file.name).write_bytes(file.read_bytes())
    left = workdir / "output"
    left.write_text("")
    given = {f"INPUT_{name.upper()}": value for name, value in inputs.items()}
    runners = {
        "GITHUB_OUTPUT": str(left),
        "GITHUB_STATE": str(workdir / "state"),
        "GITHUB_REPOSITORY": "example/app",
        "GITHUB_SERVER_URL": "https://github.com",
        "NODE_PATH": str(node_modules()),
        "RUNNER_TEMP": str(workdir),
    }
    (workdir / "state").touch()
    ended = subprocess.run(
        [tool("node"), folder / "index.js"],
        env=clean_environment() | runners | given | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    text = ended.stdout + ended.stderr
    print(text)
    return Ended(exit_code=ended.returncode, text=text, outputs=dict(_pairs(left.read_text())))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    lines = iter(text.splitlines())
    for line in lines:
        name, _, end = line.partition("<<")
        yield name, "\n".join(iter(lambda: next(lines), end))


def attest(workdir: Path, inputs: dict[str, str], *, check: str = "") -> Ended:
    defaults = {"push-to-registry": "false"}
    # True accepts any predicate and false none: the scenarios give the schema's validator.
    return start("attest", workdir, defaults | inputs, PREDICATE_CHECK=check)


def statement(ended: Ended) -> dict[str, object]:
    line = next(line for line in ended.text.splitlines() if line.startswith("attested "))
    stated: dict[str, object] = json.loads(line.removeprefix("attested "))
    return stated


def test_attest__states_provenance_of_a_subject(workdir: Path, registry: str) -> None:
    ended = attest(workdir, {"subject-name": f"{registry}/app", "subject-digest": DIGEST})
    assert ended.exit_code == 0
    stated = statement(ended)
    assert stated["subject"] == [{"name": f"{registry}/app", "digest": {"sha256": HEX}}]
    assert stated["predicateType"] == "https://slsa.dev/provenance/v1"
    bundle = json.loads(Path(ended.outputs["bundle-path"]).read_text())
    assert bundle["dsseEnvelope"]["signatures"] == []
    assert ended.outputs["attestation-url"].endswith(ended.outputs["attestation-id"])


def test_attest__states_a_predicate_of_several_subjects(workdir: Path, registry: str) -> None:
    (workdir / "subjects").write_text(f"{HEX}  {registry}/app\n")
    (workdir / "predicate.json").write_text('{"verdict": "passed"}')
    inputs = {
        "subject-checksums": f"{workdir}/subjects",
        "predicate-type": TYPE,
        "predicate-path": f"{workdir}/predicate.json",
    }
    ended = attest(workdir, inputs, check="true")
    assert ended.exit_code == 0
    stated = statement(ended)
    assert stated["predicateType"] == TYPE
    assert stated["predicate"] == {"verdict": "passed"}


@pytest.mark.parametrize(
    "changed, said",
    [
        pytest.param({"subject-digest": OTHER}, "answers 404", id="not in the registry"),
        pytest.param(
            {"subject-digest": f"sha256:{'1' * 64}"}, f"has the bytes of {DIGEST}", id="other bytes"
        ),
        pytest.param(
            {"subject-digest": "sha512:00"}, "expected sha256:HEX", id="another algorithm"
        ),
        pytest.param(
            {"subject-digest": "sha256:00"}, "expected 64 hexadecimal", id="half a digest"
        ),
        pytest.param({"subject-digest": ""}, "exactly one of", id="no subject"),
        pytest.param({"subject-checksums": "x"}, "exactly one of", id="two kinds of subject"),
        pytest.param({"subject-name": "localhost:1/App"}, "in lower case", id="capitals"),
        pytest.param({"subject-name": "localhost:1/app:1.0"}, "without tag", id="a tag"),
        pytest.param({"subject-name": ""}, "required and not supplied", id="no name"),
        pytest.param({"predicate-type": TYPE}, "exactly one of predicate", id="no predicate"),
        pytest.param({"predicate": "{}"}, "predicate-type goes with", id="no type"),
        pytest.param({"predicate-type": "x", "predicate": "{}"}, "expected a URI", id="no URI"),
        pytest.param({"predicate-type": TYPE, "predicate": "{"}, "JSON", id="no JSON"),
        pytest.param(
            {"predicate-type": TYPE, "predicate": "{}"}, "not valid", id="not by the schema"
        ),
        pytest.param({"subject-nmae": "app"}, "has no input subject-nmae", id="unknown input"),
    ],
)
def test_attest__refuses(workdir: Path, registry: str, changed: dict[str, str], said: str) -> None:
    good = {"subject-name": f"{registry}/app", "subject-digest": DIGEST}
    ended = attest(workdir, good | changed, check="false")
    assert ended.exit_code == 1
    assert said in ended.text
    assert "attested" not in ended.text


@pytest.fixture
def client(workdir: Path) -> Path:
    """A docker that writes down how it was called, and what it was told on standard input."""
    folder = workdir / "client"
    folder.mkdir()
    script = folder / "docker"
    script.write_text('#!/bin/sh\ncat >"$CALLS/stdin"\necho "$@" >"$CALLS/words"\n')
    script.chmod(0o755)
    return folder


def login(workdir: Path, client: Path, **changed: str) -> Ended:
    inputs = {
        "registry": "localhost:5000",
        "username": "me",
        "password": "p-4-s-s",
        "logout": "true",
    }
    environment = {"PATH": f"{client}:{os.environ['PATH']}", "CALLS": str(client)}
    return start(
        "login-action",
        workdir,
        inputs | changed,
        DOCKER_CONFIG=str(workdir / "config"),
        **environment,
    )


def test_login__hands_the_password_over_on_standard_input(workdir: Path, client: Path) -> None:
    ended = login(workdir, client)
    assert ended.exit_code == 0
    assert (client / "words").read_text() == "login --username me --password-stdin localhost:5000\n"
    assert (client / "stdin").read_text() == "p-4-s-s"
    assert "p-4-s-s" not in ended.text
    state = (workdir / "state").read_text()
    assert "p-4-s-s" not in state
    assert "localhost:5000" in state


@pytest.mark.parametrize("missing", ["registry", "username", "password"])
def test_login__needs_all_three(workdir: Path, client: Path, missing: str) -> None:
    ended = login(workdir, client, **{missing: ""})
    assert ended.exit_code == 1
    assert f"{missing}" in ended.text
    assert not (client / "words").exists()


def test_login__refuses_an_input_it_does_not_know(workdir: Path, client: Path) -> None:
    ended = login(workdir, client, token="x")
    assert ended.exit_code == 1
    assert "has no input token" in ended.text


def gh(workdir: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, STAND_INS / "gh/gh", *words],
        env={"GH_CALLS": str(workdir / "calls"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


DRAFT = ("release", "create", "v1.2.3", "--draft", "--verify-tag", "--title", "v1.2.3")


def test_gh__writes_the_call_down_without_the_token(workdir: Path) -> None:
    (workdir / "calls").mkdir()
    (workdir / "notes.md").write_text("What is new.")
    ended = gh(
        workdir, *DRAFT, "--notes-file", f"{workdir}/notes.md", GH_TOKEN="t-0-k-e-n", GH_REPO="o/r"
    )
    assert ended.returncode == 0
    text = (workdir / "calls/0.json").read_text()
    assert "t-0-k-e-n" not in text
    assert json.loads(text) == {
        "tag": "v1.2.3",
        "draft": True,
        "verify_tag": True,
        "title": "v1.2.3",
        "notes-file": "notes.md",
        "notes": "What is new.",
        "repository": "o/r",
    }


@pytest.mark.parametrize(
    "words, environment, said",
    [
        pytest.param(("--latest",), {"GH_TOKEN": "t"}, "unrecognized arguments", id="unknown flag"),
        pytest.param((), {}, "set GH_TOKEN", id="no token"),
    ],
)
def test_gh__refuses(
    workdir: Path, words: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    (workdir / "calls").mkdir()
    (workdir / "notes.md").write_text("What is new.")
    ended = gh(workdir, *DRAFT, "--notes-file", f"{workdir}/notes.md", *words, **environment)
    assert ended.returncode != 0
    assert said in ended.stderr
    assert not list((workdir / "calls").iterdir())
