"""From the text of an expression to its tree."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rehearsal.local.expressions.values import ExpressionError, Plain, read_number

# GitHub refuses deeper ones, too.
DEEPEST = 50
# A chain of them is as deep as it is long, and is worked out by recursion.
MOST_TOKENS = 400

TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^']|'')*')
      | (?P<number>[+-]?(?:0x[0-9a-fA-F]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.]))
      | (?P<name>[A-Za-z_][A-Za-z0-9_-]*)
      | (?P<sign>\|\||&&|==|!=|<=|>=|[!<>()\[\].,*])
      | (?P<end>\Z)
    )""",
    re.VERBOSE | re.ASCII,
)

WORDS: dict[str, Plain] = {"true": True, "false": False, "null": None}
NUMBERS = {"NaN", "Infinity"}

# From the loosest to the tightest; all of them group to the left.
LEVELS = (("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="))


@dataclass(frozen=True)
class Literal:
    value: Plain


@dataclass(frozen=True)
class Name:
    name: str


@dataclass(frozen=True)
class Part:
    """`of[key]`, and `of.key`; no key is `.*`."""

    of: "Node"
    key: "Node | None"


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    of: "Node"


@dataclass(frozen=True)
class Binary:
    sign: str
    left: "Node"
    right: "Node"


Node = Literal | Name | Part | Call | Not | Binary


@dataclass(frozen=True)
class Token:
    kind: str
    text: str


def parse(text: str) -> Node:
    """Return the tree of an expression, without its `${{` and `}}`. Raises `ExpressionError`."""
    tokens = list(_tokens(text))
    if len(tokens) > MOST_TOKENS:
        raise ExpressionError(f"it has more than {MOST_TOKENS} parts")
    reader = _Reader(tokens)
    tree = reader.expression()
    reader.expect("")
    return tree


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while True:
        match = TOKEN.match(text, at)
        if not match:
            rest = text[at:].strip()
            if rest.startswith(("'", '"')):
                raise ExpressionError("a text stands between single quotes, '' is one inside it")
            raise ExpressionError(f"{rest[:20]!r} was not expected")
        kind = str(match.lastgroup)
        yield Token(kind, match[kind])
        if kind == "end":
            return
        at = match.end()


class _Reader:
    """Reads by recursive descent, one token ahead."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def expression(self, level: int = 0) -> Node:
        if level == 0:
            self._deeper()
        tree = self._below(level)
        while (sign := self._next().text) in LEVELS[level] and self._next().kind == "sign":
            self._take()
            tree = Binary(sign, tree, self._below(level))
        if level == 0:
            self._depth -= 1
        return tree

    def expect(self, text: str) -> None:
        token = self._take()
        if token.text != text or token.kind == "text":
            found = repr(token.text) if token.text else "the end"
            raise ExpressionError(f"{found} was not expected")

    def _below(self, level: int) -> Node:
        return self.expression(level + 1) if level + 1 < len(LEVELS) else self._unary()

    def _unary(self) -> Node:
        if self._next() != Token("sign", "!"):
            return self._parts(self._primary())
        self._take()
        self._deeper()
        tree = Not(self._unary())
        self._depth -= 1
        return tree

    def _primary(self) -> Node:
        token = self._take()
        if token.kind == "text":
            return Literal(token.text[1:-1].replace("''", "'"))
        if token.kind == "number":
            return Literal(read_number(token.text))
        if token == Token("sign", "("):
            tree = self.expression()
            self.expect(")")
            return tree
        if token.kind != "name":
            found = repr(token.text) if token.text else "the end"
            raise ExpressionError(f"a value was expected, and {found} was found")
        return self._named(token.text)

    def _named(self, name: str) -> Node:
        if self._next() == Token("sign", "("):
            return Call(name, tuple(self._arguments()))
        if name in NUMBERS:
            return Literal(float(name))
        return Literal(WORDS[name]) if name in WORDS else Name(name)

    def _arguments(self) -> Iterator[Node]:
        self.expect("(")
        if self._next() != Token("sign", ")"):
            yield self.expression()
            while self._next() == Token("sign", ","):
                self._take()
                yield self.expression()
        self.expect(")")

    def _parts(self, tree: Node) -> Node:
        while self._next() in (Token("sign", "."), Token("sign", "[")):
            if self._take().text == "[":
                tree = Part(tree, self._star() or self.expression())
                self.expect("]")
            else:
                tree = Part(tree, self._star() or self._key())
            if tree.key == _STAR:
                tree = Part(tree.of, None)
        return tree

    def _star(self) -> Node | None:
        if self._next() != Token("sign", "*"):
            return None
        self._take()
        return _STAR

    def _key(self) -> Node:
        token = self._take()
        if token.kind != "name":
            raise ExpressionError(f"a name was expected after the dot, not {token.text!r}")
        return Literal(token.text)

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(f"it is nested more than {DEEPEST} deep")

    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token


# No expression can spell this name.
_STAR = Name("*")
