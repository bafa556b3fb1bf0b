"""Documents as somebody might write them who wants a merge to fail."""

import json
from copy import deepcopy
from random import Random
from typing import Any

DEEP: Any = []
for _ in range(99):
    DEEP = [DEEP]
VALUES: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 2, 255, 1e9, 253_402_300_799, (1 << 53) - 1, 1 << 53, 1e300),
    *(float("nan"), float("inf"), -0.0, 0.5, 10**4000, "", "x", "1/2", "2/1", "9999/9999"),
    *("..", "../..", "/etc/passwd", "tests/../../x", "tests\\x", "tests/x\0", "\0", "\ud800"),
    *(
        "\udcff",
        "\ud800\udc00",
        "\u202e\u2028\ufeff\u200f",
        "é" * 20_000,
        "x" * 20_001,
        "\n" * 9999,
    ),
    *(
        "::error::x",
        "</script><!--",
        "<b>|`*_\r",
        "passed",
        "error",
        "https://x/a/b/actions/runs/1",
    ),
    *([], {}, [[]], [None], {"": {}}, {"version": 1}, DEEP),
)


def mutated(document: Any, random: Random) -> bytes:
    """Return a verdict.json with some changes."""
    changed = deepcopy(document)
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        _change(changed, random)
    text = json.dumps(changed, ensure_ascii=random.random() < 0.8)
    data = text.encode(errors="surrogatepass")
    match random.randrange(30):
        case 0:
            # A key twice.
            return data.replace(b'"tests":', b'"tests": null, "tests":', 1)
        case 1:
            return data[: random.randrange(len(data))]
        case 2:
            at = random.randrange(len(data))
            return data[:at] + random.randbytes(random.randrange(9)) + data[at + 1 :]
    return data


def _change(document: Any, random: Random) -> None:
    nodes = list(_nodes(document))
    parent, key = random.choice(nodes)
    match random.randrange(6):
        case 0:
            del parent[key]
        case 1:
            other, place = random.choice(nodes)
            parent[key] = deepcopy(other[place])
        case 2 if isinstance(parent[key], list):
            parent[key] = parent[key] * random.choice((2, 100))
        case 3 if isinstance(parent[key], str):
            at = random.randrange(len(parent[key]) + 1)
            odd = random.choice(("\0", "\ud800", "\n", "\u202e", "../", "é" * 300, "<", "`", "|"))
            parent[key] = parent[key][:at] + odd + parent[key][at:]
        case _:
            parent[key] = deepcopy(random.choice(VALUES))


def _nodes(value: Any) -> Any:
    """Yield each place in a document as its parent and its key."""
    items = enumerate(value) if isinstance(value, list) else value.items()
    for key, inner in items:
        yield value, key
        if isinstance(inner, list | dict):
            yield from _nodes(inner)
