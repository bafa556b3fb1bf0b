import pytest

from rehearsal.evidence.staged_files import not_ours


@pytest.mark.parametrize(
    "path, kept_as",
    [
        ("tests/T/trace.html", "tests/T/test-trace.html"),
        ("tests/T/trace-attempt2.html", "tests/T/test-trace-attempt2.html"),
        ("tests/T/page.html", "tests/T/page.html"),
        ("tests/T/trace.jsonl", "tests/T/trace.jsonl"),
    ],
)
def test_not_ours(path: str, kept_as: str) -> None:
    assert not_ours(path) == kept_as
