import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.results.picture_format import MAX_SIDE, picture_kind


def png(width: int, height: int) -> bytes:
    """Return the beginning of a PNG."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII5B", 13, b"IHDR", width, height, 8, 2, 0, 0, 0)


def jpeg(width: int, height: int, frame: int = 0xC0) -> bytes:
    """Return the beginning of a JPEG, with a comment before its frame."""
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"hey!"
    size = struct.pack(">HBHHB", 17, 8, height, width, 3)
    return b"\xff\xd8" + comment + bytes((0xFF, frame)) + size + bytes(9)


@pytest.mark.parametrize(
    "content, kind",
    [
        (png(1280, 720), "png"),
        (jpeg(1280, 720), "jpeg"),
        (jpeg(1280, 720, 0xC2), "jpeg"),
        (png(0, 720), ""),
        (png(MAX_SIDE + 1, 1), ""),
        (jpeg(1, MAX_SIDE + 1), ""),
        (png(MAX_SIDE, MAX_SIDE), ""),
        (jpeg(65535, 65535), ""),
        (jpeg(1280, 720, 0xDA), ""),
        (jpeg(1280, 720)[:12], ""),
        (png(1280, 720)[:20], ""),
        (png(1280, 720).replace(b"IHDR", b"zTXt"), ""),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", ""),
        (b"\xff\xd8\xff\xe0\x00\x00" * 9, ""),
        (b"GIF89a" + bytes(90), ""),
        (b"", ""),
    ],
)
def test_picture_kind(content: bytes, kind: str) -> None:
    assert picture_kind(content) == kind


def test_picture_kind__a_size_after_the_scan_is_none() -> None:
    scan = b"\xff\xda" + struct.pack(">H", 8) + bytes(6)
    assert picture_kind(b"\xff\xd8" + scan + jpeg(9, 9)[2:]) == ""


@given(st.sampled_from([b"", b"\xff\xd8\xff", png(9, 9)[:16], jpeg(9, 9)[:9]]), st.binary())
def test_picture_kind__never_fails(start: bytes, rest: bytes) -> None:
    assert picture_kind(start + rest) in ("", "png", "jpeg")
