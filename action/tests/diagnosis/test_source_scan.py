from pathlib import Path

import pytest

from rehearsal.diagnosis import proposals, source_scan
from rehearsal.diagnosis.derived_facts import derive_facts
from rehearsal.diagnosis.facts import FAULTS, Facts
from rehearsal.diagnosis.source_scan import scan_source
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

LOG = (
    "Traceback (most recent call last):",
    '  File "/src/shop/views.py", line 21, in buy',
    '    text = request.POST["text"]',
    '  File "/venv/lib/python3.13/site-packages/django/utils/datastructures.py", line 86, in get',
    "    raise MultiValueDictKeyError(key)",
    "django.utils.datastructures.MultiValueDictKeyError: 'text'",
)
MANAGE = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'


@pytest.fixture
def checkout(tmp_path: Path) -> SourceTree:
    (tmp_path / "site/shop").mkdir(parents=True)
    return SourceTree(top=tmp_path, directory=tmp_path / "site")


def write(checkout: SourceTree, name: str, text: str = "") -> None:
    path = checkout.directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def failed(*log: str, verdict: Verdict = Verdict.TESTS_FAILED) -> Facts:
    return Facts(verdict=verdict, lines={"container.log": log})


def test_scan_source__locations(checkout: SourceTree) -> None:
    write(checkout, "manage.py", MANAGE)
    write(checkout, "shop/settings.py")
    write(checkout, "shop/views.py")
    found = scan_source(failed(*LOG, verdict=Verdict.CRASHED), checkout, ".github/workflows/a.yml")
    assert found == {
        "locations": (
            "workflow .github/workflows/a.yml",
            "code site/shop/views.py:21",
            "settings site/shop/settings.py",
        )
    }


def test_scan_source__settings_package(checkout: SourceTree) -> None:
    write(checkout, "manage.py", MANAGE)
    write(checkout, "shop/settings/__init__.py")
    assert scan_source(failed(), checkout)["locations"] == (
        "settings site/shop/settings/__init__.py",
    )


@pytest.mark.parametrize(
    "manage",
    [None, "", MANAGE, MANAGE.replace("shop.", "...etc."), "\0" * 100],
    ids=["no file", "empty", "no such module", "dots", "binary"],
)
def test_scan_source__nothing_found(checkout: SourceTree, manage: str | None) -> None:
    if manage is not None:
        write(checkout, "manage.py", manage)
    assert scan_source(failed("hello"), checkout, "a\nb") == {}


def test_scan_source__proposals_of_all_scans(
    checkout: SourceTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_scan, "propose", lambda *_: ["logging LOGGING = {}"])
    write(checkout, "shop/views.py", "\n" * 20 + 'request.POST["text"]\n' * 2)
    write(checkout, "a.html", '<input name="item_text">')
    first, *more = scan_source(failed(*LOG), checkout)["proposals"]
    assert first == "logging LOGGING = {}"
    assert 'other_reads request.POST["item_text"]' in more


def broken(*_given: object) -> tuple[str, ...]:
    raise KeyError("a secret")


def test_scan_source__a_fault_costs_one_fact(
    checkout: SourceTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(checkout, "manage.py", MANAGE)
    write(checkout, "shop/settings.py")
    monkeypatch.setitem(proposals.PARTS, "server", broken)
    monkeypatch.setitem(proposals.PROPOSALS, "logging", ((Verdict.TESTS_FAILED,), broken))
    monkeypatch.setattr(source_scan, "scan_styles", broken)
    found = scan_source(failed(), checkout)
    assert found["locations"] == ("settings site/shop/settings.py",)
    assert len(found[FAULTS]) == 3
    assert all(each.startswith("KeyError at diagnosis/faults.py:") for each in found[FAULTS])


def test_derive_facts__a_fault_costs_one_fact(
    checkout: SourceTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rehearsal.diagnosis.derived_facts.migration_lines", broken)
    log = "PermissionError: [Errno 13] Permission denied: '/a/b'"
    found = derive_facts(failed(log, verdict=Verdict.CRASHED), checkout)
    assert found["file error"] == ("path /a/b", "folder /a")
    assert len(found[FAULTS]) == 1


@pytest.mark.parametrize(
    "files, verdict, log",
    [
        pytest.param(
            {"shop/wsgi.py": MANAGE, "shop/settings.py": "INSTALLED_APPS = []\n"},
            Verdict.TESTS_FAILED, {}, id="no manage.py",
        ),
        pytest.param(
            {"requirements.txt": "pytest\n"}, Verdict.TESTS_FAILED,
            {"tests/output.log": "ModuleNotFoundError: No module named '*'"}, id="odd name",
        ),
        pytest.param(
            {"requirements.txt": "pytest\n"}, Verdict.TESTS_FAILED,
            {"tests/output.log": "ModuleNotFoundError: No module named 'tests (copy'"},
            id="bracket",
        ),
    ],
)  # fmt: skip
def test_scan_source__no_fault(
    checkout: SourceTree, files: dict[str, str], verdict: Verdict, log: dict[str, str]
) -> None:
    write(checkout, "Dockerfile", "FROM python\nCOPY . .\nCMD gunicorn shop.wsgi\n")
    for name, text in files.items():
        write(checkout, name, text)
    checkout = SourceTree(
        top=checkout.top, directory=checkout.directory, dockerfile="site/Dockerfile"
    )
    facts = Facts(verdict=verdict, lines={source: (text,) for source, text in log.items()})
    assert FAULTS not in scan_source(facts, checkout)
