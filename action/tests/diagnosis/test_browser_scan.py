from pathlib import Path

import pytest

from rehearsal.diagnosis.browser_scan import scan_browser_starts
from rehearsal.diagnosis.facts import Facts
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

NOT_CREATED = "SessionNotCreatedException: Message: session not created: Chrome instance exited."


def scanned(folder: Path, files: dict[str, str], output: str = NOT_CREATED) -> tuple[str, ...]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    facts = Facts(verdict=Verdict.TESTS_FAILED, lines={"tests/output.log": (output,)})
    return scan_browser_starts(facts, SourceTree(top=folder, directory=folder))


@pytest.mark.parametrize(
    "text, line",
    [
        ("    self.b = webdriver.Chrome()\n", "chrome at t/base.py:3:     self.b"),
        ("b = Chrome()\n", "chrome at t/base.py:3: b"),
        ("  o = webdriver.ChromeOptions()\n", "options at t/base.py:3:   o"),
        ("o = Options()\n", "options at t/base.py:3: o"),
        ('o.add_argument("--headless=new")\n', "headless at t/base.py:3: "),
        ("o.addArguments('--headless')\n", "headless at t/base.py:3: "),
    ],
)
def test_scan_browser_starts__first_line_of_a_kind(tmp_path: Path, text: str, line: str) -> None:
    text = f"from selenium import webdriver\n\n{text}{text}"
    assert scanned(tmp_path, {"t/base.py": text}) == (line,)


@pytest.mark.parametrize(
    "text",
    [
        "webdriver\nb = webdriver.Chrome(options=options)\n",
        'webdriver\nif os.environ.get("HEADLESS"):\n    o.add_argument("--headless")\n',
        "o = Options()\n",
    ],
    ids=["has options", "on a condition", "another library's"],
)
def test_scan_browser_starts__other_lines(tmp_path: Path, text: str) -> None:
    assert scanned(tmp_path, {"base.py": text}) == ()


@pytest.mark.parametrize(
    "name, text, line",
    [
        ("r.txt", "django\nchromedriver-py==135.0.7049.114\n", "r.txt:2: chromedriver-py"),
        ("r.txt", "chromedriver-binary ~= 114.0\n", "r.txt:1: chromedriver-binary"),
        ("package.json", '{\n  "chromedriver": "^114.0.1",\n}', "package.json:2: chromedriver"),
    ],
)
def test_scan_browser_starts__pinned_driver(
    tmp_path: Path, name: str, text: str, line: str
) -> None:
    assert scanned(tmp_path, {name: text}) == (f"pinned at {line}",)


def test_scan_browser_starts__an_unpinned_driver(tmp_path: Path) -> None:
    assert scanned(tmp_path, {"requirements.txt": "chromedriver-py\n"}) == ()


def test_scan_browser_starts__nothing_is_read_if_the_browser_started(tmp_path: Path) -> None:
    files = {"base.py": "import selenium\nb = webdriver.Chrome()\n"}
    assert scanned(tmp_path, files, "AssertionError: another title") == ()
