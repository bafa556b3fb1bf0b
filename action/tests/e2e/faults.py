"""Faults of an app, of its image, its tests and its inputs, and what has to be said about each.

Each lays out one repository, and says what a rehearsal of it has to tell its reader.
"""

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the repository that is annotated: what it `holds`, and what is said there."""

    file: str
    holds: str
    says: str


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way to go wrong, and what has to be said about it.

    `files` are written and `edits` (path, pattern, replacement) made in the repository of `app`.
    `told` are words of the first annotation, the summary and the page; `lines` the annotations that
    follow it; `evidence` what files of the evidence hold. If there is something to paste, it is
    obeyed to the letter with `known` in place of what only the reader knows, and `then` is the
    verdict of the next rehearsal: `passed`, or `VERDICT: DIAGNOSIS`. `starts` says that the app is
    started.
    """

    name: str
    verdict: str
    diagnosis: str = ""
    app: str = "tiny_app"
    inputs: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    edits: tuple[tuple[str, str, str], ...] = ()
    told: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    evidence: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    then: str = ""
    starts: bool = True

    def __str__(self) -> str:
        return self.name


def tiny(fault: str, **inputs: str) -> dict[str, str]:
    """Return the inputs with which the tiny app goes wrong in one of its ways."""
    return {"env": f"TINY_FAULT={fault}", **{k.replace("_", "-"): v for k, v in inputs.items()}}


CHECKS = "python3 reported.py checks"
VISITS = "python3 reported.py visits"
MIGRATE = "python manage.py migrate --noinput"
# The app's own defaults stand before what a scenario changes.
SUPERLISTS = {
    "secrets": "DJANGO_SECRET_KEY",
    "env": "DJANGO_ALLOWED_HOST=localhost",
    "setup-command": MIGRATE,
    "test-command": VISITS,
}
# So do those of the plain Django project. The interpreter of the scenarios has Selenium.
PLAIN_TESTS = f"{sys.executable} -m unittest functional_tests"
PLAIN_APP = {
    "generate-secrets": "SECRET_KEY",
    "env": "ALLOWED_HOSTS=localhost",
    "setup-command": MIGRATE,
    "test-command": f"{PLAIN_TESTS}.test_pages",
}
OWN_INPUTS = {"superlists": SUPERLISTS, "plain_app": PLAIN_APP}
# What cannot get better ends at once, so nobody waits for as long as this.
QUICK = {"setup-command": ""}
INSTALL = "/venv/bin/pip install --no-index -r requirements.txt"
VENV = "RUN python -m venv /venv"
# The line of the tiny app's Dockerfile that is replaced.
COPY = ("Dockerfile", r"^COPY .*$")
FOREIGN = {"x86_64": r"\\267", "aarch64": r"\\076"}[platform.machine()]
FOREIGN_PROGRAM = (
    r"RUN printf '\\177ELF\\002\\001\\001' >/program"
    " && head -c 9 /dev/zero >>/program"
    rf" && printf '\\002\\000{FOREIGN}\\000\\001' >>/program"
    " && head -c 43 /dev/zero >>/program && chmod +x /program"
)
HOLDS_THE_PORT = (
    "import socket, subprocess, sys; held = socket.create_server(('', 8888)); "
    "sys.exit(subprocess.call(['python', '-u', '/app.py']))"
)
KEY_IS_MISSING = Line(
    file="app.py", holds='key = os.environ["TINY_KEY"]', says="KeyError: 'TINY_KEY'"
)
NO_TABLE = Line(
    file="superlists/lists/views.py",
    holds="List.objects.create",
    says="OperationalError: no such table: lists_list",
)
A_LIST = Line(file="visits.py", holds="def test_start_a_list", says="HTTP Error 500")

# It prints what it was given, as the tiny app does.
NODE_PRINTS = """\
for (const name of (process.env.TINY_PRINTS || "").split(" "))
  console.log(`${name} is ${process.env[name]}`);
"""
# Nothing catches what it throws, so Node ends.
NODE_APP = f"""\
const http = require("http");
{NODE_PRINTS}
function total(orders, id) {{
  return orders[id].total;
}}

http.createServer((request, response) => response.end(total({{}}, "7"))).listen(8888);
"""

# Without a package, so nothing is installed from npm.
NODE_ALONE = ("Dockerfile", r"^(?:COPY package|RUN npm).*\n", "")
NODE_SETTINGS = f"""\
{NODE_PRINTS}
const wanted = ["DATABASE_URL", "PATH", "MAIL_HOST", "SESSION_KEY"];
const missing = wanted.filter((name) => !process.env[name]);
if (missing.length)
  throw new Error(`Missing required environment variables: ${{missing.join(", ")}}`);
"""
PYDANTIC_SETTINGS = """\
import os
import sys

from pydantic_settings import BaseSettings, SettingsConfigDict

for name in os.environ.get("TINY_PRINTS", "").split():
    print(f"{name} is {os.environ.get(name)}", file=sys.stderr)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    database_url: str
    port: int = 8888
    api_key: str


settings = Settings()
"""

MAKING = [
    Fault(
        name="build",
        verdict="build-failed",
        diagnosis="build",
        edits=((*COPY, "RUN echo the shelves are crooked && \\\\\n    exit 3"),),
        told=("does not build: RUN echo the shelves are crooked", "docker build ."),
        lines=(Line(file="Dockerfile", holds="RUN echo", says="the shelves are crooked"),),
        evidence={"build.log": "exit code: 3"},
    ),
    Fault(
        name="package-not-found",
        verdict="build-failed",
        diagnosis="package-not-found",
        files={"requirements.txt": "no-such-package-of-anybody==9.9.9\n"},
        edits=((*COPY, f"{VENV}\nCOPY requirements.txt .\nRUN {INSTALL}"),),
        told=("installs no-such-package-of-anybody==9.9.9, and there is no such package",),
        lines=(
            Line(
                file="Dockerfile",
                holds=f"RUN {INSTALL}",
                says="No matching distribution found for no-such-package-of-anybody==9.9.9",
            ),
        ),
    ),
    Fault(
        name="pip-without-r",
        verdict="build-failed",
        diagnosis="pip-without-r",
        files={"requirements.txt": "django\n"},
        edits=((*COPY, f"{VENV}\nCOPY requirements.txt .\nRUN {INSTALL.replace('-r ', '')}"),),
        told=("-r is missing", "pip install -r requirements.txt"),
        lines=(
            Line(
                file="Dockerfile",
                holds="install --no-index requirements.txt",
                says="No matching distribution found for requirements.txt",
            ),
        ),
    ),
    Fault(
        name="missing-in-context",
        verdict="build-failed",
        diagnosis="missing-in-context",
        edits=((*COPY, "COPY app.py static/app.css /src/"),),
        told=("copies static/app.css, which is not in the build context", ".dockerignore"),
        lines=(Line(file="Dockerfile", holds="COPY app.py static", says="not found"),),
    ),
    Fault(
        name="no-such-program",
        verdict="build-failed",
        diagnosis="no-such-program",
        edits=((*COPY, "RUN pip3.99 install django"),),
        told=("runs pip3.99, and the image has no such program",),
        lines=(Line(file="Dockerfile", holds="RUN pip3.99", says="pip3.99: not found"),),
    ),
    Fault(
        name="no-shell",
        verdict="build-failed",
        diagnosis="no-such-program",
        edits=((r"Dockerfile", r"^FROM .*$", "FROM scratch"), (*COPY, "RUN true")),
        told=("The base image has no shell",),
        lines=(Line(file="Dockerfile", holds="RUN true", says="/bin/sh"),),
    ),
    Fault(
        name="no-compiler",
        verdict="build-failed",
        diagnosis="no-compiler",
        # As a package does that has no wheel: setuptools runs the compiler like this.
        edits=((*COPY, "RUN python -c \"import subprocess; subprocess.run(['gcc', 'a.c'])\""),),
        told=("has to be compiled, and there is no gcc", "apt-get install -y gcc"),
        lines=(Line(file="Dockerfile", holds="'gcc'", says="No such file or directory: 'gcc'"),),
    ),
    Fault(
        name="wrong-platform",
        verdict="build-failed",
        diagnosis="wrong-platform",
        # The header of a program for arm64 (for amd64 on such a machine).
        edits=((*COPY, f'{FOREIGN_PROGRAM}\nRUN ["/program"]'),),
        told=("builds for another processor than this machine has", "platform"),
        lines=(Line(file="Dockerfile", holds='RUN ["/program"]', says="exec format error"),),
    ),
    Fault(
        name="disk-full",
        verdict="build-failed",
        diagnosis="disk-full",
        edits=((*COPY, "RUN head -c 9999 /dev/zero >/dev/full"),),
        told=("The disk is full", "docker system df"),
        lines=(Line(file="Dockerfile", holds="/dev/full", says="No space left on device"),),
    ),
    Fault(
        name="base-image",
        verdict="build-failed",
        diagnosis="base-image",
        edits=(("Dockerfile", r"^FROM .*$", "FROM localhost:1/pyhton:3.13"),),
        told=("The base image localhost:1/pyhton:3.13", "cannot be pulled"),
        lines=(Line(file="Dockerfile", holds="FROM localhost:1", says="connection refused"),),
    ),
    Fault(
        name="build-unreadable",
        verdict="build-failed",
        diagnosis="build",
        edits=(("Dockerfile", r"^COPY", "KOPY"),),
        told=("unknown instruction: KOPY",),
        lines=(Line(file="Dockerfile", holds="KOPY", says="unknown instruction"),),
        evidence={"build.log": "unknown instruction: KOPY"},
    ),
    Fault(
        name="no-such-package",
        verdict="setup-failed",
        diagnosis="no-such-package",
        inputs={"test-requirements": "wanted.txt", "test-command": "true"},
        files={"wanted.txt": "selenium==0.0.999\n"},
        told=("package selenium==0.0.999 cannot be found", "test-requirements", "wanted.txt"),
        evidence={"test-setup.log": "selenium==0.0.999"},
    ),
    Fault(
        name="unknown-setup",
        verdict="setup-failed",
        inputs={"setup-command": "echo the shelves are not up yet >&2\nexit 3"},
        told=("setup-command ended with exit code 3", "No known cause matches"),
        evidence={"setup.log": "the shelves are not up yet"},
    ),
]

STARTING = [
    Fault(
        name="missing-variable",
        verdict="crashed",
        diagnosis="missing-variable",
        inputs=tiny("crash"),
        told=(
            "TINY_KEY is missing",
            "TINY_KEY: ${{ secrets.TINY_KEY }}",
            "in .github/workflows/ci.yml, after line ",
        ),
        lines=(KEY_IS_MISSING,),
        evidence={"container.log": "KeyError: 'TINY_KEY'"},
        # Then it ends as it was asked to.
        then="crashed",
    ),
    Fault(
        name="missing-variables-node",
        app="npm_app",
        verdict="crashed",
        diagnosis="missing-variable",
        files={"server.js": NODE_SETTINGS},
        edits=(NODE_ALONE,),
        told=(
            "missing in the container: DATABASE_URL, MAIL_HOST and SESSION_KEY",
            "in .github/workflows/ci.yml, after line ",
            "MAIL_HOST: ${{ secrets.MAIL_HOST }}",
        ),
        lines=(
            Line(
                file="server.js",
                holds="throw new Error",
                says="Missing required environment variables: DATABASE_URL, MAIL_HOST, SESSION_KEY",
            ),
        ),
        # It does nothing else.
        then="crashed: exited-early",
    ),
    Fault(
        name="missing-variables-pydantic",
        app="asgi_app",
        verdict="crashed",
        diagnosis="missing-variable",
        files={"app.py": PYDANTIC_SETTINGS, "requirements.txt": "pydantic-settings==2.16.3\n"},
        edits=(("Dockerfile", r"^CMD .*", 'CMD ["python", "app.py"]'),),
        told=("missing in the container: SHOP_DATABASE_URL and SHOP_API_KEY",),
        lines=(Line(file="app.py", holds="settings = Settings()", says="ValidationError"),),
        evidence={"container.log": "api_key\n  Field required"},
        # It does nothing else.
        then="crashed: exited-early",
    ),
    Fault(
        name="missing-module",
        verdict="crashed",
        diagnosis="missing-module",
        inputs=tiny("module"),
        told=("tiny_templates is missing", "to those that the Dockerfile installs"),
        lines=(
            Line(
                file="app.py",
                holds="import tiny_templates",
                says="ModuleNotFoundError: No module named 'tiny_templates'",
            ),
        ),
        evidence={"container.log": "No module named 'tiny_templates'"},
    ),
    Fault(
        name="out-of-memory",
        verdict="crashed",
        diagnosis="out-of-memory",
        inputs=tiny("hungry", run_options="--memory=48m\n--memory-swap=48m"),
        told=("limit: 48 MiB", "exit code 137", "killed for memory", "--memory="),
        evidence={"container.json": '"OOMKilled": true'},
        then="passed",
    ),
    Fault(
        name="exited-early",
        verdict="crashed",
        diagnosis="exited-early",
        inputs=tiny("exits"),
        told=("exit code 0: python -u /app.py", "in the foreground"),
        evidence={"container.json": '"ExitCode": 0'},
    ),
    Fault(
        name="crash-loop",
        verdict="crashed",
        diagnosis="crash-loop",
        inputs=tiny("ends", run_options="--restart=always"),
        told=("and was restarted, ", "times so far", "exit code 4", "without --restart in"),
        evidence={"container.log": "queue.internal cannot be reached"},
    ),
    Fault(
        name="segmentation-fault",
        verdict="crashed",
        diagnosis="segmentation-fault",
        inputs=tiny("segfault"),
        told=("segmentation fault (exit code 139)", "PYTHONFAULTHANDLER=1"),
        then="crashed: segmentation-fault",
    ),
    Fault(
        name="port-in-use",
        verdict="crashed",
        diagnosis="port-in-use",
        inputs={"command": f"python\n-c\n{HOLDS_THE_PORT}"},
        told=("Two programs in the container want one port",),
        lines=(Line(file="app.py", holds="listening = server(", says="Address already in use"),),
    ),
    Fault(
        name="no-shell-in-image",
        verdict="setup-failed",
        diagnosis="no-shell",
        inputs={"setup-command": "true"},
        edits=((*COPY, 'COPY app.py /app.py\nRUN ["rm", "/bin/sh"]'),),
        told=("The image has no shell",),
    ),
    Fault(
        name="unknown-end",
        verdict="crashed",
        inputs=tiny("ends"),
        told=("No known cause matches", "queue.internal cannot be reached"),
        evidence={"container.log": "queue.internal cannot be reached"},
    ),
    Fault(
        name="node-exception",
        app="npm_app",
        verdict="crashed",
        files={"server.js": NODE_APP},
        edits=(NODE_ALONE,),
        told=(
            "The app raised TypeError: Cannot read properties of undefined (reading 'total')",
            "at server.js:6",
        ),
        lines=(
            Line(
                file="server.js",
                holds="return orders[id].total",
                says="TypeError: Cannot read properties of undefined (reading 'total')",
            ),
        ),
        evidence={"container.log": "at total (/app/server.js:6:"},
    ),
]

ANSWERING = [
    Fault(
        name="wrong-port",
        verdict="not-ready",
        diagnosis="wrong-port",
        # Shorter than the delay after which this cause ends the wait.
        inputs=tiny("elsewhere", ready_timeout="8"),
        told=("listens on port 9000", "port: '9000'", "within 8 s"),
        then="passed",
    ),
    Fault(
        name="wrong-port-early",
        verdict="not-ready",
        diagnosis="wrong-port",
        inputs=tiny("elsewhere"),
        told=("listens on port 9000", "Gave up early: "),
        then="passed",
    ),
    Fault(
        name="bound-to-loopback",
        verdict="not-ready",
        diagnosis="bound-to-loopback",
        inputs=tiny("loopback"),
        told=("listens on 127.0.0.1", 'address = "0.0.0.0" if', "Gave up early: "),
        then="passed",
    ),
    Fault(
        name="ipv6-only",
        verdict="not-ready",
        diagnosis="ipv6-only",
        inputs=tiny("v6only"),
        told=("listens on IPv6 alone ([::])", "--bind 0.0.0.0:8888", "Gave up early: "),
    ),
    Fault(
        name="speaks-https",
        verdict="not-ready",
        diagnosis="speaks-https",
        inputs=tiny("tls"),
        told=("speaks https on port 8888", "port: '9000'", "Gave up early: "),
        then="passed",
    ),
    Fault(
        name="https-redirect",
        verdict="not-ready",
        diagnosis="https-redirect",
        inputs=tiny("https"),
        told=("to https", "X-Forwarded-Proto"),
    ),
    Fault(
        name="server-error",
        verdict="not-ready",
        diagnosis="server-error",
        inputs=tiny("broken", ready_timeout="10"),
        told=("500: ValueError: substring not found", "Correct what it names"),
        lines=(
            Line(
                file="app.py",
                holds='os.environ["HOME"].index("the price")',
                says="ValueError: substring not found",
            ),
        ),
        evidence={"container.log": "ValueError: substring not found"},
    ),
    Fault(
        name="no-such-page",
        verdict="not-ready",
        diagnosis="no-such-page",
        # Longer than the delay after which this cause ends the wait, but the caller has chosen it.
        inputs=tiny("lost", ready_path="/missing", ready_timeout="11"),
        told=("no page /missing", "/healthz answers 200", "ready-path: /healthz", "within 11 s"),
        then="passed",
    ),
    Fault(
        name="no-such-page-early",
        verdict="not-ready",
        diagnosis="no-such-page",
        inputs=tiny("lost", ready_path="/missing"),
        told=("no page /missing", "Gave up early: "),
    ),
    Fault(
        name="request-refused",
        verdict="not-ready",
        diagnosis="request-refused",
        inputs={"env": "TINY_STATUS=400"},
        told=("refuses the request for /: it answers 400", "Gave up early: ", "ready-path"),
        evidence={"container.log": '"GET / HTTP/1.1" 400'},
    ),
    Fault(
        name="no-answer",
        verdict="not-ready",
        diagnosis="no-answer",
        inputs=tiny("silent", ready_timeout="10"),
        told=("never answers", "waits for something"),
    ),
    Fault(
        name="unknown-silence",
        verdict="not-ready",
        inputs=tiny("deaf", ready_timeout="2"),
        told=("Nothing in the container listens on any port", "No known cause matches"),
    ),
    Fault(
        name="unknown-garbage",
        verdict="not-ready",
        inputs=tiny("garbage", ready_timeout="10"),
        told=("an answer that is not HTTP",),
    ),
    Fault(
        name="unknown-close",
        verdict="not-ready",
        inputs=tiny("closing", ready_timeout="10"),
        told=("closed without an answer",),
    ),
]

TESTING = [
    Fault(
        name="died-in-tests",
        verdict="crashed",
        inputs={"test-command": f"{CHECKS}.Kills"},
        told=(
            "ended during the tests, while checks.Kills.test_asks_the_app_to_die ran: exit code 3",
        ),
        lines=(
            Line(
                file="checks.py",
                holds="def test_asks_the_app_to_die",
                says="the app does not answer any more",
            ),
        ),
        evidence={"container.log": "asked to die", "tests/output.log": "FAILED"},
    ),
    Fault(
        name="died-in-passed-tests",
        verdict="crashed",
        inputs={"test-command": f"{CHECKS}.Tolerates"},
        told=("ended during the tests: exit code 3",),
        evidence={"container.log": "asked to die", "tests/output.log": "OK"},
    ),
    Fault(
        name="restarted-in-tests",
        verdict="crashed",
        diagnosis="crash-loop",
        inputs={"test-command": f"{CHECKS}.Kills", "run-options": "--restart=always"},
        told=("exit code 3, and its restart policy starts it again", "1 time so far"),
        lines=(
            Line(
                file="checks.py",
                holds="def test_asks_the_app_to_die",
                says="the app does not answer any more",
            ),
        ),
        evidence={"container.log": "asked to die"},
    ),
    Fault(
        name="tests-hang",
        verdict="timed-out",
        inputs={"test-command": f"{CHECKS}.Hangs", "test-timeout": "5"},
        told=("still running after 5 s", "test-timeout"),
        evidence={"tests/output.log": "starting a child"},
    ),
    Fault(
        name="no-tests",
        verdict="no-tests",
        inputs={"test-command": "python3 -m unittest discover empty"},
        files={"empty/README": "no tests here\n"},
        told=("ran no test", "working-directory"),
        evidence={"tests/output.log": "Ran 0 tests"},
    ),
    Fault(
        name="tests-missing-module",
        verdict="tests-failed",
        diagnosis="tests-missing-module",
        inputs={
            "test-command": 'python -c "import requests"',
            "test-requirements": "wanted.txt",
        },
        files={"wanted.txt": "# for the tests\n"},
        told=(
            "own environment has no module requests",
            "in wanted.txt, at the end, add:",
        ),
        evidence={"tests/output.log": "No module named 'requests'"},
        then="passed",
    ),
    Fault(
        name="tests-missing-variable",
        verdict="tests-failed",
        diagnosis="tests-missing-variable",
        inputs={"test-command": "python3 -c \"import os; os.environ['SHELF']\""},
        told=("variable SHELF is missing in the tests", "test-env: SHELF=VALUE"),
        evidence={"tests/output.log": "KeyError: 'SHELF'"},
        then="passed",
    ),
    Fault(
        name="unknown-failure",
        verdict="tests-failed",
        inputs={"test-command": f"{CHECKS}.Wrong"},
        told=("1 of 1 tests failed: checks.Wrong.test_another_title", "No known cause matches"),
        lines=(Line(file="checks.py", holds="def test_another_title", says="AssertionError"),),
        evidence={"tests/junit/checks.Wrong.test_another_title.xml": "AssertionError"},
    ),
]

DJANGO = [
    Fault(
        name="superlists-missing-variable",
        app="superlists",
        verdict="crashed",
        diagnosis="missing-variable",
        # Without a set-up: migrating fails for the same reason, and may be the first to.
        inputs={"secrets": "", "setup-command": ""},
        told=("DJANGO_SECRET_KEY is missing", "generate-secrets: DJANGO_SECRET_KEY"),
        lines=(
            Line(
                file="superlists/settings.py",
                holds='required("DJANGO_SECRET_KEY"',
                says="KeyError: 'DJANGO_SECRET_KEY'",
            ),
        ),
        evidence={"container.log": "KeyError: 'DJANGO_SECRET_KEY'"},
        then="tests-failed: missing-table",
    ),
    Fault(
        name="superlists-empty-variable",
        app="superlists",
        verdict="crashed",
        diagnosis="missing-variable",
        inputs={"env": "DJANGO_ALLOWED_HOST=", "setup-command": ""},
        told=("DJANGO_ALLOWED_HOST is set but empty",),
        lines=(
            Line(
                file="superlists/settings.py",
                holds="in required(",
                says="DJANGO_ALLOWED_HOST is set but empty",
            ),
        ),
        evidence={"container.log": "DJANGO_ALLOWED_HOST is set but empty"},
        known={"VALUE": "localhost"},
        then="tests-failed: missing-table",
    ),
    Fault(
        name="wsgi-path",
        app="superlists",
        verdict="crashed",
        diagnosis="wsgi-path",
        inputs={
            "command": "gunicorn\n--bind=:8888\nsuperlists.wsgy:application",
            "setup-command": "",
        },
        told=(
            "no app at superlists.wsgy",
            "ci.yml, instead of line",
            "superlists.wsgi:application",
        ),
        evidence={"container.log": "No module named 'superlists.wsgy'"},
        then="tests-failed: missing-table",
    ),
    Fault(
        name="wsgi-name",
        app="superlists",
        verdict="crashed",
        diagnosis="wsgi-path",
        inputs={"command": "gunicorn\n--bind=:8888\nsuperlists.wsgi:app", "setup-command": ""},
        told=("no app at superlists.wsgi",),
        evidence={"container.log": "Failed to find attribute"},
        then="tests-failed: missing-table",
    ),
    Fault(
        name="unknown-boot",
        app="superlists",
        verdict="crashed",
        inputs={"setup-command": ""},
        edits=(
            (
                "superlists/wsgi.py",
                r"\Z",
                "\n\nclass NoFlags(Exception):\n    pass\n\n\nraise NoFlags('queue.internal')\n",
            ),
        ),
        told=("The app raised superlists.wsgi.NoFlags: queue.internal at superlists/wsgi.py:16",),
        lines=(
            Line(
                file="superlists/wsgi.py",
                holds="raise NoFlags",
                says="superlists.wsgi.NoFlags: queue.internal",
            ),
        ),
        evidence={"container.log": "Worker failed to boot"},
    ),
    Fault(
        name="disallowed-host",
        app="superlists",
        verdict="not-ready",
        diagnosis="disallowed-host",
        inputs={"env": "DJANGO_ALLOWED_HOST=example.com", **QUICK},
        told=("ALLOWED_HOSTS does not contain localhost", "DJANGO_ALLOWED_HOST=localhost"),
        evidence={"container.log": "Invalid HTTP_HOST header"},
        then="tests-failed: missing-table",
    ),
    Fault(
        name="superlists-https-redirect",
        app="superlists",
        verdict="not-ready",
        diagnosis="https-redirect",
        inputs={"env": "DJANGO_ALLOWED_HOST=localhost\nDJANGO_BEHIND_TLS=1", **QUICK},
        told=("to https",),
        # urllib, unlike a browser, sends no secure cookie to localhost.
        then="tests-failed: csrf-rejected",
    ),
    Fault(
        name="superlists-bound-to-loopback",
        app="superlists",
        verdict="not-ready",
        diagnosis="bound-to-loopback",
        inputs={
            "command": "gunicorn\n--bind=127.0.0.1:8888\nsuperlists.wsgi:application",
            **QUICK,
        },
        told=("127.0.0.1",),
        evidence={"container.log": "Listening at: http://127.0.0.1:8888"},
    ),
    Fault(
        name="superlists-wrong-port",
        app="superlists",
        verdict="not-ready",
        diagnosis="wrong-port",
        inputs={"command": "gunicorn\n--bind=:8000\nsuperlists.wsgi:application", **QUICK},
        told=("port 8000 (0.0.0.0), but the action waits on 8888",),
        then="tests-failed: missing-table",
    ),
    Fault(
        # With DEBUG off nothing serves them, and by default nothing logs it.
        name="static-files-silent",
        app="superlists",
        verdict="tests-failed",
        diagnosis="static-files",
        edits=(
            ("superlists/settings.py", r"^LOGGING = \{", "NOT_LOGGING = {"),
            ("superlists/settings.py", r'^    "whitenoise\.middleware.*\n', ""),
        ),
        told=("Static files are not served: 404 for /static/", "WhiteNoiseMiddleware"),
        lines=(Line(file="visits.py", holds="def test_style", says="HTTP Error 404"),),
        evidence={"facts.json": "404 /static/"},
        then="passed",
    ),
    Fault(
        name="static-files",
        app="superlists",
        verdict="tests-failed",
        diagnosis="static-files",
        edits=(("Dockerfile", r" && python manage\.py collectstatic --noinput", ""),),
        told=("404 for /static/", "the image has no such folder", "collectstatic"),
        lines=(Line(file="visits.py", holds="def test_style", says="HTTP Error 404"),),
        evidence={"container.log": "No directory at: /src/static/"},
        then="passed",
    ),
    Fault(
        name="missing-form-field",
        app="superlists",
        verdict="tests-failed",
        diagnosis="missing-form-field",
        edits=(("superlists/lists/views.py", r"^(    text = ).*$", r'\1request.POST["text"]'),),
        told=(
            "has no field 'text', which the view reads",
            "No template has a field named 'text'",
            "superlists/lists/templates/lists/form.html:5 has 'item_text'",
            'in superlists/lists/views.py:21, instead of request.POST["text"], write:',
            'request.POST["item_text"]',
            'in superlists/lists/views.py:41, instead of request.POST["text"], write:',
        ),
        then="passed",
        lines=(
            A_LIST,
            Line(
                file="superlists/lists/views.py",
                holds='request.POST["text"]',
                says="MultiValueDictKeyError: 'text'",
            ),
        ),
        evidence={"container.log": "MultiValueDictKeyError: 'text'"},
    ),
    Fault(
        name="csrf-rejected",
        app="superlists",
        verdict="tests-failed",
        diagnosis="csrf-rejected",
        edits=(
            (
                "superlists/lists/templates/lists/form.html",
                r"^ *\{% csrf_token %\}\n",
                "",
            ),
        ),
        told=(
            "refused a request to /lists/new with 403: CSRF",
            "superlists/lists/templates/lists/form.html:1 sends no token",
            "{% csrf_token %}",
        ),
        then="passed",
        lines=(replace(A_LIST, says="HTTP Error 403"),),
        evidence={"container.log": "Forbidden (CSRF"},
    ),
    Fault(
        name="worker-timeout",
        app="superlists",
        verdict="tests-failed",
        diagnosis="worker-timeout",
        inputs={
            "command": "gunicorn\n--bind=:8888\n--threads=1\n--worker-class=sync\n--timeout=5\n"
            "superlists.wsgi:application"
        },
        edits=(
            ("gunicorn.conf.py", r"    worker\.poller\.register.*", "    pass"),
            (
                "superlists/lists/views.py",
                r"(    text = request\.POST\.get\(\"item_text\", \"\"\)\n)(    try:\n        with)",
                r'\1    __import__("time").sleep(30)\n\2',
            ),
        ),
        told=("A worker of gunicorn answered for longer", "--timeout"),
        lines=(
            A_LIST,
            Line(file="superlists/lists/views.py", holds="sleep(30)", says="SystemExit"),
        ),
        evidence={"container.log": "WORKER TIMEOUT"},
    ),
    Fault(
        name="missing-column",
        app="superlists",
        verdict="tests-failed",
        diagnosis="missing-column",
        edits=(
            (
                "superlists/lists/models.py",
                r"(    text = models\.CharField.*\n)",
                r"\1    done = models.BooleanField(default=False)\n",
            ),
        ),
        told=(
            "has no column",
            "no migration makes Item.done (superlists/lists/models.py:38)",
            "python manage.py makemigrations",
        ),
        lines=(
            A_LIST,
            Line(file="superlists/lists/models.py", holds="item.", says="done"),
        ),
        evidence={"container.log": "OperationalError: "},
        then="passed",
    ),
    Fault(
        name="missing-table",
        app="superlists",
        verdict="tests-failed",
        diagnosis="missing-table",
        inputs={"setup-command": ""},
        told=(
            "no table lists_list",
            "no setup-command was given",
            "in .github/workflows/ci.yml, after line ",
            "setup-command: python manage.py migrate",
        ),
        lines=(A_LIST, NO_TABLE),
        evidence={"container.log": "OperationalError: no such table: lists_list"},
        then="passed",
    ),
    Fault(
        # By default Django logs no traceback.
        name="missing-table-silent",
        app="superlists",
        verdict="tests-failed",
        diagnosis="missing-migrations",
        inputs={"setup-command": ""},
        edits=(("superlists/settings.py", r"^LOGGING = \{", "NOT_LOGGING = {"),),
        told=("lacks migrations: lists.0001_initial", "setup-command: python manage.py migrate"),
        lines=(A_LIST,),
        evidence={"asked-again.log": "unapplied migration lists.0001_initial"},
        then="passed",
    ),
    Fault(
        name="missing-table-early",
        app="superlists",
        verdict="not-ready",
        diagnosis="missing-table",
        # Without the image's own health check: what it logs is new to the first ten seconds.
        inputs={**QUICK, "ready-path": "/lists/1/", "run-options": "--no-healthcheck"},
        told=("no table lists_list", "Gave up early: ", "setup-command: python manage.py"),
        lines=(
            Line(
                file="superlists/lists/views.py",
                holds="get_object_or_404(List",
                says="OperationalError: no such table: lists_list",
            ),
        ),
        evidence={"container.log": "OperationalError: no such table: lists_list"},
        then="not-ready: no-such-page",
    ),
    Fault(
        # By default Django logs no traceback.
        name="unlogged-error",
        app="superlists",
        verdict="not-ready",
        diagnosis="unlogged-error",
        inputs={"ready-timeout": "8", "run-options": "--no-healthcheck"},
        edits=(
            ("superlists/settings.py", r"^LOGGING = \{", "NOT_LOGGING = {"),
            (
                "superlists/lists/views.py",
                r"^(    return render\(request, \"lists/home)",
                r"    request.session.clear()\n\1",
            ),
        ),
        told=(
            "does not log why: AttributeError: 'WSGIRequest' object has no attribute 'session'",
            "raised this at superlists/lists/views.py:15",
        ),
        lines=(
            Line(
                file="superlists/lists/views.py",
                holds="request.session.clear()",
                says="has no attribute 'session'",
            ),
        ),
        evidence={"asked-again.log": "asked again: GET /"},
    ),
    Fault(
        name="readonly-database",
        app="superlists",
        verdict="tests-failed",
        diagnosis="readonly-database",
        inputs={"setup-command": f"{MIGRATE}\nchmod a-w /data/db.sqlite3"},
        told=("has no permission to write to the database", "the folder of its file"),
        lines=(
            A_LIST,
            Line(
                file=NO_TABLE.file,
                holds=NO_TABLE.holds,
                says="attempt to write a readonly database",
            ),
        ),
        evidence={"container.log": "attempt to write a readonly database"},
    ),
    Fault(
        name="setup-readonly-database",
        app="superlists",
        verdict="setup-failed",
        diagnosis="readonly-database",
        inputs={"env": "DJANGO_ALLOWED_HOST=localhost\nDJANGO_DB_PATH=/src/db.sqlite3"},
        told=("has no permission to write to the database", "setup-command ended with exit code"),
        evidence={"setup.log": "unable to open database file"},
    ),
    Fault(
        name="setup-missing-table",
        app="superlists",
        verdict="setup-failed",
        diagnosis="missing-table",
        inputs={
            "setup-command": "python manage.py shell --no-imports -c "
            "'from superlists.lists.models import List; List.objects.create()'"
        },
        told=("no table lists_list",),
        evidence={"setup.log": "no such table: lists_list"},
        then="passed",
    ),
]

ASKING = [
    Fault(
        name="empty-secret",
        verdict="misconfigured",
        diagnosis="empty-secret",
        inputs={"secrets": "DJANGO_SECRET_KEY="},
        told=("secrets, line 1: the secret is empty", "forks", "generate-secrets"),
    ),
    Fault(
        name="unset-secret",
        verdict="misconfigured",
        diagnosis="empty-secret",
        inputs={"secrets": "DJANGO_SECRET_KEY"},
        told=("no such variable",),
    ),
    Fault(
        name="secret-in-env",
        verdict="misconfigured",
        diagnosis="empty-secret",
        inputs={"env": "DJANGO_SECRET_KEY="},
        told=("env, line 1: the name looks like a secret's", "to secrets", "not-secret"),
    ),
    Fault(
        # Podman would make it.
        name="missing-source",
        verdict="misconfigured",
        inputs={"volumes": "./no-such-folder:/data"},
        told=("The input volumes", "no-such-folder"),
    ),
    Fault(
        name="engine-refused-network",
        verdict="misconfigured",
        diagnosis="engine-refused",
        inputs={"network": "no-such-network"},
        told=("no-such-network", "the input network"),
    ),
    Fault(
        name="engine-refused-option",
        verdict="misconfigured",
        diagnosis="engine-refused",
        inputs={"run-options": "--no-such-option"},
        told=("no-such-option", "the input run-options"),
    ),
]

FAULTS = (*MAKING, *STARTING, *ANSWERING, *TESTING, *DJANGO, *ASKING)
