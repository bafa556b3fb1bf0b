import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.audit.checks.django import deploy_check, migrations
from rehearsal.audit.observations import DjangoMessage, DjangoProject, Observations
from rehearsal.pipeline.audit.app_python import MARK
from rehearsal.pipeline.audit.django_project import SCRIPT, ask_django

from ...audit.checks.found import failures
from ...fakes import FakeEngine, FakeProcess
from .subjects import run_script, subject_of

# What the program printed with real Djangos. The project is that of `startproject` with an app
# whose last changes are in no migration, and a second database for another app that was never
# migrated; nothing writes to a third one.
RECORDED = sorted(Path(__file__).with_name("django").glob("*.txt"))


def asked(folder: Path, text: str, *, code: int = 0) -> DjangoProject:
    engine = FakeEngine(states=[{}], process=FakeProcess(code), output=text.encode())
    return ask_django(subject_of(engine, folder))


def told(**found: object) -> str:
    return f"\n{MARK}{json.dumps(found)}\n"


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_ask_django__real_ones(tmp_path: Path, file: Path) -> None:
    project = asked(tmp_path, file.read_text())
    assert project.version.startswith(file.stem)
    assert not project.why_unknown
    assert not project.unanswered
    # These are what `check --deploy`, makemigrations and migrate of each version print.
    ids = {"W004", "W008", "W009", "W012", "W016", "W018", "W020"}
    found = failures(deploy_check, Observations(django=project))
    assert {each.part for each in found} == ids
    assert all(each.hint for each in found)
    missing, unapplied = failures(migrations, Observations(django=project))
    assert missing.evidence == (
        "orders.0002_order_gone_order_note: Add field gone to order",
        "orders.0002_order_gone_order_note: Add field note to order",
    )
    assert unapplied.evidence == ("reports.0001_initial in the database reporting",)


def test_ask_django__everything(tmp_path: Path) -> None:
    text = told(version="5.2") + "Loading\n" + told(checks=[["a.W1", "It is.", "?: It is."]])
    text += told(missing=["a"]) + told(unapplied=[])
    assert asked(tmp_path, text) == DjangoProject(
        version="5.2",
        checks=(DjangoMessage(id="a.W1", text="It is.", shown="?: It is."),),
        missing=("a",),
    )


def test_ask_django__part_of_it(tmp_path: Path) -> None:
    text = told(version="5.2") + told(unanswered={"checks": "KeyError: 'x'"}) + told(missing=[])
    project = asked(tmp_path, text, code=142)
    assert project.unanswered == {
        "checks": "KeyError: 'x'",
        "unapplied": "its Python took longer than 30 s",
    }
    assert project.version == "5.2"


@pytest.mark.parametrize(
    "text, code, version, reason",
    [
        (told(why_unknown="Django is not installed"), 0, "", "Django is not installed"),
        (told(version="5.2") + told(why_unknown="no"), 0, "5.2", "no"),
        (
            "Segmentation fault\n",
            139,
            "",
            "its Python ended with exit code 139: Segmentation fault",
        ),
    ],
)
def test_ask_django__nothing(
    tmp_path: Path, text: str, code: int, version: str, reason: str
) -> None:
    project = asked(tmp_path, text, code=code)
    assert (project.version, project.why_unknown) == (version, reason)


@pytest.mark.parametrize(
    "found",
    [
        {"unapplied": [1]},
        {"unapplied": 1},
        {"missing": {"a": 1}},
        {"missing": None},
        {"checks": [["a.W1", 2, "?"]]},
        {"checks": [["a.W1", "?"]]},
        {"checks": 3},
        {"unanswered": [1]},
        {"unanswered": {"checks": []}},
    ],
)
def test_ask_django__what_the_app_printed_in_our_place(tmp_path: Path, found: object) -> None:
    text = told(version="5.2") + told(**found)  # type: ignore[arg-type]
    assert "something else" in asked(tmp_path, text).why_unknown


def test_script__cuts_no_secret_in_two(tmp_path: Path) -> None:
    found = answers(project(tmp_path, settings=f"raise ValueError('x' * 990 + '{'s' * 40}')\n"))
    assert found["why_unknown"].endswith("s" * 40)


def test_ask_django__no_python(tmp_path: Path) -> None:
    refused = 'OCI runtime exec failed: "python": executable file not found in $PATH'
    assert asked(tmp_path, refused, code=127).why_unknown == "the image has no Python"


# A project with one model; no database is there yet.
SETTINGS = """\
SECRET_KEY, DEBUG, ALLOWED_HOSTS, USE_TZ = "x" * 5, False, ["app"], True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["shop"]
SILENCED_SYSTEM_CHECKS = ["security.W001"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "app.sqlite3"}}
"""
MODELS = """\
from django.db import models
class Order(models.Model):
    name = models.TextField()
"""
MIGRATION = """\
from django.db import migrations, models
class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Order", [
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False,
                                       verbose_name="ID")),
            ("name", models.TextField()),
        ]),
    ]
"""


def project(
    folder: Path, *, settings: str = "", models: str = "", loads: str = "manage.py"
) -> Path:
    """Write the project; `loads` is the file that names its settings."""
    files = {
        loads: 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config")\n',
        f"{Path(loads).parent}/config.py": SETTINGS + settings,
        f"{Path(loads).parent}/shop/__init__.py": "",
        f"{Path(loads).parent}/shop/models.py": MODELS + models,
        f"{Path(loads).parent}/shop/migrations/__init__.py": "",
        f"{Path(loads).parent}/shop/migrations/0001_initial.py": MIGRATION,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def answers(folder: Path) -> dict[str, Any]:
    """Return what the program tells, and that it wrote no file."""
    before = set(folder.rglob("*"))
    found: dict[str, Any] = {"unanswered": {}}
    for each in run_script(SCRIPT, folder):
        found["unanswered"] |= each.pop("unanswered", {})
        found |= each
    assert set(folder.rglob("*")) == before
    return found


@pytest.mark.parametrize("loads", ["manage.py", "src/manage.py"])
def test_script__a_database_that_is_not_there_is_not_made(tmp_path: Path, loads: str) -> None:
    found = answers(project(tmp_path, loads=loads))
    assert found["unapplied"] == ["shop.0001_initial"]
    assert found["missing"] == []
    ids = [id_ for id_, _, _ in found["checks"]]
    assert "security.W009" in ids
    assert "security.W001" not in ids
    assert not found["unanswered"]


def test_script__a_field_without_default_is_missing(tmp_path: Path) -> None:
    found = answers(project(tmp_path, models="    note = models.TextField()\n"))
    assert found["missing"] == ["shop.0002_order_note: Add field note to order"]


@pytest.mark.parametrize(
    "settings, unapplied",
    [
        # Nothing is known of a database in the memory of another process.
        ('DATABASES["default"]["NAME"] = ":memory:"\n', []),
        ('DATABASES["default"]["NAME"] = "file:x?mode=memory"\n', []),
        ("DATABASES = {}\n", []),
        # Nothing is written to a database that only some queries name.
        ('DATABASES["legacy"] = {**DATABASES["default"], "NAME": "l"}\n', ["shop.0001_initial"]),
    ],
)
def test_script__the_databases_that_count(
    tmp_path: Path, settings: str, unapplied: list[str]
) -> None:
    assert answers(project(tmp_path, settings=settings))["unapplied"] == unapplied


@pytest.mark.parametrize(
    "settings, reason",
    [
        ("import os; os.environ['KEY']\n", "Django could not be set up there: KeyError: 'KEY'"),
        ("import sys; sys.exit('no')\n", "Django could not be set up there: SystemExit: no"),
    ],
)
def test_script__settings_that_need_what_exec_has_not(
    tmp_path: Path, settings: str, reason: str
) -> None:
    found = answers(project(tmp_path, settings=settings))
    assert found["why_unknown"] == reason
    assert found["version"]


def test_script__no_settings(tmp_path: Path) -> None:
    assert "no file names" in answers(tmp_path)["why_unknown"]


def test_script__one_question_fails_alone(tmp_path: Path) -> None:
    found = answers(project(tmp_path, settings='ROOT_URLCONF = "urls"\n'))
    assert found["unanswered"] == {"checks": "ModuleNotFoundError: No module named 'urls'"}
    assert found["unapplied"]
