from pathlib import Path

import pytest

from rehearsal.evidence.require_passed import require_passed
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import SuiteResults
from rehearsal.verdict import MisconfiguredError, Problem, RehearsalError, Verdict

from ..fakes import write_verdict

ID = f"sha256:{'1' * 64}"


def read(folder: Path) -> RehearsalResult:
    return require_passed(folder, given="--here is 'x'", otherwise="Nothing is done.")


@pytest.mark.parametrize("shard", ["", "1/1"])
def test_require_passed__a_complete_pass(tmp_path: Path, shard: str) -> None:
    assert (
        read(
            write_verdict(tmp_path, shard=shard, suite_results=SuiteResults(test_count=3))
        ).image_id
        == ID
    )


@pytest.mark.parametrize("verdict", [each for each in Verdict if each is not Verdict.PASSED])
def test_require_passed__refuses_other_verdicts(tmp_path: Path, verdict: Verdict) -> None:
    with pytest.raises(
        RehearsalError, match=rf"Nothing is done\. .* its verdict is {verdict}\."
    ) as raised:
        read(write_verdict(tmp_path, problems=(Problem(verdict, "w"),)))
    assert raised.value.problem.verdict is Verdict.PUBLISH_FAILED
    assert raised.value.problem.hint


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"shard": "1/2"}, "is shard 1/2: the other"),
        ({"shard": "11/11"}, "is shard 11/11"),
        ({"image_id": ""}, "image-id is ''"),
        ({"image_id": "latest"}, "image-id is 'latest'"),
        ({"image_id": f"{ID}\n"}, "image-id is"),
    ],
    ids=["a part", "the last part", "none", "a name", "a line break"],
)
def test_require_passed__refuses_a_shard_and_an_unknown_image(
    tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    with pytest.raises(RehearsalError, match=words):
        read(write_verdict(tmp_path, **changes))


@pytest.mark.parametrize(
    "text, words",
    [
        (None, "No such file"),
        ("no json", "it is not JSON"),
        ("[]", "it is not an object"),
        ('{"version": 9}', "its format is 9"),
        ('{"version": 1, "verdict": "passed"}', "rehearsal"),
    ],
    ids=["not there", "no json", "no object", "newer", "hardly anything"],
)
def test_require_passed__refuses_a_file_that_is_not_a_verdict(
    tmp_path: Path, text: str | None, words: str
) -> None:
    if text is not None:
        (tmp_path / "verdict.json").write_text(text)
    with pytest.raises(
        MisconfiguredError, match=r"--here is 'x', and verdict\.json in it"
    ) as raised:
        read(tmp_path)
    assert words in raised.value.problem.message
    assert "evidence: always" in raised.value.problem.hint


def test_require_passed__refuses_a_pass_with_failures(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError, match="1 tests failed"):
        read(write_verdict(tmp_path, suite_results=SuiteResults(test_count=3, failure_count=1)))
