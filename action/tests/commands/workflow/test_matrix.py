from dataclasses import astuple

import pytest

from rehearsal.commands.workflow.matrix import MatrixJob, read_matrix
from rehearsal.config.workflow_inputs import read_inputs
from rehearsal.verdict import MisconfiguredError


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


def test_entry__of_a_shard_in_a_browser() -> None:
    assert MatrixJob(shard_number=2, shard_count=3, browser="firefox").entry("web") == {
        "title": "shard 2/3 on firefox",
        "shard": "2/3",
        "test-env": "BROWSER=firefox",
        "artifact": "web.2-of-3.firefox",
    }


def test_entry__of_the_whole_suite() -> None:
    assert MatrixJob(shard_number=1, shard_count=1, browser="").entry("web") == {
        "title": "all tests",
        "shard": "",
        "test-env": "",
        "artifact": "web.1-of-1",
    }


def test_entry__artifact_names_are_unique() -> None:
    names = [job.entry("web")["artifact"] for job in matrix(shards=12, browsers="a\nb\n1")]
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
