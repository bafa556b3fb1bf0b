"""The whole name of a test: tools divide it between the case, its class and its suite."""

from collections.abc import Sequence
from functools import lru_cache
from xml.etree import ElementTree as ET

from rehearsal.regex import regex
from rehearsal.results.junit.document import Suite

UNNAMED = "(unnamed test)"
# A path of a file, where a class would stand: Playwright, Vitest and Deno write it.
PATH = regex(r"[^:]*\.[cm]?[jt]sx?")
RUST_PATH = regex(r"[\w-]+(::[\w-]+)+")
# The name of all suites together, as mocha-junit-reporter and Cypress write it.
MOCHA_JUNIT = "Mocha Tests"
# Between the parts of a name, as Playwright writes it.
ARROW = " \u203a "


def full_name(case: ET.Element, suites: Sequence[Suite]) -> str:
    """Return the name of a test with that of its class, each part once."""
    name = (case.get("name") or "").strip()
    group = (case.get("classname") or "").strip()
    if group == "test" and suites[-1].get("disabled"):
        # Node's own runner writes no class. The suites are the groups around the test.
        group = " > ".join(filter(None, (each.get("name") for each in suites)))
        return f"{group} > {name}"
    if is_of_playwright(case, suites):
        # As in its own list: the same test may run in several projects, such as browsers.
        project = suites[-1].get("hostname")
        return ARROW.join(filter(None, (project and f"[{project}]", group, name)))
    if suites[0].get("name") == MOCHA_JUNIT and name.endswith(f" {group}"):
        return name  # It names the test itself a second time, where the class would stand.
    return _joined(group, name) or UNNAMED


def _joined(group: str, name: str) -> str:
    if not group or not name or group == name:  # jest-junit writes the whole name twice.
        return group or name
    # NUnit and xUnit.net: the name begins with the class.
    if name.startswith(f"{group}."):
        return name
    if _is_path(group):
        return f"{group} > {name}"
    if RUST_PATH.match(name) or RUST_PATH.fullmatch(group):
        return f"{group}::{name}"
    return f"{group} {name}" if " " in group else f"{group}.{name}"


def is_of_playwright(case: ET.Element, suites: Sequence[Suite]) -> bool:
    """Return whether Playwright's own runner wrote a test case."""
    return "id" in suites[0].attributes and _is_path(case.get("classname") or "")


@lru_cache
def _is_path(group: str) -> bool:
    # The tests of a class follow one another.
    return PATH.fullmatch(group) is not None
