"""Walk through the statements of a Python module, each with its block."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from rehearsal.dataclass import dataclass
from rehearsal.source.environment_readers import Readers
from rehearsal.source.environment_readings import Reading, find_readings


@dataclass(frozen=True, kw_only=True)
class Block:
    """The block of a statement.

    `condition` is the environment variable that has to be set so that the block runs, empty if
    there is none. `is_certain` says that nothing else decides whether it runs, `has_fallback` that
    it is the body of a `try` whose handler continues. `prefix` is the prefix of the variables in
    `with env.prefixed(…)`.
    """

    condition: str = ""
    is_nested: bool = False
    is_certain: bool = True
    is_class: bool = False
    has_fallback: bool = False
    prefix: str = ""

    def find_readings(self, value: ast.AST, readers: Readers) -> Iterator[Reading]:
        """Yield the places where an expression in this block reads variables."""
        return find_readings(
            value,
            self.condition,
            readers,
            prefix=self.prefix,
            is_certain=self.is_certain,
            has_fallback=self.has_fallback,
        )


def statements(body: list[ast.stmt], block: Block) -> Iterator[tuple[ast.stmt, Block]]:
    """Yield the statements of a module and of its blocks and classes, but not those of functions.

    With each comes its block.
    """
    for node in body:
        yield node, block
        inner = replace(block, is_nested=True)
        match node:
            case ast.If(test=test, body=body, orelse=others):
                found = next((each.name for each in find_readings(test, "")), "")
                unknown = replace(inner, is_certain=False)
                taken = replace(inner if found else unknown, condition=found or block.condition)
                yield from statements(body, taken)
                yield from statements(others, unknown)
            case ast.Try(body=body, handlers=handlers):
                goes_on = any(not isinstance(each.body[-1], ast.Raise) for each in handlers)
                kept = block.has_fallback or goes_on
                yield from statements(body, replace(inner, has_fallback=kept))
            case ast.With(items=items, body=body):
                prefix = "".join(map(_prefix, items))
                yield from statements(body, replace(inner, prefix=block.prefix + prefix))
            case ast.ClassDef(body=body):
                yield from statements(body, replace(inner, is_class=True))


def _prefix(item: ast.withitem) -> str:
    """Return what `env.prefixed("…")` puts before the names of variables, empty for others."""
    match item.context_expr:
        case ast.Call(func=ast.Attribute(attr="prefixed"), args=[ast.Constant(value=str(prefix))]):
            return prefix
    return ""
