"""What the design demands of every module of the helper. Each test lists all offenders."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ACTION = Path(__file__).resolve().parents[1]
MAIN = ACTION / "__main__.py"
MODULES = [MAIN, *sorted((ACTION / "rehearsal").rglob("*.py"))]
# The extra `local`: the modules that may import it, inside the functions that use it.
EXTRAS = {"yaml_file.py": "yaml", "terminal.py": "rich"}
# What may stand at the top of a module: nothing happens on import.
DEFINITIONS = (
    ast.AnnAssign,
    ast.Assign,
    ast.ClassDef,
    ast.FunctionDef,
    ast.Import,
    ast.ImportFrom,
)
SHELL_CALLS = {"system", "popen", "getoutput", "getstatusoutput"}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), path)


def offence(path: Path, line: int, what: str) -> str:
    return f"{path.relative_to(ACTION)}:{line}: {what}"


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and full name of every module that is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def nodes() -> Iterator[tuple[Path, ast.AST]]:
    return ((path, node) for path in MODULES for node in ast.walk(tree_of(path)))


def test_modules__are_found() -> None:
    assert ACTION / "rehearsal/cli.py" in MODULES
    assert EXTRAS.keys() <= {path.name for path in MODULES}


def test_imports__are_the_standard_library_and_ourselves() -> None:
    allowed = sys.stdlib_module_names | {"rehearsal"}
    assert not [
        offence(path, line, name)
        for path in MODULES
        for line, name in imports(tree_of(path))
        if name.partition(".")[0] not in allowed | {EXTRAS.get(path.name)}
    ]


def test_imports__of_an_extra_stand_where_it_is_used() -> None:
    assert not [
        offence(path, line, name)
        for path in MODULES
        for node in tree_of(path).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for line, name in imports(node)
        if name.partition(".")[0] in EXTRAS.values()
    ]


def test_imports__of_dataclass_are_of_the_one_that_is_made_fast() -> None:
    assert not [
        offence(path, node.lineno, "dataclasses.dataclass")
        for path, node in nodes()
        if isinstance(node, ast.ImportFrom)
        and node.module == "dataclasses"
        and "dataclass" in (alias.name for alias in node.names)
        and path.name != "dataclass.py"
    ]


def test_imports__of_urllib_request_only_outside() -> None:
    assert not [
        offence(path, line, name)
        for path in MODULES
        if path.parent.name != "outside"
        for line, name in imports(tree_of(path))
        if name == "urllib.request"
    ]


def test_names__of_modules_hide_none_of_the_standard_library() -> None:
    """A package's modules hide nothing by themselves, but a folder on a path would."""
    hiding = sys.stdlib_module_names - {"__main__", "__init__"}
    assert not [offence(path, 1, path.stem) for path in MODULES if path.stem in hiding]


def test_modules__do_nothing_on_import() -> None:
    assert not [
        offence(path, node.lineno, ast.unparse(node))
        for path in MODULES
        if path.stem != "__main__"
        for node in tree_of(path).body
        if not isinstance(node, DEFINITIONS)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        and not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]


def test_modules__never_run_a_shell_line() -> None:
    assert not [
        offence(path, node.value.lineno, "shell=")
        for path, node in nodes()
        if isinstance(node, ast.keyword) and node.arg == "shell"
    ] + [
        offence(path, node.lineno, node.attr)
        for path, node in nodes()
        if isinstance(node, ast.Attribute) and node.attr in SHELL_CALLS
    ]


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
