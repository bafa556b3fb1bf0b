"""The harness of the scenarios: what would make some pass that should not."""

import json
from pathlib import Path

import pytest
import yaml

from .e2e import job_outputs
from .e2e.planted_secrets import IN_LINES, PEM, find
from .e2e.workflow import with_dropped_outputs, with_recorder, workflow
from .e2e.workflow_commands import Annotation, Masker, lines_of, parse_step_logs


def test_understand__annotations_are_unescaped() -> None:
    shown = parse_step_logs(
        ["::error file=a%2Cb.py,line=3,title=x%3A y::one%0Atwo 100%25", "plain"]
    )
    assert shown.annotations == (
        Annotation(
            level="error",
            text="one\ntwo 100%",
            properties={"file": "a,b.py", "line": "3", "title": "x: y"},
        ),
    )
    assert shown.lines == ("##[error]one", "two 100%", "plain")


def test_understand__masks_are_heard_and_not_shown() -> None:
    shown = parse_step_logs(["::add-mask::hush", "  ::ADD-MASK::hush too"])
    assert shown.masks == ("hush", "hush too")
    assert shown.lines == ()


def test_understand__stopped_commands_are_plain_lines() -> None:
    lines = ["::stop-commands::t0k3n", "::error::not obeyed", "::t0k3n::", "::error::obeyed"]
    shown = parse_step_logs(lines)
    assert [each.text for each in shown.annotations] == ["obeyed"]
    assert "::error::not obeyed" in shown.lines


def test_understand__the_next_step_obeys_again_and_masks_stay() -> None:
    shown = parse_step_logs(["::add-mask::hush", "::stop-commands::t0k3n"], ["::notice::hush now"])
    assert [each.text for each in shown.annotations] == ["*** now"]


def test_understand__old_commands_count_wherever_they_begin() -> None:
    shown = parse_step_logs(["what a file is called: ##[error title=x]pwned", "##[no-such]command"])
    assert [each.text for each in shown.annotations] == ["pwned"]
    assert "##[no-such]command" in shown.lines


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("::no-such::value", id="unknown-name"),
        pytest.param("text ::error::value", id="text-before"),
        pytest.param("::error value", id="no-second-colons"),
        pytest.param(": :error::value", id="spaced-colons"),
    ],
)
def test_understand__what_is_no_command(line: str) -> None:
    assert parse_step_logs([line]).lines == (line,)
    assert not parse_step_logs([line]).obeyed


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param('say "hu&sh" now', id="plain"),
        pytest.param("say Imh1JnNoIg== now", id="base64"),
        pytest.param("say %22hu%26sh%22 now", id="url"),
        pytest.param('say \\"hu&sh\\" now', id="json"),
        pytest.param("say &quot;hu&amp;sh&quot; now", id="xml"),
    ],
)
def test_understand__a_mask_hides_from_its_line_on(shown: str) -> None:
    understood = parse_step_logs([shown, '::add-mask::"hu&sh"', shown])
    assert understood.lines == (shown, "say *** now")
    assert understood.bare == (shown, shown)
    assert understood.masked(shown) == "say *** now"


def test_understand__a_mask_of_several_lines_hides_each() -> None:
    shown = parse_step_logs(["::add-mask::%250A stays%0A first%0Asecond "])
    assert shown.masked("%0A stays, first, second") == "***, ***, ***"


def test_lines_of__is_how_the_runner_reads() -> None:
    assert lines_of("one\rtwo\r\nthree\x0bfour\u2028five\n") == [
        "one",
        "two",
        "three\x0bfour\u2028five",
    ]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"...MIIEvQ plus the middle line...", id="one-line-of-several"),
        pytest.param(b"p%25ss%20word%21", id="url-encoded"),
        pytest.param(b"cCVzcyB3b3JkIQ==", id="base64"),
        pytest.param(b"[p%ss word!]", id="plain"),
    ],
)
def test_find__sees_every_form(content: bytes) -> None:
    secrets = {"LINES": "-----BEGIN\nMIIEvQ plus the middle line\n-----END", "PLAIN": "p%ss word!"}
    assert len(find(secrets, {"a place": content})) == 1


def test_find__armour_alone_is_no_secret() -> None:
    assert not find({"PEM": PEM}, {"a place": b"-----BEGIN PRIVATE KEY-----"})


def test_recorded__adds_a_step_to_the_named_job_only() -> None:
    text = workflow("- run: 'true'") + "  gate:\n    needs: rehearse\n    steps:\n      - run: x\n"
    twice = with_recorder(text, "gate")
    assert twice.count("Record what the steps left") == 2
    assert twice.index("gate:") < twice.rindex("Record what the steps left")


@pytest.mark.parametrize(
    "output",
    [
        pytest.param('{"include": []}', id="brace"),
        pytest.param("chrome,firefox", id="whole"),
        pytest.param("-----END PRIVATE KEY-----", id="armour"),
        pytest.param("ZmlyZWZveA==", id="base64"),
        pytest.param("a first and second b", id="around-ampersand"),
    ],
)
def test_masker__drops_outputs_with_a_line_of_a_secret(output: str) -> None:
    masker = Masker()
    for value in (*IN_LINES.values(), " \n", "x& first and second"):
        masker.add_secret(value)
    assert masker.drops(output)
    assert not masker.drops("1,2,3")
    assert not masker.drops("ghcr.io/owner/app:1=sha256:0")


JOBS = """
jobs:
  build:
    outputs:
      # why
      matrix: ${{ steps.a.outputs.matrix }}
      image-attempt: ${{ github.run_attempt || 'none' }}
    steps:
      - run: "true"
  next:
    steps: []
"""


def test_dropped_outputs__are_those_with_a_line_of_a_secret(tmp_path: Path) -> None:
    build = yaml.safe_load(with_dropped_outputs(JOBS, "build"))["jobs"]["build"]
    assert build["outputs"] == {
        name: f"${{{{ steps.job-outputs.outputs.{name} }}}}" for name in ("matrix", "image-attempt")
    }
    assert build["steps"][-1]["env"]["JOB_OUTPUT_image_attempt"].startswith("${{ github.run_")
    secrets, output = tmp_path / "secrets", tmp_path / "output"
    secrets.write_text(json.dumps(IN_LINES))
    left = {"JOB_OUTPUT_matrix": '{"a": 1}', "JOB_OUTPUT_image_attempt": "1", "JOB_OUTPUT_b": ""}
    job_outputs.main(
        left | {"JOB_SECRETS": "{}", "SECRETS_FILE": str(secrets), "GITHUB_OUTPUT": str(output)}
    )
    assert output.read_text() == "image-attempt<<END-OF-OUTPUT\n1\nEND-OF-OUTPUT\n"
