"""What the documents promise is so: tables, quoted examples, error texts, links."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from rehearsal.config.parser import make_plan

TOP = Path(__file__).resolve().parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")
SERVICES = (TOP / "docs/services.md").read_text(encoding="utf-8")
EXAMPLES = sorted((TOP / "docs/examples").glob("*.yml"))
BEFORE = sorted((TOP / "docs/examples/before").glob("*.yml"))
DOCUMENTS = [
    *(TOP / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
    TOP / "action/README.md",
    *(TOP / "action" / name / "README.md" for name in ("rehearsal_capture", "rehearsal_testing")),
    *sorted((TOP / "docs").glob("*.md")),
]
QUOTED = re.compile(r"<!-- quoted: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
# Each from the document that quotes it, as a link would be.
QUOTES = [
    ((document.parent / file).resolve(), quote)
    for document in DOCUMENTS
    for file, quote in QUOTED.findall(document.read_text(encoding="utf-8"))
]
EXPRESSION = re.compile(r"\$\{\{.*?\}\}")
LINK = re.compile(r"(?:\]\(|src=\")(?!https?:)([^)#\"]*)(?:#([^)\"]+))?[)\"]")


def named(path: Path) -> str:
    return path.name if path.parent == TOP else str(path.relative_to(TOP))


def messages() -> Iterator[str]:
    """Yield every text in the code, with … where a value goes."""
    packages = (TOP / "action" / name for name in ("rehearsal", "rehearsal_testing"))
    for path in (TOP / "action/__main__.py", *(p for each in packages for p in each.rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                parts = (v.value if isinstance(v, ast.Constant) else "…" for v in node.values)
                yield "".join(map(str, parts))


def first_cells(document: str, heading: str) -> list[str]:
    """Return the code that each row of the table under a heading begins with."""
    section = document.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `(.+?)` \|", section, re.MULTILINE)


def rehearsals(example: Path) -> Iterator[dict[str, object]]:
    """Yield the inputs of each step that rehearses; a job that calls a workflow has no step."""
    for job in yaml.safe_load(example.read_text(encoding="utf-8"))["jobs"].values():
        for step in job.get("steps", ()):
            if "/action@" in step.get("uses", ""):
                given = step.get("with", {})
                # What an expression becomes, a name or a path say, is one word.
                yield {name: EXPRESSION.sub("filled-in", str(text)) for name, text in given.items()}


def slugs(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in headings}


def test_tables__are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, TOP / "tools/reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_readme__is_short_enough_to_be_read() -> None:
    assert len(README.splitlines()) < 250


def test_documents__quote_every_example() -> None:
    examples = {path for path in (TOP / "docs/examples").rglob("*") if path.is_file()}
    assert {file for file, _ in QUOTES} == examples


@pytest.mark.parametrize("file, quote", QUOTES, ids=[file.name for file, _ in QUOTES])
def test_documents__quote_verbatim(file: Path, quote: str) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    first = quote.splitlines()[0]
    start = next(number for number, line in enumerate(lines) if line.strip() == first)
    taken = "\n".join(lines[start : start + len(quote.splitlines())])
    assert dedent(taken) + "\n" == quote


@pytest.mark.parametrize("path", BEFORE, ids=lambda path: path.name)
def test_what_people_have__is_quoted_whole(path: Path) -> None:
    assert path.read_text(encoding="utf-8") in [quote for file, quote in QUOTES if file == path]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_example__inputs_are_accepted(path: Path, tmp_path: Path) -> None:
    for folder in ("functional_tests", "tests"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "requirements.txt").touch()
    for name in ("Dockerfile", "manage.py", "compose.yaml"):
        (tmp_path / name).touch()
    for given in rehearsals(path):
        plan = make_plan(given, environ={"DJANGO_SECRET_KEY": "any value"}, top=tmp_path)
        assert plan.suite.command


@pytest.mark.parametrize(
    "said", [*first_cells(README, "Troubleshooting"), *first_cells(SERVICES, "If it fails")]
)
def test_troubleshooting__is_keyed_by_what_the_code_says(said: str) -> None:
    assert any(said in message for message in messages())


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links__lead_somewhere(document: Path) -> None:
    links = LINK.findall(document.read_text(encoding="utf-8"))
    for file, anchor in links:
        target = (document.parent / file).resolve() if file else document
        assert target.exists(), f"{document.name} links to {file}"
        if anchor:
            assert anchor in slugs(target.read_text(encoding="utf-8")), f"{file}#{anchor}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_document__names_only_targets_that_exist(document: Path) -> None:
    makefile = (TOP / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE))
    text = document.read_text(encoding="utf-8")
    code = re.findall(r"`make ([a-z0-9-]+)|^make ([a-z0-9-]+)", text, re.MULTILINE)
    assert {one or other for one, other in code} <= targets
