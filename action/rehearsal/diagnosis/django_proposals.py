"""What to paste into the settings of a Django project, or for the variables that they read."""

import ast
import re
from collections.abc import Iterator

from rehearsal.config.variables import SECRET_LIKE_NAME
from rehearsal.diagnosis.proposal_context import Context
from rehearsal.regex import regex
from rehearsal.results.file_names import CONTAINER_LOG, TEST_LOG
from rehearsal.source.changes import Change
from rehearsal.source.django_project import DjangoProject
from rehearsal.source.falsy_value import falsy_value
from rehearsal.source.project_files import ProjectFiles
from rehearsal.source.python_settings import Assignment, PythonModule
from rehearsal.verdict import Verdict

HOSTS, REDIRECT, ORIGINS = "ALLOWED_HOSTS", "SECURE_SSL_REDIRECT", "CSRF_TRUSTED_ORIGINS"
HOSTS_VARIABLE = "DJANGO_ALLOWED_HOST"
REDIRECT_VARIABLE = "DJANGO_NO_SSL_REDIRECT"
ORIGINS_VARIABLE = "DJANGO_CSRF_TRUSTED_ORIGINS"
NO_REDIRECT = f'"{REDIRECT_VARIABLE}" not in os.environ'
# The engine chooses another port for each rehearsal, and an origin names it.
FIXED_PORT = "8000"
LOGGING = """\
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}"""
# Where a redirect to https shows: in its address, or in what clients say of a server without TLS.
HTTPS = r"(https://|SSL|neterror|EPROTO)"
WHERE_HTTPS_SHOWS = ("answer", "https redirects", "final page", "failures", TEST_LOG)
INVALID_HOST = regex(
    r"Invalid HTTP_HOST header: '(\[[^\]'\n]{1,100}\]|[^:'\n]{1,253})(?::(\d{1,5}))?'"
)
# What stands before the value of a setting.
ASSIGNED = regex(r"\s*\w+(?:\s*:[^=]+)?\s*=(?!=)")
# A value that `and` can follow.
SIMPLE = regex(r"(?:not )?[\w.]+")
# nginx leaves out the port of the browser's Host header with this.
HOST_WITHOUT_PORT = regex(r"(\bproxy_set_header\s+Host\s+)\$host\b")
RAILS_REDIRECT = regex(r"^([ \t]*config\.force_ssl[ \t]*=[ \t]*)true\b", re.MULTILINE)


def logging(context: Context) -> str:
    """Return the settings that send errors to the console, unless there are some."""
    django = context.shape.django
    is_error = context.find("answer", r"^HTTP status (5)")
    if not is_error or not django or not django.lacks("LOGGING") or not django.lacks("dictConfig("):
        return ""
    return context.describe([Change(path=django.settings, text=LOGGING)])


def allowed_hosts(context: Context) -> str:
    """Return how to allow the host that was refused."""
    django = context.shape.django
    is_refused = context.find("answer", r"^HTTP status (400)")
    host = context.host if is_refused else host_refused_in_tests(context)
    if not django or not host:
        return ""
    setting = django.find(HOSTS)
    variable = setting[1].variable if setting else ""
    if variable:
        return _give(context, variable, _hosts(context, setting, host))
    name = context.find("inputs", r"^allowed-hosts (\w+)$") or HOSTS_VARIABLE
    changes = context.describe(_write_list(django, HOSTS, name))
    given = context.in_step("env", f"{name}={_hosts(context, None, host)}", "and ")
    return f"{changes}\n\n{given}" if changes else ""


def host_refused_in_tests(context: Context) -> str:
    """Return the host by which failed tests opened the app, if Django refused it; no port.

    A health check inside the container asks another port than the tests.
    """
    if context.facts.verdict is not Verdict.TESTS_FAILED:
        return ""
    asked = context.find("request", r"^host \S+:(\d+)$")
    for host, port in INVALID_HOST.findall(context.facts.text(CONTAINER_LOG)):
        if asked == port:
            return str(host)
    return ""


def _hosts(context: Context, setting: tuple[PythonModule, Assignment] | None, host: str) -> str:
    """Return the value for a variable of hosts; the rehearsal's own host stays allowed."""
    code = setting[0].code(setting[1]) if setting else "split"
    if host == context.host:
        return host
    return f"{context.host},{host}" if re.search(r"split|list|Csv|csv", code) else ""


def _give(context: Context, name: str, value: str) -> str:
    """Return the text that gives a variable to the container; env refuses names of secrets."""
    return (
        ""
        if not value or SECRET_LIKE_NAME.search(name)
        else context.in_step("env", f"{name}={value}")
    )


def ssl_redirect(context: Context) -> str:
    """Return how to turn the redirect to https off for a rehearsal."""
    if not any(context.find(source, HTTPS) for source in WHERE_HTTPS_SHOWS):
        return ""
    django = context.shape.django
    setting = django.find(REDIRECT) if django else None
    if not setting:
        return _rails_redirect(context)
    module, found = setting
    value = falsy_value(found)
    if value is not None and not found.condition:
        return _give(context, found.variable, value)
    code = module.code(found)
    if code == "False" or found.line != found.last_line:
        return ""
    before = code if SIMPLE.fullmatch(code) else f"({code})"
    new = NO_REDIRECT if code == "True" else f"{before} and {NO_REDIRECT}"
    changes = context.describe(_write(module, found, new))
    variable = context.in_step("env", f"{REDIRECT_VARIABLE}=1", "and ")
    return f"{changes}\n\n{variable}" if changes else ""


def _rails_redirect(context: Context) -> str:
    path = "config/environments/production.rb"
    text = context.shape.project.read(path)
    found = RAILS_REDIRECT.search(text)
    if not found:
        return ""
    line = text.count("\n", 0, found.start(1)) + 1
    change = Change(path=path, text=f'{found[1]}!ENV.key?("NO_SSL_REDIRECT")', instead=line)
    variable = context.in_step("env", "NO_SSL_REDIRECT=1", "and ")
    return f"{context.describe([change])}\n\n{variable}"


def csrf_origins(context: Context) -> str:
    """Return how to let Django trust the origin that the browser names."""
    django = context.shape.django
    if not django or not context.find(CONTAINER_LOG, r"(Origin checking failed)"):
        return ""
    if proxy := list(_host_with_port(context.shape.project)):
        return context.describe(proxy)
    setting = django.find(ORIGINS)
    port = context.in_step("host-port", f"'{FIXED_PORT}'", "and ")
    origin = f"http://{context.host}:{FIXED_PORT}"
    if setting and setting[1].variable:
        return f"{_give(context, setting[1].variable, origin)}\n\n{port}"
    changes = context.describe(_write_list(django, ORIGINS, ORIGINS_VARIABLE))
    variable = context.in_step("env", f"{ORIGINS_VARIABLE}={origin}", "and ")
    return f"{changes}\n\n{variable}\n\n{port}" if changes else ""


def _host_with_port(project: ProjectFiles) -> Iterator[Change]:
    for path in project.below("."):
        if path.endswith((".conf", ".template", ".nginx")):
            for number, line in enumerate(project.read(path).split("\n"), 1):
                if HOST_WITHOUT_PORT.search(line):
                    text = HOST_WITHOUT_PORT.sub(r"\1$http_host", line)
                    yield Change(path=path, text=text, instead=number)


def _write_list(django: DjangoProject, setting: str, variable: str) -> list[Change]:
    """Return the changes that let a setting have what a variable lists, with commas between.

    Without the variable the setting stays as it is. None if it is not sure which value counts.
    """
    read = f'[each for each in os.environ.get("{variable}", "").split(",") if each]'
    known = django.find(setting)
    if not known:
        change = Change(path=django.settings, text=f"{setting} = {read}")
        return _with_os(django.modules[0], change) if django.lacks(setting) else []
    module, found = known
    if found.is_nested or not found.is_plain or not isinstance(found.value, ast.List | ast.Tuple):
        return []
    if found.line != found.last_line:
        if not re.search(r"=\s*[\[(]\s*$", module.lines[found.line - 1]):
            return []
        return _with_os(module, Change(path=module.path, text=f"    *{read},", after=found.line))
    if not found.value.elts:
        return _write(module, found, read)
    opening, closing = "[]" if isinstance(found.value, ast.List) else "()"
    items = module.code(found)[1:-1].strip().rstrip(",")
    return _write(module, found, f"{opening}{items}, *{read}{closing}")


def _write(module: PythonModule, found: Assignment, code: str) -> list[Change]:
    """Return the changes that give a setting of one line another value; none if it shares it."""
    begin = ASSIGNED.match(module.lines[found.line - 1])
    if not begin or not found.is_plain or found.line != found.last_line:
        return []
    text = f"{begin[0]} {code}"
    return _with_os(module, Change(path=module.path, text=text, instead=found.line))


def _with_os(module: PythonModule, change: Change) -> list[Change]:
    """Return a change that needs os, and the one that imports it, unless the module does.

    None if the module imports nothing at all: then the place for it is unknown.
    """
    if "os" in module.imported:
        return [change]
    if not module.first_import or module.first_import == change.instead:
        return []
    if module.first_import > 1:
        text, above = "import os", module.first_import - 1
        return [change, Change(path=module.path, text=text, after=above)]
    text = f"import os\n{module.lines[0]}"
    return [change, Change(path=module.path, text=text, instead=1)]
