"""Proposals for projects in the shapes that are usual."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import LOCATIONS, PROPOSALS, Facts
from rehearsal.diagnosis.rules import diagnose
from rehearsal.diagnosis.source_scan import scan_source
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

FACTS = Path(__file__).parent / "facts"
SETDEFAULT = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "{}")\n# django\n'
WORKFLOW = ".github/workflows/ci.yml"
# A book's layout: the project in src/, which becomes /src.
BOOK = {
    "Dockerfile": """\
FROM python:3.13-slim
RUN python -m venv /venv
ENV PATH="/venv/bin:$PATH"
RUN pip install "django<6" gunicorn
COPY src /src
WORKDIR /src
ENV DJANGO_DEBUG_FALSE=1
CMD ["gunicorn", "--bind", "127.0.0.1:8888", "shop.wsgy:application"]
""",
    "requirements.txt": "django\n",
    "src/manage.py": SETDEFAULT.format("shop.settings"),
    "src/shop/wsgi.py": SETDEFAULT.format("shop.settings"),
    "src/shop/settings.py": """\
import os
from pathlib import Path

BASE_DIR = Path(__file__).parent.parent
if "DJANGO_DEBUG_FALSE" in os.environ:
    DEBUG = False
    SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
else:
    DEBUG = True
ALLOWED_HOSTS = []
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
WSGI_APPLICATION = "shop.wsgi.application"
""",
}
# A template's layout: settings by environment, requirements by environment, a start script.
SPLIT = {
    "compose/production/django/Dockerfile": """\
FROM python:3.13-slim AS build
COPY ./requirements .
RUN pip wheel --wheel-dir /wheels -r production.txt

FROM python:3.13-slim
ARG APP_HOME=/app
WORKDIR ${APP_HOME}
COPY --from=build /wheels /wheels/
RUN pip install --no-cache-dir --no-index --find-links=/wheels/ /wheels/*
COPY ./requirements requirements
RUN pip install -r requirements/production.txt
COPY --chmod=755 ./compose/production/django/start /start
COPY --chown=django:django . ${APP_HOME}
USER django
ENTRYPOINT ["/entrypoint"]
CMD ["/start"]
""",
    "compose/production/django/start": """\
#!/bin/bash

set -o errexit

python /app/manage.py migrate
exec /usr/local/bin/gunicorn config.wsgi --bind localhost:5000 --chdir=/app
""",
    "requirements/base.txt": "django\n",
    "requirements/production.txt": "-r base.txt\ngunicorn\n",
    "manage.py": SETDEFAULT.format("config.settings.local"),
    "config/wsgi.py": SETDEFAULT.format("config.settings.production"),
    "config/settings/base.py": """\
\"\"\"Base settings.\"\"\"
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
DATABASES = {"default": env.db("DATABASE_URL")}
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
]
STATIC_ROOT = str(BASE_DIR / "staticfiles")
""",
    "config/settings/local.py": "from .base import *\nDEBUG = True\n",
    "config/settings/production.py": """\
from .base import *  # noqa: F403
from .base import env

SECRET_KEY = env("DJANGO_SECRET_KEY")
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=["example.com"])
SECURE_SSL_REDIRECT = env.bool("DJANGO_SECURE_SSL_REDIRECT", default=True)
LOGGING = {"version": 1}
""",
}
UV = {
    "Dockerfile": """\
FROM ghcr.io/astral-sh/uv:python3.13-bookworm-slim
WORKDIR /app
RUN --mount=type=bind,source=uv.lock,target=uv.lock uv sync --locked --no-install-project
COPY . /app
RUN uv sync --locked
ENV PATH="/app/.venv/bin:$PATH"
CMD ["fastapi", "dev", "--port", "8888", "src/shop"]
""",
    "src/shop/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
}
EXPRESS = {
    "Dockerfile": "FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD npm start\n",
    "package.json": '{\n  "scripts": {\n    "start": "node server.js"\n  }\n}\n',
    "server.js": "const app = require('express')();\napp.listen(8888, 'localhost');\n",
}


def proposals(
    root: Path,
    files: Mapping[str, str],
    verdict: Verdict,
    *,
    dockerfile: str = "Dockerfile",
    **sources: str,
) -> dict[str, str]:
    """Return what is proposed, and what is located, for a checkout with these files.

    The names of the sources have `_` instead of spaces and dots.
    """
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    lines = {SOURCES.get(name, name): tuple(text.split("\n")) for name, text in sources.items()}
    facts = Facts(verdict=verdict, lines=lines)
    checkout = SourceTree(top=root, directory=root, dockerfile=dockerfile)
    found = scan_source(facts, checkout, WORKFLOW)
    return replace(facts, lines=found).locations()


SOURCES = {
    "log": "container.log",
    "build_log": "build.log",
    "failed_step": "failed step",
    "page_links": "page links",
    "origin": "inputs origin",
}
LOOPBACK = {"listeners": "loopback 127.0.0.1:8888", "request": "port 8888\nhost localhost:4000"}
REQUEST = "port 8888\npath /\nhost localhost:4000"
STATIC = {"page_links": "404 /static/app.css"}
REFUSED = {"request": REQUEST, "answer": "HTTP status 400"}
HTTPS = {"answer": "a redirect to https://localhost:4000/, where a rehearsal has no"}
IN_STEP = f"in {WORKFLOW}, under the step's with:, add:\n"


def test_propose__bind_in_the_command(tmp_path: Path) -> None:
    found = proposals(tmp_path, BOOK, Verdict.NOT_READY, **LOOPBACK)
    assert found["bind_all"] == (
        "# in Dockerfile, instead of line 8, write:\n"
        'CMD ["gunicorn", "--bind", "0.0.0.0:8888", "shop.wsgy:application"]'
    )
    assert found["server"] == "gunicorn"


def test_propose__bind_in_a_script(tmp_path: Path) -> None:
    path = "compose/production/django/Dockerfile"
    found = proposals(tmp_path, SPLIT, Verdict.NOT_READY, dockerfile=path, **LOOPBACK)
    assert found["bind_all"] == (
        "# in compose/production/django/start, instead of line 6, write:\n"
        "exec /usr/local/bin/gunicorn config.wsgi --bind 0.0.0.0:5000 --chdir=/app"
    )


@pytest.mark.parametrize(
    "files, paste",
    [
        (
            UV,
            (
                "# in Dockerfile, instead of line 7, write:\n"
                'CMD ["fastapi", "dev", "--host", "0.0.0.0", "--port", "8888", "src/shop"]'
            ),
        ),
        (EXPRESS, "# in server.js, instead of line 2, write:\napp.listen(8888, '0.0.0.0');"),
    ],
)
def test_propose__bind_another_server(tmp_path: Path, files: dict[str, str], paste: str) -> None:
    found = proposals(tmp_path, files, Verdict.NOT_READY, **LOOPBACK)
    assert found["bind_all"] == paste
    assert "gunicorn" not in str(found)


GO = 'package main\nfunc main() { http.ListenAndServe("127.0.0.1:8888", nil) }\n'


@pytest.mark.parametrize(
    "dockerfile, files, path",
    [
        ("CMD node server.js", {"server.js": EXPRESS["server.js"], "a.js": "listen('::1')"},
         "server.js"),
        ("COPY main.go /\nRUN go build\nCMD /app", {"main.go": GO, "tools/b.go": GO}, "main.go"),
        ("COPY main.go /\nRUN go build\nFROM b\nCOPY --from=0 /app /app\nCMD /app",
         {"main.go": GO}, "main.go"),
        ("COPY shop /shop\nCMD /app", {"main.go": GO, "tools/b.go": GO}, ""),
        ("COPY . .\nCMD /app", {"main.go": GO, "b.go": GO}, ""),
        ("COPY . .\nCMD /app", {"main.go": GO, "tests/b.go": GO}, "main.go"),
    ],
)  # fmt: skip
def test_propose__bind_in_code_of_the_image(
    tmp_path: Path, dockerfile: str, files: dict[str, str], path: str
) -> None:
    files = {**files, "Dockerfile": f"FROM a\n{dockerfile}\n"}
    found = proposals(tmp_path, files, Verdict.NOT_READY, **LOOPBACK)
    assert found.get("bind_all", "").partition(", instead")[0] == (path and f"# in {path}")


def test_propose__no_other_line_for_a_command_that_no_file_has(tmp_path: Path) -> None:
    files = {**BOOK, "src/tools.py": "host = '127.0.0.1'\n"}
    inputs = "command given"
    running = "command gunicorn --bind=127.0.0.1:8888 shop.wsgi"
    found = proposals(
        tmp_path, files, Verdict.NOT_READY, **LOOPBACK, inputs=inputs, container=running
    )
    assert "bind_all" not in found


def test_propose__nothing_to_bind(tmp_path: Path) -> None:
    found = proposals(tmp_path, BOOK, Verdict.NOT_READY, listeners="reachable 0.0.0.0:8888")
    assert "bind_all" not in found


def test_propose__bind_in_a_working_directory(tmp_path: Path) -> None:
    files = {f"site/{name}": text for name, text in BOOK.items()}
    proposals(tmp_path, files, Verdict.NOT_READY)
    checkout = SourceTree(top=tmp_path, directory=tmp_path / "site", dockerfile="site/Dockerfile")
    facts = Facts(verdict=Verdict.NOT_READY, lines={k: (v,) for k, v in LOOPBACK.items()})
    found = scan_source(facts, checkout)
    assert found[PROPOSALS][0] == "bind_all # in site/Dockerfile, instead of line 8, write:"
    assert "settings site/src/shop/settings.py" in found[LOCATIONS]
    assert "manage python manage.py" in found[LOCATIONS]


def test_propose__another_port(tmp_path: Path) -> None:
    files = {**BOOK, "Dockerfile": BOOK["Dockerfile"].replace("127.0.0.1:8888", "0.0.0.0:8000")}
    listeners = "other-port 0.0.0.0:8000"
    found = proposals(tmp_path, files, Verdict.NOT_READY, listeners=listeners, request=REQUEST)
    assert found["listen_on_port"] == (
        "# or in Dockerfile, instead of line 8, write:\n"
        'CMD ["gunicorn", "--bind", "0.0.0.0:8888", "shop.wsgy:application"]'
    )


@pytest.mark.parametrize(
    "exposed, lead", [("8888/tcp", "# in"), ("8000", "# or"), ("18888", "# or")]
)
def test_propose__another_port_than_is_exposed(tmp_path: Path, exposed: str, lead: str) -> None:
    dockerfile = BOOK["Dockerfile"].replace("127.0.0.1:8888", "0.0.0.0:8000")
    files = {**BOOK, "Dockerfile": dockerfile.replace("CMD", f"EXPOSE {exposed}\nCMD")}
    listeners = "other-port 0.0.0.0:8000"
    found = proposals(tmp_path, files, Verdict.NOT_READY, listeners=listeners, request=REQUEST)
    assert found["listen_on_port"].startswith(lead)


@pytest.mark.parametrize(
    "text, is_pinned",
    [("# ours\ndjango==5.2\n-r other.txt\n", True), ("django\n", False), ("", False)],
)
def test_propose__a_package_among_pinned_ones(tmp_path: Path, text: str, is_pinned: bool) -> None:
    files = {**BOOK, "Dockerfile": "FROM a\nRUN pip install -r r.txt\n", "r.txt": text}
    log = {"container.log": "ModuleNotFoundError: No module named 'markdown'"}
    found = proposals(tmp_path, files, Verdict.CRASHED, **log)
    assert found["missing_package"] == "# in r.txt, at the end, add:\nmarkdown"
    assert found.get("pinned_requirements") == ("r.txt" if is_pinned else None)


def test_propose__threads(tmp_path: Path) -> None:
    found = proposals(tmp_path, BOOK, Verdict.NOT_READY, answer="no answer within 10 s")
    assert '"gunicorn", "--threads", "4", "--bind"' in found["threads"]
    assert "threads" not in proposals(tmp_path, UV, Verdict.NOT_READY, answer="no answer within")


@pytest.mark.parametrize(
    "option, path",
    [
        ("-c python:shop.serving", "src/shop/serving.py"),
        ("--config /src/serving.py", "src/serving.py"),
        ("", "src/gunicorn.conf.py"),
    ],
)
def test_propose__threads_that_are_there(tmp_path: Path, option: str, path: str) -> None:
    dockerfile = BOOK["Dockerfile"].partition("CMD")[0] + f"CMD gunicorn {option} shop.wsgi\n"
    files = {**BOOK, "Dockerfile": dockerfile, path: "threads = 4\n"}
    found = proposals(tmp_path, files, Verdict.NOT_READY, answer="no answer within 10 s")
    assert "threads" not in found


def test_propose__app_path(tmp_path: Path) -> None:
    found = proposals(tmp_path, BOOK, Verdict.CRASHED)
    assert found["right_app"] == "shop.wsgi:application"
    assert found["app_path"] == (
        "# in Dockerfile, instead of line 8, write:\n"
        'CMD ["gunicorn", "--bind", "127.0.0.1:8888", "shop.wsgi:application"]'
    )


@pytest.mark.parametrize("app", ["shop.wsgi:application", "shop.wsgi"])
def test_propose__app_path_that_is_right(tmp_path: Path, app: str) -> None:
    dockerfile = BOOK["Dockerfile"].replace("shop.wsgy:application", app)
    found = proposals(tmp_path, {**BOOK, "Dockerfile": dockerfile}, Verdict.CRASHED)
    assert not {"right_app", "app_path"} & found.keys()


@pytest.mark.parametrize(
    "command, changed",
    [
        ("CMD gunicorn shop.wsgi --daemon", "CMD gunicorn shop.wsgi"),
        ("CMD gunicorn shop.wsgi &", "CMD gunicorn shop.wsgi"),
        ('CMD ["echo"]',
         'CMD ["gunicorn", "--bind", "0.0.0.0:8888", "shop.wsgi:application"]'),
    ],
)  # fmt: skip
def test_propose__foreground(tmp_path: Path, command: str, changed: str) -> None:
    dockerfile = BOOK["Dockerfile"].partition("CMD")[0]
    files = {**BOOK, "Dockerfile": f"{dockerfile}{command}\n"}
    found = proposals(tmp_path, files, Verdict.CRASHED)
    assert found["foreground"] == f"# in Dockerfile, instead of line 8, write:\n{changed}"


def test_propose__foreground_without_any_command(tmp_path: Path) -> None:
    files = {**BOOK, "Dockerfile": BOOK["Dockerfile"].partition("CMD")[0]}
    found = proposals(tmp_path, files, Verdict.CRASHED)
    assert found["foreground"].startswith("# in Dockerfile, after line 7, add:\nCMD [")


def test_propose__missing_package(tmp_path: Path) -> None:
    log = "ModuleNotFoundError: No module named 'whitenoise'"
    found = proposals(tmp_path, BOOK, Verdict.CRASHED, log=log)
    assert found["missing_package"] == (
        '# in Dockerfile, instead of line 4, write:\nRUN pip install "django<6" gunicorn whitenoise'
    )


@pytest.mark.parametrize(
    "module", ["distutils", "_sqlite3", "django.utils.six", "acme_billing", "gunicorn"]
)
def test_propose__no_package_of_a_module(tmp_path: Path, module: str) -> None:
    """It is of Python, of a package that is there, or of one that nobody knows."""
    log = f"ModuleNotFoundError: No module named '{module}'"
    assert "missing_package" not in proposals(tmp_path, BOOK, Verdict.CRASHED, log=log)


@pytest.mark.parametrize(
    "link, is_cause",
    [
        ("The above exception was the direct cause of the following exception:\n\n", True),
        ("During handling of the above exception, another exception occurred:\n\n", False),
        ("", False),
    ],
)
def test_propose__no_package_of_an_error_that_was_handled(
    tmp_path: Path, link: str, is_cause: bool
) -> None:
    log = (
        "Traceback (most recent call last):\nModuleNotFoundError: No module named 'whitenoise'\n\n"
        f"{link}Traceback (most recent call last):\n  File 'a'\nKeyError: 'A'"
    )
    found = proposals(tmp_path, BOOK, Verdict.CRASHED, log=log)
    assert ("missing_package" in found) is is_cause


def test_propose__a_package_though_the_server_fails_while_it_stops(tmp_path: Path) -> None:
    """As gunicorn does if a second worker ends while it stops the first."""
    halted = (
        "Traceback (most recent call last):\n"
        '  File "/venv/site-packages/gunicorn/arbiter.py", line 529, in reap_workers\n'
        "    def kill_workers(self, sig):\n\n"
        '  File "/venv/site-packages/gunicorn/arbiter.py", line 529, in reap_workers\n'
        "    raise HaltServer(reason, self.WORKER_BOOT_ERROR)\n"
        "gunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>\n"
    )
    log = (
        "Traceback (most recent call last):\nModuleNotFoundError: No module named 'whitenoise'\n"
        f"{halted}\nDuring handling of the above exception, another exception occurred:\n\n{halted}"
    )
    found = proposals(tmp_path, BOOK, Verdict.CRASHED, log=log)
    assert "gunicorn whitenoise" in found["missing_package"]


@pytest.mark.parametrize("module", ["shop.views", "shop"])
def test_propose__no_package_for_a_module_of_the_project(tmp_path: Path, module: str) -> None:
    log = f"ModuleNotFoundError: No module named '{module}'"
    assert "missing_package" not in proposals(tmp_path, BOOK, Verdict.CRASHED, log=log)


def test_propose__a_package_of_the_name_of_a_module_in_a_package(tmp_path: Path) -> None:
    """Python would find that one as shop.texts.markdown only."""
    package = ("src/shop/texts/__init__.py", "src/shop/texts/markdown.py")
    log = "ModuleNotFoundError: No module named 'markdown'"
    files = {**BOOK, **dict.fromkeys(package, "")}
    found = proposals(tmp_path, files, Verdict.CRASHED, log=log)
    assert "gunicorn markdown" in found["missing_package"]


@pytest.mark.parametrize(
    "run, mended",
    [
        ("RUN pip install requirements.txt", "RUN pip install -r requirements.txt"),
        (
            "RUN pip install -U pip && pip install --no-cache-dir requirements.txt",
            "RUN pip install -U pip && pip install --no-cache-dir -r requirements.txt",
        ),
    ],
)
def test_propose__requirements_option(tmp_path: Path, run: str, mended: str) -> None:
    files = {"Dockerfile": f"FROM python\nCOPY . .\n{run}\n"}
    step = f"{run}\nERROR: No matching distribution found for requirements.txt"
    found = proposals(tmp_path, files, Verdict.BUILD_FAILED, failed_step=step)
    assert found["requirements_option"] == f"# in Dockerfile, instead of line 3, write:\n{mended}"


def test_propose__missing_package_of_node(tmp_path: Path) -> None:
    log = "Error: Cannot find module 'express/deep'\nRequire stack:"
    found = proposals(tmp_path, EXPRESS, Verdict.CRASHED, log=log)
    assert found["missing_package"] == (
        "# on your own machine; commit what it writes:\nnpm install express"
    )


def test_propose__no_package_of_node_that_nobody_knows(tmp_path: Path) -> None:
    log = "Error: Cannot find module '@acme/billing'\nRequire stack:"
    assert "missing_package" not in proposals(tmp_path, EXPRESS, Verdict.CRASHED, log=log)


def test_propose__variable_in_the_build(tmp_path: Path) -> None:
    run = "RUN A=1 python manage.py collectstatic --noinput"
    files = {**BOOK, "Dockerfile": BOOK["Dockerfile"].replace("ENV DJANGO", f"{run}\nENV DJANGO")}
    build_log = (
        '  File "<frozen os>", line 717, in __getitem__\n    raise KeyError(key) from None\n'
        "KeyError: 'SHOP_MAIL'"
    )
    found = proposals(
        tmp_path,
        files,
        Verdict.BUILD_FAILED,
        build_log=build_log,
        failed_step=f"{run}\n{build_log}",
    )
    assert found["build_variable"] == (
        "# in Dockerfile, instead of line 7, write:\n"
        "RUN SHOP_MAIL=only-for-the-build A=1 python manage.py collectstatic --noinput"
    )


def test_propose__all_variables_of_the_settings_in_the_build(tmp_path: Path) -> None:
    """The error names the first one; the next builds would name the others."""
    run = "RUN python manage.py collectstatic --noinput"
    dockerfile = BOOK["Dockerfile"].replace("CMD", f"{run}\nCMD")
    settings = BOOK["src/shop/settings.py"] + 'PORT = int(os.environ["MAIL_PORT"])\n'
    files = {**BOOK, "Dockerfile": dockerfile, "src/shop/settings.py": settings}
    log = "  File \"<frozen os>\", line 717, in __getitem__\nKeyError: 'DJANGO_SECRET_KEY'"
    verdict = Verdict.BUILD_FAILED
    found = proposals(tmp_path, files, verdict, build_log=log, failed_step=f"{run}\n{log}")
    assert found["build_variable"] == (
        "# in Dockerfile, instead of line 8, write:\n"
        "RUN DJANGO_SECRET_KEY=only-for-the-build MAIL_PORT=1 "
        "python manage.py collectstatic --noinput"
    )


def test_propose__static_files(tmp_path: Path) -> None:
    found = proposals(tmp_path, BOOK, Verdict.TESTS_FAILED, **STATIC)
    collectstatic = (
        "# in Dockerfile, after line 6, add:\n"
        "RUN python manage.py collectstatic --noinput\n"
        "\n"
        "# and in src/shop/settings.py, at the end, add:\n"
        'STATIC_ROOT = BASE_DIR / "staticfiles"'
    )
    whitenoise = (
        "in src/shop/settings.py, after line 12, add:\n"
        '    "whitenoise.middleware.WhiteNoiseMiddleware",\n'
        "\n"
        "# and in Dockerfile, instead of line 4, write:\n"
        'RUN pip install "django<6" gunicorn whitenoise'
    )
    assert found["collectstatic"] == collectstatic
    assert found["whitenoise"] == f"# {whitenoise}"
    assert found["serve_static"] == f"{collectstatic}\n\n# and {whitenoise}"


def test_propose__static_files_of_split_settings(tmp_path: Path) -> None:
    path = "compose/production/django/Dockerfile"
    found = proposals(tmp_path, SPLIT, Verdict.TESTS_FAILED, **STATIC, dockerfile=path)
    assert found["settings"] == "config/settings/production.py"
    assert found["collectstatic"] == (
        f"# in {path}, after line 13, add:\n"
        "RUN DJANGO_SECRET_KEY=only-for-the-build DATABASE_URL=sqlite:///:memory: "
        "python manage.py collectstatic --noinput"
    )
    assert found["whitenoise"] == (
        "# in config/settings/base.py, after line 10, add:\n"
        '    "whitenoise.middleware.WhiteNoiseMiddleware",\n'
        "\n"
        "# and in requirements/production.txt, at the end, add:\n"
        "whitenoise"
    )


def test_propose__collected_at_the_start(tmp_path: Path) -> None:
    dockerfile = BOOK["Dockerfile"].partition("CMD")[0] + "CMD ./start.sh\n"
    start = "python manage.py collectstatic --noinput\ngunicorn shop.wsgi\n"
    files = {**BOOK, "Dockerfile": dockerfile, "src/start.sh": start}
    found = proposals(tmp_path, files, Verdict.TESTS_FAILED, **STATIC)
    assert "collectstatic" not in found
    assert "whitenoise" in found


def test_propose__nothing_that_is_there(tmp_path: Path) -> None:
    settings = BOOK["src/shop/settings.py"].replace(
        "MIDDLEWARE = [", 'MIDDLEWARE = [\n    "whitenoise.middleware.WhiteNoiseMiddleware",'
    )
    dockerfile = BOOK["Dockerfile"].replace("gunicorn\n", "gunicorn whitenoise\n")
    dockerfile = dockerfile.replace("ENV DJ", "RUN python manage.py collectstatic\nENV DJ")
    files = {
        **BOOK,
        "Dockerfile": dockerfile,
        "src/shop/settings.py": f"{settings}LOGGING = {{}}\n",
    }
    found = proposals(tmp_path, files, Verdict.TESTS_FAILED, **STATIC)
    assert not {"collectstatic", "whitenoise", "serve_static", "logging"} & found.keys()


@pytest.mark.parametrize(
    "middleware, change",
    [
        ('["django.middleware.security.SecurityMiddleware"]', ("instead of line 11, write:\n"
         'MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", '
         '"whitenoise.middleware.WhiteNoiseMiddleware",]')),
        ('[\n    "shop.first",\n]', ("after line 11, add:\n"
         '    "whitenoise.middleware.WhiteNoiseMiddleware",')),
        (('[\n    "django.middleware.security.SecurityMiddleware",\n]\n'
         "if DEBUG:\n    MIDDLEWARE = [*MIDDLEWARE]"), ("after line 12, add:\n"
         '    "whitenoise.middleware.WhiteNoiseMiddleware",')),
    ],
    ids=["one line", "first", "later"],
)  # fmt: skip
def test_propose__place_in_the_middleware(tmp_path: Path, middleware: str, change: str) -> None:
    before, _, after = BOOK["src/shop/settings.py"].partition("MIDDLEWARE = [")
    settings = f"{before}MIDDLEWARE = {middleware}\n{after.partition(']')[2]}"
    found = proposals(
        tmp_path, {**BOOK, "src/shop/settings.py": settings}, Verdict.TESTS_FAILED, **STATIC
    )
    assert found["whitenoise"].startswith(f"# in src/shop/settings.py, {change}\n")


def test_propose__no_half_of_whitenoise(tmp_path: Path) -> None:
    settings = BOOK["src/shop/settings.py"].replace("MIDDLEWARE = [", "MIDDLEWARE = OTHERS + [")
    settings = settings.replace('"django.middleware.security', '"shop.middleware.security')
    files = {**BOOK, "src/shop/settings.py": settings}
    assert "whitenoise" not in proposals(tmp_path, files, Verdict.TESTS_FAILED, **STATIC)


def test_propose__no_whitenoise_without_its_package(tmp_path: Path) -> None:
    dockerfile = BOOK["Dockerfile"].replace('"django<6" gunicorn', "-r ${KIND}.txt")
    files = {**BOOK, "Dockerfile": dockerfile, "src/production.txt": "django\n"}
    found = proposals(tmp_path, files, Verdict.TESTS_FAILED, **STATIC)
    assert not {"collectstatic", "whitenoise", "serve_static"} & found.keys()


@pytest.mark.parametrize(
    "line",
    [
        'MIDDLEWARE.remove("django.middleware.security.SecurityMiddleware")',
        'FIRST = "django.middleware.security.SecurityMiddleware"',
    ],
)
def test_propose__no_middleware_in_another_line(tmp_path: Path, line: str) -> None:
    settings = BOOK["src/shop/settings.py"].partition("MIDDLEWARE = [")[0]
    files = {**BOOK, "src/shop/settings.py": f"{settings}\n{line}\nMIDDLEWARE = [*OTHERS]\n"}
    assert "whitenoise" not in proposals(tmp_path, files, Verdict.TESTS_FAILED, **STATIC)


def test_propose__nothing_for_a_file_that_would_not_be_python(tmp_path: Path) -> None:
    files = {**BOOK, "Dockerfile": BOOK["Dockerfile"].replace("ENV D", "RUN collectstatic\nENV D")}
    assert "whitenoise" in proposals(tmp_path, files, Verdict.TESTS_FAILED, **STATIC)
    files["src/shop/settings.py"] += "print 'a'\n"
    assert "whitenoise" not in proposals(tmp_path, files, Verdict.TESTS_FAILED, **STATIC)


def test_propose__static_files_are_not_for_others(tmp_path: Path) -> None:
    assert not proposals(tmp_path, EXPRESS, Verdict.TESTS_FAILED, **STATIC).keys() - {
        "workflow",
        "server",
    }


def test_propose__logging(tmp_path: Path) -> None:
    found = proposals(tmp_path, BOOK, Verdict.NOT_READY, answer="HTTP status 500")
    assert found["logging"].startswith("# in src/shop/settings.py, at the end, add:\nLOGGING = {")


def test_propose__hosts_without_a_variable(tmp_path: Path) -> None:
    found = proposals(tmp_path, BOOK, Verdict.NOT_READY, **REFUSED)
    assert found["allowed_hosts"] == (
        "# in src/shop/settings.py, instead of line 10, write:\n"
        'ALLOWED_HOSTS = [each for each in os.environ.get("DJANGO_ALLOWED_HOST", "").split(",") '
        "if each]\n"
        "\n"
        f"# and {IN_STEP}env: DJANGO_ALLOWED_HOST=localhost"
    )


GIVEN = '[each for each in os.environ.get("GIVEN_ALLOWED_HOSTS", "").split(",") if each]'


@pytest.mark.parametrize(
    "before, where, after",
    [
        ("ALLOWED_HOSTS = ['a.example']", "instead of line 10, write:",
         f"ALLOWED_HOSTS = ['a.example', *{GIVEN}]"),
        ("ALLOWED_HOSTS = ('a',)  # x", "instead of line 10, write:",
         f"ALLOWED_HOSTS = ('a', *{GIVEN})"),
        ("ALLOWED_HOSTS = [\n    'a.example',\n]", "after line 10, add:",
         f"    *{GIVEN},"),
        ("ALLOWED_HOSTS = (\n'a',)", "after line 10, add:", f"    *{GIVEN},"),
        ("", "at the end, add:", f"ALLOWED_HOSTS = {GIVEN}"),
    ],
)  # fmt: skip
def test_propose__hosts_that_are_given_but_not_read(
    tmp_path: Path, before: str, where: str, after: str
) -> None:
    settings = BOOK["src/shop/settings.py"].replace("ALLOWED_HOSTS = []", before)
    files = {**BOOK, "src/shop/settings.py": settings}
    inputs = "allowed-hosts GIVEN_ALLOWED_HOSTS"
    found = proposals(tmp_path, files, Verdict.NOT_READY, **REFUSED, inputs=inputs)
    assert found["unread_hosts"] == "GIVEN_ALLOWED_HOSTS"
    assert f"# in src/shop/settings.py, {where}\n{after}\n\n" in found["allowed_hosts"]
    assert "env: GIVEN_ALLOWED_HOSTS=localhost" in found["allowed_hosts"]


def test_propose__import_of_os(tmp_path: Path) -> None:
    settings = "import sys\nALLOWED_HOSTS = []\n"
    found = proposals(
        tmp_path, {**BOOK, "src/shop/settings.py": settings}, Verdict.NOT_READY, **REFUSED
    )
    assert (
        "# and in src/shop/settings.py, instead of line 1, write:\nimport os\nimport sys\n"
        in (found["allowed_hosts"])
    )


def test_propose__hosts_of_the_variable_that_is_read(tmp_path: Path) -> None:
    found = proposals(tmp_path, SPLIT, Verdict.NOT_READY, **REFUSED)
    assert found["allowed_hosts"] == f"# {IN_STEP}env: DJANGO_ALLOWED_HOSTS=localhost"
    assert found["hosts_line"] == "config/settings/production.py:5"


@pytest.mark.parametrize(
    "port, refused", [("4000", "127.0.0.1"), ("8888", "")], ids=["tests", "health check"]
)
def test_propose__host_of_the_tests(tmp_path: Path, port: str, refused: str) -> None:
    log = f"Invalid HTTP_HOST header: '127.0.0.1:{port}'. You may need to add '127.0.0.1'."
    found = proposals(tmp_path, SPLIT, Verdict.TESTS_FAILED, request=REQUEST, log=log)
    assert found.get("refused_host", "") == refused
    if refused:
        assert found["allowed_hosts"] == (
            f"# {IN_STEP}env: DJANGO_ALLOWED_HOSTS=localhost,127.0.0.1"
        )


def test_propose__redirect_of_the_variable_that_is_read(tmp_path: Path) -> None:
    found = proposals(tmp_path, SPLIT, Verdict.NOT_READY, **HTTPS)
    assert found["ssl_redirect"] == f"# {IN_STEP}env: DJANGO_SECURE_SSL_REDIRECT=False"


@pytest.mark.parametrize(
    "before, line, after",
    [
        ("SECURE_SSL_REDIRECT = True", 17,
         'SECURE_SSL_REDIRECT = "DJANGO_NO_SSL_REDIRECT" not in os.environ'),
        ("SECURE_SSL_REDIRECT = not DEBUG", 17,
         'SECURE_SSL_REDIRECT = not DEBUG and "DJANGO_NO_SSL_REDIRECT" not in os.environ'),
        ("SECURE_SSL_REDIRECT = DEBUG is False", 17,
         'SECURE_SSL_REDIRECT = (DEBUG is False) and "DJANGO_NO_SSL_REDIRECT" not in os.environ'),
        ("if 'TLS' in os.environ:\n    SECURE_SSL_REDIRECT = True", 18,
         '    SECURE_SSL_REDIRECT = "DJANGO_NO_SSL_REDIRECT" not in os.environ'),
    ],
)  # fmt: skip
def test_propose__redirect_without_a_variable(
    tmp_path: Path, before: str, line: int, after: str
) -> None:
    files = {**BOOK, "src/shop/settings.py": f"{BOOK['src/shop/settings.py']}\n{before}\n"}
    found = proposals(tmp_path, files, Verdict.NOT_READY, **HTTPS)
    assert found["ssl_redirect"] == (
        f"# in src/shop/settings.py, instead of line {line}, write:\n{after}\n\n"
        f"# and {IN_STEP}env: DJANGO_NO_SSL_REDIRECT=1"
    )


@pytest.mark.parametrize("setting", ["", "SECURE_SSL_REDIRECT = False"])
def test_propose__redirect_of_another(tmp_path: Path, setting: str) -> None:
    files = {**BOOK, "src/shop/settings.py": f"{BOOK['src/shop/settings.py']}\n{setting}\n"}
    assert "ssl_redirect" not in proposals(tmp_path, files, Verdict.NOT_READY, **HTTPS)


def test_propose__redirect_of_rails(tmp_path: Path) -> None:
    files = {"config/environments/production.rb": "x\n  config.force_ssl = true\n"}
    found = proposals(tmp_path, files, Verdict.NOT_READY, **HTTPS)
    assert '  config.force_ssl = !ENV.key?("NO_SSL_REDIRECT")\n\n' in found["ssl_redirect"]


ORIGIN = "Forbidden (Origin checking failed - http://localhost:4000 does not match any trusted)"


def test_propose__origins(tmp_path: Path) -> None:
    found = proposals(tmp_path, BOOK, Verdict.TESTS_FAILED, request=REQUEST, log=ORIGIN)
    assert found["csrf_origins"] == (
        "# in src/shop/settings.py, at the end, add:\n"
        "CSRF_TRUSTED_ORIGINS = [each for each in "
        'os.environ.get("DJANGO_CSRF_TRUSTED_ORIGINS", "").split(",") if each]\n'
        "\n"
        f"# and {IN_STEP}env: DJANGO_CSRF_TRUSTED_ORIGINS=http://localhost:8000\n"
        "\n"
        f"# and {IN_STEP}host-port: '8000'"
    )


def test_propose__origins_of_the_variable_that_is_read(tmp_path: Path) -> None:
    path = "config/settings/production.py"
    setting = 'CSRF_TRUSTED_ORIGINS = env.list("ORIGINS", default=[])\n'
    files = {**SPLIT, path: SPLIT[path] + setting}
    found = proposals(tmp_path, files, Verdict.TESTS_FAILED, request=REQUEST, log=ORIGIN)
    assert found["csrf_origins"] == (
        f"# {IN_STEP}env: ORIGINS=http://localhost:8000\n\n# and {IN_STEP}host-port: '8000'"
    )


@pytest.mark.parametrize(
    "setting",
    [
        "ALLOWED_HOSTS += ['a']",
        "ALLOWED_HOSTS = ['a']\nALLOWED_HOSTS += ['b']",
        "ALLOWED_HOSTS = (\n'a')",
        "ALLOWED_HOSTS = ['a'\n]",
        "ALLOWED_HOSTS = [h for h in HOSTS]",
        "ALLOWED_HOSTS = ['a'] + ['b']",
        "ALLOWED_HOSTS: list[str] = ['a']",
        "HOSTS = ALLOWED_HOSTS = ['a']",
        "HOSTS, ALLOWED_HOSTS = [], []",
        "DEBUG = False; ALLOWED_HOSTS = ['a']",
        "ALLOWED_HOSTS = ['a']; DEBUG = False",
        "if not DEBUG:\n    ALLOWED_HOSTS = ['a']\nelse:\n    ALLOWED_HOSTS = []",
        "from .hosts import ALLOWED_HOSTS",
        "from .hosts import *",
        "include('components/*.py')",
        "django_heroku.settings(locals())",
        "type X = int; ALLOWED_HOSTS = ()\nprint 'newer or older syntax'",
        "BOM",
    ],
)
def test_propose__no_hosts_that_would_break(tmp_path: Path, setting: str) -> None:
    settings = BOOK["src/shop/settings.py"].replace("ALLOWED_HOSTS = []", setting)
    if setting == "BOM":
        settings = f"\ufeff{BOOK['src/shop/settings.py']}"
    files = {**BOOK, "src/shop/settings.py": settings}
    assert "allowed_hosts" not in proposals(tmp_path, files, Verdict.NOT_READY, **REFUSED)


def test_propose__nothing_without_an_import(tmp_path: Path) -> None:
    files = {**BOOK, "src/shop/settings.py": "ALLOWED_HOSTS = []\n"}
    assert "allowed_hosts" not in proposals(tmp_path, files, Verdict.NOT_READY, **REFUSED)


@pytest.mark.parametrize("mark", ["\f", "\u2028", "\x1c", "\x85"])
def test_propose__the_line_that_python_counts(tmp_path: Path, mark: str) -> None:
    settings = BOOK["src/shop/settings.py"].replace("DEBUG = True", f"DEBUG = True  # {mark}x")
    files = {**BOOK, "src/shop/settings.py": settings}
    found = proposals(tmp_path, files, Verdict.NOT_READY, **REFUSED)
    assert "instead of line 10, write:\nALLOWED_HOSTS = [" in found["allowed_hosts"]
    found = proposals(tmp_path, files, Verdict.TESTS_FAILED, **STATIC)
    assert found["whitenoise"].startswith("# in src/shop/settings.py, after line 12, add:")


def test_propose__a_line_with_such_a_mark(tmp_path: Path) -> None:
    settings = BOOK["src/shop/settings.py"].replace("HOSTS = []", "HOSTS = ['a\u2028']")
    files = {**BOOK, "src/shop/settings.py": settings}
    found = proposals(tmp_path, files, Verdict.NOT_READY, **REFUSED)
    assert "write:\nALLOWED_HOSTS = ['a\u2028', *[" in found["allowed_hosts"]


@pytest.mark.parametrize("more", ["include('a.py')", "from .other import *", "print 'a'"])
def test_propose__no_setting_at_the_end_if_another_may_set_it(tmp_path: Path, more: str) -> None:
    settings = f"{BOOK['src/shop/settings.py']}\n{more}\n"
    files = {**BOOK, "src/shop/settings.py": settings}
    found = proposals(tmp_path, files, Verdict.NOT_READY, answer="HTTP status 500")
    assert "logging" not in found
    found = proposals(tmp_path, files, Verdict.TESTS_FAILED, **STATIC)
    assert not {"collectstatic", "whitenoise", "serve_static"} & found.keys()
    found = proposals(tmp_path, files, Verdict.TESTS_FAILED, request=REQUEST, log=ORIGIN)
    assert "csrf_origins" not in found


def test_propose__origins_of_a_proxy_that_drops_the_port(tmp_path: Path) -> None:
    files = {**BOOK, "nginx.conf": "server {\n  proxy_set_header Host $host;\n}\n"}
    found = proposals(tmp_path, files, Verdict.TESTS_FAILED, request=REQUEST, log=ORIGIN)
    assert found["csrf_origins"] == (
        "# in nginx.conf, instead of line 2, write:\n  proxy_set_header Host $http_host;"
    )


def test_propose__outside_of_the_checkout(tmp_path: Path) -> None:
    checkout = SourceTree(top=tmp_path / "a", directory=tmp_path)
    assert scan_source(Facts(verdict=Verdict.NOT_READY), checkout) == {}


@pytest.mark.parametrize(
    "name, texts",
    [
        ("loopback-in-the-command", ['"gunicorn", "--bind", "0.0.0.0:8888"']),
        ("bound-to-loopback", ["# in app.py, instead of line", 'address = "0.0.0.0" if FAULT']),
        ("ipv6-only", ["uvicorn, flask and rails --host", "on :: and turn IPV6_V6ONLY off"]),
        ("wsgi-path", ["write:\n            superlists.wsgi:application"]),
        ("wsgi-name", ["write:\n            superlists.wsgi:application"]),
        ("app-path-in-the-command", ["CMD exec gunicorn --bind :8888 superlists.wsgi:application"]),
        ("in-the-background", ['CMD ["gunicorn", "--bind", ":8888"']),
        ("host-that-is-not-read", ["from SHOP_HOSTS (superlists/settings.py:30)"]),
        ("hosts-without-a-variable", ["# in superlists/settings.py, instead of line"]),
        ("host-of-the-tests", ["DJANGO_ALLOWED_HOST=localhost,127.0.0.1"]),
        ("https-redirect-of-the-tests", ["redirects the tests to https", "not DEBUG and "]),
        ("superlists-https-redirect", ["because DJANGO_BEHIND_TLS is set (superlists/settings"]),
        ("origin-without-its-port", ["host-port: '8000'", "a proxy in front of it"]),
        ("static-files", ["after line", "collectstatic --noinput"]),
        ("static-files-silent", ["Let WhiteNoise serve them", "after line"]),
        ("no-answer", ["waits for something"]),
        ("server-error", ["Correct what it names"]),
    ],
)
def test_causes__advice_fits_the_app(name: str, texts: list[str]) -> None:
    facts = Facts.from_json((FACTS / f"{name}.json").read_text(encoding="utf-8"))
    found = diagnose(facts, CAUSES)[0]
    told = f"{found.title}\n{found.hint}\n{found.paste}"
    for text in texts:
        assert text in told
    for placeholder in ("PROJECT", "VALUE", "the Dockerfile:"):
        assert placeholder not in told


@pytest.mark.parametrize(
    "sources, text",
    [
        ({"settings": "static_server WhiteNoise"}, "WhiteNoise is there. Check the name"),
        ({"settings": "settings a.py"}, "the app's own server serves their folder"),
        ({"proposals": "collectstatic RUN x"}, "The app has WhiteNoise. Collect the files"),
        ({"proposals": "whitenoise x"}, "The image collects them. Let WhiteNoise"),
        ({"proposals": "collectstatic x\ncollectstatic y\nwhitenoise x"}, "Collect them while"),
        ({}, "the app's own server serves their folder"),
    ],
    ids=["neither", "unknown", "RUN", "WhiteNoise", "both", "not Django"],
)
def test_static_files__only_what_lacks(sources: dict[str, str], text: str) -> None:
    lines = {
        LOCATIONS: (sources.get("settings", ""),),
        PROPOSALS: tuple(sources.get("proposals", "").split("\n")),
        "page links": ("404 /static/app.css",),
    }
    (found,) = diagnose(Facts(verdict=Verdict.TESTS_FAILED, lines=lines), CAUSES)
    assert text in found.hint


def test_server_error__logging_of_django() -> None:
    lines = {"answer": ("HTTP status 500",), PROPOSALS: ("logging # in a.py", "logging LOGGING")}
    (found,) = diagnose(Facts(verdict=Verdict.NOT_READY, lines=lines), CAUSES)
    assert found.paste == "# in a.py\nLOGGING"


def test_server_error__of_another_app() -> None:
    (found,) = diagnose(
        Facts(verdict=Verdict.NOT_READY, lines={"answer": ("HTTP status 500",)}), CAUSES
    )
    assert "Django" not in f"{found.hint}{found.background}"
    assert not found.paste


def test_no_answer__threads() -> None:
    lines = {"answer": ("no answer within 10 s",), PROPOSALS: ("threads # in Dockerfile",)}
    (found,) = diagnose(Facts(verdict=Verdict.NOT_READY, lines=lines), CAUSES)
    assert found.paste == "# in Dockerfile"
    assert "give it threads" in found.hint


def test_missing_module__of_python_in_a_run() -> None:
    lines = {
        "container.log": ("ModuleNotFoundError: No module named 'whitenoise'",),
        PROPOSALS: (
            "missing_package # in Dockerfile",
            "missing_package RUN pip install whitenoise",
        ),
    }
    (found,) = diagnose(Facts(verdict=Verdict.CRASHED, lines=lines), CAUSES)
    assert found.title == "The Python module whitenoise is missing in the image"
    assert "comes from a package" in found.hint
