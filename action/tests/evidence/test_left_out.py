from rehearsal.evidence.left_out import LeftOut, megabytes


def test_notices__name_the_largest_with_size_and_reason() -> None:
    left_out = LeftOut()
    assert list(left_out.notices()) == []
    left_out.add("tests/a.webm", 1_500_000, "it is large")
    left_out.add("tests/b.webm", 300 << 30, "it is larger")
    left_out.add("'folder'", 0, "it is too deep")
    assert list(left_out.notices()) == [
        "tests/b.webm (322,122.5 MB) was left out: it is larger.",
        "tests/a.webm (1.5 MB) was left out: it is large.",
        "'folder' was left out: it is too deep.",
    ]


def test_notices__are_bounded() -> None:
    left_out = LeftOut()
    for number in range(10_000):
        left_out.add(f"tests/{number}.webm", 1_000_000 + number, "no")
    *named, last = left_out.notices()
    assert [each.partition(" ")[0] for each in named[:2]] == ["tests/9999.webm", "tests/9998.webm"]
    assert len(named) == 10
    assert last == "9990 more files were left out (10,039.9 MB)."


def test_notices__count_one_more() -> None:
    left_out = LeftOut()
    for number in range(11):
        left_out.add(f"{number}", 5, "no")
    assert [*left_out.notices()][-1] == "1 more file was left out (5 bytes)."


def test_megabytes() -> None:
    assert [megabytes(size) for size in (0, 99_999, 100_000, 500_000_000)] == [
        "0 bytes",
        "99999 bytes",
        "0.1 MB",
        "500.0 MB",
    ]
