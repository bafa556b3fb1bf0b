from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.commands.merge.completeness import missing_or_repeated
from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.report.words import MOST_NAMED, listed
from rehearsal.results.origin import Origin
from rehearsal.verdict import Problem, Verdict

from .samples import IMAGE, RUN, broken, leg, matrix

THEIRS = "their evidence"
OTHER = f"sha256:{'2' * 64}"


def called(legs: Sequence[ShardEvidence], expected: int) -> list[tuple[Verdict, str]]:
    return [(each.verdict, each.message) for each in missing_or_repeated(legs, expected)]


@pytest.mark.parametrize(
    "shards, browsers",
    [(1, []), (1, ["firefox"]), (4, []), (2, ["chrome", "firefox"]), (3, ["chrome"])],
    ids=str,
)
def test_roll_call__of_a_whole_matrix_finds_nothing(shards: int, browsers: list[str]) -> None:
    assert called(matrix(shards, *browsers), shards * max(1, len(browsers))) == []


@given(
    shards=st.integers(min_value=1, max_value=5),
    browsers=st.lists(st.sampled_from(["chrome", "firefox", "edge"]), unique=True),
    data=st.data(),
)
def test_roll_call__whoever_is_missing_is_noticed(
    shards: int, browsers: list[str], data: st.DataObject
) -> None:
    whole = matrix(shards, *browsers)
    left = data.draw(st.sets(st.integers(min_value=0, max_value=len(whole) - 1), min_size=1))
    found = called([each for number, each in enumerate(whole) if number not in left], len(whole))
    assert (Verdict.CANCELLED, True) in [(verdict, "left their" in what) for verdict, what in found]


@given(
    shards=st.integers(min_value=1, max_value=5),
    browsers=st.lists(st.sampled_from(["chrome", "firefox"]), unique=True),
    data=st.data(),
)
def test_roll_call__whoever_is_there_twice_is_noticed(
    shards: int, browsers: list[str], data: st.DataObject
) -> None:
    whole = matrix(shards, *browsers)
    again = data.draw(st.sampled_from(whole))
    twin = leg(again.result.shard, again.browser, name="twin")
    assert called([*whole, twin], len(whole))
    for other in whole:
        # Just as many as there should be: it stands where another is missing.
        if other is not again:
            assert called([*(each for each in whole if each is not other), twin], len(whole))


@pytest.mark.parametrize(
    "legs, expected, words",
    [
        ([leg("1/2")], 2, "Of 2 rehearsals only 1 left their evidence: shard 2/2 is missing."),
        (
            matrix(2, "a", "b")[1:3],
            4,
            f"Of 4 rehearsals only 2 left {THEIRS}: shard 1/2 on a, shard 2/2 on b are missing.",
        ),
        ([leg("1/2", "chrome")], 4, "Of 4 rehearsals only 1 left their evidence."),
        ([leg("", "chrome")], 2, "Of 2 rehearsals only 1 left their evidence."),
        ([], 3, "Of 3 rehearsals only 0 left their evidence."),
    ],
    ids=["one", "two", "a browser of which nothing is known", "no shards", "all"],
)
def test_roll_call__names_who_is_missing_where_the_others_tell(
    legs: list[ShardEvidence], expected: int, words: str
) -> None:
    (problem,) = missing_or_repeated(legs, expected)
    assert (problem.verdict, problem.message) == (Verdict.CANCELLED, words)
    assert "A job ended before its evidence was uploaded" in problem.hint


def test_roll_call__more_than_expected() -> None:
    words = "3 rehearsals left their evidence where 2 were expected: a, b, c."
    legs = [leg("", browser, name=name) for browser, name in zip("xyz", "abc", strict=True)]
    assert (Verdict.MISCONFIGURED, words) in called(legs, 2)


def test_roll_call__a_number_that_no_matrix_of_these_shards_has() -> None:
    (found,) = called(matrix(2, "chrome"), 3)[1:]
    assert found[1] == "3 rehearsals were expected, which is no multiple of the 2 shards."


def test_roll_call__shards_of_two_divisions() -> None:
    (found,) = called([leg("1/2"), leg("2/3")], 2)
    assert found == (
        Verdict.MISCONFIGURED,
        "The shards are not of one division: rehearsal.1-of-2 is 1/2, rehearsal.2-of-3 is 2/3.",
    )


def test_roll_call__a_shard_beside_the_whole() -> None:
    (found,) = called([leg("1/2"), leg("")], 2)
    assert "rehearsal is the whole" in found[1]


def test_roll_call__the_same_shard_in_the_same_browser() -> None:
    legs = [leg("1/2", "chrome"), leg("1/2", "chrome", name="again")]
    assert (
        Verdict.MISCONFIGURED,
        "shard 1/2 on chrome was run 2 times: rehearsal.1-of-2.chrome, again.",
    ) in called(legs, 2)


def test_roll_call__the_same_shard_in_browsers_that_only_the_names_tell() -> None:
    legs = [leg(shard, name=f"{shard[0]}-{b}") for shard in ("1/2", "2/2") for b in "ab"]
    assert called(legs, 4) == []
    assert "was run 3 times" in called([*legs[:3], leg("1/2", name="1-c")], 4)[0][1]


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"image_id": OTHER}, f"{IMAGE} in shard 1/3, shard 3/3; {OTHER} in shard 2/3."),
        ({"image_id": ""}, f"{IMAGE} in shard 1/3, shard 3/3; no image ID in shard 2/3."),
    ],
    ids=["another", "none"],
)
def test_roll_call__not_the_same_image(changes: dict[str, Any], words: str) -> None:
    (found,) = called([leg("1/3"), leg("2/3", **changes), leg("3/3")], 3)
    assert found == (
        Verdict.ERROR,
        f"The shards did not all rehearse the same image: {words}",
    )


def test_roll_call__what_passed_without_an_image() -> None:
    (found,) = called([leg("1/2", image_id=""), leg("2/2", image_id="")], 2)
    assert found[1].endswith("the same image: no image ID in shard 1/2, shard 2/2.")


def test_roll_call__where_nothing_was_built_there_is_no_other_image() -> None:
    failed = leg("2/2", image_id="", problem=Problem(Verdict.BUILD_FAILED, "no"))
    assert called([leg("1/2"), failed], 2) == []


@pytest.mark.parametrize(
    "where, words",
    [
        (Origin(run="https://other", commit="c0ffee"), f"workflow runs: {RUN}, https://other."),
        (Origin(run=RUN, commit="dead"), "commits: c0ffee, dead."),
    ],
    ids=["runs", "commits"],
)
def test_roll_call__of_another_run(where: Origin, words: str) -> None:
    (found,) = called([leg("1/2"), leg("2/2", origin=where)], 2)
    assert found == (Verdict.MISCONFIGURED, f"The shards are of different {words}")


def test_roll_call__what_could_not_be_read_is_there_all_the_same() -> None:
    assert called([leg("1/2"), broken("x")], 2) == []


def test_listed__a_long_row_is_cut() -> None:
    assert listed(map(str, range(MOST_NAMED + 3))).endswith("11 and 3 more")
    assert listed([]) == ""


def test_roll_call__each_pair_of_faults_is_told_in_full() -> None:
    faults = [
        leg("1/2", name="again"),
        leg("2/2", name="alien", image_id=OTHER),
        leg("1/2", name="stray", origin=Origin(run="https://other", commit="c0ffee")),
    ]
    for pair in combinations(faults, 2):
        assert len(called([*matrix(2), *pair], 2)) >= 2
