"""Faults of an app at its start: files, ports, modules and the database."""

from .faults import A_LIST, MIGRATE, NODE_ALONE, NODE_PRINTS, VISITS, Fault, Line, tiny
from .suite_faults import TOOLS

# The app writes a file of its own at its start.
WRITTEN = 'Path("/data/state.txt").write_text("up")'
READ = 'Path("/etc/shadow").read_text()'
WRITES = ("app.py", r"^    end_early\(\)$", f"    {WRITTEN}\n    end_early()")
# A second program that writes until the app has wanted to, and for a while after that.
WRITER = """\
import pathlib, sqlite3, time
db = sqlite3.connect("/data/db.sqlite3", isolation_level=None)
db.execute("begin immediate")
while not pathlib.Path("/data/wanted").exists():
    time.sleep(0.1)
time.sleep(2)
"""

PACKAGED_SERVER = f"""\
{NODE_PRINTS}
const fallback = require("connect-history-api-fallback")();
const done = (request, response) => () => response.end(request.url);
require("http")
  .createServer((request, response) => fallback(request, response, done(request, response)))
  .listen(8888);
process.on("SIGTERM", () => process.exit(0));
"""
ASGI_APP = """\
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"oak"})
"""
A_FIELD = (
    "superlists/lists/models.py",
    r"(    text = models\.CharField.*\n)",
    r"\1    done = models.BooleanField(default=False)\n",
)
ITS_MIGRATION = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lists", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="item", name="done", field=models.BooleanField(default=False)
        )
    ]
"""

START_FAULTS = (
    Fault(
        name="permission-denied",
        verdict="crashed",
        diagnosis="permission-denied",
        edits=(WRITES, ("Dockerfile", r"^USER", "RUN mkdir /data\nUSER")),
        told=(
            "runs as the user 65534, who has no permission for /data/state.txt",
            "in Dockerfile, after line 4, add:",
            "RUN mkdir -p /data && chown 65534 /data",
        ),
        lines=(Line(file="app.py", holds=WRITTEN, says="Permission denied: '/data/state.txt'"),),
        then="passed",
    ),
    Fault(
        name="permission-to-read",
        verdict="crashed",
        diagnosis="permission-denied",
        edits=(("app.py", r"^    end_early\(\)$", f"    {READ}\n    end_early()"),),
        told=(
            "runs as the user 65534, who has no permission for /etc/shadow",
            "The app reads it. Give that user a copy to read",
        ),
        lines=(Line(file="app.py", holds=READ, says="Permission denied: '/etc/shadow'"),),
    ),
    Fault(
        name="read-only-files",
        verdict="crashed",
        diagnosis="read-only-files",
        inputs={"run-options": "--read-only"},
        edits=(WRITES, ("Dockerfile", r"^USER", "RUN mkdir -m 777 /data\nUSER")),
        told=(
            "writes /data/state.txt, and its file system is read-only",
            "--tmpfs=/data",
        ),
        lines=(Line(file="app.py", holds=WRITTEN, says="Read-only file system"),),
        then="passed",
    ),
    Fault(
        name="privileged-port",
        verdict="crashed",
        diagnosis="privileged-port",
        # As on a host that gives the low ports to root alone.
        inputs=tiny("", run_options="--sysctl=net.ipv4.ip_unprivileged_port_start=1024"),
        edits=(("app.py", r"else 8888$", "else 80"),),
        told=("The app's user (65534) may not listen on port", "such as 8888"),
        lines=(Line(file="app.py", holds="listening = server(", says="Permission denied"),),
    ),
    Fault(
        name="database-locked",
        app="superlists",
        verdict="tests-failed",
        diagnosis="database-locked",
        files={"writer.py": WRITER},
        inputs={
            "setup-command": f"{MIGRATE}\nnohup python /src/writer.py >/dev/null 2>&1 &",
        },
        edits=(
            ("superlists/settings.py", r'"timeout": 5', '"timeout": 0.2'),
            ("Dockerfile", r"^EXPOSE", "COPY writer.py /src/\nEXPOSE"),
            (".dockerignore", r"\Z", "!writer.py\n"),
            (
                "superlists/lists/views.py",
                r"^    try:\n        with",
                '    open("/data/wanted", "w").close()\n    try:\n        with',
            ),
        ),
        told=(
            "SQLite was locked",
            "in superlists/settings.py, at the end, add:",
            '["timeout"] = 20',
        ),
        lines=(
            A_LIST,
            Line(
                file="superlists/lists/views.py",
                holds="with transaction.atomic",
                says="OperationalError: database is locked",
            ),
        ),
        then="passed",
    ),
    Fault(
        name="mail-server",
        app="superlists",
        verdict="tests-failed",
        diagnosis="mail-server",
        edits=(
            (
                "superlists/lists/views.py",
                r"^(    text = request.POST.*\n)(    try:\n        with)",
                r'\1    mail.send_mail("a", "b", None, ["somebody@example.com"])\n\2',
            ),
            (
                "superlists/lists/views.py",
                r"^from django.db import",
                "from django.core import mail\nfrom django.db import",
            ),
        ),
        told=(
            # What nobody listens on is refused, or on some networks has no address.
            "could not send mail: ",
            "in superlists/settings.py, at the end, add:",
            "DJANGO_EMAIL_BACKEND=django.core.mail.backends.console.EmailBackend",
        ),
        lines=(
            A_LIST,
            Line(
                file="superlists/lists/views.py",
                holds="send_mail",
                says="Error: [Errno ",
            ),
        ),
        then="passed",
    ),
    Fault(
        name="tests-wrong-address",
        verdict="tests-failed",
        diagnosis="tests-wrong-address",
        inputs={
            "test-command": f"{TOOLS} python -c 'import urllib3; "
            'urllib3.request("GET", "http://localhost:8123/")\'',
        },
        told=(
            "The tests open localhost:8123, where nothing listens: the app is at localhost:",
            "host-port: '8123'",
        ),
        evidence={"tests/output.log": "port=8123"},
        then="passed",
    ),
    Fault(
        name="tests-wrong-host",
        verdict="tests-failed",
        diagnosis="tests-wrong-host",
        inputs={
            "publish-address": "127.0.0.2",
            "test-command": f"{TOOLS} python -c 'import urllib3; "
            'urllib3.request("GET", "http://localhost:8123/")\'',
        },
        told=(
            "The tests open localhost:8123, and the app is at 127.0.0.2:",
            "Let the tests read the address from TEST_SERVER",
        ),
        evidence={"tests/output.log": "port=8123"},
    ),
    Fault(
        name="missing-column-in-image",
        app="superlists",
        verdict="tests-failed",
        diagnosis="missing-column",
        files={"superlists/lists/migrations/0002_item_done.py": ITS_MIGRATION},
        edits=(A_FIELD, (".dockerignore", r"\Z", "**/migrations/0002*\n")),
        told=(
            "superlists/lists/migrations/0002_item_done.py adds it, and is not in the image",
            "of .dockerignore (**/migrations/0002*) keeps it out of the build",
            "!superlists/lists/migrations/0002_item_done.py",
        ),
        lines=(
            A_LIST,
            Line(file="superlists/lists/models.py", holds="item.", says="done"),
        ),
        then="passed",
    ),
    Fault(
        # Neither in the context nor copied.
        name="own-module",
        app="superlists",
        verdict="crashed",
        diagnosis="own-module",
        inputs={"setup-command": "", "test-command": f"{VISITS}.Visit.test_style"},
        files={"shelves/__init__.py": "", "shelves/oak.py": ""},
        edits=(("superlists/wsgi.py", r"\Z", "\nimport shelves.oak  # noqa\n"),),
        told=(
            "The folder shelves is in the repository, but not in the image",
            "of .dockerignore (*) keeps it out of the build",
            "!shelves",
            "COPY shelves shelves",
        ),
        lines=(
            Line(
                file="superlists/wsgi.py",
                holds="import shelves.oak",
                says="No module named 'shelves'",
            ),
        ),
        then="passed",
    ),
    Fault(
        name="own-module-elsewhere",
        verdict="crashed",
        diagnosis="own-module",
        files={"src/shelves/__init__.py": ""},
        edits=(
            ("Dockerfile", r"^USER", "COPY src /srv/src\nUSER"),
            ("app.py", r"^    end_early\(\)$", "    import shelves\n    end_early()"),
        ),
        told=("does not find shelves, which the image has in /srv/src", "ENV PYTHONPATH=/srv/src"),
        lines=(Line(file="app.py", holds="import shelves", says="No module named 'shelves'"),),
        then="passed",
    ),
    Fault(
        name="own-module-node",
        app="npm_app",
        verdict="crashed",
        diagnosis="own-module",
        files={
            "server.js": f'{NODE_PRINTS}\nrequire("./shelves/oak");\n',
            "shelves/oak.js": 'require("http").createServer((_, to) => to.end("oak"))'
            ".listen(8888);\n",
        },
        edits=(NODE_ALONE,),
        told=(
            "The folder shelves is in the repository, but not in the image",
            "COPY shelves",
        ),
        lines=(
            Line(
                file="server.js",
                holds='require("./shelves/oak")',
                says="Cannot find module './shelves/oak'",
            ),
        ),
        then="passed",
    ),
    Fault(
        name="missing-module-node",
        app="npm_app",
        verdict="crashed",
        diagnosis="missing-module",
        files={"server.js": PACKAGED_SERVER},
        edits=(NODE_ALONE,),
        told=(
            "The Node module connect-history-api-fallback is missing in the image",
            "package.json names it, and nothing in the Dockerfile installs it",
            "RUN npm ci --omit=dev",
        ),
        lines=(Line(file="server.js", holds="require(", says="Cannot find module"),),
        then="passed",
    ),
    Fault(
        name="missing-program",
        app="asgi_app",
        verdict="misconfigured",
        diagnosis="missing-program",
        files={"app.py": ASGI_APP, "requirements.txt": "h11==0.16.0\n"},
        told=("The image has no program uvicorn", "requirements.txt, at the end, add:"),
        then="passed",
    ),
    Fault(
        name="program-not-executable",
        verdict="misconfigured",
        diagnosis="missing-program",
        files={"start.sh": "#!/bin/sh\nexec python -u /app.py\n"},
        edits=(
            ("Dockerfile", r"^USER", "COPY start.sh /start.sh\nUSER"),
            ("Dockerfile", r"^CMD .*", 'CMD ["/start.sh"]'),
        ),
        told=("has /start.sh, and may not run it", "git add --chmod=+x start.sh"),
        then="passed",
    ),
)
