from pathlib import Path

import pytest

from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.form_scan import MAX_COMPARED, MAX_FIELDS, MAX_FORMS, MAX_READS, scan_forms
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

LOG = ("django.utils.datastructures.MultiValueDictKeyError: 'text'",)
REFUSED = "WARNING django.security.csrf: Forbidden (CSRF cookie not set.): /buy"


@pytest.fixture
def checkout(tmp_path: Path) -> SourceTree:
    (tmp_path / "site").mkdir()
    return SourceTree(top=tmp_path, directory=tmp_path / "site")


def write(checkout: SourceTree, name: str, text: str) -> None:
    path = checkout.directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def failed(*log: str) -> Facts:
    return Facts(verdict=Verdict.TESTS_FAILED, lines={"container.log": log})


def test_scan_forms__most_similar_fields_first(checkout: SourceTree) -> None:
    write(checkout, "a.html", '<input name="q"><input name="csrfmiddlewaretoken">')
    write(checkout, "b/c.html", '<p>\n<input name="item_text"><input name="q">')
    assert scan_forms(failed(*LOG), checkout)["form fields"] == (
        "other item_text at site/b/c.html:2",
        "other q at site/a.html:1",
    )


def test_scan_forms__field_of_the_same_name(checkout: SourceTree) -> None:
    write(checkout, "a.html", '<input name="texts">')
    write(checkout, "b.html", '<input name="text">')
    assert scan_forms(failed(*LOG), checkout)["form fields"] == ("same text at site/b.html:1",)


def test_scan_forms__where_else_the_field_is_read(checkout: SourceTree) -> None:
    views = """def new(request):
    text = request.POST["text"]
    # request.POST["text"]
    told = r'\\1request.POST["text"]'
    more = self.request.POST.get('text', "") or request.POST["texts"] or request.GET["text"]
"""
    write(checkout, "lists/views.py", views)
    write(checkout, "a.html", '<input name="item_text">')
    trace = (
        "Traceback (most recent call last):",
        '  File "/src/lists/views.py", line 2, in new',
        '    text = request.POST["text"]',
        *LOG,
    )
    _, comment, text, _ = scan_forms(failed(*trace), checkout)["proposals"]
    old = "self.request.POST.get('text'"
    assert comment == f"other_reads # and in site/lists/views.py:5, instead of {old}, write:"
    assert text == "other_reads self.request.POST.get('item_text'"
    assert not scan_forms(failed(*LOG), checkout)["proposals"]
    write(checkout, "b.html", '<input name="text">')
    assert "proposals" not in scan_forms(failed(*trace), checkout)


def test_scan_forms__names_a_limited_number_of_reads(checkout: SourceTree) -> None:
    write(checkout, "lists/views.py", 'request.POST["text"]\n' * (MAX_READS + 2))
    write(checkout, "a.html", '<input name="item_text">')
    trace = (
        "Traceback (most recent call last):",
        '  File "/src/lists/views.py", line 1, in new',
        '    request.POST["text"]',
        *LOG,
    )
    found = scan_forms(failed(*trace), checkout)["proposals"]
    assert len([line for line in found if "# and in" in line]) == MAX_READS


def test_scan_forms__returns_a_limited_number_of_fields(checkout: SourceTree) -> None:
    names = [f"q{number}" for number in range(MAX_FIELDS * 2)] + ["text_"]
    write(checkout, "a.html", "\n".join(f'<input name="{name}">' for name in names))
    found = scan_forms(failed(*LOG), checkout)["form fields"]
    assert len(found) == MAX_FIELDS
    assert found[0] == f"other text_ at site/a.html:{len(names)}"


def test_scan_forms__compares_a_limited_number_of_fields(checkout: SourceTree) -> None:
    names = (f'<input name="q{each}">' for each in range(MAX_COMPARED))
    write(checkout, "a.html", "".join(names))
    write(checkout, "b.html", '<input name="text_">')
    found = scan_forms(failed(*LOG), checkout)["form fields"]
    assert not any("text_" in line for line in found)


def test_scan_forms__no_fields_without_a_missing_one(checkout: SourceTree) -> None:
    write(checkout, "a.html", '<input name="q">')
    assert scan_forms(failed("hello"), checkout) == {}


def test_scan_forms__unprintable_path(checkout: SourceTree) -> None:
    write(checkout, "a\nb.html", '<input name="q">')
    assert scan_forms(failed(*LOG), checkout) == {"form fields": ()}


def test_scan_forms__without_a_token(checkout: SourceTree) -> None:
    write(checkout, "a.html", "<form method=post>{% csrf_token %}</form>")
    write(checkout, "b/c.html", "<p>\n" + "<form method=post></form>" * (MAX_FORMS + 1))
    write(checkout, "d\ne.html", "<form method=post></form>")
    assert scan_forms(failed(REFUSED), checkout) == {
        "forms without token": ("site/b/c.html:2 <form method=post>",) * MAX_FORMS
    }
    assert scan_forms(failed("Forbidden (Permission denied): /buy"), checkout) == {}
