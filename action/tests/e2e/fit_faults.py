"""Faults whose advice has to fit the app's own command, settings and Dockerfile."""

from .faults import QUICK, VISITS, Fault, Line

SETTINGS = "superlists/settings.py"
COMMAND = r'^CMD \["gunicorn", "--bind", ":8888", "superlists\.wsgi:application"\]'
WORKFLOW = """\
jobs:
  rehearse:
    steps:
      - uses: ./action
        with:
          command: |
            gunicorn
            --bind=127.0.0.1:8888
            superlists.wsgi:application
"""
MANIFEST = """
STORAGES = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    }
}
"""
# An app that asks itself, as one does that calls its own API.
ASKS_ITSELF = '    __import__("urllib.request").request.urlopen("http://localhost:8888/healthz")\n'
PRINTS = """
import os, sys

for name in os.environ.get("TINY_PRINTS", "").split():
    print(f"{name} is {os.environ[name]}", file=sys.stderr)
"""
# A proxy in front of the app that passes the host on without its port.
PROXY = """

def without_port(get_response):
    def middleware(request):
        request.META["HTTP_HOST"] = request.META["HTTP_HOST"].partition(":")[0]
        return get_response(request)

    return middleware
"""
SECURITY = r'^    "django\.middleware\.security\.SecurityMiddleware",'
NOTHING_MIGRATED = "tests-failed: missing-table"

FIT_FAULTS = (
    Fault(
        name="loopback-in-the-command",
        app="superlists",
        verdict="not-ready",
        diagnosis="bound-to-loopback",
        inputs=QUICK,
        edits=(
            (
                "Dockerfile",
                COMMAND,
                (
                    'CMD ["gunicorn", "--bind", "127.0.0.1:8888", \\\\\n'
                    '     "superlists.wsgi:application"]'
                ),
            ),
        ),
        told=("in Dockerfile, instead of line", '"gunicorn", "--bind", "0.0.0.0:8888",'),
        then=NOTHING_MIGRATED,
    ),
    Fault(
        name="loopback-in-the-workflow",
        app="superlists",
        verdict="not-ready",
        diagnosis="bound-to-loopback",
        inputs={
            "command": "gunicorn\n--bind=127.0.0.1:8888\nsuperlists.wsgi:application",
            **QUICK,
        },
        files={".github/workflows/ci.yml": WORKFLOW},
        told=("in .github/workflows/ci.yml, instead of line 8, write:", "--bind=0.0.0.0:8888"),
        then=NOTHING_MIGRATED,
    ),
    Fault(
        # asyncio, unlike gunicorn, serves IPv6 alone at this address.
        name="ipv6-in-the-command",
        app="asgi_app",
        verdict="not-ready",
        diagnosis="ipv6-only",
        inputs={"generate-secrets": "DJANGO_SECRET_KEY"},
        edits=(("Dockerfile", r'"0\.0\.0\.0"', '"::"'), ("app.py", r"\Z", PRINTS)),
        told=("listens on IPv6 alone ([::])", '"uvicorn", "app:app", "--host", "0.0.0.0"'),
        then="passed",
    ),
    Fault(
        name="one-connection-at-a-time",
        app="superlists",
        verdict="not-ready",
        diagnosis="no-answer",
        inputs={"ready-timeout": "8", "run-options": "--no-healthcheck"},
        edits=(
            ("gunicorn.conf.py", r"^(?:worker_class|workers|threads) = .*\n", ""),
            ("gunicorn.conf.py", r"^    worker\.poller\.register\(.*", "    pass"),
            ("superlists/lists/views.py", r"^def home_page\(.*\n", rf"\g<0>{ASKS_ITSELF}"),
        ),
        told=("accepts connections but never answers", '"gunicorn", "--threads", "4", "--bind"'),
        then="passed",
    ),
    Fault(
        name="app-path-in-the-command",
        app="superlists",
        verdict="crashed",
        diagnosis="wsgi-path",
        inputs={"setup-command": ""},
        edits=(("Dockerfile", COMMAND, "CMD exec gunicorn --bind :8888 superlist.wsgi"),),
        told=("no app at superlist", "exec gunicorn --bind :8888 superlists.wsgi:application"),
        then=NOTHING_MIGRATED,
    ),
    Fault(
        name="in-the-background",
        app="superlists",
        verdict="crashed",
        diagnosis="exited-early",
        inputs={"setup-command": ""},
        edits=(
            (
                "Dockerfile",
                COMMAND,
                'CMD ["gunicorn", "--daemon", "--bind", ":8888", "superlists.wsgi:application"]',
            ),
        ),
        told=("in the foreground", 'CMD ["gunicorn", "--bind", ":8888"'),
        then=NOTHING_MIGRATED,
    ),
    Fault(
        name="package-of-requirements",
        app="superlists",
        verdict="build-failed",
        diagnosis="missing-module",
        edits=(("requirements.txt", r"^whitenoise.*\n", ""),),
        told=("module whitenoise is missing", "in requirements.txt, at the end, add:"),
        lines=(Line(file="Dockerfile", holds="compileall", says="No module named 'whitenoise'"),),
        then="passed",
    ),
    Fault(
        name="variable-of-the-build",
        app="superlists",
        verdict="build-failed",
        diagnosis="missing-variable",
        edits=((SETTINGS, r"^BASE_DIR = .*$", r'\g<0>\nMAIL_FROM = os.environ["MAIL_FROM"]'),),
        told=(
            "MAIL_FROM",
            "&& MAIL_FROM=only-for-the-build python manage.py collectstatic --noinput",
        ),
        lines=(Line(file="Dockerfile", holds="compileall", says="KeyError: 'MAIL_FROM'"),),
        then="passed",
    ),
    Fault(
        name="host-of-the-tests",
        app="superlists",
        verdict="tests-failed",
        diagnosis="disallowed-host",
        inputs={"test-command": f'REHEARSAL_URL="http://127.0.0.1:${{TEST_SERVER#*:}}" {VISITS}'},
        told=(
            "ALLOWED_HOSTS does not contain 127.0.0.1, by which the tests open the app",
            "DJANGO_ALLOWED_HOST=localhost,127.0.0.1",
        ),
        lines=tuple(
            Line(file="visits.py", holds=f"def {test}", says="HTTP Error 400")
            for test in ("test_start_a_list", "test_style")
        ),
        then="passed",
    ),
    Fault(
        name="host-that-is-not-read",
        app="superlists",
        verdict="not-ready",
        diagnosis="disallowed-host",
        inputs={"env": "DJANGO_ALLOWED_HOST=localhost\nSHOP_HOSTS=shop.example", **QUICK},
        edits=((SETTINGS, r'^(            )"DJANGO_ALLOWED_HOST", "the', r'\1"SHOP_HOSTS", "the'),),
        told=(
            "The settings read the hosts from SHOP_HOSTS (superlists/settings.py:30)",
            "the container gets DJANGO_ALLOWED_HOST, which they do not read",
        ),
        then=NOTHING_MIGRATED,
    ),
    Fault(
        name="hosts-without-a-variable",
        app="superlists",
        verdict="not-ready",
        diagnosis="disallowed-host",
        inputs={"env": "", **QUICK},
        edits=(
            (SETTINGS, r"^    ALLOWED_HOSTS = \[\n(?:        .*\n)+    \]", ""),
            (SETTINGS, r"^    if not ALLOWED_HOSTS:\n(?:        .*\n)+", ""),
            (SETTINGS, r"^    ALLOWED_HOSTS = \[\]\n", ""),
            (SETTINGS, r"^INSTALLED_APPS", r"ALLOWED_HOSTS = []\n\g<0>"),
        ),
        told=("in superlists/settings.py, instead of line", "DJANGO_ALLOWED_HOST=localhost"),
        then=NOTHING_MIGRATED,
    ),
    Fault(
        # The page that the probe asks for is exempt.
        name="https-redirect-of-the-tests",
        app="superlists",
        verdict="tests-failed",
        diagnosis="https-redirect",
        inputs={"ready-path": "/healthz"},
        edits=(
            (SETTINGS, r"^LOGGING = \{", r"SECURE_SSL_REDIRECT = not DEBUG\n\g<0>"),
            ("visits.py", "timeout=10", "timeout=2"),
        ),
        told=(
            "The app redirects the tests to https",
            'SECURE_SSL_REDIRECT = not DEBUG and "DJANGO_NO_SSL_REDIRECT" not in os.environ',
            "DJANGO_NO_SSL_REDIRECT=1",
        ),
        lines=tuple(
            Line(file="visits.py", holds=f"def {test}", says="handshake")
            for test in ("test_start_a_list", "test_style")
        ),
        then="passed",
    ),
    Fault(
        name="manifest-that-nobody-makes",
        app="plain_app",
        verdict="not-ready",
        diagnosis="not-collected",
        edits=(
            ("Dockerfile", r"^RUN python manage\.py collectstatic.*\n", ""),
            ("guestbook/settings.py", r"\Z", MANIFEST),
        ),
        told=("does not run collectstatic", "after line 10, add:", "RUN python manage.py collect"),
        lines=(
            Line(
                file="entries/views.py",
                holds="render(request, 'entries/home.html'",
                says="Missing staticfiles manifest entry",
            ),
        ),
        then="passed",
    ),
    Fault(
        # With a limit of memory the app is not asked again. The health check would log an error.
        name="nothing-logged",
        app="superlists",
        verdict="not-ready",
        diagnosis="server-error",
        inputs={**QUICK, "run-options": "--memory=400m\n--no-healthcheck", "ready-timeout": "8"},
        edits=(
            (SETTINGS, r"^LOGGING = \{", "NOT_LOGGING = {"),
            ("superlists/lists/views.py", r"^def home_page\(.*\n", r"\g<0>    request.no_such\n"),
        ),
        told=("500: the log does not say why", "in superlists/settings.py, at the end, add:"),
        then="not-ready: server-error",
    ),
    Fault(
        name="origin-without-its-port",
        app="superlists",
        verdict="tests-failed",
        diagnosis="csrf-rejected",
        edits=(
            ("superlists/middleware.py", r"\Z", PROXY),
            (SETTINGS, SECURITY, r'    "superlists.middleware.without_port",\n\g<0>'),
            (
                "visits.py",
                r"^(        self\.opener = .*)$",
                r'\1\n        self.opener.addheaders.append(("Origin", URL))',
            ),
        ),
        told=("Origin checking failed", "DJANGO_CSRF_TRUSTED_ORIGINS=http://localhost:8000"),
        lines=(Line(file="visits.py", holds="def test_start_a_list", says="HTTP Error 403"),),
        # No other scenario uses this port.
        known={"8000": "18431"},
        then="passed",
    ),
)
