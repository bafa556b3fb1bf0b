import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.publish.order import read_order
from rehearsal.verdict import Misconfigured, Problem, Verdict

from .fake_registries import IMAGE

TO = "ghcr.io/owner/app:1"
PASSED: dict[str, Any] = {
    "version": 1,
    "rehearsal": "77-1-c0ffee",
    "verdict": "passed",
    "image-id": IMAGE,
    "tests": {"ran": 3, "failures": 0, "failed": [], "flaky": []},
    "shard": None,
}
FLAKY = {**PASSED["tests"], "flaky": [{"name": "shop.test_buys"}]}


def order(tmp_path: Path, document: object, **given: str) -> Any:
    (tmp_path / "verdict.json").write_text(
        document if isinstance(document, str) else json.dumps(document)
    )
    inputs = {name.replace("_", "-"): value for name, value in given.items()}
    return read_order({"evidence-path": str(tmp_path), "to": TO, **inputs}, top=Path("/"))


def test_read_order__of_a_rehearsal_that_passed(tmp_path: Path) -> None:
    found = order(tmp_path, PASSED)
    assert found.image_id == IMAGE
    assert found.timeout == 1800
    assert [each.written for each in found.to] == [TO]
    assert (found.rehearsed.name, found.rehearsed.tests) == ("77-1-c0ffee", 3)


def test_read_order__below_the_working_directory(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence/verdict.json").write_text(json.dumps(PASSED))
    assert read_order({"evidence-path": "evidence", "to": TO}, top=tmp_path).image_id == IMAGE


def test_read_order__of_an_image_that_the_caller_vouches_for() -> None:
    found = read_order({"image-id": IMAGE, "to": TO, "timeout": "5"}, top=Path("/"))
    assert (found.image_id, found.rehearsed, found.timeout) == (IMAGE, None, 5)


@pytest.mark.parametrize("overwrite", ["true", "false"])
def test_read_order__overwrite(overwrite: str) -> None:
    found = read_order({"image-id": IMAGE, "to": TO, "overwrite": overwrite}, top=Path("/"))
    assert found.overwrite is (overwrite == "true")


@pytest.mark.parametrize(
    "changes",
    [
        {"tests": None},
        {"tests": {"ran": None, "failures": None}},
        {"shard": "1/1"},
        {"shards": [{"shard": "1/2"}, {"shard": "2/2"}], "shard": None},
        {"a-field-of-the-future": 1},
    ],
    ids=str,
)
def test_read_order__passes(changes: dict[str, Any], tmp_path: Path) -> None:
    assert order(tmp_path, PASSED | changes).image_id == IMAGE


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"verdict": "tests-failed"}, "ended as 'tests-failed'"),
        ({"verdict": None}, "ended as 'None'"),
        ({"verdict": "passed "}, "ended as 'passed '"),
        ({"image-id": ""}, "names no image"),
        ({"image-id": "sha256:short"}, "names no image"),
        ({"shard": "1/2"}, "is shard '1/2'"),
        ({"shard": "11/11"}, "is shard '11/11'"),
        ({"tests": FLAKY}, "A test passed only when it was run again: shop.test_buys."),
        (
            {"tests": {**FLAKY, "flaky": [{"name": name} for name in "abcd"]}},
            "4 tests passed only when they were run again: a, b, c, ….",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_read_order__only_what_passed_is_published(
    changes: dict[str, Any], words: str, tmp_path: Path
) -> None:
    with pytest.raises(Problem) as caught:
        order(tmp_path, PASSED | changes)
    assert caught.value.verdict is Verdict.PUBLISH_FAILED
    assert caught.value.what.startswith("Nothing was pushed. ")
    assert words in caught.value.what
    assert caught.value.advice


def test_read_order__flaky_when_allowed(tmp_path: Path) -> None:
    found = order(tmp_path, PASSED | {"tests": FLAKY}, allow_flaky="true")
    assert found.rehearsed.flaky == ("shop.test_buys",)


@pytest.mark.parametrize(
    "document", ["no json", "[]", '{"version": 2, "verdict": "passed"}', '{"verdict": "passed"}']
)
def test_read_order__what_is_no_verdict(document: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"is no verdict\.json of version 1"):
        order(tmp_path, document)


def test_read_order__without_a_verdict(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="No such file") as caught:
        read_order({"evidence-path": str(tmp_path), "to": TO}, top=Path("/"))
    assert "evidence: always" in caught.value.advice


@pytest.mark.parametrize(
    "given, words",
    [
        ({}, "both empty"),
        ({"evidence-path": "x", "image-id": IMAGE}, "both given"),
        ({"image-id": "app:1"}, "a whole ID"),
        ({"image-id": IMAGE[:20]}, "a whole ID"),
        ({"image-id": IMAGE, "to": ""}, "input to is empty"),
        ({"image-id": IMAGE, "overwrite": "never"}, "one of true, false"),
        ({"image-id": IMAGE, "allow-flaky": "yes"}, "one of true, false"),
        ({"image-id": IMAGE, "timeout": "0"}, "from 1 to 86400"),
        ({"image-id": IMAGE, "password": "x"}, "no input named 'password'"),
        ({"evidence-path": "/nowhere", "to": "app"}, "has no tag"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_read_order__wrong_inputs(given: dict[str, str], words: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        read_order({"to": TO} | given, top=Path("/"))
    assert words in caught.value.what
    assert caught.value.advice
