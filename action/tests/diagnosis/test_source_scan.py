from pathlib import Path

import pytest

from rehearsal.diagnosis.facts import Facts
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
