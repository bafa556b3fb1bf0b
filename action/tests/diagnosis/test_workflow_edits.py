"""Obey each edit of a workflow, and read it as YAML."""

import re
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest
import yaml

from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.paste import (
    INPUTS_ORIGIN,
    WORKFLOW_STEP,
    InputsOrigin,
    fit_paste,
    in_step,
    in_step_env,
    step_lines,
)
from rehearsal.diagnosis.workflow_edits import edit_list
from rehearsal.source.workflow_step import find_workflow_step
from rehearsal.verdict import Verdict

from ..advice import WORKFLOW, Scenario, obey

JOB = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n"
HEAD = f"{JOB}      - uses: actions/checkout@v5\n"
TAIL = "      - run: make\n        env:\n          A: b\n"


def step(text: str) -> str:
    return HEAD + indent(dedent(text).lstrip("\n"), "      ") + TAIL


PLAIN = step("- uses: ./action\n")
WITH = step("""
    - name: Rehearse
      with:
        # What the app needs.
        env: ALLOWED_HOSTS=example.com  # production's
        port: 8888

      uses: OWNER/dress-rehearsal/action@v0.1.0
""")
BLOCKS = step("""
    - uses: ./action
      env:
        KEY: ${{ secrets.KEY }}
      with:
          env: |
              ALLOWED_HOSTS=example.com
              DEBUG=0
          secrets: |-
            KEY
          setup-command: "python manage.py check"
""")
FOLDED = step("""
    - uses: ./action
      with:
        env: >
          A=b
""")
CALL = """\
on: push
jobs:
  rehearse:
    uses: OWNER/dress-rehearsal/.github/workflows/rehearsal.yml@v0.1.0
    with:
      env: A=b
    secrets:
      container-secrets: |
        KEY=${{ secrets.KEY }}
  other:
    runs-on: x
"""


def fitted(paste: str, text: str, *, is_call: bool = False) -> str:
    origin = InputsOrigin(is_call=is_call)
    facts = Facts(
        verdict=Verdict.CRASHED,
        lines={
            INPUTS_ORIGIN: origin.lines(),
            WORKFLOW_STEP: step_lines(text, ()),
            "locations": (f"workflow {WORKFLOW}",),
        },
    )
    return fit_paste(paste.replace("{workflow|your workflow}", WORKFLOW), facts)


def obeyed(paste: str, text: str, tmp_path: Path) -> dict[str, Any]:
    """Return the step after the paste was obeyed."""
    file = tmp_path / WORKFLOW
    file.parent.mkdir(parents=True)
    file.write_text(text.replace("OWNER/dress-rehearsal/action@v0.1.0", "./action"))
    obey(fitted(paste, text), Scenario(root=tmp_path, inputs={}))
    (job,) = yaml.safe_load(file.read_text())["jobs"].values()
    assert job["steps"][0] == {"uses": "actions/checkout@v5"}
    assert job["steps"][2] == {"run": "make", "env": {"A": "b"}}
    found: dict[str, Any] = job["steps"][1]
    return found


@pytest.mark.parametrize(
    "text, expected",
    [
        (PLAIN, "B=c"),
        (WITH, "B=c\nALLOWED_HOSTS=example.com"),
        (BLOCKS, "B=c\nALLOWED_HOSTS=example.com\nDEBUG=0\n"),
    ],
    ids=["plain", "with", "blocks"],
)
def test_list__gets_a_line(text: str, expected: str, tmp_path: Path) -> None:
    found = obeyed(in_step("env", "B=c"), text, tmp_path)
    assert found["with"]["env"].rstrip() == expected.rstrip()


@pytest.mark.parametrize(
    "text, expected",
    [(WITH, "ALLOWED_HOSTS=localhost"), (BLOCKS, "ALLOWED_HOSTS=localhost\nDEBUG=0\n")],
    ids=["with", "blocks"],
)
def test_list__gets_another_value(text: str, expected: str, tmp_path: Path) -> None:
    found = obeyed(in_step("env", "ALLOWED_HOSTS=localhost"), text, tmp_path)
    assert found["with"]["env"] == expected


def test_list__gets_several_lines(tmp_path: Path) -> None:
    found = obeyed(in_step("env", "|\n  DEBUG=1\n  B=c"), BLOCKS, tmp_path)
    assert found["with"]["env"] == "DEBUG=1\nB=c\nALLOWED_HOSTS=example.com\n"
    assert found["with"]["secrets"] == "KEY"


def test_script__runs_first(tmp_path: Path) -> None:
    found = obeyed(in_step("setup-command", "python manage.py migrate"), BLOCKS, tmp_path)
    assert found["with"]["setup-command"].split("\n")[:2] == [
        "python manage.py migrate",
        "python manage.py check",
    ]


@pytest.mark.parametrize("text", [PLAIN, WITH, BLOCKS], ids=["plain", "with", "blocks"])
def test_value__is_written(text: str, tmp_path: Path) -> None:
    found = obeyed(in_step("port", "'9000'"), text, tmp_path)
    assert found["with"]["port"] == "9000"
    assert found.get("env", {}).get("KEY", "").startswith("${{") == (text == BLOCKS)


@pytest.mark.parametrize("text", [PLAIN, WITH, BLOCKS], ids=["plain", "with", "blocks"])
def test_secret__and_the_variable_of_the_step(text: str, tmp_path: Path) -> None:
    paste = f"{in_step('secrets', 'NEW')}\n\n{in_step_env('NEW', '${{ secrets.NEW }}')}"
    found = obeyed(paste, text, tmp_path)
    assert "NEW" in found["with"]["secrets"].split()
    assert found["env"]["NEW"] == "${{ secrets.NEW }}"


def test_secret__whose_variable_the_step_has(tmp_path: Path) -> None:
    paste = f"{in_step('secrets', 'KEY')}\n\n{in_step_env('KEY', '${{ secrets.KEY }}')}"
    text = re.sub(r"secrets: \|-\n +KEY", "port: 8888", BLOCKS)
    assert "under the step's env:" not in fitted(f"{paste}\n\n{in_step('port', '80')}", text)
    found = obeyed(paste, text, tmp_path)
    assert found["with"]["secrets"] == "KEY"
    assert found["env"] == {"KEY": "${{ secrets.KEY }}"}


def test_lines__are_numbered_as_editors_do() -> None:
    text = WITH.replace("# What the app needs.", "# What\x0c the\u2028app needs.")
    found = fitted(in_step("port", "'9000'"), text)
    assert found.startswith(fitted(in_step("port", "'9000'"), WITH).partition(",")[0])
    assert "instead of line 11, write:" in found


def test_folded_text__is_described_in_words() -> None:
    words = fitted(in_step("env", "B=c"), FOLDED)
    # YAML allows no key twice.
    assert words.startswith(f"# in {WORKFLOW}, in the step's input env, add this line")


def test_hidden_value__is_described_in_words() -> None:
    text = WITH.replace("ALLOWED_HOSTS=example.com", "KEY=***")
    assert "in the step's input env, add this line" in fitted(in_step("env", "B=c"), text)


def test_call__gives_secrets_in_one_text() -> None:
    paste = f"{in_step('secrets', 'NEW')}\n\n{in_step_env('NEW', '${{ secrets.NEW }}')}"
    assert fitted(paste, CALL, is_call=True) == (
        f"# in {WORKFLOW}, after line 8, add:\n        NEW=${{{{ secrets.NEW }}}}"
    )
    assert fitted(in_step("env", "B=c"), CALL, is_call=True) == (
        f"# in {WORKFLOW}, instead of line 6, write:\n      env: |\n        B=c\n        A=b"
    )


@pytest.mark.parametrize(
    "text, given",
    [
        ("", ()),
        (HEAD, ()),
        (PLAIN + step("- uses: ./action\n").removeprefix(HEAD), ()),
        (PLAIN.replace("./action", "./set-up"), ("env",)),
        (step("- uses: ./action/publish\n"), ()),
        (step("- uses: OWNER/dress-rehearsal/action/publish@v1\n"), ()),
    ],
    ids=["empty", "none", "two", "other inputs", "publish", "publish of a release"],
)
def test_find_workflow_step__is_sure_or_finds_nothing(text: str, given: tuple[str, ...]) -> None:
    assert find_workflow_step(text, given) is None


def test_find_workflow_step__with_flags_over_it() -> None:
    found = find_workflow_step(PLAIN, ["build-args"])
    assert found is not None
    assert found.line == 7


def test_find_workflow_step__by_its_inputs() -> None:
    both = PLAIN + WITH.removeprefix(HEAD)
    found = find_workflow_step(both, ["env"])
    assert found is not None
    assert found.sections.keys() == {"with"}


def test_edit_list__adds_no_line_that_is_there() -> None:
    text = step("- uses: ./action\n  with:\n    generate-secrets: KEY\n")
    found = find_workflow_step(text, ())
    assert found
    assert edit_list(found, "with", "generate-secrets", ["KEY"]) == ""
    edit = edit_list(found, "with", "generate-secrets", ["OTHER", "KEY"])
    assert edit is not None
    assert edit.count("KEY") == 1
    assert "OTHER" in edit


GIVEN = step("""
    - uses: ./action
      env:
        KEY: ${{ secrets.KEY }}
      with:
        test-env: MOZ_HEADLESS=1
        env: |
          A=b
          C=d
        secrets: KEY
        port: "9000"
""")


@pytest.mark.parametrize(
    "paste",
    [
        in_step("test-env", "MOZ_HEADLESS=1"),
        in_step("env", "A=b"),
        in_step("env", "|\n  C=d\n  A=b"),
        in_step("port", "'9000'"),
        f"{in_step('secrets', 'KEY')}\n\n{in_step_env('KEY', '${{ secrets.KEY }}')}",
    ],
)
def test_paste__of_what_the_step_has_already_is_nothing(paste: str) -> None:
    assert fitted(paste, GIVEN) == ""
    other = in_step("host-port", "'8000'", "and ")
    assert fitted(f"{paste}\n\n{other}", GIVEN).startswith(f"# in {WORKFLOW}, after line")


def test_paste__of_what_a_call_has_already_is_nothing() -> None:
    paste = f"{in_step('secrets', 'KEY')}\n\n{in_step_env('KEY', '${{ secrets.KEY }}')}"
    assert fitted(paste, CALL, is_call=True) == ""
    assert fitted(in_step("env", "A=b"), CALL, is_call=True) == ""


HEREDOC = step("""
    - uses: ./action
      with:
        env: |
          KEY<<END
          A=b
            B=c
          END
          C=d
""")


@pytest.mark.parametrize("line", ["A=b", "KEY=x", "C=d", "D=e"])
def test_list__with_a_value_of_several_lines_is_described_in_words(line: str) -> None:
    words = fitted(in_step("env", line), HEREDOC)
    assert words.startswith(f"# in {WORKFLOW}, in the step's input env, add this line")
    assert words.endswith(f"\n{line}")


def test_list__gets_a_value_of_several_lines_whole() -> None:
    words = fitted(in_step("env", "|\n  KEY<<END\n  DEBUG=0\n  END"), BLOCKS)
    assert "add these lines (after env: |):\nKEY<<END\nDEBUG=0\nEND" in words


@pytest.mark.parametrize(
    "lines",
    [
        "with: {env: A=b}",
        "with: *inputs",
        "env: {A: b}",
        "with:\n    'env': A=b",
        "with:\n    <<: *inputs",
    ],
)
def test_find_workflow_step__with_unusual_yaml_is_not_changed_by_lines(lines: str) -> None:
    assert find_workflow_step(step(f"- uses: ./action\n  {lines}\n"), ()) is None
    call = CALL.replace("      container-secrets: |\n        KEY=${{ secrets.KEY }}\n", "")
    assert find_workflow_step(call.replace("secrets:\n", "secrets: inherit\n"), ()) is None
    assert find_workflow_step(step("- uses: ./action\n  with: # ours\n    port: 1\n"), ())
