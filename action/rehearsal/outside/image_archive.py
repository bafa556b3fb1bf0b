"""Read the layers of an image from the archive that `docker save` writes, each once, as a stream.

The archive has the layers in any order, and its list of them may be the last file. So each layer is
known by its digest, which the configuration of the image has, too. Engines before Docker 25 call a
layer ID/layer.tar, newer ones blobs/sha256/DIGEST, and Podman DIGEST.tar; containerd's image store
has them compressed. So what a file is, is known by its first bytes.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import chain

from rehearsal.outside.tar_stream import BLOCK, BadArchiveError, TarStream, is_header

# In bytes. A configuration has some thousand.
MAX_DOCUMENT = 1 << 19
GZIP, ZSTANDARD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
# Of zlib: read a gzip header, and a window of any size.
GZIP_WINDOW = 31
# In bytes: how much is unpacked at once.
PIECE_SIZE = 1 << 18


class Layer:
    """A layer. Its content, a tar archive, can be read once."""

    def __init__(self, pieces: Iterator[bytes], check: Callable[[], None]) -> None:
        self._pieces, self._check = pieces, check
        self._hash = sha256()

    def pieces(self) -> Iterator[bytes]:
        """Yield the content, unpacked."""
        for piece in self._pieces:
            self._check()
            self._hash.update(piece)
            yield piece

    @property
    def digest(self) -> str:
        """The digest of the content, once all of it was read."""
        return f"sha256:{self._hash.hexdigest()}"


class ImageArchive:
    """The archive of an image whose layers have the digests `layers`, from the first to the last.

    `commands` are what made the layers, once that was read, else empty; `unreadable` says which
    layers cannot be read.
    """

    def __init__(self, layers: Sequence[str], check: Callable[[], None]) -> None:
        """`check` is called again and again; what it raises ends the reading."""
        self._layers, self._check = list(layers), check
        self.commands: tuple[str, ...] = ()
        self.unreadable = ""

    def layers(self, pieces: Iterator[bytes]) -> Iterator[Layer]:
        """Read the archive; yield each layer. Raises `BadArchiveError`."""
        archive = TarStream(pieces)
        for member in archive.members():
            if not member.is_file:
                continue
            head = archive.read(BLOCK)
            content = chain((head,), archive.content())
            if len(head) == BLOCK and is_header(head):
                yield Layer(content, self._check)
            elif head.startswith(GZIP):
                yield Layer(_unpacked(content), self._check)
            elif head.startswith(ZSTANDARD):
                self.unreadable = "compressed with Zstandard"
            elif head.startswith(b"{") and member.size <= MAX_DOCUMENT:
                self._read_document(b"".join(content))

    def _read_document(self, content: bytes) -> None:
        """Take over the history of the image, if this is its configuration."""
        try:
            document = json.loads(content)
            if document["rootfs"]["diff_ids"] == self._layers:
                made = [each for each in document["history"] if not each.get("empty_layer")]
                commands = tuple(str(each.get("created_by", "")) for each in made)
                if len(commands) == len(self._layers):
                    self.commands = commands
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the content of a gzip file, which may have several parts. Raises `BadArchiveError`."""
    inflater = zlib.decompressobj(GZIP_WINDOW)
    try:
        for piece in pieces:
            packed = piece
            while packed:
                if inflater.eof:
                    inflater = zlib.decompressobj(GZIP_WINDOW)
                if unpacked := inflater.decompress(packed, PIECE_SIZE):
                    yield unpacked
                packed = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        if unpacked := inflater.flush():
            yield unpacked
    except zlib.error:
        raise BadArchiveError("its compression is damaged") from None
    if not inflater.eof:
        raise BadArchiveError("its compression ends too early")
