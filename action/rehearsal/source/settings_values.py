"""Evaluate Django's settings as in a container, from their source code and its variables."""

import ast
from collections.abc import Iterable, Mapping

from rehearsal.source.converted_value import NotEvaluatedError
from rehearsal.source.django_project import DjangoProject, locate_imports
from rehearsal.source.environment_readers import Readers, dotted_name, find_readers
from rehearsal.source.expression_values import Surroundings, value_of
from rehearsal.source.project_files import ProjectFiles
from rehearsal.source.python_settings import PythonModule

# Settings have fewer statements.
MAX_STATEMENTS = 5000
# What is nested deeper than people write is not followed.
UNKNOWN = (NotEvaluatedError, RecursionError)


def settings_values(
    project: ProjectFiles, django: DjangoProject, environment: Mapping[str, str]
) -> dict[str, object]:
    """Return the settings whose value is certain, by their names.

    `environment` are all variables of the container. A setting that is not in the result may have
    any value, also Django's default.
    """
    run = _Run(project, django, environment)
    run.module(django.settings)
    return {} if run.is_lost else run.names


class _Run:
    """Follows the statements of the settings as Python would; `is_lost` says that it could not."""

    def __init__(
        self, project: ProjectFiles, django: DjangoProject, environment: Mapping[str, str]
    ) -> None:
        self.names: dict[str, object] = {}
        self.is_lost = django.has_more
        self._project = project
        self._django = django
        self._environment = dict(environment)
        self._readers = Readers()
        self._known = {module.path: module for module in django.modules}
        self._seen: set[str] = set()
        self._statements = 0

    def module(self, path: str) -> None:
        """Follow a module of the settings; a second import of it changes nothing."""
        module = self._known.get(path)
        if not module or not module.is_parsed or path in self._seen:
            self.is_lost = self.is_lost or module is None
            return
        self._seen.add(path)
        tree = ast.parse(module.text)
        # Modules share a reader by `from .base import env`.
        self._readers = self._readers.joined(find_readers(tree))
        for node in tree.body:
            self._statement(node, module)

    def _statement(self, node: ast.stmt, module: PythonModule) -> None:
        self._statements += 1
        if self._statements > MAX_STATEMENTS:
            self.is_lost = True
            return
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                self._branch(test, body, orelse, module)
            case ast.ImportFrom() | ast.Import():
                self._import(node, module)
            case ast.With(body=body):
                for each in body:
                    self._statement(each, module)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
                for each in (*body, *orelse, *final):
                    self._statement(each, module)
                self._forget(assigned(each for handler in handlers for each in handler.body))
            case _:
                self._simple(node)

    def _simple(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, value)
            case ast.AugAssign(target=ast.Name(id=name) as target, op=operator, value=value):
                left = ast.Name(id=name, ctx=ast.Load())
                self._assign(target, ast.BinOp(left=left, op=operator, right=value))
            case ast.Expr(value=ast.Call() as call):
                self._call(call)
            case _:
                self._forget(assigned([node]))

    def _import(self, node: ast.Import | ast.ImportFrom, module: PythonModule) -> None:
        if isinstance(node, ast.ImportFrom) and any(each.name == "*" for each in node.names):
            name = "." * node.level + (node.module or "")
            for path in locate_imports(self._project, module, self._django.base, [name]):
                self.module(path)
        else:
            self._forget((each.asname or each.name).partition(".")[0] for each in node.names)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            try:
                self.names[target.id] = value_of(value, self._around())
            except UNKNOWN:
                self.names.pop(target.id, None)
        else:
            self._forget(assigned_names(target))

    def _branch(
        self, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt], module: PythonModule
    ) -> None:
        try:
            taken = body if value_of(test, self._around()) else orelse
        except UNKNOWN:
            self._forget(assigned([*body, *orelse]))
            if any(isinstance(each, ast.ImportFrom) for part in (body, orelse) for each in part):
                self.is_lost = True
            return
        for each in taken:
            self._statement(each, module)

    def _call(self, call: ast.Call) -> None:
        """Follow a call that changes a list or the environment; what else it changes is unknown."""
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr=method), args=[value]
            ) if isinstance(known := self.names.get(name), list):
                try:
                    added = value_of(value, self._around())
                except UNKNOWN:
                    self.names.pop(name)
                    return
                if method == "append":
                    self.names[name] = [*known, added]
                elif method == "extend" and isinstance(added, list):
                    self.names[name] = [*known, *added]
                else:
                    self.names.pop(name)
            case ast.Call(
                func=function, args=[ast.Constant(value=str(name)), ast.Constant(value=str(text))]
            ) if dotted_name(function) in {"os.environ.setdefault", "environ.setdefault"}:
                self._environment.setdefault(name, text)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
                self.names.pop(name, None)

    def _around(self) -> Surroundings:
        return Surroundings(environment=self._environment, names=self.names, readers=self._readers)

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            self.names.pop(name, None)


def assigned(body: Iterable[ast.AST]) -> set[str]:
    """Return the names that statements may change, in their blocks, too."""
    return {name for node in body for each in ast.walk(node) for name in assigned_names(each)}


def assigned_names(node: ast.AST) -> set[str]:
    """Return the names that one part of a statement may change."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            return {name}
        case ast.Subscript(value=ast.Name(id=name)) | ast.Attribute(value=ast.Name(id=name)):
            return {name}
        case ast.Subscript(value=inner) | ast.Attribute(value=inner):
            return assigned_names(inner)
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return {name for each in items for name in assigned_names(each)}
    return set()
