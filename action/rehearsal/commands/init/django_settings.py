"""Variables that Django's DEBUG, ALLOWED_HOSTS and SECURE_SSL_REDIRECT need in a rehearsal."""

import ast
import re
from collections.abc import Iterator, Mapping

from rehearsal.commands.init.input_line import InputLine, place
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.django_project import DjangoProject
from rehearsal.source.environment_readers import dotted_name
from rehearsal.source.falsy_value import falsy_value
from rehearsal.source.python_settings import Assignment, PythonModule

HOSTS, DEBUG, REDIRECT = "ALLOWED_HOSTS", "DEBUG", "SECURE_SSL_REDIRECT"
ALLOWS_LOCALHOST = regex(r"(?<![\w-])\*(?![\w-])|(?<![\w-])\.?localhost(?![\w-])")


@dataclass(frozen=True, kw_only=True)
class Container:
    """The variables that the image gives the app, and the text of the scripts that start it."""

    variables: Mapping[str, str]
    scripts: str = ""

    def gives(self, name: str) -> bool:
        """Whether the app gets a variable without any input."""
        if name in self.variables:
            return True
        gives = rf"^[ \t]*(?:export[ \t]+)?{re.escape(name)}="
        return bool(re.search(gives, self.scripts, re.MULTILINE))


def settings_lines(django: DjangoProject, container: Container) -> Iterator[InputLine]:
    """Yield the lines that set these variables."""
    yield from _switches(django, container)
    if hosts := _hosts(django):
        yield hosts
    if redirect := _redirect(django, container):
        yield redirect


def django_notes(django: DjangoProject, container: Container) -> Iterator[str]:
    """Yield a note for each setting that no variable can change."""
    hosts = django.find(HOSTS)
    if hosts and not hosts[1].variable and isinstance(hosts[1].value, ast.List | ast.Tuple):
        module, setting = hosts
        code = module.code(setting)
        is_open = not setting.value.elts and debug_is_on(django, container)  # type: ignore[attr-defined]
        if not is_open and not ALLOWS_LOCALHOST.search(code):
            yield (
                f"{place(module.path, setting.line)}: {HOSTS} does not allow localhost, where the "
                "tests open the app. Let the setting read a variable, and set it under env."
            )
    redirect = django.find(REDIRECT)
    if redirect and not redirect[1].variable and redirect[0].code(redirect[1]) != "False":
        module, setting = redirect
        if not setting.condition or container.gives(setting.condition):
            yield (
                f"{place(module.path, setting.line)}: {REDIRECT} sends every request to https, "
                "and a rehearsal has no TLS. Let the setting read a variable, and set it under env."
            )


def debug_is_on(django: DjangoProject, container: Container) -> bool:
    """Whether the settings turn DEBUG on in the container; false if that is not known."""
    found = django.find(DEBUG)
    if not found:
        return False
    module, setting = found
    if module.code(setting) == "True":
        return True
    if setting.variable or setting.condition:
        default = _default(setting, setting.variable)
        return not container.gives(setting.variable or setting.condition) and (
            default.strip().lower() in ("true", "1", "yes", "on")
        )
    return False


def _switches(django: DjangoProject, container: Container) -> Iterator[InputLine]:
    """Yield the variable that turns the project's debug mode off, as in production."""
    found = django.find(DEBUG)
    if not found:
        return
    module, setting = found
    where = place(module.path, setting.line)
    if setting.condition and module.code(setting) == "False" and not setting.variable:
        if not container.gives(setting.condition) and _is_positive(module, setting):
            why = f"{where}: if {setting.condition} is set, DEBUG is off, as in production."
            yield InputLine(name="env", text=f"{setting.condition}=1", why=why)
    elif setting.variable and debug_is_on(django, container):
        off = falsy_value(setting)
        if off is not None:
            why = f"{where}: without this value the app runs in debug mode."
            yield InputLine(name="env", text=f"{setting.variable}={off}", why=why)


def _is_positive(module: PythonModule, setting: Assignment) -> bool:
    """Whether an assignment is in the branch of an `if` that runs if the variable is set."""
    for node in ast.walk(ast.parse(module.text)):
        if isinstance(node, ast.If) and any(
            each.lineno == setting.line for each in node.body
        ):  # fmt: skip
            match node.test:
                case ast.Compare(ops=[ast.In()]) | ast.Call() | ast.Subscript():
                    return True
    return False


def _hosts(django: DjangoProject) -> InputLine | None:
    setting = django.find(HOSTS)
    if not setting or not setting[1].variable:
        return None
    module, assignment = setting
    name = assignment.variable
    if ALLOWS_LOCALHOST.search(_default(assignment, name)):
        return None
    value = '["localhost"]' if "json" in module.code(assignment) else "localhost"
    why = (
        f"{place(module.path, assignment.line)}: {HOSTS} comes from {name}, and has to allow "
        "localhost, where the tests open the app."
    )
    return InputLine(name="env", text=f"{name}={value}", why=why)


def _redirect(django: DjangoProject, container: Container) -> InputLine | None:
    found = django.find(REDIRECT)
    if not found or not found[1].variable or container.gives(found[1].variable):
        return None
    module, setting = found
    value = falsy_value(setting)
    default = _default(setting, setting.variable).strip().lower()
    if value is None or default in ("false", "0", "no", "off"):
        return None
    why = f"{place(module.path, setting.line)}: no redirect to https; a rehearsal has no TLS."
    return InputLine(name="env", text=f"{setting.variable}={value}", why=why)


def _default(setting: Assignment, name: str) -> str:
    """Return the default in an assignment that reads a variable, empty if there is none."""
    for node in ast.walk(setting.value):
        match node:
            case ast.Call(args=[ast.Constant(value=str(read)), *others], keywords=keywords) if (
                read == name
            ):
                given = [each.value for each in keywords if each.arg == "default"] or others
                return _text(given[0]) if given else ""
            case ast.BoolOp(op=ast.Or(), values=[*_, last]) if dotted_name(last) == "":
                return _text(last)
    return ""


def _text(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)
