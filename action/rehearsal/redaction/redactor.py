"""Replace secrets in bytes on their way out: pure, streaming, one pass.

Replaced are the patterns of all secrets, and pieces of secrets beside an ellipsis.
"""

from collections.abc import Iterable

from rehearsal.redaction.pattern import Span
from rehearsal.redaction.pattern_index import PatternIndex
from rehearsal.redaction.secret import Secret
from rehearsal.redaction.secret_encodings import patterns
from rehearsal.redaction.shortened_values import MAX_ELLIPSIS, ShortenedValues

REPLACEMENT = b"***"


class Redactor:
    """Knows every pattern of every secret; makes one stream for each text."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._secrets = tuple(secrets)
        values = sorted({secret.value for secret in self._secrets})
        self._patterns = PatternIndex(pattern for value in values for pattern in patterns(value))
        self._shortened = ShortenedValues(values)

    def redact(self, text: str) -> str:
        """Replace the secrets in a text."""
        return self.redact_bytes(text.encode(errors="surrogateescape")).decode(
            errors="surrogateescape"
        )

    def names_in(self, text: str) -> list[str]:
        """Return the names of the secrets whose values are in a text."""
        if self.redact(text) == text:
            return []
        return [each.name for each in self._secrets if Redactor([each]).redact(text) != text]

    def redact_bytes(self, data: bytes) -> bytes:
        """Replace the secrets in bytes that are complete."""
        return self.stream().flush(data)

    def stream(self) -> "RedactingStream":
        """Start a stream: a secret that is split across two pieces is found, too."""
        return RedactingStream(self)

    def scan(self, data: bytes, *, final: bool = False) -> tuple[list[Span], int]:
        """Return where secrets are, as sorted spans that may overlap.

        Also return where the first one starts that the end of the data may cut. With `final`, no
        data follows: then nothing is cut.
        """
        spans, limit = self._patterns.scan(data, final=final)
        more, earlier = self._shortened.scan(data, final=final)
        return sorted(spans + more), min(limit, earlier)


class RedactingStream:
    """A text that comes in pieces: feed them, send on what is returned, flush at the end."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        # What may become a secret, after bytes that are sent: an ellipsis may be among them.
        self._tail = b""
        self._sent = 0
        # Where the last replaced secret ends in the tail.
        self._done = 0

    def feed(self, piece: bytes) -> bytes:
        """Add a piece; return the redacted bytes that no later piece can change."""
        data = self._tail + piece
        return self._emit(data, *self._redactor.scan(data))

    def flush(self, piece: bytes = b"") -> bytes:
        """Add the last piece, if there is one; return the rest, redacted."""
        data = self._tail + piece
        return self._emit(data, *self._redactor.scan(data, final=True))

    def _emit(self, data: bytes, spans: list[Span], limit: int) -> bytes:
        out: list[bytes] = []
        limit = max(limit, self._sent)
        done = max(self._done, self._sent)
        for start, end in spans:
            if start >= limit:
                break
            if max(start, self._sent) >= done and end > done:
                out += (data[done:start], REPLACEMENT)
            done = max(done, end)
        out.append(data[done:limit])
        kept = max(0, limit - MAX_ELLIPSIS)
        self._tail = data[kept:]
        self._sent = limit - kept
        self._done = done - kept
        return b"".join(out)
