"""How the tests' own environment gets what it lacks."""

from pathlib import Path

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.rules import diagnose
from rehearsal.diagnosis.source_scan import scan_source
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict


def told(folder: Path, module: str, files: dict[str, str], requirements: str = "") -> str:
    for name, text in files.items():
        path = folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    observed = {
        "tests/output.log": (f"ModuleNotFoundError: No module named '{module}'",),
        "test environment": (f"requirements {requirements}",) if requirements else (),
    }
    facts = Facts(verdict=Verdict.TESTS_FAILED, lines=observed)
    tree = SourceTree(top=folder, directory=folder / "site")
    scanned = scan_source(facts, tree, ".github/workflows/ci.yml")
    facts = Facts(verdict=facts.verdict, lines={**observed, **scanned})
    (found,) = diagnose(facts, CAUSES)
    assert found.id == "tests-missing-module"
    return f"{found.title}\n{found.hint}\n{found.paste}"


@pytest.mark.parametrize(
    "module, text",
    [
        ("selenium", "# in site/ft/wanted.txt, at the end, add:\nselenium"),
        ("bs4", "# in site/ft/wanted.txt, at the end, add:\nbeautifulsoup4"),
    ],
)
def test_tests_package__added_to_the_tests_requirements(
    module: str, text: str, tmp_path: Path
) -> None:
    assert told(tmp_path, module, {"ft/wanted.txt": "pytest\n"}, "ft/wanted.txt").endswith(text)


@pytest.mark.parametrize("module", ["acme_billing", "distutils", "selenium.webdriver"])
def test_tests_package__of_nobody_or_of_one_that_is_there(module: str, tmp_path: Path) -> None:
    found = told(tmp_path, module, {"ft/wanted.txt": "pytest\n"}, "ft/wanted.txt")
    assert "# in" not in found


def test_tests_package__of_the_app_too(tmp_path: Path) -> None:
    files = {"requirements.txt": "Django==5.2\n"}
    assert told(tmp_path, "django", files).endswith(
        "# in .github/workflows/ci.yml, under the step's with:, add:\n"
        "test-requirements: requirements.txt"
    )


@pytest.mark.parametrize("line", ["selenium==4.51.0", "Selenium", "selenium[x]>=4", "selenium ; x"])
def test_tests_package__named_already(line: str, tmp_path: Path) -> None:
    found = told(tmp_path, "selenium", {"wanted.txt": f"pytest\n{line}\n"}, "wanted.txt")
    assert "site/wanted.txt names it" in found
    assert found.endswith("\n")  # Nothing to paste.


@pytest.mark.parametrize("line", ["selenium-wire", "# selenium", "pytest-selenium"])
def test_tests_package__another_of_a_similar_name(line: str, tmp_path: Path) -> None:
    found = told(tmp_path, "selenium", {"wanted.txt": f"{line}\n"}, "wanted.txt")
    assert found.endswith("\nselenium")


@pytest.mark.parametrize(
    "file, path", [("shop/__init__.py", "site/shop"), ("src/shop.py", "site/src/shop.py")]
)
def test_tests_package__a_module_of_the_project(file: str, path: str, tmp_path: Path) -> None:
    found = told(tmp_path, "shop.models", {file: "", "wanted.txt": ""}, "wanted.txt")
    assert f"the project's own module shop.models\nIt is {path}." in found


def test_tests_package__nothing_is_known(tmp_path: Path) -> None:
    found = told(tmp_path, "selenium", {"manage.py": ""})
    assert "Add the package to the file that test-requirements names" in found
