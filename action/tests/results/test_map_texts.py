from dataclasses import dataclass
from typing import Annotated

from rehearsal.results.json_fields import Json
from rehearsal.results.map_texts import map_texts
from rehearsal.verdict import Verdict


@dataclass(frozen=True)
class Leaf:
    text: str
    number: int = 1


@dataclass(frozen=True)
class Tree:
    path: Annotated[str, Json(verbatim=True)]
    texts: tuple[str, ...]
    leaf: Leaf | None
    leaves: tuple[Leaf, ...] = ()
    verdict: Verdict = Verdict.PASSED


def test_map_texts__changes_each_text_and_nothing_else() -> None:
    tree = Tree("a", ("b", "c"), Leaf("d"), (Leaf("e"), Leaf("f", 2)))
    assert map_texts(tree, str.upper) == Tree(
        "a", ("B", "C"), Leaf("D"), (Leaf("E"), Leaf("F", 2)), Verdict.PASSED
    )
    assert map_texts(Tree("a", (), None), str.upper) == Tree("a", (), None)
