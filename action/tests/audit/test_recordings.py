"""What the checks of the app's answers find in what real servers answered."""

import pytest

from rehearsal.audit.check import Check
from rehearsal.audit.checks.error_pages import debug, error_pages
from rehearsal.audit.checks.headers import headers
from rehearsal.audit.checks.hosts import host_check, logging
from rehearsal.audit.checks.processes import dev_server
from rehearsal.audit.checks.static_caching import static_caching
from rehearsal.audit.checks.static_files import static_files
from rehearsal.audit.observations import DjangoProject, Observations

from .answers import failed
from .recordings import FOLDER, recorded

CHECKS: tuple[Check, ...] = (
    dev_server,
    debug,
    host_check,
    logging,
    static_files,
    static_caching,
    headers,
    error_pages,
)
NO_HEADERS = {"headers:nosniff", "headers:frame", "headers:referrer"}
UNCOMPRESSED = "static-caching:compressed"
VERSION = "error-pages:version"
FAILED = {
    "apache": {*NO_HEADERS, UNCOMPRESSED, VERSION},
    "django_bare": {*NO_HEADERS, "host-check", "logging", "static-files"},
    "django_debug": {"dev-server", "debug", UNCOMPRESSED},
    "django_production": set(),
    "express_development": {*NO_HEADERS, "debug", UNCOMPRESSED},
    "express_production": {*NO_HEADERS, UNCOMPRESSED},
    "fastapi": {"headers:nosniff"},
    "fastapi_debug": {"debug"},
    "flask_broken": {"dev-server", "debug"},
    "flask_debug": {"dev-server", *NO_HEADERS, "debug", "headers:cookies", UNCOMPRESSED},
    "flask_gunicorn": {*NO_HEADERS, "headers:cookies", UNCOMPRESSED},
    "flask_server": {"dev-server", *NO_HEADERS, "headers:cookies", UNCOMPRESSED},
    "nginx": {*NO_HEADERS, UNCOMPRESSED, VERSION},
    "nginx_vite": set(),
    "php": {*NO_HEADERS, "debug", "headers:cookies"},
    "php_plain": NO_HEADERS,
    "rails_development": {"debug", "headers:cookies", UNCOMPRESSED},
    "rails_production": {"headers:cookies", UNCOMPRESSED},
    "sinatra_development": {"debug", "headers:referrer", UNCOMPRESSED},
    "sinatra_production": {"headers:referrer", UNCOMPRESSED},
    "symfony": {*NO_HEADERS, "debug"},
    "tomcat": {*NO_HEADERS, "headers:cookies", "logging", VERSION},
    "vite_dev": {*NO_HEADERS, UNCOMPRESSED, "error-pages:setting"},
}
# What a message says of the debug page.
DEBUG_PAGES = {
    "django_debug": "Django's debug page",
    "express_development": "Express' stack trace",
    "fastapi_debug": "Starlette's debug page",
    "flask_broken": "Werkzeug's debugger",
    "flask_debug": "Werkzeug's debugger",
    "php": "an error message of PHP",
    "rails_development": "Rails' debug page",
    "sinatra_development": "Sinatra's development page",
    "symfony": "Symfony's debug page",
}


def seen(name: str) -> Observations:
    django = DjangoProject(version="5.2") if name.startswith("django") else None
    return Observations(pages=recorded(name), django=django)


def test_recordings__each_has_its_findings() -> None:
    assert FAILED.keys() == {file.stem for file in FOLDER.glob("*.json")}
    assert {name for name, ids in FAILED.items() if "debug" in ids} == DEBUG_PAGES.keys()


@pytest.mark.parametrize("name", FAILED)
def test_checks__of_a_real_server(name: str) -> None:
    found = {id_ for check in CHECKS for id_ in failed(check, seen(name))}
    assert found == FAILED[name]


@pytest.mark.parametrize("name", DEBUG_PAGES)
def test_debug__names_the_page_and_shows_a_line_of_it(name: str) -> None:
    finding = failed(debug, seen(name))["debug"]
    assert finding.message.endswith(f" is answered with {DEBUG_PAGES[name]}.")
    assert finding.hint != debug.hint
    assert finding.evidence[0].startswith("> GET /")
    assert 0 < len(finding.evidence[-1]) <= 200
