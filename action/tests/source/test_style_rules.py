import time

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


@pytest.mark.parametrize(
    "end",
    [
        "/*# sourceMappingURL=data:application/json;base64," + "QUJD" * 40_000 + " */\n",
        "/* " * 60_000,
        "x" * 200_000,
        "position" + " " * 200_000,
    ],
    ids=["source map", "open comments", "no rule", "blanks"],
)
def test_lifting_rules__take_no_longer_than_a_file_is_long(end: str) -> None:
    started = time.process_time()
    (rule,) = lifting_rules(CSS + end, '<p class="imprint">')
    assert rule.line == 11
    assert time.process_time() - started < 1
