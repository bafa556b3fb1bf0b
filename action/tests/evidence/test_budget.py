from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.evidence.budget import MAX_WORTHY, Worth, choose, room, worth


@dataclass(frozen=True)
class File:
    target: str
    size: int = 1


@pytest.mark.parametrize(
    "target, expected",
    [
        ("tests/junit/TEST-a.xml", Worth.REPORT),
        ("tests/junit/deep/a.XML", Worth.REPORT),
        ("tests/t/screenshot.png", Worth.PICTURE),
        ("tests/t/any.JPEG", Worth.PICTURE),
        ("tests/t/page.html", Worth.PAGE),
        ("tests/t/console.log", Worth.CONSOLE),
        ("tests/t/notes.txt", Worth.CONSOLE),
        ("tests/t/video.webm", Worth.OTHER),
        ("tests/t/data.xml", Worth.OTHER),
        ("tests/core", Worth.OTHER),
    ],
)
def test_worth(target: str, expected: Worth) -> None:
    assert worth(File(target)) is expected


def test_worth__a_huge_picture_is_no_screenshot() -> None:
    assert worth(File("tests/t/a.png", MAX_WORTHY)) is Worth.PICTURE
    assert worth(File("tests/t/a.png", MAX_WORTHY + 1)) is Worth.OTHER


def test_room__is_the_limit_or_a_third_of_what_is_free() -> None:
    assert room(500, 3000) == 500
    assert room(500, 900) == 300
    assert room(0, 900) == 0


def test_choose__in_order_of_worth_then_by_size() -> None:
    files = [
        File("tests/a.webm", 5),
        File("tests/b.webm", 4),
        File("tests/console.log", 9),
        File("tests/page.html", 9),
        File("tests/screenshot.png", 9),
        File("tests/junit/a.xml", 9),
    ]
    taken, left_out = choose(files, 100)
    assert taken == [*reversed(files)]
    assert left_out == []


def test_choose__what_is_too_large_leaves_room_for_others() -> None:
    video, trace, page = File("tests/a.webm", 50), File("tests/a.zip", 8), File("tests/a.html", 2)
    assert choose([video, trace, page], 10) == ([page, trace], [video])


FILES = st.lists(
    st.builds(
        File,
        st.sampled_from(["tests/junit/a.xml", "tests/a.png", "tests/a.html", "tests/a.zip"]),
        st.integers(0, 1 << 30),
    )
)


@given(files=FILES, room=st.integers(0, 1 << 31))
def test_choose__never_more_than_the_room(files: list[File], room: int) -> None:
    taken, left_out = choose(files, room)
    assert sorted(map(id, taken + left_out)) == sorted(map(id, files)), "each file is in one list"
    used = sum(each.size for each in taken)
    assert used <= room
    assert all(each.size > room - used for each in left_out), "nothing more would have fit"
