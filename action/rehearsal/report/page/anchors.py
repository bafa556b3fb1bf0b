"""The permanent addresses of tests on a page: the same in each run, whatever else ran."""

from collections import Counter
from hashlib import sha256

# Of the digest, in hexadecimal digits: among 10,000 tests two are the same once in 20,000 runs.
LENGTH = 10


def anchor_of(name: str) -> str:
    """Return the anchor of the first test of a name: `t-` and a digest of the name."""
    return f"t-{sha256(name.encode(errors='replace')).hexdigest()[:LENGTH]}"


class Anchors:
    """Gives each test an anchor that no other has."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()

    def add(self, name: str) -> str:
        """Return the anchor of the next test of this name."""
        anchor = anchor_of(name)
        self._used[anchor] += 1
        return anchor if self._used[anchor] == 1 else f"{anchor}-{self._used[anchor]}"
