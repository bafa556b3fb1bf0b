from pathlib import Path

import pytest

from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.style_scan import MAX_LINE, scan_styles
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

CLICK = (
    'Element <button type="submit">...</button> is not clickable at point (391, 217). Other '
    'element would receive the click: <p class="imprint">...</p>'
)
CSS = ".imprint {\n  position: fixed;\n}\n"


def scan(folder: Path, css: str, line: str = CLICK) -> tuple[str, ...]:
    (folder / "app/static").mkdir(parents=True)
    (folder / "app/static/style.css").write_text(css)
    facts = Facts(verdict=Verdict.TESTS_FAILED, lines={"tests/output.log": (line,)})
    return scan_styles(facts, SourceTree(top=folder, directory=folder))


def test_scan_styles__of_what_covers_a_clicked_element(tmp_path: Path) -> None:
    assert scan(tmp_path, CSS) == (".imprint at app/static/style.css:2:   position: static;",)


@pytest.mark.parametrize(
    "css, line",
    [
        pytest.param(CSS, "'' != 'x'", id="no click"),
        pytest.param(CSS.replace("fixed", "static"), CLICK, id="in the flow"),
        pytest.param(CSS.replace("\n", " ") * MAX_LINE, CLICK, id="minified"),
    ],
)
def test_scan_styles__nothing(tmp_path: Path, css: str, line: str) -> None:
    assert scan(tmp_path, css, line) == ()
