"""The input `ready-path`, for an app that has no page at `/`."""

import re
from collections.abc import Iterator
from itertools import islice

from rehearsal.commands.init.input_line import InputLine, place
from rehearsal.commands.init.rerooted import rerooted
from rehearsal.commands.init.survey import Survey
from rehearsal.regex import regex
from rehearsal.source.code_search import MAX_FILES, TEST_PATH
from rehearsal.source.django_project import DjangoProject, locate_module
from rehearsal.source.project_files import join

# A route of Django: path("shop/", …), re_path(r"^$", …). What include() brings stays unknown.
DJANGO_ROUTE = regex(
    r"""\b(?P<kind>path|re_path|url)\(\s*(?:route\s*=\s*)?r?["'](?P<path>[^"'\n]*)["']"""
)
ROOT = regex(r"\^?/?\$?")
# A function that makes routes of its own: debug pages, files, languages.
MORE_ROUTES = regex(r"i18n_patterns|router\.urls|\+=? *\w*(?:urls|patterns)\b")
HEALTH = (
    r"(?:health|healthz|health[-_]?check|livez|readyz|ping|up|_health|status|liveness|readiness)"
)
DJANGO_HEALTH = regex(rf"\^?(?P<path>(?:\w+/)*{HEALTH}/?)\$?")
ADMIN = regex(r"(?P<path>[\w-]+/)")
# A route of FastAPI, Flask, Express and others: @app.get("/health"), app.get('/', …).
ROUTE = regex(
    r"""\b\w{0,40}(?:app|router|server|api|bp|blueprint|site)\w{0,40}\.(?:get|route|use|head)\(\s*["'](?P<path>/[^"'\n]*)["']""",
    re.IGNORECASE,
)
PLAIN = regex(r"/[\w/.-]*")
SUFFIXES = (".py", ".js", ".mjs", ".cjs", ".ts")
FASTAPI = regex(r"\bFastAPI\(")


def ready_lines(survey: Survey) -> Iterator[InputLine]:
    """Yield the input `ready-path` if the app certainly has no page at `/`."""
    if survey.shape.django:
        yield from _django(survey, survey.shape.django)
    else:
        yield from _others(survey)


def _django(survey: Survey, django: DjangoProject) -> Iterator[InputLine]:
    setting = django.find("ROOT_URLCONF")
    module = setting[0].code(setting[1]).strip("\"'") if setting else ""
    base = django.manage.rpartition("/")[0] or "."
    path = locate_module(survey.project, module, base) if module else ""
    text = survey.project.read(path) if path else ""
    routes = list(DJANGO_ROUTE.finditer(text))
    if not routes or MORE_ROUTES.search(text):
        return
    if any(ROOT.fullmatch(route["path"]) for route in routes):
        return
    for pattern, rest in ((DJANGO_HEALTH, ""), (ADMIN, "login/")):
        for route in routes:
            is_admin = "admin.site.urls" in text[route.end() : route.end() + 40]
            found = pattern.fullmatch(route["path"])
            if found and (is_admin if rest else True):
                line = text.count("\n", 0, route.start()) + 1
                why = f"{place(path, line)}: the app has no page at /."
                yield InputLine(name="ready-path", text=f"/{found['path']}{rest}", why=why)
                return


def _others(survey: Survey) -> Iterator[InputLine]:
    """Yield the path of a health check, if routes are known and none of them is `/`."""
    context = survey.choice.context
    project = rerooted(survey.project, context)
    paths = [
        path
        for path in project.below(".")
        if path.endswith(SUFFIXES) and not TEST_PATH.search(path)
    ]
    found: dict[str, str] = {}
    is_fastapi = False
    for path in islice(paths, MAX_FILES):
        text = project.read(path)
        is_fastapi = is_fastapi or bool(FASTAPI.search(text))
        if re.search(r"static\(|StaticFiles|\.mount\(|include_router|prefix\s*=", text):
            return
        for route in ROUTE.finditer(text):
            line = text.count("\n", 0, route.start()) + 1
            found.setdefault(route["path"], place(join(context, path), line))
    if not found or "/" in found or len(found) > len(paths) * 100:
        return
    health = [each for each in found if re.fullmatch(rf"(?:/[\w-]+)*/{HEALTH}/?", each)]
    for path in health[:1]:
        yield InputLine(
            name="ready-path", text=path, why=f"{found[path]}: the app has no page at /."
        )
    if not health and is_fastapi:
        why = "The app has no page at /; FastAPI serves its documentation here."
        yield InputLine(name="ready-path", text="/docs", why=why)
