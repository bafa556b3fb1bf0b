"""Search an archive for literal texts as it is read, and tell in which member each stands."""

from collections import deque
from collections.abc import Iterator

from rehearsal.outside.tar_stream import TarMember
from rehearsal.redaction.literal_search import Hit, LiteralSearch

# Of the hits in one member. A hostile one may have nothing else.
MAX_PENDING = 1000


class MemberSearch:
    """A search in one archive: its bytes are searched before or after it is known whose they are.

    Hits come in the order of the archive.
    """

    def __init__(self, search: LiteralSearch) -> None:
        self._stream = search.stream()
        # Those that may have hits, and the hits in members that are not known yet.
        self._members: deque[TarMember] = deque()
        self._pending: deque[Hit] = deque()

    def watch(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the pieces of the archive, and search them."""
        for piece in pieces:
            self._add(self._stream.feed(piece))
            if not self._pending:
                self._forget_before(self._stream.position)
            yield piece
        self._add(self._stream.flush())

    def begin(self, member: TarMember) -> Iterator[tuple[TarMember, Hit]]:
        """Add the next member; yield each hit in the members before it that is known by now."""
        self._members.append(member)
        return self._hits_before(member.start)

    def end(self) -> Iterator[tuple[TarMember, Hit]]:
        """Yield the other hits, once all pieces were read."""
        return self._hits_before(self._stream.position)

    def _hits_before(self, limit: int) -> Iterator[tuple[TarMember, Hit]]:
        while self._members and self._pending and self._pending[0].offset < limit:
            hit = self._pending.popleft()
            self._forget_before(hit.offset)
            yield self._members[0], hit

    def _forget_before(self, offset: int) -> None:
        while len(self._members) > 1 and self._members[1].start <= offset:
            self._members.popleft()

    def _add(self, hits: list[Hit]) -> None:
        if len(self._pending) < MAX_PENDING:
            self._pending += hits
