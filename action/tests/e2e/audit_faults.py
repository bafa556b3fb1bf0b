"""Ways to fail one check of the audit and no other, each as a team might make it."""

from collections.abc import Iterator

from .audit_case import SECRET, AuditCase

CMD = r"^CMD .*$"
USER = r"^USER .*$"
INSTALL = r"(pip install .*)$"
ENTRYPOINT = r'COPY start.sh .\nENTRYPOINT ["sh", "start.sh"]\n\g<0>'


def dockerfile(pattern: str, replacement: str) -> tuple[str, str, str]:
    return "Dockerfile", pattern, replacement


def app(pattern: str, replacement: str) -> tuple[str, str, str]:
    return "app.py", pattern, replacement


def server(pattern: str, replacement: str) -> tuple[str, str, str]:
    return "gunicorn.conf.py", pattern, replacement


AUDIT_FAULTS = (
    AuditCase(
        fails={"dev-server": "gunicorn --reload"},
        name="reloads",
        inputs={"command": "gunicorn\n--reload\napp:application"},
    ),
    AuditCase(
        fails={"debug": "Werkzeug's debugger"},
        name="debugger-in-the-browser",
        edits=(
            dockerfile(INSTALL, r"\1 werkzeug==3.1.9"),
            app(r"^from whitenoise .*$", r"from werkzeug.debug import DebuggedApplication\n\g<0>"),
            app(r"^( +)return error\(HTTPStatus.NOT_FOUND.*$", r'\1return PAGES["PATH_INFO"]'),
            app(
                r"^files = WhiteNoise\(\n    site,",
                "files = WhiteNoise(\n    DebuggedApplication(site),",
            ),
        ),
    ),
    AuditCase(
        fails={"host-check": "http://rehearsal.invalid/"},
        name="link-to-any-host",
        edits=(
            app(r'^    if environ.get\("HTTP_HOST".*\n.*\n', ""),
            app(r"PAGE.format\(", 'PAGE.format(host=environ["HTTP_HOST"], '),
            app(r"^<title>Notes.*$", r'\g<0>\n<link rel="canonical" href="http://{host}/">'),
        ),
    ),
    AuditCase(
        fails={"host-check": "Django answers GET / for the host rehearsal.invalid"},
        name="every-host",
        app="superlists",
        inputs={"env": "DJANGO_ALLOWED_HOST=*"},
    ),
    AuditCase(
        fails={"logging": "the container logged nothing"},
        name="no-access-log",
        edits=(server(r"^accesslog.*$", ""),),
    ),
    AuditCase(
        fails={"static-files": "notes-2f1b8c3d.js (status 404)"},
        name="stale-hash",
        edits=(app("notes-7b52009b", "notes-2f1b8c3d"),),
    ),
    AuditCase(
        fails={"static-caching:compressed": "style-5d41402a.css (1 KiB too much)"},
        name="not-compressed",
        edits=(dockerfile(r"^RUN python -m whitenoise.*\n", ""),),
    ),
    AuditCase(
        fails={"static-caching:immutable": "notes-7b52009b.js"},
        name="not-immutable",
        edits=(app(r", immutable_file_test=.*$", ""),),
    ),
    AuditCase(
        fails={"secret-required:APP_SECRET": "started and answered"},
        name="default-for-development",
        edits=(app(r'"APP_SECRET", ""', '"APP_SECRET", "insecure-key-for-dev"'),),
    ),
    AuditCase(
        fails={"secret-required:APP_SECRET": "With APP_SECRET empty it started"},
        name="may-be-empty",
        edits=(
            app(r'os.environ.get\("APP_SECRET", ""\)', 'os.environ.get("APP_SECRET")'),
            app(r"^if not SECRET", "if SECRET is None"),
        ),
    ),
    AuditCase(
        fails={"secret-in-image:APP_SECRET": "RUN |1 APP_SECRET=***"},
        name="build-argument",
        edits=(dockerfile(r"^RUN python -m whitenoise", r"ARG APP_SECRET\n\g<0>"),),
        inputs={"build-args": f"APP_SECRET={SECRET}"},
    ),
    AuditCase(
        fails={"secret-in-image:APP_SECRET": "/app/settings.ini (COPY settings.ini .)"},
        name="removed-in-a-later-layer",
        files={"settings.ini": f"[notes]\nsecret = {SECRET}\n"},
        edits=(dockerfile(r"^COPY dist .*$", r"\g<0>\nCOPY settings.ini .\nRUN rm settings.ini"),),
    ),
    AuditCase(
        fails={"stray-files:git": "/app/.git"},
        name="all-of-the-repository",
        edits=(dockerfile(r"^COPY app.py .*$", "COPY . ."),),
    ),
    AuditCase(
        fails={"non-root": "gunicorn"},
        name="no-user",
        edits=(dockerfile(f"{USER}\n", ""), dockerfile(r" --owner=10001 --group=10001", "")),
    ),
    AuditCase(
        fails={"confined": "setpriv: "},
        name="gives-up-root",
        edits=(dockerfile(USER, 'ENTRYPOINT ["setpriv", "--reuid=10001", "--clear-groups"]'),),
    ),
    AuditCase(
        fails={"read-only": "Read-only file system: '/app/"},
        name="pid-file",
        edits=(
            dockerfile(USER, r"RUN chown 10001 .\n\g<0>"),
            server(r"\Z", 'pidfile = "/app/gunicorn.pid"\n'),
        ),
    ),
    AuditCase(
        fails={"graceful-stop": "was killed"},
        name="shell-without-exec",
        files={"start.sh": 'echo "starting notes"\n"$@"\n'},
        edits=(dockerfile(CMD, ENTRYPOINT),),
    ),
    AuditCase(
        fails={"graceful-stop": "was not answered"},
        name="drops-requests",
        edits=(server(r"^graceful_timeout.*$", "graceful_timeout = 0"),),
    ),
    AuditCase(
        fails={"idle-connection": "connections were idle"},
        name="sync-workers",
        edits=(server(r"^(worker_class|threads) = .*\n", ""),),
    ),
    AuditCase(
        fails={"restart": "/data/notes.sqlite3"},
        name="begins-anew",
        files={"start.sh": 'rm -f /data/*\nexec "$@"\n'},
        edits=(dockerfile(CMD, ENTRYPOINT),),
    ),
    AuditCase(
        fails={"restart": "/data/lock"},
        name="stale-lock",
        files={"start.sh": 'mkdir /data/lock || exit 1\nexec "$@"\n'},
        edits=(dockerfile(CMD, ENTRYPOINT),),
    ),
    AuditCase(
        fails={"headers:nosniff": "X-Content-Type-Options"},
        name="no-nosniff",
        edits=(app(r"^.*nosniff.*\n", ""),),
    ),
    AuditCase(
        fails={"headers:cookies": "session has no HttpOnly"},
        name="readable-cookie",
        edits=(app("; HttpOnly", ""),),
    ),
    AuditCase(
        fails={"error-pages:version": "gunicorn/23.0.0"},
        name="versions",
        edits=(app(r"(\{phrase\}</h1>\\n)", r"\1<hr>gunicorn/23.0.0 (Python 3.13.5)"),),
    ),
    AuditCase(
        fails={"healthcheck": "declares no HEALTHCHECK"},
        name="none",
        edits=(dockerfile(r"^HEALTHCHECK .*\n", ""),),
    ),
    AuditCase(
        fails={"healthcheck": "lacks the program of its HEALTHCHECK, curl"},
        name="program-is-missing",
        edits=(
            dockerfile(r'"python", "healthcheck.py"', '"curl", "-fs", "http://localhost:8888/"'),
        ),
    ),
    AuditCase(
        fails={"deploy-check:W019": "X_FRAME_OPTIONS"},
        name="frames",
        app="superlists",
        edits=(("superlists/settings.py", '"DENY"', '"SAMEORIGIN"'),),
    ),
    AuditCase(
        fails={"migrations:missing": "Alter field text on item"},
        name="not-made",
        app="superlists",
        edits=(("superlists/lists/models.py", "max_length=200", "max_length=500"),),
    ),
    AuditCase(
        fails={"pinned:different": "packaging==26.4"},
        name="upgraded",
        edits=(dockerfile(INSTALL, r"\1 && pip install packaging==26.2"),),
    ),
)
# These do not meet: one app has them all, and its audit tells each. Each audit costs seconds.
TOGETHER = (
    (
        "link-to-any-host", "no-access-log", "not-compressed", "not-immutable", "no-nosniff",
        "readable-cookie", "versions", "none",
    ),
    (
        "reloads", "stale-hash", "build-argument", "all-of-the-repository", "no-user",
        "program-is-missing", "upgraded",
    ),
    ("default-for-development", "pid-file", "begins-anew"),
    ("may-be-empty", "removed-in-a-later-layer", "stale-lock", "sync-workers"),
    ("every-host", "frames", "not-made"),
)  # fmt: skip


def audit_runs() -> Iterator[AuditCase]:
    """Yield an app for each group of `TOGETHER`, and one for each fault that is in none."""
    faults = {fault.name: fault for fault in AUDIT_FAULTS}
    for names in TOGETHER:
        yield _merge([faults.pop(name) for name in names])
    yield from faults.values()


def _merge(faults: list[AuditCase]) -> AuditCase:
    fails = {id_: words for fault in faults for id_, words in fault.fails.items()}
    files = {path: text for fault in faults for path, text in fault.files.items()}
    inputs = {name: value for fault in faults for name, value in fault.inputs.items()}
    # Else one fault would hide another.
    assert len(fails) == sum(len(fault.fails) for fault in faults)
    assert len(files) == sum(len(fault.files) for fault in faults)
    assert len(inputs) == sum(len(fault.inputs) for fault in faults)
    (app,) = {fault.app for fault in faults}
    return AuditCase(
        name=", ".join(fault.name for fault in faults),
        fails=fails,
        app=app,
        files=files,
        edits=tuple(edit for fault in faults for edit in fault.edits),
        inputs=inputs,
    )
