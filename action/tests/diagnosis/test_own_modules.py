"""Modules that an app does not find: the words are those of the real programs."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import OWN_MODULE, Facts
from rehearsal.diagnosis.missing_modules import MissingModule, find_missing_module
from rehearsal.diagnosis.paste import INPUTS_ORIGIN
from rehearsal.diagnosis.rules import diagnose
from rehearsal.diagnosis.source_scan import scan_source
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

NO_LISTS = "ModuleNotFoundError: No module named 'lists'"
IMPORT = '  File "<frozen importlib._bootstrap>", line 1140, in _find_and_load_unlocked\n'
UVICORN = (
    '  File "/venv/lib/python3.11/site-packages/uvicorn/importer.py", line 19, in '
    "import_from_string\n    module = importlib.import_module(module_str)\n"
    '  File "/usr/lib/python3.11/importlib/__init__.py", line 126, in import_module\n'
    "    return _bootstrap._gcd_import(name[level:], package, level)\n"
    f"{IMPORT}ModuleNotFoundError: No module named 'shop.asgy'"
)
DAPHNE = (
    '  File "/venv/lib/python3.11/site-packages/daphne/utils.py", line 22, in import_by_path\n'
    "    target = getattr(target, bit)\n             ^^^^^^^^^^^^^^^^^^^^\n"
    "AttributeError: module 'shop.asgi' has no attribute 'app'"
)
REQUIRE = "Error: Cannot find module '{}'\nRequire stack:\n- /app/server.js\n    at x (node:y:1:2)"
DOCKERFILE = """\
FROM python:3.13
WORKDIR /app
COPY manage.py .
CMD ["python", "manage.py", "runserver"]
"""
LISTS = {"lists/__init__.py": "", "lists/models.py": "", "manage.py": ""}


def facts(log: str, verdict: Verdict = Verdict.CRASHED) -> Facts:
    return Facts(verdict=verdict, lines={"container.log": ("starting", *log.splitlines(), "bye")})


@pytest.mark.parametrize(
    "log, name",
    [
        (NO_LISTS, "lists"),
        (
            "ModuleNotFoundError: No module named 'shop.lists'; 'shop' is not a package",
            "shop.lists",
        ),
        ("/usr/local/bin/python: No module named gunicorn", "gunicorn"),
        ("/venv/bin/python: No module named superlists.nope", "superlists.nope"),
        ('ERROR:    Error loading ASGI app. Could not import module "shop.asgi".', "shop.asgi"),
        (
            (
                "hypercorn.utils.NoAppError: Cannot load application from 'main:app', module not "
                "found."
            ),
            "main",
        ),
        ("Error: Could not import 'main'.", "main"),
        (UVICORN, "shop.asgy"),
    ],
)
def test_find_missing_module__python(log: str, name: str) -> None:
    assert find_missing_module(facts(log)) == MissingModule(name=name)


@pytest.mark.parametrize(
    "log, name, by",
    [
        (REQUIRE.format("./routes"), "./routes", "/app/server.js"),
        (REQUIRE.format("express"), "express", "/app/server.js"),
        ("Error: Cannot find module '/app/dist/main.js'\n    at x", "/app/dist/main.js", ""),
        (
            "Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/app/a.js' imported from /app/b.mjs",
            "/app/a.js",
            "/app/b.mjs",
        ),
        (
            "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'express' imported from /app/b.mjs",
            "express",
            "/app/b.mjs",
        ),
    ],
)
def test_find_missing_module__node(log: str, name: str, by: str) -> None:
    assert find_missing_module(facts(log)) == MissingModule(name=name, is_node=True, by=by)


@pytest.mark.parametrize(
    "log",
    [
        "",
        "ImportError: cannot import name 'b' from partially initialized module 'a' (/app/a.py)",
        "SyntaxError: '(' was never closed",
        "Failed to find attribute 'app' in 'shop.wsgi'.",
    ],
)
def test_find_missing_module__none(log: str) -> None:
    assert find_missing_module(facts(log)) is None
    ids = [each.id for each in diagnose(facts(log), CAUSES)]
    assert ids == (["wsgi-path"] if "attribute" in log else [])


def diagnosed(
    folder: Path, files: Mapping[str, str], log: str = NO_LISTS, given: tuple[str, ...] = ()
) -> Diagnosis:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    checkout = SourceTree(top=folder, directory=folder, dockerfile="Dockerfile")
    known = facts(log)
    known = replace(known, lines={**known.lines, INPUTS_ORIGIN: given})
    known = replace(known, lines={**known.lines, **scan_source(known, checkout)})
    return diagnose(known, CAUSES)[0]


def test_own_module__not_copied(tmp_path: Path) -> None:
    found = diagnosed(tmp_path, {**LISTS, "Dockerfile": DOCKERFILE})
    assert found.id == "own-module"
    assert found.title == "The folder lists is in the repository, but not in the image"
    assert found.hint == "No COPY in Dockerfile brings it into the image."
    assert found.paste == "# in Dockerfile, after line 3, add:\nCOPY lists lists"
    assert found.matching_lines == (NO_LISTS,)


def test_own_module__ignored(tmp_path: Path) -> None:
    copied = DOCKERFILE.replace("manage.py .", ". .")
    files = {**LISTS, "Dockerfile": copied, ".dockerignore": "*.md\nlists/\n"}
    found = diagnosed(tmp_path, files)
    assert "Line 2 of .dockerignore (lists/) keeps it out" in found.hint
    assert found.paste == "# in .dockerignore, at the end, add:\n!lists"


def test_own_module__elsewhere(tmp_path: Path) -> None:
    copied = DOCKERFILE.replace("manage.py .", ". .")
    files = {f"src/{name}": text for name, text in LISTS.items()}
    found = diagnosed(tmp_path, {**files, "Dockerfile": copied})
    assert found.title == "The app does not find lists, which the image has in /app/src"
    assert found.paste == "# in Dockerfile, after line 3, add:\nENV PYTHONPATH=/app/src"


def test_own_module__served(tmp_path: Path) -> None:
    """A server's own words are the same fault."""
    log = UVICORN.replace("shop.asgy", "lists.models")
    assert diagnosed(tmp_path, {**LISTS, "Dockerfile": DOCKERFILE}, log).id == "own-module"


def test_own_module__of_a_ready_image(tmp_path: Path) -> None:
    found = diagnosed(tmp_path, {**LISTS, "Dockerfile": DOCKERFILE}, given=("given image",))
    assert found.title == "The app does not find lists, which the project has in lists"
    assert not found.paste


@pytest.mark.parametrize(
    "files",
    [
        {"shop/__init__.py": "", "shop/lists.py": ""},
        {"lists/README.md": ""},
        {"lists.html": ""},
    ],
    ids=["inside a package", "no code", "no module"],
)
def test_own_module__a_package_of_somebody_else(tmp_path: Path, files: Mapping[str, str]) -> None:
    requirements = {"Dockerfile": "FROM a\nRUN pip install -r r.txt\n", "r.txt": "django\n"}
    files = {name.replace("lists", "redis"): text for name, text in files.items()}
    found = diagnosed(tmp_path, {**files, **requirements}, NO_LISTS.replace("lists", "redis"))
    assert found.id == "missing-module"
    assert found.paste == "# in r.txt, at the end, add:\nredis"


FRAMES = "  File \"/app/{}\", line 1, in <module>\n{}ModuleNotFoundError: No module named 'redis'"
SITE = '  File "/usr/lib/python3.13/site-packages/shop/a.py", line 3, in b\n'


@pytest.mark.parametrize(
    "files, importer, cause",
    [
        ({"scripts/redis.py": ""}, "shop/views.py", "missing-module"),
        ({"scripts/redis/a.py": ""}, "shop/views.py", "missing-module"),
        ({"scripts/redis.py": ""}, "scripts/run.py", "own-module"),
        ({"scripts/redis/__init__.py": ""}, "shop/views.py", "own-module"),
        ({"scripts/redis.py": ""}, "other.py", "missing-module"),
        ({"scripts/redis.py": ""}, "bin/gunicorn", "own-module"),
    ],
)
def test_own_module__a_file_of_other_files(
    tmp_path: Path, files: Mapping[str, str], importer: str, cause: str
) -> None:
    """scripts/redis.py is no part of the app that imports redis from elsewhere."""
    known = {"shop/views.py": "", "scripts/run.py": ""}
    dockerfile = {"Dockerfile": DOCKERFILE.replace("manage.py .", ". .")}
    found = diagnosed(tmp_path, {**known, **files, **dockerfile}, FRAMES.format(importer, SITE))
    assert found.id == cause
    assert ("PYTHONPATH=/app/scripts" in found.paste) is (cause == "own-module")


@pytest.mark.parametrize("log", [UVICORN, DAPHNE])
def test_wsgi_path__asgi_servers(log: str) -> None:
    (found,) = diagnose(facts(log), CAUSES)
    assert found.id == "wsgi-path"
    assert "finds no app at shop.asg" in found.title


NODE_IMAGE = 'FROM node\nWORKDIR /app\n{}COPY server.js ./\nCMD ["node", "server.js"]\n'
SERVER = {"server.js": "", "Dockerfile": NODE_IMAGE.format("")}
MANIFEST = '{{"dependencies": {{{}}}, "devDependencies": {{{}}}, "scripts": {{{}}}}}'


@pytest.mark.parametrize(
    "name, file, copy",
    [
        ("./routes", "routes.js", "COPY routes.js routes.js"),
        ("./routes", "routes/index.js", "COPY routes routes"),
        ("./lib/db.js", "lib/db.js", "COPY lib lib"),
        ("/app/data.json", "data.json", "COPY data.json data.json"),
    ],
)
def test_own_module__node(tmp_path: Path, name: str, file: str, copy: str) -> None:
    found = diagnosed(tmp_path, {**SERVER, file: ""}, REQUIRE.format(name))
    assert found.id == "own-module"
    assert found.paste == f"# in Dockerfile, after line 3, add:\n{copy}"


@pytest.mark.parametrize(
    "files, name, paste",
    [
        ({}, "express", ""),
        (
            {"package.json": MANIFEST.format('"express": "5"', "", "")},
            "express",
            "add:\nCOPY package.json ./\nRUN npm install --omit=dev",
        ),
        (
            {"package.json": MANIFEST.format('"@a/b": "5"', "", ""), "yarn.lock": ""},
            "@a/b/part",
            "add:\nCOPY package.json yarn.lock ./\nRUN yarn install --frozen-lockfile --production",
        ),
        (
            {"package.json": MANIFEST.format("", '"express": "5"', "")},
            "express/lib",
            "npm install --save-prod express",
        ),
        (
            {
                "package.json": MANIFEST.format("", "", ""),
                "Dockerfile": NODE_IMAGE.format("COPY package*.json ./\nRUN npm ci\n"),
            },
            "express",
            "# on your own machine; commit what it writes:\nnpm install express",
        ),
        (
            {
                "package.json": MANIFEST.format('"express": "5"', "", ""),
                "Dockerfile": NODE_IMAGE.format("COPY package*.json ./\nRUN npm ci\n"),
            },
            "express",
            "",
        ),
        (
            {"package.json": MANIFEST.format("", "", '"build": "tsc"')},
            "/app/dist/main.js",
            "RUN npm run build",
        ),
        ({"package.json": "[]"}, "/app/dist/main.js", ""),
    ],
)
def test_missing_module__node(
    tmp_path: Path, files: Mapping[str, str], name: str, paste: str
) -> None:
    found = diagnosed(tmp_path, {**SERVER, **files}, REQUIRE.format(name))
    assert found.id == "missing-module"
    assert name in found.title
    assert "Python" not in found.title
    assert found.paste.endswith(paste) if paste else not found.paste


def test_own_module__no_fact_without_a_missing_one(tmp_path: Path) -> None:
    (tmp_path / "lists.py").touch()
    checkout = SourceTree(top=tmp_path, directory=tmp_path)
    assert OWN_MODULE not in scan_source(facts("hello"), checkout)
