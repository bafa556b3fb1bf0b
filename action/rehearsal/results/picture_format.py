"""The kind and the size of a picture, as its first bytes tell; what it shows is not decoded."""

import struct
from collections.abc import Iterator

PNG = b"\x89PNG\r\n\x1a\n"
# Width, height, bit depth and so on: the first chunk has 13 bytes.
PNG_HEAD = struct.Struct(">8sI4sII")
PNG_HEAD_LENGTH = 13
JPEG = b"\xff\xd8\xff"
# Of the segments that begin with the size of the picture: baseline and progressive, with Huffman
# coding. Source: ITU-T T.81, table B.1.
JPEG_FRAMES = (0xC0, 0xC1, 0xC2)
JPEG_SCAN = 0xDA
# A browser needs four bytes for each pixel.
MAX_SIDE = 8_192
MAX_PIXELS = 16_000_000


def picture_kind(content: bytes) -> str:
    """Return png or jpeg; empty for anything else, and for a picture that is too large to show."""
    for kind, found in (("png", _png_size(content)), ("jpeg", _jpeg_size(content))):
        if found:
            width, height = found
            fits = 0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE
            return kind if fits and width * height <= MAX_PIXELS else ""
    return ""


def _png_size(content: bytes) -> tuple[int, int] | None:
    if len(content) < PNG_HEAD.size:
        return None
    signature, length, kind, width, height = PNG_HEAD.unpack_from(content)
    if signature != PNG or kind != b"IHDR" or length != PNG_HEAD_LENGTH:
        return None
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height, None if they do not stand before the first scan."""
    for kind, start, length in _segments(content) if content.startswith(JPEG) else ():
        if kind == JPEG_SCAN:
            return None
        if kind in JPEG_FRAMES and length >= 8:  # noqa: PLR2004  (depth, height, width, number)
            height, width = struct.unpack_from(">HH", content, start + 1)
            return width, height
    return None


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the kind of each segment of a JPEG file, where it starts, and its length."""
    place = 2
    while place + 10 <= len(content) and content[place] == 0xFF:  # noqa: PLR2004
        kind, length = struct.unpack_from(">BH", content, place + 1)
        if length < 2:  # noqa: PLR2004  (its own two bytes)
            return
        yield kind, place + 4, length
        place += 2 + length
