"""Parse the text of an expression into a syntax tree."""

import re
from collections.abc import Iterator

from rehearsal.dataclass import dataclass
from rehearsal.local.expressions.values import ExpressionError, Scalar, parse_number
from rehearsal.regex import regex

# GitHub's own limit.
MAX_DEPTH = 50
# `a || b || c …` makes a tree as deep as it is long; Python's recursion limit is 1000 calls.
MAX_TOKENS = 400

TOKEN = regex(
    r"""\s*(?:
        (?P<text>'(?:[^']|'')*')
      | (?P<number>[+-]?(?:0x[0-9a-fA-F]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.]))
      | (?P<name>[A-Za-z_][A-Za-z0-9_-]*)
      | (?P<symbol>\|\||&&|==|!=|<=|>=|[!<>()\[\].,*])
      | (?P<end>\Z)
    )""",
    re.VERBOSE | re.ASCII,
)

KEYWORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None}
NUMBER_NAMES = {"NaN", "Infinity"}

# The operators, those that bind weakest first; all of them are left-associative.
PRECEDENCE = (("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="))


@dataclass(frozen=True)
class Literal:
    value: Scalar


@dataclass(frozen=True)
class Name:
    name: str


@dataclass(frozen=True)
class Index:
    """`value[key]` or `value.key`; `key` is None for the object filters `[*]` and `.*`."""

    value: "Node"
    key: "Node | None"


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    operand: "Node"


@dataclass(frozen=True)
class Binary:
    operator: str
    left: "Node"
    right: "Node"


Node = Literal | Name | Index | Call | Not | Binary


@dataclass(frozen=True)
class Token:
    """`kind` is the name of a group of `TOKEN`; the text of the token `end` is empty."""

    kind: str
    text: str


def parse(text: str) -> Node:
    """Parse an expression without its `${{` and `}}`. Raises `ExpressionError`."""
    tokens = list(_tokenize(text))
    if len(tokens) > MAX_TOKENS:
        raise ExpressionError(f"it has more than {MAX_TOKENS} parts")
    parser = _Parser(tokens)
    tree = parser.expression()
    parser.expect("")
    return tree


def _tokenize(text: str) -> Iterator[Token]:
    position = 0
    while True:
        match = TOKEN.match(text, position)
        if not match:
            rest = text[position:].strip()
            if rest.startswith(("'", '"')):
                raise ExpressionError("a text needs single quotes around it, and '' for one in it")
            raise ExpressionError(f"{rest[:20]!r} was not expected")
        kind = str(match.lastgroup)
        yield Token(kind, match[kind])
        if kind == "end":
            return
        position = match.end()


class _Parser:
    """A recursive descent parser that looks one token ahead."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    def expression(self, level: int = 0) -> Node:
        """Parse the operators of `PRECEDENCE` from this level on."""
        if level == len(PRECEDENCE):
            return self._unary()
        if level == 0:
            self._enter()
        tree = self.expression(level + 1)
        while self._peek().text in PRECEDENCE[level]:
            operator = self._advance().text
            tree = Binary(operator, tree, self.expression(level + 1))
        if level == 0:
            self._depth -= 1
        return tree

    def expect(self, text: str) -> None:
        token = self._advance()
        if token.text != text:
            raise ExpressionError(f"{_describe(token)} was not expected")

    def _unary(self) -> Node:
        if not self._skip("!"):
            return self._indexes(self._primary())
        self._enter()
        tree = Not(self._unary())
        self._depth -= 1
        return tree

    def _primary(self) -> Node:
        if self._skip("("):
            tree = self.expression()
            self.expect(")")
            return tree
        token = self._advance()
        if token.kind == "text":
            return Literal(token.text[1:-1].replace("''", "'"))
        if token.kind == "number":
            return Literal(parse_number(token.text))
        if token.kind == "name":
            return self._name_or_call(token.text)
        raise ExpressionError(f"a value was expected, and {_describe(token)} was found")

    def _name_or_call(self, name: str) -> Node:
        if self._skip("("):
            return Call(name, tuple(self._arguments()))
        if name in NUMBER_NAMES:
            return Literal(float(name))
        return Literal(KEYWORDS[name]) if name in KEYWORDS else Name(name)

    def _arguments(self) -> Iterator[Node]:
        if self._skip(")"):
            return
        yield self.expression()
        while self._skip(","):
            yield self.expression()
        self.expect(")")

    def _indexes(self, tree: Node) -> Node:
        """Parse what may follow a value, any number of times: `[key]`, `.key`, `[*]`, `.*`."""
        while True:
            if self._skip("["):
                tree = Index(tree, None if self._skip("*") else self.expression())
                self.expect("]")
            elif self._skip("."):
                tree = Index(tree, None if self._skip("*") else self._key())
            else:
                return tree

    def _key(self) -> Node:
        token = self._advance()
        if token.kind != "name":
            raise ExpressionError(f"a name was expected after the dot, not {token.text!r}")
        return Literal(token.text)

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionError(f"it is nested more than {MAX_DEPTH} deep")

    def _peek(self) -> Token:
        return self._tokens[self._position]

    def _skip(self, symbol: str) -> bool:
        """Advance past a symbol if it comes next, and return whether it did."""
        found = self._peek().text == symbol
        if found:
            self._advance()
        return found

    def _advance(self) -> Token:
        token = self._peek()
        self._position = min(self._position + 1, len(self._tokens) - 1)
        return token


def _describe(token: Token) -> str:
    return repr(token.text) if token.text else "the end"
