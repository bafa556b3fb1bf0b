"""The line of a template behind an error, found by the words of Django 5.2."""

from pathlib import Path

import pytest

from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.template_scan import scan_templates
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

BASE = "shop/templates/base.html"
PAGE = "shop/templates/shop/page.html"
OTHER = "shop/templates/shop/other.html"
URLS = {"shop/urls.py": "app_name = 'shop'\npath('', home, name='home')\n"}


def scanned(
    folder: Path, error: str, files: dict[str, str], source: str = "container.log"
) -> dict[str, tuple[str, ...]]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    lines = {source: tuple(f"django.template.exceptions.{error}".split("\n"))}
    facts = Facts(verdict=Verdict.TESTS_FAILED, lines=lines)
    found = scan_templates(facts, SourceTree(top=folder, directory=folder))
    return {kind: lines for kind, lines in found.items() if lines}


@pytest.mark.parametrize("source", ["container.log", "asked-again.log"])
@pytest.mark.parametrize("error", ["TemplateDoesNotExist", "TemplateNotFound"])
@pytest.mark.parametrize(
    "file, text",
    [
        (PAGE, "{% extends 'bsae.html' %}"),
        (PAGE, '{% include "bsae.html" %}'),
        ("shop/views.py", "    return render(request, 'bsae.html')"),
        ("shop/views.py", '    template_name = "bsae.html"'),
    ],
)
def test_scan_templates__a_name(
    file: str, text: str, error: str, source: str, tmp_path: Path
) -> None:
    files = {BASE: "", file: f"\n{text}\n"}
    assert scanned(tmp_path, f"{error}: bsae.html", files, source) == {
        "template name": (
            f"asked at {file}:2",
            f"instead base.html at {file}:2: {text.replace('bsae', 'base')}",
        )
    }


def test_scan_templates__a_name_like_no_other(tmp_path: Path) -> None:
    files = {BASE: "", PAGE: "{% include 'menu.txt' %}"}
    found = scanned(tmp_path, "TemplateDoesNotExist: menu.txt", files)
    assert found == {"template name": (f"asked at {PAGE}:1",)}


def test_scan_templates__a_template_that_is_there(tmp_path: Path) -> None:
    files = {PAGE: "", "shop/views.py": "'shop/page.html'"}
    found = scanned(tmp_path, "TemplateDoesNotExist: shop/page.html", files)
    assert found == {"template name": (f"have {PAGE}",)}


def test_scan_templates__nobody_asks(tmp_path: Path) -> None:
    assert scanned(tmp_path, "TemplateDoesNotExist: registration/login.html", {BASE: ""}) == {}


@pytest.mark.parametrize(
    "text, error, lines",
    [
        (
            "a\n{% urll 'home' %}",
            "Invalid block tag on line 2: 'urll'. Did you forget to register or load this tag?",
            (
                "unknown tag urll",
                f"asked at {PAGE}:2",
                f"instead url at {PAGE}:2: {{% url 'home' %}}",
            ),
        ),
        (
            "{% extends 'base.html' %}\n{% static 'a.css' %}",
            "Invalid block tag on line 2: 'static'. Did you forget to register or load this tag?",
            (f"asked at {PAGE}:2", f"load static after {PAGE}:1: {{% extends 'base.html' %}}"),
        ),
        (
            "<p>\n{% trans 'a' %}",
            "Invalid block tag on line 2: 'trans'. Did you forget to register or load this tag?",
            (f"asked at {PAGE}:2", f"load i18n before {PAGE}:1: <p>"),
        ),
        (
            "{% block a %}\n{% if x %}\n{% endblock %}",
            "Invalid block tag on line 3: 'endblock', expected 'elif', 'else' or 'endif'.",
            (f"asked at {PAGE}:3",),
        ),
        (
            "\n{% if x %}",
            "Unclosed tag on line 2: 'if'. Looking for one of: elif, else, endif.",
            (f"asked at {PAGE}:2",),
        ),
        ("\n{{ }}", "Empty variable tag on line 2", (f"asked at {PAGE}:2",)),
        ("\n{{ x|foo }}", "Invalid filter: 'foo'", ("unknown filter foo", f"asked at {PAGE}:2")),
        (
            "\n{{ x|linebreakbr }}",
            "Invalid filter: 'linebreakbr'",
            (
                "unknown filter linebreakbr",
                f"asked at {PAGE}:2",
                f"instead linebreaksbr at {PAGE}:2: {{{{ x|linebreaksbr }}}}",
            ),
        ),
        (
            "\n{{ x|intcomma }}",
            "Invalid filter: 'intcomma'",
            (f"asked at {PAGE}:2", f"load humanize before {PAGE}:1: "),
        ),
        (
            "\n{% load statik %}",
            "'statik' is not a registered tag library. Must be one of:\ncache\ni18n\nstatic",
            (f"asked at {PAGE}:2", f"instead static at {PAGE}:2: {{% load static %}}"),
        ),
        (
            "\n{{ x y }}",
            "Could not parse the remainder: ' y' from 'x y'",
            (f"asked at {PAGE}:2",),
        ),
    ],
)
def test_scan_templates__syntax(
    text: str, error: str, lines: tuple[str, ...], tmp_path: Path
) -> None:
    found = scanned(tmp_path, f"TemplateSyntaxError: {error}", {PAGE: text, OTHER: "\n\n<p>"})
    assert found == {"template syntax": lines}


OWN = {"shop/templatetags/my.py": "@register.filter\ndef lengthy(x):\n    pass\n"}
NAMED = {"shop/templatetags/more.py": "@register.simple_tag(name='includes')\ndef a():\n    pass\n"}
CALLED = {"shop/templatetags/more.py": "register.filter('lengthy', other)\n"}


@pytest.mark.parametrize(
    "files, text, error, lines",
    [
        (OWN, "{{ x|lengthy }}", "Invalid filter: 'lengthy'",
         (f"asked at {PAGE}:1", f"load my before {PAGE}:1: {{{{ x|lengthy }}}}")),
        (NAMED, "<p>\n{% includes x %}", "Invalid block tag on line 2: 'includes'. Did you",
         (f"asked at {PAGE}:2", f"load more before {PAGE}:1: <p>")),
        (CALLED, "<p>\n{{ x|lengthy }}", "Invalid filter: 'lengthy'",
         (f"asked at {PAGE}:2", f"load more before {PAGE}:1: <p>")),
        ({**OWN, **CALLED}, "{{ x|lengthy }}", "Invalid filter: 'lengthy'",
         (f"asked at {PAGE}:1",)),
    ],
)  # fmt: skip
def test_scan_templates__a_library_of_the_project(
    tmp_path: Path, files: dict[str, str], text: str, error: str, lines: tuple[str, ...]
) -> None:
    found = scanned(tmp_path, f"TemplateSyntaxError: {error}", {**files, PAGE: text})
    assert found == {"template syntax": lines}


@pytest.mark.parametrize(
    "text, line, lines",
    [
        ("{# c #}\n{% extends 'b.html' %}\n{% static 'a' %}", 3,
         (f"load static after {PAGE}:2: {{% extends 'b.html' %}}",)),
        ("{% extends 'b.html' %}{% static 'a' %}", 1, ()),
        ("\f{# extends #}\n{% static 'a' %}", 2,
         (f"load static before {PAGE}:1: \f{{# extends #}}",)),
    ],
)  # fmt: skip
def test_scan_templates__extends_stays_the_first_tag(
    tmp_path: Path, text: str, line: int, lines: tuple[str, ...]
) -> None:
    error = f"TemplateSyntaxError: Invalid block tag on line {line}: 'static'. Did you forget"
    found = scanned(tmp_path, error, {PAGE: text})["template syntax"]
    assert found == (f"asked at {PAGE}:{line}", *lines)


def test_scan_templates__a_name_that_is_part_of_the_line(tmp_path: Path) -> None:
    text = '<ul class="lists"><a href="{% url \'lists\' %}">lists</a>'
    error = "NoReverseMatch: Reverse for 'lists' not found. 'lists' is not a valid view function"
    files = {"shop/urls.py": "path('', home, name='list')\n", PAGE: text}
    assert scanned(tmp_path, error, files)["url name"][1] == (
        f'instead list at {PAGE}:1: <ul class="lists"><a href="{{% url \'list\' %}}">lists</a>'
    )


@pytest.mark.parametrize(
    "text, error",
    [
        ("{% if x %}", "Unclosed tag on line 1: 'if'. Looking for one of: elif, else, endif."),
        ("{% endif %}", "Invalid block tag on line 1: 'endif', expected 'endblock'."),
    ],
)
def test_scan_templates__a_line_that_several_have(text: str, error: str, tmp_path: Path) -> None:
    assert scanned(tmp_path, f"TemplateSyntaxError: {error}", {PAGE: text, OTHER: text}) == {}


def test_scan_templates__an_error_with_another_text(tmp_path: Path) -> None:
    error = "TemplateSyntaxError: 'for' statements should use the format"
    assert scanned(tmp_path, error, {PAGE: "{% for x %}"}) == {}


@pytest.mark.parametrize(
    "file, text",
    [
        (PAGE, "{% url 'homes' %}"),
        (PAGE, '{% url "homes" as there %}'),
        ("shop/views.py", "redirect('homes')"),
        ("shop/models.py", 'reverse("homes", args=[1])'),
    ],
)
def test_scan_templates__the_name_of_an_address(file: str, text: str, tmp_path: Path) -> None:
    error = "NoReverseMatch: Reverse for 'homes' not found. 'homes' is not a valid view function"
    assert scanned(tmp_path, error, {**URLS, file: text})["url name"] == (
        f"asked at {file}:1",
        f"instead home at {file}:1: {text.replace('homes', 'home')}",
    )


def test_scan_templates__the_name_of_an_app(tmp_path: Path) -> None:
    error = "NoReverseMatch: 'shops' is not a registered namespace"
    found = scanned(tmp_path, error, {**URLS, PAGE: "{% url 'shops:home' %}"})
    assert found["url name"][1] == f"instead shop at {PAGE}:1: {{% url 'shop:home' %}}"


def test_scan_templates__the_arguments_of_an_address(tmp_path: Path) -> None:
    error = (
        r"NoReverseMatch: Reverse for 'home' with no arguments not found. 1 pattern(s) tried: []"
    )
    found = scanned(tmp_path, error, {**URLS, PAGE: "{% url 'shop:home' %}"})
    assert found == {"url name": (f"asked at {PAGE}:1",)}
