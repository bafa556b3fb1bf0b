"""The words are those of the real programs."""

from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.diagnosis.derived_facts import derive_facts
from rehearsal.diagnosis.facts import FILE_ERROR, Facts
from rehearsal.diagnosis.file_errors import file_error_lines, find_file_error
from rehearsal.diagnosis.paste import INPUTS_ORIGIN
from rehearsal.source.dockerfile import parse_dockerfile
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

DOCKERFILE = """\
FROM python:3.13
WORKDIR /app
COPY . .
USER app
CMD ["python", "app.py"]
"""


def facts(
    log: str,
    *container: str,
    source: str = "container.log",
    verdict: Verdict = Verdict.CRASHED,
) -> Facts:
    lines = {source: tuple(log.splitlines()), "container": container}
    return Facts(verdict=verdict, lines=lines)


@pytest.mark.parametrize(
    "log, path, folder",
    [
        ("PermissionError: [Errno 13] Permission denied: '/srv/a/x'", "/srv/a/x", "/srv/a"),
        (
            ('  File "<frozen os>", line 228, in makedirs\n'
            "PermissionError: [Errno 13] Permission denied: '/srv/a'"),
            "/srv/a",
            "/srv/a",
        ),
        (
            ("    os.mkdir(self, mode)\n    ~~~~~~~~^^^^^^^^^^^^\n"
            "OSError: [Errno 30] Read-only file system: '/srv/a'"),
            "/srv/a",
            "/srv/a",
        ),
        ("PermissionError: [Errno 13] Permission denied: '/x' -> '/y'", "/x", "/"),
        ("OSError: [Errno 30] Read-only file system: '/srv/x'", "/srv/x", "/srv"),
        (
            ("FileNotFoundError: [Errno 2] No usable temporary directory found in ['/tmp', "
            "'/var/tmp', '/usr/tmp', '/src']"),
            "/tmp",
            "/tmp",
        ),
        ("Error: EACCES: permission denied, open '/srv/x'", "/srv/x", "/srv"),
        ("Error: EROFS: read-only file system, open '/srv/x'", "/srv/x", "/srv"),
        ("Error: EACCES: permission denied, mkdir '/srv/a'", "/srv/a", "/srv/a"),
        ("2026/11/29 07:31:46 open /srv/x: permission denied", "/srv/x", "/srv"),
        ("panic: mkdir /srv/a: permission denied", "/srv/a", "/srv/a"),
        ("-e:1:in `write': Permission denied @ rb_sysopen - /srv/x (Errno::EACCES)",
         "/srv/x", "/srv"),
        ("-e:1:in `mkdir': Permission denied @ dir_s_mkdir - /srv/x (Errno::EACCES)",
         "/srv/x", "/srv/x"),
        ("PHP Warning:  file_put_contents(/srv/x): Failed to open stream: Permission denied in /a",
         "/srv/x", "/srv"),
        ("java.nio.file.AccessDeniedException: /srv/x", "/srv/x", "/srv"),
        ("java.io.FileNotFoundException: /srv/x (Permission denied)", "/srv/x", "/srv"),
        ("java.nio.file.FileSystemException: /srv/x: Read-only file system", "/srv/x", "/srv"),
        ("touch: cannot touch '/srv/x': Permission denied", "/srv/x", "/srv"),
        ("mkdir: cannot create directory \u2018/srv/x\u2019: Read-only file system",
         "/srv/x", "/srv/x"),
        ("sh: 1: cannot create /srv/x: Permission denied", "/srv/x", "/srv"),
        ("cp: cannot create regular file '/srv/passwd': Read-only file system",
         "/srv/passwd", "/srv"),
        ('nginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (13: Permission denied)',
         "/var/cache/nginx/client_temp", "/var/cache/nginx/client_temp"),
        ('nginx: [emerg] open() "/run/nginx.pid" failed (30: Read-only file system)',
         "/run/nginx.pid", "/run"),
    ],
)  # fmt: skip
def test_find_file_error(log: str, path: str, folder: str) -> None:
    found = find_file_error(facts(f"starting\n{log}\nbye"))
    assert found is not None
    assert (found.path, found.folder) == (path, folder)


@pytest.mark.parametrize(
    "log",
    [
        "",
        "PermissionError: [Errno 13] Permission denied",
        "Error: listen EACCES: permission denied 0.0.0.0:80",
        "FileNotFoundError: [Errno 2] No such file or directory: '/srv/x'",
        "psycopg.OperationalError: permission denied for table item",
    ],
)
def test_find_file_error__none(log: str) -> None:
    assert find_file_error(facts(log)) is None


DENIED = "PermissionError: [Errno 13] Permission denied: '{}'"


@pytest.mark.parametrize(
    "path, lines",
    [
        ("/data/a/x", ("path /data/a/x", "folder /data/a", "mount volume /data", "after D:3")),
        ("/srv/etc/x", ("path /srv/etc/x", "folder /srv/etc", "mount read-only /srv", "after D:3")),
        ("/etc/ssl/x", ("path /etc/ssl/x", "folder /etc/ssl", "system /etc")),
        ("/proc/1/environ", ("path /proc/1/environ", "folder /proc/1", "system /proc")),
        ("/var/run/a.pid", ("path /var/run/a.pid", "folder /var/run", "system /var/run")),
        ("/tmp/x", ("path /tmp/x", "folder /tmp", "system /tmp")),
        ("/usr/src/app/x", ("path /usr/src/app/x", "folder /usr/src/app", "after D:3")),
        ("/database/x", ("path /database/x", "folder /database", "after D:3")),
        ("/app/x", ("path /app/x", "folder /app", "code /app", "after D:3")),
        ("/x", ("path /x", "folder /", "code /", "after D:3")),
        ("/app/media/x", ("path /app/media/x", "folder /app/media", "after D:3")),
        # The line after it is for a shell.
        ("/a;curl${IFS}x|sh/x", ("path /a;curl${IFS}x|sh/x", "folder /a;curl${IFS}x|sh")),
        ("/a/`id`/x", ("path /a/`id`/x", "folder /a/`id`")),
    ],
)
def test_file_error_lines(path: str, lines: tuple[str, ...]) -> None:
    known = facts(DENIED.format(path), "mount volume /data", "mount read-only /srv", "user app")
    assert file_error_lines(known, parse_dockerfile(DOCKERFILE, "D")) == lines


def test_file_error_lines__without_a_dockerfile_or_a_user() -> None:
    known = facts(DENIED.format("/data/x"), source="setup.log", verdict=Verdict.SETUP_FAILED)
    assert file_error_lines(known, None) == ("path /data/x", "folder /data")
    dockerfile = parse_dockerfile("FROM python:3.13\n", "D")
    assert file_error_lines(known, dockerfile)[2:] == ()
    assert file_error_lines(facts("hello"), dockerfile) == ()


def test_file_error_lines__of_the_stage_that_is_built() -> None:
    dockerfile = parse_dockerfile(f"{DOCKERFILE}FROM a AS tools\n".replace("3.13", "a AS app"), "D")
    known = facts(DENIED.format("/data/x"))
    assert file_error_lines(known, dockerfile)[2:] == ()
    assert file_error_lines(known, dockerfile, "app")[2:] == ("after D:3",)


def test_derive_facts__no_dockerfile_of_a_ready_image(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    checkout = SourceTree(top=tmp_path, directory=tmp_path, dockerfile="Dockerfile")
    known = facts(DENIED.format("/data/x"))
    assert derive_facts(known, checkout)[FILE_ERROR][2:] == ("after Dockerfile:3",)
    known = replace(known, lines={**known.lines, INPUTS_ORIGIN: ("given image",)})
    assert derive_facts(known, checkout)[FILE_ERROR][2:] == ()


TRACEBACK = """\
Traceback (most recent call last):
  File "/app/shop.py", line 7, in start
    {}
{}
"""
KEY = "/srv/key.pem"
REFUSED = DENIED.format(KEY)


@pytest.mark.parametrize(
    "log, reads",
    [
        (TRACEBACK.format("return Path(name).read_text()", REFUSED), True),
        (TRACEBACK.format("with open(name) as file:", REFUSED), True),
        (TRACEBACK.format('with open(Path("/srv") / name, "rb") as file:', REFUSED), True),
        (TRACEBACK.format('with open(name, encoding="utf-8") as file:', REFUSED), True),
        (TRACEBACK.format("os.listdir(name)", REFUSED), True),
        (TRACEBACK.format('with open(name, "w") as file:', REFUSED), False),
        (TRACEBACK.format('Path(name).write_text("x")', REFUSED), False),
        (TRACEBACK.format("os.chmod(name, 0o600)", REFUSED), False),
        (
            (
                f"Error: EACCES: permission denied, open '{KEY}'\n"
                "    at Object.openSync (node:fs:573:18)\n"
                "    at Object.readFileSync (node:fs:452:35)\n"
                "    at Object.<anonymous> (/app/server.js:3:4)"
            ),
            True,
        ),
        (f"Error: EACCES: permission denied, scandir '{KEY}'", True),
        (f"Error: EACCES: permission denied, mkdir '{KEY}'", False),
        (f"PHP Warning:  file_get_contents({KEY}): Failed to open stream: Permission denied", True),
    ],
)
def test_find_file_error__reads(log: str, reads: bool) -> None:
    found = find_file_error(facts(log))
    assert found is not None
    assert found.reads is reads


OTHER = TRACEBACK.format("total()", "ValueError: no total")
HANDLED = TRACEBACK.format("write()", REFUSED)
HALTED = TRACEBACK.format("self.halt()", "gunicorn.errors.HaltServer: <HaltServer 'Worker …' 3>")
CHAINED = "\nDuring handling of the above exception, another exception occurred:\n\n"


@pytest.mark.parametrize(
    "log, verdict, is_at_fault",
    [
        (HANDLED, Verdict.CRASHED, True),
        (HANDLED, Verdict.TESTS_FAILED, True),
        (OTHER + HANDLED, Verdict.TESTS_FAILED, True),
        (HANDLED + OTHER, Verdict.TESTS_FAILED, False),
        (HANDLED + OTHER, Verdict.CRASHED, False),
        (HANDLED + CHAINED + OTHER, Verdict.CRASHED, True),
        (HANDLED + HALTED, Verdict.CRASHED, True),
        (f"touch: cannot touch '{KEY}': Permission denied", Verdict.CRASHED, True),
        (f"touch: cannot touch '{KEY}': Permission denied", Verdict.NOT_READY, False),
    ],
)
def test_find_file_error__not_if_the_app_went_on(
    log: str,
    verdict: Verdict,
    is_at_fault: bool,
) -> None:
    assert bool(find_file_error(facts(log, verdict=verdict))) is is_at_fault


def test_find_file_error__a_setup_that_did_its_work() -> None:
    assert find_file_error(facts(HANDLED, source="setup.log")) is None
