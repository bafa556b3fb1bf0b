"""No hint, paste or error speaks of a workflow where there is none."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import rehearsal
from rehearsal.config.flag_words import ENVIRONMENT, RULES, in_flags
from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.paste import FLAGS_ONLY, INPUTS_ORIGIN, fit_paste
from rehearsal.verdict import Verdict

FORKS = "GitHub gives no secrets to pull requests from forks and from Dependabot. "
PACKAGE = Path(rehearsal.__file__).parent
# What only somebody with a workflow can do something with.
OF_WORKFLOWS = re.compile(
    r"with:|step's|\$\{\{|(earlier|before this) step\b|your workflow|\bthe input (?!is\b)[a-z]|"
    r"on the runner|larger runner|rehearsal\.yml|repository secret"
)
ROOMS = ("audit/", "config/", "diagnosis/", "outside/", "pipeline/", "redaction/", "source/")
# They never reach somebody who gives flags.
ON_GITHUB = {
    "config/flag_words.py": "the rules themselves",
    "config/input_table.py": "the reference of the action",
    "config/workflow_inputs.py": "the reference of rehearsal.yml",
    "config/preflight.py": "events and jobs of GitHub",
    "diagnosis/own_paste.py": "compares pastes, and shows no words of its own",
    "diagnosis/paste.py": "fits pastes to where the inputs come from",
    "source/changes.py": "fits pastes to where the inputs come from",
}
# Patterns of logs and of our own messages, and texts that are no advice.
NO_ADVICE = re.compile(
    r"\(\?|\\[wds(.]|^\^|^[a-z_.-]+$|^\$\{\{ [^ ]+ \}\}$|^\{?(workflow\|)?your workflow\}?$"
    r"|^action\.yml sets"
)
# What stands for the placeholders of these names; NAME for any other.
SAMPLES = {"line": "port: 80", "name": "port"}


def texts_of(path: Path) -> Iterator[str]:
    """Yield the strings of a module, docstrings excepted; a placeholder becomes NAME."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = {id(each) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
             for each in node.values}  # fmt: skip
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if id(node) in parts | documents:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(
                str(each.value)
                if isinstance(each, ast.Constant)
                else SAMPLES.get(ast.unparse(each.value), "NAME")
                for each in node.values
                if isinstance(each, ast.Constant | ast.FormattedValue)
            )


OURS = "config/flag_words.py"
ALL = {
    str(path.relative_to(PACKAGE)): set(texts_of(path)) for path in sorted(PACKAGE.rglob("*.py"))
}
TEXTS = sorted(
    {
        (path, text)
        for path, texts in ALL.items()
        if path.startswith(ROOMS) and path not in ON_GITHUB
        for text in texts
        if OF_WORKFLOWS.search(text) and not NO_ADVICE.search(text)
    }
)


@pytest.mark.parametrize("path, text", TEXTS)
def test_in_flags__leaves_nothing_of_a_workflow(path: str, text: str) -> None:
    del path
    assert not OF_WORKFLOWS.search(in_flags(text))


def pastes() -> Iterator[tuple[str, str]]:
    for cause in CAUSES:
        for paste in (cause.paste, *(variant.paste for variant in cause.variants)):
            if paste:
                yield cause.id, paste


@pytest.mark.parametrize("name, paste", list(pastes()))
def test_fit_paste__has_flags_alone(name: str, paste: str) -> None:
    del name
    paste = re.sub(r"(?<!\{)\{\w+(\|[^{}]*)?\}(?!\})", "text", paste)
    fits = fit_paste(paste, Facts(verdict=Verdict.CRASHED, lines={INPUTS_ORIGIN: (FLAGS_ONLY,)}))
    assert not OF_WORKFLOWS.search(fits)


@pytest.mark.parametrize(
    "text, words",
    [
        ("Correct test-env in the step's with:.", "Correct --test-env."),
        (
            "There is one. Write in the step's with:\nworking-directory: my src\nport: '80'",
            "There is one. Add on the command line:\n--working-directory 'my src'\n--port 80",
        ),
        (
            f"{FORKS}Write KEY: ${{{{ secrets.KEY }}}} in the step's env:, and KEY under secrets.",
            f"Set KEY in {ENVIRONMENT.replace('NAME', 'KEY', 1)}, and write --secrets KEY.",
        ),
        ("To allow more, raise the input timeout.", "To allow more, raise --timeout."),
        ("The input port is 'http'; it has to be 1", "--port is 'http'; it has to be 1"),
        ("Name its reports in test-reports.", "Name its reports in --test-reports."),
        ("See action/test-env.md and --test-env and test-env: 1", None),
        (
            "# in your workflow, before the step that uses this action:\n- run: npx x",
            "# first:\nnpx x",
        ),
    ],
)  # fmt: skip
def test_in_flags(text: str, words: str | None) -> None:
    assert in_flags(text) == (text if words is None else words)


@pytest.mark.parametrize("number", range(len(RULES)))
def test_rules__are_all_needed(number: int) -> None:
    """A rule for a text that is gone would hide that the new text has none."""
    everything = {text for path, texts in ALL.items() if path != OURS for text in texts}
    pattern, _ = RULES[number]
    before = RULES[:number]

    def earlier(text: str) -> str:
        for each, to in before:
            text = each.sub(to, text)
        return text

    assert any(pattern.search(earlier(text)) for text in everything)


def test_in_flags__of_a_long_value() -> None:
    """Without care the time would grow with the square of its length."""
    value = "a" * 200_000
    assert in_flags(value) == value
