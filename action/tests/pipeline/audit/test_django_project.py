import json
from pathlib import Path

import pytest

from rehearsal.audit.checks.django import deploy_check, migrations
from rehearsal.audit.observations import DjangoMessage, DjangoProject, Observations
from rehearsal.pipeline.audit.app_python import MARK
from rehearsal.pipeline.audit.django_project import ask_django

from ...audit.checks.found import failures
from ...fakes import FakeEngine, FakeProcess
from .subjects import subject_of

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


def test_ask_django__no_python(tmp_path: Path) -> None:
    refused = 'OCI runtime exec failed: "python": executable file not found in $PATH'
    assert asked(tmp_path, refused, code=127).why_unknown == "the image has no Python"
