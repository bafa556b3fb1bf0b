"""What import-linter cannot say: the helper needs nothing installed, and opens no URL itself.

On a laptop two modules use an extra where it is there; they import it where it is needed, which
`test_architecture` holds.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_HELPER = Path(__file__).parents[2] / "action/rehearsal"
_MODULES = sorted(_HELPER.rglob("*.py"))
_EXTRAS = {"local/yaml_file.py": {"yaml"}, "outside/terminal.py": {"rich"}}


def _imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            yield str(node.module)


def _name(module: Path) -> str:
    return str(module.relative_to(_HELPER))


def test_helper__is_found() -> None:
    assert _HELPER / "cli.py" in _MODULES


@pytest.mark.parametrize("module", _MODULES, ids=_name)
def test_helper__imports_only_the_standard_library(module: Path) -> None:
    roots = {name.partition(".")[0] for name in _imported(module)}
    assert roots <= sys.stdlib_module_names | {"rehearsal"} | _EXTRAS.get(_name(module), set())


@pytest.mark.parametrize(
    "module", [module for module in _MODULES if module.parent.name != "outside"], ids=_name
)
def test_helper__opens_urls_only_outside(module: Path) -> None:
    assert "urllib.request" not in set(_imported(module))
