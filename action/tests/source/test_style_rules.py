import pytest

from rehearsal.source.style_rules import LiftingRule, lifting_rules, selectors

CSS = """\
/* .imprint { position: fixed; }
*/
.imprint {
  color: gray;
}

.imprinted { position: absolute; }

@media (width < 600px) {
  main > .imprint {
    position: fixed;
    inset: 0;
  }
}
#top, .other {position:sticky;top:0}
"""


@pytest.mark.parametrize(
    "tag, expected",
    [
        ('<p class="imprint">', [".imprint"]),
        ('<div class="a  b" id="top">', ["#top", ".a", ".b"]),
        ("<body>", []),
    ],
)
def test_selectors(tag: str, expected: list[str]) -> None:
    assert selectors(tag) == expected


def test_lifting_rules__of_a_class() -> None:
    (rule,) = lifting_rules(CSS, '<p class="imprint">')
    assert rule == LiftingRule(selector="main > .imprint", line=11, in_flow="    position: static;")


def test_lifting_rules__of_an_id_on_one_line() -> None:
    (rule,) = lifting_rules(CSS, '<header id="top" class="imprint-top">')
    assert (rule.line, rule.in_flow) == (15, "#top, .other {position: static;top:0}")


def test_lifting_rules__of_a_tag_alone() -> None:
    assert list(lifting_rules(CSS, "<main>")) == []
