"""Faults of an app at its start: files, ports, modules and the database."""

from .faults import A_LIST, MIGRATE, Fault, Line, tiny
from .suite_faults import TOOLS

# The app writes a file of its own at its start.
WRITTEN = 'Path("/data/state.txt").write_text("up")'
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
)
