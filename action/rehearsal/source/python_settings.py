"""What a Python module assigns to its settings, and which environment variables it reads."""

import ast
from collections.abc import Iterator

from rehearsal.dataclass import dataclass
from rehearsal.source.environment_readers import find_readers
from rehearsal.source.environment_readings import Reading
from rehearsal.source.python_blocks import Block, statements

# A value reads few variables by other names.
MAX_INHERITED = 10


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """The assignment to a name that counts: its lines, its value, and the variables that it reads.

    That is the last one, but not one for development that is in a block and reads no variable.

    `condition` is the variable on which its block depends, empty if there is none. `is_plain` says
    that it gives a value to this name alone, and has its lines for itself; `is_nested` that it is
    in a block.
    """

    name: str
    line: int
    last_line: int
    value: ast.expr
    readings: tuple[Reading, ...] = ()
    condition: str = ""
    is_plain: bool = False
    is_nested: bool = False

    @property
    def variable(self) -> str:
        """The first environment variable that the value reads, empty if it reads none."""
        return self.readings[0].name if self.readings else ""


@dataclass(frozen=True, kw_only=True)
class PythonModule:
    """The assignments and readings of a module, in the order of its lines.

    `imported` are the names that it imports at its top, `starred` the modules from which it imports
    everything, `imports_from` those from which it imports names, with their leading dots.
    `first_import` is the line of its first import, 0 without. `is_parsed` is false for what is no
    valid Python.
    """

    path: str
    text: str
    assignments: tuple[Assignment, ...] = ()
    readings: tuple[Reading, ...] = ()
    imported: frozenset[str] = frozenset()
    starred: tuple[str, ...] = ()
    imports_from: tuple[str, ...] = ()
    first_import: int = 0
    is_parsed: bool = False

    @property
    def lines(self) -> list[str]:
        """The lines, numbered as Python numbers them: `splitlines` would split at more."""
        return self.text.split("\n")

    def assignment(self, name: str) -> Assignment | None:
        """Return the last assignment to a name; it is the one that counts."""
        return next((each for each in self.assignments if each.name == name), None)

    def code(self, assignment: Assignment) -> str:
        """Return the text of the value of an assignment."""
        return ast.get_source_segment(self.text, assignment.value) or ""

    def line_of(self, text: str) -> int:
        """Return the number of the first line of code with this text, or 0."""
        for number, line in enumerate(self.lines, 1):
            if text in line and not line.lstrip().startswith("#"):
                return number
        return 0


def parse_module(path: str, text: str) -> PythonModule:
    """Return what a module assigns and reads; nothing of a module that is no valid Python."""
    try:
        return _parse(path, text)
    # IndexError: Python counts more lines, where some end with a carriage return alone.
    except (SyntaxError, ValueError, RecursionError, MemoryError, IndexError):
        return PythonModule(path=path, text=text)


def _parse(path: str, text: str) -> PythonModule:
    tree = ast.parse(text)
    lines = text.split("\n")
    readers = find_readers(tree)
    assignments: dict[str, Assignment] = {}
    readings: list[Reading] = []
    for node, block in statements(tree.body, Block()):
        condition, is_nested = block.condition, block.is_nested
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                readings += block.find_readings(part, readers)
        if block.is_class:
            continue
        for name, value in _targets(node):
            names = {each.id for each in ast.walk(value) if isinstance(each, ast.Name)} - {"DEBUG"}
            known = (assignments[each] for each in sorted(names) if each in assignments)
            inherited = [reading for each in known for reading in each.readings]
            read = (*block.find_readings(value, readers), *inherited[:MAX_INHERITED])
            before = assignments.get(name)
            if (
                is_nested
                and before
                and (before.readings or before.condition)
                and not read
                and not condition
            ):
                continue
            assignments[name] = Assignment(
                name=name,
                line=node.lineno,
                last_line=node.end_lineno or node.lineno,
                value=value,
                readings=read,
                condition=condition,
                is_plain=_is_plain(node, lines),
                is_nested=is_nested,
            )
    imports = [each for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom)]
    return PythonModule(
        path=path,
        text=text,
        assignments=tuple(assignments.values()),
        readings=tuple(readings),
        imported=frozenset(alias.asname or alias.name for each in imports for alias in each.names),
        starred=tuple(_sources(imports, starred=True)),
        imports_from=tuple(_sources(imports, starred=False)),
        first_import=next((each.lineno for each in imports if not _is_future(each)), 0),
        is_parsed=True,
    )


def _is_plain(node: ast.stmt, lines: list[str]) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name()], end_lineno=int(last), end_col_offset=int(end)):
            before = lines[node.lineno - 1].encode()[: node.col_offset].decode()
            after = lines[last - 1].encode()[end:].decode().strip()
            return not before.strip() and (not after or after.startswith("#"))
        case _:
            return False


def _is_future(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _targets(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.AugAssign(target=ast.Name(id=name), value=value):
            yield name, value


def _sources(imports: list[ast.Import | ast.ImportFrom], *, starred: bool) -> Iterator[str]:
    """Yield the modules from which names are imported: everything (`starred`), or some."""
    for each in imports:
        has_star = any(alias.name == "*" for alias in each.names)
        if isinstance(each, ast.ImportFrom) and has_star is starred:
            yield "." * each.level + (each.module or "")
