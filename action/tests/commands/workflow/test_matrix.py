import json
import re
from collections.abc import Callable
from dataclasses import astuple
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.commands.workflow.matrix import MatrixJob, find_job, matrix_outputs, read_matrix
from rehearsal.commands.workflow.matrix_job import count_jobs, matrix_job
from rehearsal.config.workflow_inputs import BROWSER_NAME, read_inputs
from rehearsal.local.expressions.template import interpolate
from rehearsal.verdict import MisconfiguredError

from ...local.test_expressions import FakeContext
from .conftest import Job

WORKFLOW = Path(__file__).resolve().parents[4] / ".github/workflows/rehearsal.yml"
STRATEGY = yaml.safe_load(WORKFLOW.read_text())["jobs"]["rehearse"]["strategy"]
BROWSERS = st.lists(st.from_regex(BROWSER_NAME.pattern, fullmatch=True), max_size=8, unique=True)


def matrix(**inputs: object) -> tuple[MatrixJob, ...]:
    named = {name.replace("_", "-"): value for name, value in inputs.items()}
    return read_matrix(read_inputs(named))


@pytest.mark.parametrize(
    "inputs, expected",
    [
        pytest.param({}, [(1, 1, "")], id="one"),
        pytest.param({"shards": 2}, [(1, 2, ""), (2, 2, "")], id="shards"),
        pytest.param({"browsers": "chrome"}, [(1, 1, "chrome")], id="browser"),
        pytest.param(
            {"shards": 2, "browsers": "chrome\n\n firefox\n"},
            [(1, 2, "chrome"), (2, 2, "chrome"), (1, 2, "firefox"), (2, 2, "firefox")],
            id="both",
        ),
        pytest.param(
            {"browsers": '["chrome", "firefox"]'}, [(1, 1, "chrome"), (1, 1, "firefox")], id="json"
        ),
    ],
)
def test_read_matrix__every_shard_in_every_browser(
    inputs: dict[str, object], expected: list[tuple[int, int, str]]
) -> None:
    assert [astuple(job) for job in matrix(**inputs)] == expected


def on_github(inputs: dict[str, Any], outputs: dict[str, str]) -> list[tuple[str, str]]:
    """Return the shard and the browser of each job, as GitHub evaluates the matrix."""
    contexts = {
        "inputs": FakeContext("inputs", {"browsers": ""} | inputs),
        "needs": FakeContext("needs", {"build": {"outputs": dict(outputs)}}),
    }

    def values(name: str) -> list[object]:
        expression = STRATEGY["matrix"][name].removeprefix("${{").removesuffix("}}")
        found: list[object] = json.loads(interpolate(f"${{{{ toJSON({expression}) }}}}", contexts))
        return found

    return [(str(shard), str(name)) for name, shard in product(values("browser"), values("shard"))]


@given(
    shards=st.integers(1, 32),
    browsers=BROWSERS,
    written=st.sampled_from(
        [json.dumps, "\n".join, " \n ".join, lambda names: f" \n{json.dumps(names, indent=1)}"]
    ),
)
def test_matrix__on_github_has_each_job_once(
    shards: int, browsers: list[str], written: Callable[[list[str]], str]
) -> None:
    text = written(browsers) if browsers else ""
    jobs = matrix(shards=shards, browsers=text)
    outputs = matrix_outputs(jobs)
    assert re.fullmatch(r"[0-9,]+ [0-9,]+", " ".join(outputs.values()))
    places = on_github({"browsers": text}, outputs)
    assert [find_job(jobs, shard, browser) for shard, browser in places] == list(jobs)


@pytest.mark.parametrize(
    "browsers, titles",
    [
        pytest.param("", [("1", "tests"), ("2", "tests")], id="none"),
        pytest.param('["firefox"]', [("1", "firefox"), ("2", "firefox")], id="json"),
        pytest.param("firefox", [("1", "firefox"), ("2", "firefox")], id="line"),
        pytest.param("firefox\n", [("1", "browser 1"), ("2", "browser 1")], id="lines"),
    ],
)
def test_matrix__names_browsers_where_an_expression_can_read_them(
    browsers: str, titles: list[tuple[str, str]]
) -> None:
    assert on_github({"browsers": browsers}, {"shards": "1,2", "browsers": "1"}) == titles


def test_matrix__without_outputs_is_still_valid() -> None:
    assert on_github({"browsers": "a\nb"}, {}) == [("0", "browser ")]


@pytest.mark.parametrize(
    "shard, browser", [("3", "chrome"), ("0", "chrome"), ("1", "browser 2"), ("1", ""), ("", "")]
)
def test_find_job__rejects_a_place_that_the_inputs_do_not_have(shard: str, browser: str) -> None:
    with pytest.raises(MisconfiguredError, match="The matrix has no shard"):
        find_job(matrix(shards=2, browsers="chrome"), shard, browser)


def test_matrix_job__sets_what_its_steps_need(job: Job) -> None:
    inputs = {"shards": 2.0, "browsers": "chrome\nfirefox", "artifact-name": "web"}
    job.environ["REHEARSAL_INPUTS"] = json.dumps(inputs)
    assert matrix_job("2", "browser 2", job.environ, job.console) == 0
    expected = {"shard": "2/2", "test-env": "BROWSER=firefox", "artifact": "web.2-of-2.firefox"}
    assert job.outputs == expected
    assert job.log == "this job: shard 2/2 on firefox\n"
    assert count_jobs(job.environ, job.console) == 0
    assert job.outputs == expected | {"job-count": "4"}


def test_outputs__of_a_shard_in_a_browser() -> None:
    assert MatrixJob(shard_number=2, shard_count=3, browser="firefox").outputs("web") == {
        "shard": "2/3",
        "test-env": "BROWSER=firefox",
        "artifact": "web.2-of-3.firefox",
    }


def test_outputs__of_the_whole_suite() -> None:
    whole = MatrixJob(shard_number=1, shard_count=1, browser="")
    assert whole.title == "all tests"
    assert whole.outputs("web") == {
        "shard": "",
        "test-env": "",
        "artifact": "web.1-of-1",
    }


def test_outputs__artifact_names_are_unique() -> None:
    names = [job.outputs("web")["artifact"] for job in matrix(shards=12, browsers="a\nb\n1")]
    assert len(set(names)) == 36


@pytest.mark.parametrize(
    "inputs, allowed",
    [
        pytest.param({"shards": "many"}, "a whole number from 1 to 256", id="no-number"),
        pytest.param({"shards": 257}, "a whole number from 1 to 256", id="too-many"),
        pytest.param({"shards": 2.5}, "a whole number from 1 to 256", id="half-a-shard"),
        pytest.param(
            {"shards": 129, "browsers": "a\nb"}, "at most 128 with 2 browsers", id="product"
        ),
        pytest.param({"browsers": "a b"}, "different names", id="space"),
        pytest.param({"browsers": "a\na"}, "different names", id="twice"),
        pytest.param({"browsers": "[]"}, "different names", id="no-browser"),
        pytest.param({"browsers": "[1]"}, "different names", id="no-name"),
        pytest.param({"browsers": '["a"'}, "different names", id="broken-json"),
    ],
)
def test_read_matrix__rejects(inputs: dict[str, object], allowed: str) -> None:
    with pytest.raises(MisconfiguredError, match=f"it has to be .*{allowed}"):
        matrix(**inputs)


def test_read_matrix__rejects_browsers_with_browser_in_test_env() -> None:
    assert matrix(test_env="BROWSER=edge") == (
        MatrixJob(shard_number=1, shard_count=1, browser=""),
    )
    with pytest.raises(MisconfiguredError, match="Both the input browsers and BROWSER"):
        matrix(browsers="chrome", test_env="A=1\nBROWSER=edge")
