import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.derived_facts import derive_facts
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.needs.find_needs import Seen, find_needs
from rehearsal.diagnosis.needs.given import Given
from rehearsal.diagnosis.proposals import find_context
from rehearsal.diagnosis.rules import diagnose
from rehearsal.results.next_need import NextNeeds
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

from ... import e2e
from ...e2e.needs import IDS, SETTINGS, edit

PLAIN_APP = Path(e2e.__file__).parent / "fixtures/plain_app"
KEY_IS_MISSING = "File \"<frozen os>\", line 716, in __getitem__\nKeyError: 'SECRET_KEY'\n"
ALL_GIVEN = {"SECRET_KEY": "x", "CONTACT_ADDRESS": "y", "ALLOWED_HOSTS": "localhost"}


@pytest.fixture
def lacking(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    shutil.copytree(PLAIN_APP, root, ignore=shutil.ignore_patterns("__pycache__"))
    edit(root)
    return root


def needs_of(
    root: Path,
    verdict: Verdict = Verdict.CRASHED,
    given: Given | None = None,
    *,
    was_ready: bool = False,
    **lines: str,
) -> NextNeeds:
    """Return what a failure shows to be missing; the names of sources have `_` for spaces."""
    named = {name.replace("__", ".").replace("_", " "): text for name, text in lines.items()}
    sources = {name: tuple(text.split("\n")) for name, text in named.items()}
    tree = SourceTree(top=root, directory=root, dockerfile="Dockerfile")
    facts = Facts(verdict=verdict, lines=sources)
    facts = Facts(verdict=verdict, lines={**sources, **derive_facts(facts, tree)})
    context = find_context(facts, tree)
    assert context
    faults: list[str] = []
    seen = Seen(facts=facts, diagnoses=diagnose(facts, CAUSES), was_ready=was_ready)
    found = find_needs(seen, context, given or Given(), faults)
    assert not faults
    return found


def ids(found: NextNeeds) -> list[str]:
    return [each.id for each in found.needs]


def given(variables: Mapping[str, str] | None = None, **more: str) -> Given:
    return Given(variables=ALL_GIVEN if variables is None else variables, **more)  # type: ignore[arg-type]


def replace(root: Path, path: str, pattern: str, new: str) -> None:
    text = (root / path).read_text()
    changed = re.sub(pattern, new, text, flags=re.MULTILINE)
    assert changed != text
    (root / path).write_text(changed)


def test_find_needs__all_at_once(lacking: Path) -> None:
    found = needs_of(lacking, container__log=KEY_IS_MISSING)
    assert ids(found) == IDS
    contact, hosts, tables, static = found.needs
    assert contact.text == (
        f"{SETTINGS}:{contact.line} reads CONTACT_ADDRESS, which is not set and has no default."
    )
    assert (lacking / SETTINGS).read_text().split("\n")[contact.line - 1] == (
        "CONTACT = os.environ['CONTACT_ADDRESS']"
    )
    assert hosts.text == (
        f"ALLOWED_HOSTS does not allow localhost, which the tests open ({SETTINGS}:{hosts.line})."
    )
    assert tables.file == "entries/migrations/0001_initial.py"
    assert static.text.startswith(
        "Nothing was found that serves the static file entries/static/entries/app.js: "
        "gunicorn serves no static files, and the settings"
    )


def test_find_needs__paste_gives_each_input_once(lacking: Path) -> None:
    paste = needs_of(lacking, container__log=KEY_IS_MISSING).paste
    assert paste.endswith("""\
# and in your workflow, under the step's with:, add:
generate-secrets: SECRET_KEY

# and in your workflow, under the step's with:, add:
env: |
  CONTACT_ADDRESS=VALUE
  ALLOWED_HOSTS=localhost

# and in your workflow, under the step's with:, add:
setup-command: python manage.py migrate --noinput""")
    assert "collectstatic --noinput" in paste
    assert "whitenoise.middleware.WhiteNoiseMiddleware" in paste


def test_find_needs__nothing_of_a_whole_project() -> None:
    whole = given(setup_command="python manage.py migrate", commands="python manage.py migrate")
    assert not needs_of(PLAIN_APP, given=whole)


@pytest.mark.parametrize(
    "verdict, lines, was_ready, expected",
    [
        (Verdict.BUILD_FAILED, {}, False, IDS),
        (Verdict.SETUP_FAILED, {}, False, IDS),
        (Verdict.NOT_READY, {}, False, IDS),
        # What answers has read its settings.
        (Verdict.NOT_READY, {"answer": "HTTP status 404"}, False, IDS[2:]),
        (Verdict.CRASHED, {}, True, []),
        (Verdict.TESTS_FAILED, {}, True, IDS[3:]),
        (Verdict.TESTS_FAILED, {"page_links": "served /static/entries/app.js"}, True, []),
        (
            Verdict.TESTS_FAILED,
            {"tests/output__log": "Unable to obtain driver for firefox"},
            True,
            IDS[2:],
        ),
        # What the diagnosis tells.
        (
            Verdict.NOT_READY,
            {"container__log": "django.db.utils.OperationalError: no such table: a_b"},
            False,
            ["variable", "allowed-hosts", "static-files"],
        ),
        (Verdict.TIMED_OUT, {}, False, []),
        (Verdict.ENGINE_FAILED, {}, False, []),
    ],
)
def test_find_needs__only_what_was_not_seen(
    lacking: Path, verdict: Verdict, lines: dict[str, str], was_ready: bool, expected: list[str]
) -> None:
    env = given({"SECRET_KEY": "x"})
    assert ids(needs_of(lacking, verdict, env, was_ready=was_ready, **lines)) == expected


@pytest.mark.parametrize(
    "path, pattern, new, missing",
    [
        ("Dockerfile", r"^EXPOSE", "ENV CONTACT_ADDRESS=x\nEXPOSE", "variable"),
        (SETTINGS, r"^CONTACT = .*", "CONTACT = os.environ.get('CONTACT_ADDRESS')", "variable"),
        (SETTINGS, r"^ALLOWED_HOSTS = .*", "ALLOWED_HOSTS = ['*']", "allowed-hosts"),
        (SETTINGS, r"^ALLOWED_HOSTS = .*", "ALLOWED_HOSTS = hosts()", "allowed-hosts"),
        (SETTINGS, r"^DEBUG = .*", "DEBUG = True", "allowed-hosts"),
        ("Dockerfile", r"^CMD .*", "CMD python manage.py migrate && gunicorn x.y", "tables"),
        ("manage.py", r"\Z", "# call_command('migrate')", "tables"),
        (SETTINGS, r"django.db.backends.sqlite3", "django.db.backends.mysql", "tables"),
        (SETTINGS, r"\Z", "\nSTATIC_URL = 'https://cdn.example/'\n", "static-files"),
        ("Dockerfile", r"^CMD .*", "CMD nginx && gunicorn guestbook.wsgi", "static-files"),
        ("guestbook/urls.py", r"\Z", "\nu += staticfiles_urlpatterns()\n", "static-files"),
    ],
)
def test_find_needs__what_is_there(
    lacking: Path, path: str, pattern: str, new: str, missing: str
) -> None:
    replace(lacking, path, pattern, new)
    found = ids(needs_of(lacking, container__log=KEY_IS_MISSING))
    assert missing not in found
    assert set(IDS) - {missing} <= set(found) | {"allowed-hosts"}


def test_find_needs__a_volume_may_have_the_tables(lacking: Path) -> None:
    assert "tables" not in ids(needs_of(lacking, given=Given(volumes=True)))


def test_find_needs__a_database_in_the_project_may_have_the_tables(lacking: Path) -> None:
    (lacking / "db.sqlite3").touch()
    assert "tables" not in ids(needs_of(lacking))


def test_find_needs__a_setup_command_keeps_its_lines(lacking: Path) -> None:
    setup = "python manage.py check\npython manage.py loaddata x\n"
    env = given(setup_command=setup, commands=setup)
    assert "setup-command: |\n  python manage.py check\n  python manage.py loaddata x\n  " in (
        needs_of(lacking, given=env).paste
    )


def test_find_needs__whitenoise_without_files(lacking: Path) -> None:
    replace(
        lacking,
        SETTINGS,
        r"^MIDDLEWARE = \[",
        "MIDDLEWARE = [\n 'whitenoise.middleware.WhiteNoiseMiddleware',",
    )
    (static,) = [each for each in needs_of(lacking).needs if each.id == "static-files"]
    assert "Nothing was found that runs collectstatic" in static.text


def test_find_needs__all_variables_of_the_container_count(lacking: Path) -> None:
    """Those of a base image, for example, which no file of the project names."""
    env = Given(image_variables=ALL_GIVEN)
    assert ids(needs_of(lacking, given=env)) == ["tables", "static-files"]


@pytest.mark.parametrize(
    "files, expected, paste",
    [
        (
            {
                "app/config.py": (
                    "from pydantic_settings import BaseSettings\n\n"
                    "class Settings(BaseSettings):\n    database_url: str\n    api_token: str\n"
                )
            },
            [
                "app/config.py:4 reads DATABASE_URL, which is not set and has no default.",
                "app/config.py:5 reads API_TOKEN, which is not set and has no default.",
            ],
            (
                "env: DATABASE_URL=VALUE\n\n"
                "# and in your workflow, under the step's with:, add:\nsecrets: API_TOKEN\n\n"
                "# and also, under the step's env:, add:\nAPI_TOKEN: ${{ secrets.API_TOKEN }}"
            ),
        ),
        (
            {"package.json": "{}", "server.js": "listen(process.env.COOKIE_SECRET)\n"},
            ["server.js:1 reads COOKIE_SECRET, which is not set and has no default."],
            (
                "secrets: COOKIE_SECRET\n\n# and also, under the step's env:, add:\n"
                "COOKIE_SECRET: ${{ secrets.COOKIE_SECRET }}"
            ),
        ),
        (
            {
                "app/config.py": (
                    "from pydantic_settings import BaseSettings\n\n"
                    "class Settings(BaseSettings):\n    github_secret: str\n"
                )
            },
            ["app/config.py:4 reads GITHUB_SECRET, which is not set and has no default."],
            (
                "secrets: GITHUB_SECRET\n\n# and also, under the step's env:, add:\n"
                "GITHUB_SECRET: ${{ secrets.APP_GITHUB_SECRET }}"
            ),
        ),
        ({"app.py": "import os\nA = os.environ.get('A_B')\n"}, [], ""),
        ({"main.go": 'os.Getenv("A_B")'}, [], ""),
    ],
)
def test_find_needs__not_django(
    tmp_path: Path, files: dict[str, str], expected: list[str], paste: str
) -> None:
    for path, text in {"Dockerfile": "FROM a\nCMD b\n", **files}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    found = needs_of(tmp_path)
    assert [each.text for each in found.needs] == expected
    assert found.paste.endswith(paste)
    assert bool(found.paste) == bool(paste)


@pytest.mark.parametrize(
    "path, text",
    [
        ("entrypoint.sh", '#!/bin/bash\nexport CONTACT_ADDRESS="a@${DOMAIN}"\nexec "$@"\n'),
        ("compose/django/start", "#!/bin/sh\nCONTACT_ADDRESS=x exec gunicorn a\n"),
        ("guestbook/wsgi.py", "os.environ.setdefault('CONTACT_ADDRESS', 'x')\n"),
        ("guestbook/wsgi.py", "os.environ['CONTACT_ADDRESS'] = 'x'\n"),
    ],
)
def test_find_needs__variables_that_the_app_sets(lacking: Path, path: str, text: str) -> None:
    assert "variable" in ids(needs_of(lacking, container__log=KEY_IS_MISSING))
    (lacking / path).parent.mkdir(parents=True, exist_ok=True)
    (lacking / path).write_text(text)
    assert "variable" not in ids(needs_of(lacking, container__log=KEY_IS_MISSING))


def test_find_needs__hosts_of_the_variable_that_is_missing(lacking: Path) -> None:
    log = "ImproperlyConfigured: ALLOWED_HOSTS is set but empty."
    env = given({**ALL_GIVEN, "ALLOWED_HOSTS": ""})
    assert "allowed-hosts" in ids(needs_of(lacking, given=env))
    assert "allowed-hosts" not in ids(needs_of(lacking, given=env, container__log=log))
