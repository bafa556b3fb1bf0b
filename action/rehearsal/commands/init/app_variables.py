"""The environment variables that the app needs, except those of its database and other servers."""

import re
from collections.abc import Iterator

from rehearsal.commands.init.django_settings import settings_lines
from rehearsal.commands.init.input_line import InputLine, place
from rehearsal.commands.init.script_variables import script_variables
from rehearsal.commands.init.survey import Survey
from rehearsal.commands.init.variable_values import is_secret, lines_for, takes_known_value
from rehearsal.regex import regex
from rehearsal.source.django_project import module_name
from rehearsal.source.settings_variables import SettingsVariable

HOSTS = regex(r"(?:\w+_)?(?:ALLOWED|TRUSTED)_HOSTS?")
ALLOWS_LOCALHOST = regex(r"[\"'](?:\*|\.?localhost)[\"']")
LIST = regex(r"\b(?:list|set|tuple|frozenset|sequence)\[", re.IGNORECASE)
# Types of pydantic, by the name of their kind in `variable_values`.
TYPES = {
    "address of mail": regex(r":\s*(?:Optional\[)?(?:EmailStr|NameEmail)\b"),
    "url": regex(r":\s*(?:Optional\[)?(?:Any|Http|AnyHttp)Url\b"),
    "json": regex(r":\s*(?:dict|Dict|Json)\b"),
    "list": regex(r":\s*(?:list|List|set|Set|tuple|Tuple)\b"),
}


def variable_lines(survey: Survey, given: set[str]) -> Iterator[InputLine]:
    """Yield the lines for the variables that the app needs, without those in `given`."""
    done = set(given)
    if survey.shape.django:
        for line in (*_settings_module(survey), *settings_lines(survey.shape.django,
                                                                survey.container)):  # fmt: skip
            name = line.text.partition("=")[0]
            if name not in done:
                done.add(name)
                yield line
    for each in survey.variables:
        is_read = each.condition in ("", *done) or survey.container.gives(each.condition)
        if each.name in done or not is_read or survey.container.gives(each.name):
            continue
        hosts = None if survey.shape.django else _hosts(survey, each)
        if hosts:
            done.add(each.name)
            yield hosts
        elif each.is_needed:
            done.add(each.name)
            kind = each.kind or _type(survey.lines_of(each).split("\n")[0])
            yield from _needed(survey, each.name, kind, place(each.path, each.line))
    for name in script_variables(survey.scripts):
        if name not in done:
            yield from _needed(survey, name, "", "The start script")


def _type(line: str) -> str:
    """Return the kind of value that a field of a class takes, by its type; empty if unknown."""
    return next((kind for kind, pattern in TYPES.items() if pattern.search(line)), "")


def _needed(survey: Survey, name: str, kind: str, where: str) -> Iterator[InputLine]:
    why = f"{where} needs {name}."
    known = survey.known.get(name)
    if known and not is_secret(name) and takes_known_value(name, known.text):
        reason = f"{why} {known.path} has this value."
        yield InputLine(name="env", text=f"{name}={known.text}", why=reason)
    else:
        yield from lines_for(name, kind, why)


def _hosts(survey: Survey, variable: SettingsVariable) -> InputLine | None:
    """Return the line that lets an app answer at localhost, if its default does not."""
    text = survey.lines_of(variable).split("\n")[0]
    if not HOSTS.fullmatch(variable.name) or ALLOWS_LOCALHOST.search(text):
        return None
    value = '["localhost"]' if LIST.search(text) or "json" in text.lower() else "localhost"
    where = place(variable.path, variable.line)
    why = f"{where}: the app has to accept localhost, where the tests open it."
    return InputLine(name="env", text=f"{variable.name}={value}", why=why)


def _settings_module(survey: Survey) -> Iterator[InputLine]:
    """Yield DJANGO_SETTINGS_MODULE if manage.py uses other settings than the server."""
    django, name = survey.shape.django, "DJANGO_SETTINGS_MODULE"
    if not django or not django.manage or survey.container.gives(name):
        return
    folder = django.manage.rpartition("/")[0] or "."
    module = module_name(django.settings, folder) if django.settings.startswith(
        "" if folder == "." else f"{folder}/"
    ) else ""  # fmt: skip
    text = survey.project.read(django.manage)
    found = re.search(rf"{name}['\"], *['\"]([\w.]+)['\"]", text)
    if module and found and found[1] != module:
        why = f"{django.manage} sets {found[1]}; the server uses {module}."
        yield InputLine(name="env", text=f"{name}={module}", why=why)
