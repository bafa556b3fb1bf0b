"""Read the JUnit files that tests have written."""

from pathlib import Path
from xml.etree import ElementTree as ET


def read_cases(folder: Path) -> dict[str, ET.Element]:
    """Return the test cases of all files in `folder` by their full names."""
    cases = [case for file in folder.glob("*") for case in ET.parse(file).iter("testcase")]  # noqa: S314
    return {f"{case.get('classname')}.{case.get('name')}": case for case in cases}


def read_case(folder: Path) -> ET.Element:
    """Return the only test case in `folder`."""
    (case,) = read_cases(folder).values()
    return case


def read_results(folder: Path) -> dict[str, list[str]]:
    """Return the results of all test cases in `folder` by the names of their methods."""
    return {name.rpartition(".")[2]: results(case) for name, case in read_cases(folder).items()}


def results(case: ET.Element) -> list[str]:
    """Return the results of a test case, like "failure: no"; none if it has passed."""
    return [f"{each.tag}: {each.get('message')}" for each in case if each.tag != "properties"]


def properties(case: ET.Element) -> dict[str, str]:
    found = case.iterfind("properties/property")
    return {each.get("name") or "": each.get("value") or "" for each in found}
