from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from rehearsal.commands.publish.request import read_request
from rehearsal.commands.workflow.digest_spelling import spell
from rehearsal.results.tests import Failure, SuiteResults
from rehearsal.verdict import MisconfiguredError, Problem, RehearsalError, Verdict

from ...fakes import write_verdict
from .fake_registries import IMAGE, MANIFEST, OTHER

TO = "ghcr.io/owner/app:1"


def flaky(*names: str) -> SuiteResults:
    return SuiteResults(test_count=4, flaky=tuple(Failure(name=name, message="") for name in names))


def write_evidence(folder: Path, **changes: Any) -> Path:
    return write_verdict(folder, image_id=IMAGE, **changes)


def request_for(folder: Path, **inputs: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in inputs.items()}
    return read_request({"evidence-path": str(folder), "to": TO, **named}, top=Path("/"))


def test_read_request__of_a_rehearsal_that_passed(tmp_path: Path) -> None:
    found = request_for(write_evidence(tmp_path, suite_results=SuiteResults(test_count=3)))
    assert found.image_id == IMAGE
    assert found.timeout == 1800
    assert [each.written for each in found.references] == [TO]
    assert found.rehearsal.name == "77-1-c0ffee"


def test_read_request__with_a_relative_path(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    write_evidence(tmp_path / "evidence")
    assert read_request({"evidence-path": "evidence", "to": TO}, top=tmp_path).image_id == IMAGE


def test_read_request__of_an_image_id() -> None:
    found = read_request({"image-id": IMAGE, "to": TO, "timeout": "5"}, top=Path("/"))
    assert (found.image_id, found.rehearsal, found.timeout) == (IMAGE, None, 5)


def digest_of_evidence(folder: Path) -> str:
    return f"sha256:{sha256((folder / 'verdict.json').read_bytes()).hexdigest()}"


@pytest.mark.parametrize("spelling", ["hex", "letters"])
def test_read_request__of_the_verdict_that_the_runner_holds(tmp_path: Path, spelling: str) -> None:
    digest = spell(digest_of_evidence(write_evidence(tmp_path)), spelling)
    found = request_for(tmp_path, verdict_digest=digest)
    assert (found.image_id, found.unproven) == (IMAGE, "")


def test_read_request__refuses_a_verdict_that_was_changed(tmp_path: Path) -> None:
    digest = digest_of_evidence(write_evidence(tmp_path))
    file = tmp_path / "verdict.json"
    file.write_text(file.read_text().replace(IMAGE, OTHER))
    with pytest.raises(RehearsalError) as caught:
        request_for(tmp_path, verdict_digest=digest)
    problem = caught.value.problem
    assert problem.verdict is Verdict.PUBLISH_FAILED
    assert problem.message == (
        "Nothing was pushed. verdict.json is not the file that the rehearsal wrote: its digest is "
        f"{digest_of_evidence(tmp_path)}, and verdict-digest is {digest}."
    )
    assert "belong to different rehearsals" in problem.hint
    # Without the digest nobody can know.
    assert request_for(tmp_path).image_id == OTHER


def test_read_request__a_changed_verdict_is_told_as_such_even_if_it_is_no_json(
    tmp_path: Path,
) -> None:
    digest = digest_of_evidence(write_evidence(tmp_path))
    (tmp_path / "verdict.json").write_text("{")
    with pytest.raises(RehearsalError, match="is not the file that the rehearsal wrote"):
        request_for(tmp_path, verdict_digest=digest)


def test_read_request__says_what_is_not_proven(tmp_path: Path) -> None:
    write_evidence(tmp_path)
    assert "verdict-digest is empty" in request_for(tmp_path).unproven
    assert "verdict-digest is empty" in request_for(tmp_path, image_id=IMAGE).unproven
    alone = read_request({"image-id": IMAGE, "to": TO}, top=Path("/"))
    assert alone.unproven == (
        "It is not proven that this image was rehearsed: only its ID was given."
    )


def test_read_request__pushes_the_image_that_the_runner_holds(tmp_path: Path) -> None:
    found = request_for(write_evidence(tmp_path), image_id=OTHER)
    assert (found.image_id, found.rehearsal.image_id) == (OTHER, IMAGE)


VERSION, LATEST, MAIN = "r.example/app:1.2.3", "r.example/app:latest", "app:main"


@pytest.mark.parametrize(
    "overwrite, protected",
    [
        (None, []),
        ("true", []),
        ("false", [VERSION, LATEST, MAIN]),
        ("latest", [VERSION, MAIN]),
        ("latest\n main \n\n", [VERSION]),
        (LATEST, [VERSION, MAIN]),
        ("docker.io/library/app:main", [VERSION, LATEST]),
    ],
    ids=["by default", "all", "none", "a tag", "two tags", "a reference", "written otherwise"],
)
def test_read_request__overwrite(overwrite: str | None, protected: list[str]) -> None:
    given = {"image-id": IMAGE, "to": f"{VERSION}\n{LATEST}\n{MAIN}", "overwrite": overwrite}
    found = read_request({name: value for name, value in given.items() if value}, top=Path("/"))
    assert [each.written for each in found.protected] == protected


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"problems": (Problem(Verdict.TESTS_FAILED, "w"),)}, "its verdict is tests-failed"),
        ({"shard": "1/2"}, "is shard 1/2"),
        (
            {"suite_results": flaky("shop.test_buys")},
            "A test passed only when it was run again: shop.",
        ),
        (
            {"suite_results": flaky(*"abcd")},
            "4 tests passed only when they were run again: a, b, c, ….",
        ),
        ({"suite_results": flaky(*"abc")}, "run again: a, b, c."),
    ],
    ids=["red", "a part", "flaky", "four flaky", "three flaky"],
)
def test_read_request__rejects_a_rehearsal_that_did_not_pass(
    changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(RehearsalError) as caught:
        request_for(write_evidence(tmp_path, **changes))
    assert caught.value.problem.verdict is Verdict.PUBLISH_FAILED
    assert caught.value.problem.message.startswith("Nothing was pushed. ")
    assert message in caught.value.problem.message
    assert caught.value.problem.hint


def test_read_request__accepts_a_flaky_test_when_allowed(tmp_path: Path) -> None:
    found = request_for(
        write_evidence(tmp_path, suite_results=flaky("shop.test_buys")), allow_flaky="true"
    )
    assert found.rehearsal.suite_results.flaky[0].name == "shop.test_buys"


def test_read_request__without_a_verdict(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError, match=r"The input evidence-path is '.*No such file"):
        request_for(tmp_path)


@pytest.mark.parametrize(
    "given, message",
    [
        ({}, "both empty"),
        ({"verdict-digest": MANIFEST}, "both empty"),
        ({"image-id": IMAGE, "verdict-digest": MANIFEST}, "evidence-path is empty"),
        ({"evidence-path": "x", "verdict-digest": "none"}, "verdict-digest is 'none'; it has to"),
        ({"evidence-path": "x", "verdict-digest": "a" * 64}, "the output verdict-digest of a"),
        ({"image-id": "app:1"}, "a whole ID"),
        ({"image-id": IMAGE[:20]}, "a whole ID"),
        ({"image-id": IMAGE, "to": ""}, "input to is empty"),
        ({"image-id": IMAGE, "overwrite": "never"}, "some of these tags, one a line: 1."),
        ({"image-id": IMAGE, "overwrite": "1\nnever"}, "'1\\nnever'; it has to be true, false, or"),
        ({"image-id": IMAGE, "overwrite": " "}, "true, false, or some of these tags"),
        ({"image-id": IMAGE, "allow-flaky": "yes"}, "one of true, false"),
        ({"image-id": IMAGE, "timeout": "0"}, "from 1 to 86400"),
        ({"image-id": IMAGE, "password": "x"}, "no input named 'password'"),
        ({"evidence-path": "/nowhere", "to": "app"}, "has no tag"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_read_request__rejects_invalid_inputs(given: dict[str, str], message: str) -> None:
    with pytest.raises(MisconfiguredError) as caught:
        read_request({"to": TO} | given, top=Path("/"))
    assert message in caught.value.problem.message
    assert caught.value.problem.hint
