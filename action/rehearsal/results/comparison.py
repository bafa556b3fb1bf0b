"""What changed since an earlier rehearsal, the baseline."""

from dataclasses import field

from rehearsal.dataclass import dataclass
from rehearsal.results.picture_pair import PicturePair


@dataclass(frozen=True, kw_only=True)
class SlowerTest:
    """A test that became slower: its seconds `before` and `now`."""

    name: str
    before: float
    now: float


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What changed since a baseline.

    `commit`, `branch`, `verdict`, `browser` and `started` (in seconds since 1970) are those of the
    baseline; all but the verdict are empty or 0 where they are not known. `browser` is empty, too,
    if both have the same. The others are names of tests. `new` failed now and did not fail there,
    `added` failed now and were not there, `old` failed there already, `unknown` are failed tests of
    which the baseline tells too little, `fixed` failed there and pass now. `slower` are the tests
    that became slower, those with the largest difference first. `size_before` and `size_now` are
    those of the image in bytes; with `stores_differ` they were counted in different ways.
    """

    verdict: str
    commit: str = ""
    branch: str = ""
    started: float = 0.0
    browser: str = ""
    had_tests: bool = True
    has_tests: bool = True
    new: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    slower: tuple[SlowerTest, ...] = ()
    size_before: int | None = None
    size_now: int | None = None
    stores_differ: bool = False
    pictures: tuple[PicturePair, ...] = field(default=(), repr=False)
