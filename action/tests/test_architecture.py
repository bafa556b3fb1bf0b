"""What the design holds the helper to, whatever it does."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ACTION = Path(__file__).resolve().parents[1]
MAIN = ACTION / "__main__.py"
MODULES = [MAIN, *sorted((ACTION / "rehearsal").rglob("*.py"))]
# The extra `local`: imported where it is used, so that nothing else needs it (design, decision 1).
EXTRAS = {"yaml", "rich"}
# What may stand at the top of a module: nothing happens on import.
DEFINITIONS = (
    ast.AnnAssign,
    ast.Assign,
    ast.ClassDef,
    ast.FunctionDef,
    ast.Import,
    ast.ImportFrom,
)


def named(path: Path) -> str:
    return str(path.relative_to(ACTION))


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where a name comes from"
            yield (node.module or "").partition(".")[0]


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), path)


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_imports__are_the_standard_library_and_ourselves(path: Path) -> None:
    foreign = set(imports(tree_of(path))) - sys.stdlib_module_names - {"rehearsal"} - EXTRAS
    assert not foreign


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_imports__of_an_extra_stand_where_it_is_used(path: Path) -> None:
    top = ast.Module(
        [node for node in tree_of(path).body if isinstance(node, ast.Import | ast.ImportFrom)], []
    )
    assert not EXTRAS & set(imports(top))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_names__of_modules_hide_none_of_the_standard_library(path: Path) -> None:
    """A package's modules hide nothing by themselves, but a folder on a path would."""
    assert path.stem in {"__main__", "__init__"} or path.stem not in sys.stdlib_module_names


@pytest.mark.parametrize("path", [p for p in MODULES if p.stem != "__main__"], ids=named)
def test_modules__do_nothing_on_import(path: Path) -> None:
    for node in tree_of(path).body:
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        assert text or for_types or isinstance(node, DEFINITIONS), f"line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_modules__never_run_a_shell_line(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.keyword):
            assert node.arg != "shell"
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"system", "popen", "getoutput", "getstatusoutput"}


def test_main__runs_without_site_packages_and_whatever_the_caller_has_on_its_path(
    tmp_path: Path,
) -> None:
    for name in ("json", "rehearsal", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong one')")
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), "PYTHONHOME": "/nowhere"}
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ACTION), "--version"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"dress-rehearsal \d+\.\d+\.\d+\n", done.stdout)


@pytest.mark.parametrize("minor", range(4, 11))
def test_main__can_be_read_by_an_old_python(minor: int) -> None:
    ast.parse(MAIN.read_text(encoding="utf-8"), feature_version=(3, minor))


def test_main__an_old_python_gets_a_sentence_before_anything_is_imported() -> None:
    pretend = (
        "import sys; sys.version_info = (3, 9, 2, 'final', 0); sys.argv = ['action', 'rehearse']; "
        "import runpy; runpy.run_path(sys.orig_argv[-1], run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", pretend, str(MAIN)],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    (sentence,) = done.stderr.splitlines()
    assert "needs python3 3.11 or newer; this is 3.9" in sentence
    assert "actions/setup-python" in sentence
