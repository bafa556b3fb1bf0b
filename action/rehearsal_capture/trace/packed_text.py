"""A text that is kept for a trace, packed."""

from __future__ import annotations

import hashlib
import zlib
from typing import NamedTuple


class PackedText(NamedTuple):
    """A text by its SHA; its length is in characters."""

    sha: str
    packed: bytes
    length: int

    @classmethod
    def of(cls, text: str) -> PackedText:
        """Pack a text."""
        data = text.encode("utf-8", "replace")
        return cls(hashlib.sha256(data).hexdigest()[:16], zlib.compress(data, 1), len(text))

    def __str__(self) -> str:
        """Unpack the text."""
        return zlib.decompress(self.packed).decode("utf-8", "replace")
