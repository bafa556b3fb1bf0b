"""Environment variables that the settings need and the container does not get."""

from collections.abc import Iterator
from itertools import islice

from rehearsal.config.variables import SECRET_LIKE_NAME, stored_name
from rehearsal.diagnosis.needs.need_context import NeedContext, Proposal
from rehearsal.diagnosis.paste import in_step, in_step_env
from rehearsal.regex import regex
from rehearsal.results.next_need import NextNeed
from rehearsal.source.app_shape import AppShape
from rehearsal.source.code_search import TEST_PATH
from rehearsal.source.settings_variables import SettingsVariable, settings_variables

MAX_VARIABLES = 20
# A framework's own key may have any value.
RANDOM = regex(r"(?:DJANGO_|FLASK_|APP_)?SECRET_KEY(?:_BASE)?")
# Usual names of scripts without a suffix.
SCRIPT = regex(r"(?:^|/)(?:docker[-_])?(?:entrypoint|start|run|launch)[\w-]*$")
IN_SHELL = regex(r"(?<![\w$.-])([A-Za-z_]\w{2,99})=")
IN_PYTHON = regex(r"environ(?:\.setdefault\(\s*|\[)[\"']([A-Z]\w{2,99})[\"'](?:\]\s*=(?!=)|\s*,)")
MAX_PATHS = 2000
HOSTS = "ALLOWED_HOSTS"


def variables(context: NeedContext) -> Iterator[Proposal]:
    """Yield each variable that is not set, has no default, and is certainly read."""
    shape = context.context.shape
    given = {*context.environment, *set_in_files(shape)}
    seen = {*given, *context.named}
    found = 0
    for each in settings_variables(shape.project, shape.django):
        is_read = not each.condition or each.condition in given
        if each.name in seen or not each.is_needed or not is_read:
            continue
        seen.add(each.name)
        place = context.context.place(each.path)
        yield Proposal(
            need=NextNeed(
                id="variable",
                text=f"{place}:{each.line} reads {each.name}, which is not set and has no default.",
                hint=_hint(each),
                file=place,
                line=each.line,
            ),
            paste=_paste(context, each),
        )
        found += 1
        if found >= MAX_VARIABLES:
            return


def set_in_files(shape: AppShape) -> set[str]:
    """Return the names of the variables that the app's own scripts and modules set.

    For example, an entrypoint builds DATABASE_URL from POSTGRES_HOST and others.
    """
    project = shape.project
    scripts = [shape.scripts, " ".join(shape.running)]
    code = []
    for path in islice(sorted(project.below(".")), MAX_PATHS):
        if TEST_PATH.search(path):
            continue
        if path.endswith(".py"):
            code.append(project.read(path))
        elif path.endswith((".sh", ".bash")) or SCRIPT.search(path):
            scripts.append(project.read(path))
    return {
        name
        for texts, pattern in ((scripts, IN_SHELL), (code, IN_PYTHON))
        for text in texts
        for name in pattern.findall(text)
    }


def _paste(context: NeedContext, variable: SettingsVariable) -> str:
    name = variable.name
    if _is_random(variable):
        return in_step("generate-secrets", name)
    if SECRET_LIKE_NAME.search(name):
        stored = f"${{{{ secrets.{stored_name(name)} }}}}"
        return f"{in_step('secrets', name)}\n\n{in_step_env(name, stored)}"
    return in_step("env", f"{name}={_value(context, variable)}")


def _is_random(variable: SettingsVariable) -> bool:
    return bool(RANDOM.fullmatch(variable.setting) or RANDOM.fullmatch(variable.name))


def _value(context: NeedContext, variable: SettingsVariable) -> str:
    if variable.setting == HOSTS:
        return context.given.host
    return "False" if variable.kind == "bool" else "VALUE"


def _hint(variable: SettingsVariable) -> str:
    if _is_random(variable):
        return "Any random value will do: generate-secrets makes one."
    if SECRET_LIKE_NAME.search(variable.name):
        stored = stored_name(variable.name)
        named = f" named {stored}" if stored != variable.name else ""
        return f"Pass it to the container from a repository secret{named}."
    return "Pass it to the container in env."
