from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.commands.merge.completeness import check_completeness
from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.report.words import MAX_NAMES, join_names
from rehearsal.results.origin import Origin
from rehearsal.verdict import Problem, Verdict

from .samples import IMAGE, OTHER_IMAGE, RUN, matrix, shard, unreadable


def check(shards: Sequence[ShardEvidence], expected: int) -> list[tuple[Verdict, str]]:
    return [(each.verdict, each.message) for each in check_completeness(shards, expected)]


@pytest.mark.parametrize(
    "shards, browsers",
    [(1, []), (1, ["firefox"]), (4, []), (2, ["chrome", "firefox"]), (3, ["chrome"])],
    ids=str,
)
def test_completeness__of_a_complete_matrix(shards: int, browsers: list[str]) -> None:
    assert check(matrix(shards, *browsers), shards * max(1, len(browsers))) == []


@given(
    shards=st.integers(min_value=1, max_value=5),
    browsers=st.lists(st.sampled_from(["chrome", "firefox", "edge"]), unique=True),
    data=st.data(),
)
def test_completeness__finds_each_missing_shard(
    shards: int, browsers: list[str], data: st.DataObject
) -> None:
    complete = matrix(shards, *browsers)
    removed = data.draw(st.sets(st.integers(min_value=0, max_value=len(complete) - 1), min_size=1))
    found = check(
        [each for number, each in enumerate(complete) if number not in removed], len(complete)
    )
    assert (Verdict.CANCELLED, True) in [
        (verdict, "was found for only" in message) for verdict, message in found
    ]


@given(
    shards=st.integers(min_value=1, max_value=5),
    browsers=st.lists(st.sampled_from(["chrome", "firefox"]), unique=True),
    data=st.data(),
)
def test_completeness__finds_each_repeated_shard(
    shards: int, browsers: list[str], data: st.DataObject
) -> None:
    complete = matrix(shards, *browsers)
    again = data.draw(st.sampled_from(complete))
    twin = shard(again.result.shard, again.browser, name="twin")
    assert check([*complete, twin], len(complete))
    for other in complete:
        # The number is right, but the twin replaces another shard.
        if other is not again:
            assert check([*(each for each in complete if each is not other), twin], len(complete))


@pytest.mark.parametrize(
    "shards, expected, message",
    [
        ([shard("1/2")], 2, "Evidence was found for only 1 of 2 rehearsals. Missing: shard 2/2."),
        (
            matrix(2, "a", "b")[1:3],
            4,
            (
                "Evidence was found for only 2 of 4 rehearsals. "
                "Missing: shard 1/2 on a, shard 2/2 on b."
            ),
        ),
        ([shard("1/2", "chrome")], 4, "Evidence was found for only 1 of 4 rehearsals."),
        ([shard("", "chrome")], 2, "Evidence was found for only 1 of 2 rehearsals."),
        ([], 3, "Evidence was found for only 0 of 3 rehearsals."),
    ],
    ids=["one", "two", "another browser", "no shards", "all"],
)
def test_completeness__names_the_missing_if_the_others_tell(
    shards: list[ShardEvidence], expected: int, message: str
) -> None:
    (problem,) = check_completeness(shards, expected)
    assert (problem.verdict, problem.message) == (Verdict.CANCELLED, message)
    assert "A job ended before its evidence was uploaded" in problem.hint


def test_completeness__more_than_expected() -> None:
    message = "Evidence of 3 rehearsals was found, but 2 were expected: a, b, c."
    shards = [shard("", browser, name=name) for browser, name in zip("xyz", "abc", strict=True)]
    assert (Verdict.MISCONFIGURED, message) in check(shards, 2)


def test_completeness__expected_is_no_multiple_of_the_shards() -> None:
    (found,) = check(matrix(2, "chrome"), 3)[1:]
    assert found[1] == "3 rehearsals were expected, but 3 is not a multiple of the 2 shards."


def test_completeness__shards_of_two_splits() -> None:
    (found,) = check([shard("1/2", name="a"), shard("2/3", name="b")], 2)
    assert found == (
        Verdict.MISCONFIGURED,
        "The shards do not come from the same split: a is 1/2, b is 2/3.",
    )


def test_completeness__a_shard_beside_the_whole_suite() -> None:
    (found,) = check([shard("1/2"), shard("")], 2)
    assert "rehearsal is the whole suite" in found[1]


def test_completeness__the_same_shard_in_the_same_browser() -> None:
    shards = [shard("1/2", "chrome"), shard("1/2", "chrome", name="again")]
    assert (
        Verdict.MISCONFIGURED,
        "shard 1/2 on chrome was run 2 times: rehearsal.1-of-2.chrome, again.",
    ) in check(shards, 2)


def test_completeness__the_same_shard_in_browsers_without_a_name() -> None:
    shards = [shard(part, name=f"{part[0]}-{b}") for part in ("1/2", "2/2") for b in "ab"]
    assert check(shards, 4) == []
    assert "was run 3 times" in check([*shards[:3], shard("1/2", name="1-c")], 4)[0][1]


@pytest.mark.parametrize(
    "changes, message",
    [
        (
            {"image_id": OTHER_IMAGE},
            f"{IMAGE} in shard 1/3, shard 3/3; {OTHER_IMAGE} in shard 2/3.",
        ),
        ({"image_id": ""}, f"{IMAGE} in shard 1/3, shard 3/3; no image ID in shard 2/3."),
    ],
    ids=["another", "none"],
)
def test_completeness__another_image(changes: dict[str, Any], message: str) -> None:
    (found,) = check([shard("1/3"), shard("2/3", **changes), shard("3/3")], 3)
    assert found == (
        Verdict.ERROR,
        f"The shards did not all rehearse the same image: {message}",
    )


def test_completeness__passes_without_an_image() -> None:
    (found,) = check([shard("1/2", image_id=""), shard("2/2", image_id="")], 2)
    assert found[1].endswith("the same image: no image ID in shard 1/2, shard 2/2.")


def test_completeness__a_failed_build_has_no_image() -> None:
    failed = shard("2/2", image_id="", problem=Problem(Verdict.BUILD_FAILED, "no"))
    assert check([shard("1/2"), failed], 2) == []


@pytest.mark.parametrize(
    "origin, message",
    [
        (Origin(run="https://other", commit="c0ffee"), f"workflow runs: {RUN}, https://other."),
        (Origin(run=RUN, commit="dead"), "commits: c0ffee, dead."),
    ],
    ids=["runs", "commits"],
)
def test_completeness__another_run_or_commit(origin: Origin, message: str) -> None:
    (found,) = check([shard("1/2"), shard("2/2", origin=origin)], 2)
    assert found == (Verdict.MISCONFIGURED, f"The shards come from different {message}")


def test_completeness__an_unreadable_shard_is_not_missing() -> None:
    assert check([shard("1/2"), unreadable("x")], 2) == []


def test_join_names__cuts_a_long_list() -> None:
    assert join_names(map(str, range(MAX_NAMES + 3))).endswith("11 and 3 more")
    assert join_names([]) == ""


def test_completeness__reports_each_of_two_faults() -> None:
    faults = [
        shard("1/2", name="again"),
        shard("2/2", name="alien", image_id=OTHER_IMAGE),
        shard("1/2", name="stray", origin=Origin(run="https://other", commit="c0ffee")),
    ]
    for pair in combinations(faults, 2):
        assert len(check([*matrix(2), *pair], 2)) >= 2
