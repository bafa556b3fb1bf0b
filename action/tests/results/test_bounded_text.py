import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.results.bounded_text import cut_lines, cut_text


@given(text=st.text(max_size=300), limit=st.integers(60, 200))
def test_cut_text__keeps_a_text_below_its_limit(text: str, limit: int) -> None:
    found = cut_text(text, limit)
    assert len(found) <= limit
    assert (found == text) == (len(text) <= limit)
    assert cut_text(found, limit) == found


@pytest.mark.parametrize("limit, head, tail", [(4, 2, 1), (5, 2, 2)])
def test_cut_lines__keeps_the_first_and_the_last(limit: int, head: int, tail: int) -> None:
    lines = [*map(str, range(2000))]
    found = cut_lines(lines, limit)
    gap = f"… {2000 - head - tail:,} lines are left out here …"
    assert found == [*lines[:head], gap, *lines[-tail:]]
    assert cut_lines(lines, 2000) == lines
