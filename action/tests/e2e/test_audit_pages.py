"""What the app answers: containers that fail one check. `test_audit.py` has the one that passes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from .repository import Repository, repository_of
from .runner import Runner
from .test_audit import audited, findings

WARN = {"secrets": "APP_SECRET"}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A change of the sound app: patterns with what replaces them, by file, and the ids that fail.

    `told` are words of the first finding.
    """

    changes: Mapping[str, tuple[tuple[str, str], ...]]
    failed: set[str]
    told: str


FAULTS = {
    "debug": Fault(
        changes={
            "requirements.txt": ((r"\Z", "werkzeug\n"),),
            "app.py": (
                (r"^files = ", "from werkzeug.debug import DebuggedApplication\nfiles = "),
                (r"return error\(HTTPStatus.NOT_FOUND, .*$", "raise LookupError"),
                (r"\Z", "\n\napplication = DebuggedApplication(application)\n"),
            ),
        },
        failed={"debug"},
        told="is answered with Werkzeug's debugger.",
    ),
    "host-check": Fault(
        changes={
            "app.py": (
                (r"not in HOSTS:", 'not in [*HOSTS, "rehearsal.invalid"]:'),
                (r"^<title>Notes", '<link rel="canonical" href="http://{host}/">\n<title>Notes'),
                (r"PAGE.format\(", 'PAGE.format(host=environ["HTTP_HOST"], '),
            )
        },
        failed={"host-check"},
        told="The answer to GET / links to the host that the request names.",
    ),
    "logging": Fault(
        changes={"gunicorn.conf.py": ((r"^accesslog = .*$", ""),)},
        failed={"logging"},
        told="and the container logged nothing.",
    ),
    "static-files": Fault(
        changes={"app.py": ((r"notes-7b52009b", "notes"),)},
        failed={"static-files"},
        told="1 of 3 files that the page loads cannot be used: /static/notes.js (status 404).",
    ),
    "static-caching": Fault(
        changes={
            "Dockerfile": (
                (r"^RUN python -m whitenoise.*$", "RUN seq 9999 >> dist/style-5d41402a.css"),
            ),
            "app.py": ((r"immutable_file_test=.*$", "max_age=60"),),
        },
        failed={"static-caching:compressed", "static-caching:immutable"},
        told="A client that accepts gzip gets files uncompressed: /static/style-5d41402a.css",
    ),
    "headers": Fault(
        changes={"app.py": ((r'^    \("Referrer-Policy".*\n', ""), (r"; SameSite=Lax", ""))},
        failed={"headers:cookies", "headers:referrer"},
        told="Cookies lack attributes: session has no SameSite.",
    ),
    "error-pages": Fault(
        changes={"app.py": ((r"</h1>.n\"$", r'</h1>\\n<p>gunicorn/23.0.0, /app/app.py"'),)},
        failed={"error-pages:path", "error-pages:version"},
        told="The page with status 404 names a path of the container: /app/app.py.",
    ),
}


def faulty(fault: Fault, folder: Path) -> Repository:
    """Return the sound app with a fault."""
    repository = repository_of("sound_app", folder)
    for path, replacements in fault.changes.items():
        for pattern, replacement in replacements:
            repository.replace(path, pattern, replacement)
    return repository


@pytest.mark.parametrize("check", FAULTS)
def test_failed__this_check_alone(workdir: Path, runner: Runner, check: str) -> None:
    fault = FAULTS[check]
    rehearsed = audited(faulty(fault, workdir / "repository"), runner, WARN)
    failed = findings(rehearsed, "failed")
    assert set(failed) == fault.failed
    assert fault.told in failed[min(failed)]["message"]
