"""What is said of an error in a template."""

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.rules import diagnose
from rehearsal.verdict import Verdict

SYNTAX = "django.template.exceptions.TemplateSyntaxError: Invalid block tag on line 2: 'urll'."
MISSING = "django.template.exceptions.TemplateDoesNotExist: bsae.html"
NO_URL = "django.urls.exceptions.NoReverseMatch: Reverse for 'homes' not found. 'homes' is not a"
ARGUMENTS = (
    "django.urls.exceptions.NoReverseMatch: Reverse for 'view_list' with no arguments not found. "
    r"1 pattern(s) tried: ['lists/(?P<pk>[0-9]+)/\\Z']"
)
JINJA = "jinja2.exceptions.TemplateNotFound: bsae.html"


@pytest.mark.parametrize(
    "error, kind, lines, texts",
    [
        (MISSING, "template name", (), ("There is no template bsae.html", "INSTALLED_APPS")),
        (JINJA, "template name", (), ("There is no template bsae.html",)),
        (MISSING, "template name", ("have t/bsae.html",), ("which the project has", "COPY")),
        (MISSING, "template name", ("asked at a.html:1",), ("; a.html:1 asks for it",)),
        (
            MISSING,
            "template name",
            ("asked at a.html:1", "instead base.html at a.html:1:   {% extends 'base.html' %}"),
            (
                "There is no template bsae.html, but base.html; a.html:1 asks for it",
                "# in a.html, instead of line 1, write:\n  {% extends 'base.html' %}",
            ),
        ),
        (SYNTAX, "template syntax", (), ("has an error: Invalid block tag on line 2: 'urll'.",)),
        (
            SYNTAX,
            "template syntax",
            ("asked at a.html:2",),
            ("has an error at a.html:2: Invalid", "each block tag needs its end"),
        ),
        (
            SYNTAX,
            "template syntax",
            ("unknown tag urll", "asked at a.html:2", "instead url at a.html:2: {% url 'home' %}"),
            (
                "at a.html:2: Invalid",
                "Django has no tag urll; did you mean url? If it is a tag of your own, let {% load",
                "# in a.html, instead of line 2, write:\n{% url 'home' %}",
            ),
        ),
        (
            SYNTAX,
            "template syntax",
            ("unknown tag urll", "asked at a.html:2"),
            ("at a.html:2: Invalid", "Django has no tag urll. Correct the name or, if another"),
        ),
        (
            "TemplateSyntaxError: 'statik' is not a registered tag library. Must be one of:",
            "template syntax",
            ("asked at a.html:2", "instead static at a.html:2: {% load static %}"),
            ("Did you mean static?", "\n{% load static %}"),
        ),
        (
            SYNTAX,
            "template syntax",
            ("asked at a.html:2", "load static after a.html:1: {% extends %}"),
            (
                "a.html uses the library static, and does not load it",
                "# in a.html, after line 1, add:\n{% load static %}",
            ),
        ),
        (
            SYNTAX,
            "template syntax",
            ("asked at a.html:2", "load static before a.html:1: <html>"),
            ("# in a.html, instead of line 1, write:\n{% load static %}\n<html>",),
        ),
        (NO_URL, "url name", (), ("No address has the name 'homes'", "urls.py")),
        (NO_URL, "url name", ("asked at a.html:3",), ("; a.html:3 asks for it",)),
        (
            NO_URL,
            "url name",
            ("asked at a.html:3", "instead home at a.html:3: {% url 'home' %}"),
            ("but 'home'", "# in a.html, instead of line 3, write:\n{% url 'home' %}"),
        ),
        (
            ARGUMENTS,
            "url name",
            ("asked at a.html:3",),
            (
                "'view_list' takes other arguments than a.html:3 gives it",
                "with no arguments, and its pattern is 'lists/(?P<pk>[0-9]+)/",
            ),
        ),
    ],
)
@pytest.mark.parametrize("source", ["container.log", "asked-again.log"])
def test_template_causes__variants(
    source: str, error: str, kind: str, lines: tuple[str, ...], texts: tuple[str, ...]
) -> None:
    facts = {source: (error,), kind: lines}
    found = diagnose(Facts(verdict=Verdict.TESTS_FAILED, lines=facts), CAUSES)[0]
    place = next((line.removeprefix("asked at ") for line in lines if "asked at" in line), ":0")
    assert f"{found.file}:{found.line}" == place
    for text in texts:
        assert text in f"{found.title}\n{found.hint}\n{found.paste}"
