from pathlib import Path

import pytest

from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.source_scan import MOST_COMPARED, MOST_FIELDS, scan_source
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


def test_inspected__where_the_things_are_that_a_cause_may_speak_of(checkout: SourceTree) -> None:
    write(checkout, "manage.py", MANAGE)
    write(checkout, "shop/settings.py")
    write(checkout, "shop/views.py")
    found = scan_source(failed(*LOG, verdict=Verdict.CRASHED), checkout, ".github/workflows/a.yml")
    assert found == {
        "places": (
            "workflow .github/workflows/a.yml",
            "settings site/shop/settings.py",
            "code site/shop/views.py:21",
        )
    }


def test_inspected__settings_may_be_a_package(checkout: SourceTree) -> None:
    write(checkout, "manage.py", MANAGE)
    write(checkout, "shop/settings/__init__.py")
    assert scan_source(failed(), checkout)["places"] == ("settings site/shop/settings/__init__.py",)


@pytest.mark.parametrize(
    "manage",
    [None, "", MANAGE, MANAGE.replace("shop.", "...etc."), "\0" * 100],
    ids=["none", "empty", "no such file", "dots", "no text"],
)
def test_inspected__of_a_checkout_that_says_nothing(
    checkout: SourceTree, manage: str | None
) -> None:
    if manage is not None:
        write(checkout, "manage.py", manage)
    assert scan_source(failed("hello"), checkout, "a\nb") == {}


def test_inspected__a_missing_field_has_those_there_are_the_nearest_first(
    checkout: SourceTree,
) -> None:
    write(checkout, "a.html", '<input name="q"><input name="csrfmiddlewaretoken">')
    write(checkout, "b/c.html", '<p>\n<input name="item_text"><input name="q">')
    assert scan_source(failed(*LOG), checkout)["form fields"] == (
        "other item_text at site/b/c.html:2",
        "other q at site/a.html:1",
    )


def test_inspected__a_missing_field_that_a_template_has(checkout: SourceTree) -> None:
    write(checkout, "a.html", '<input name="texts">')
    write(checkout, "b.html", '<input name="text">')
    assert scan_source(failed(*LOG), checkout)["form fields"] == ("same text at site/b.html:1",)


def test_inspected__of_many_fields_the_nearest(checkout: SourceTree) -> None:
    names = [f"q{number}" for number in range(MOST_FIELDS * 2)] + ["text_"]
    write(checkout, "a.html", "\n".join(f'<input name="{name}">' for name in names))
    found = scan_source(failed(*LOG), checkout)["form fields"]
    assert len(found) == MOST_FIELDS
    assert found[0] == f"other text_ at site/a.html:{len(names)}"


def test_inspected__of_a_flood_of_fields_the_first_are_compared(checkout: SourceTree) -> None:
    names = (f'<input name="q{each}">' for each in range(MOST_COMPARED))
    write(checkout, "a.html", "".join(names))
    write(checkout, "b.html", '<input name="text_">')
    found = scan_source(failed(*LOG), checkout)["form fields"]
    assert not any("text_" in line for line in found)


def test_inspected__templates_are_read_for_a_missing_field_alone(checkout: SourceTree) -> None:
    write(checkout, "a.html", '<input name="q">')
    assert scan_source(failed("hello"), checkout) == {}


def test_inspected__a_name_that_cannot_be_told_on_a_line_is_none(checkout: SourceTree) -> None:
    write(checkout, "a\nb.html", '<input name="q">')
    assert scan_source(failed(*LOG), checkout) == {}
