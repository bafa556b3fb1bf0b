import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.outside.http_response import Response

HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
PAGE = b"HTTP/1.1 404 No\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<h1>No.\r\nrest"
CHUNKS = b"HTTP/1.1 500 X\nTransfer-Encoding: chunked\n\n3\r\nabc\r\n2;a=b\r\nde\r\n0\r\n\r\n"
STREAMS = [
    b"HTTP/1.1 200 OK\r\nLocation: /a\r\n\r\nhi",
    b"\r\n\n" + HINTS + HINTS + PAGE,
    HINTS + CHUNKS,
    HINTS,
    b"HTTP/1.1 200 OK\r\nA: 1\r\n b\r\n\tc\r\nB: 2\n\r\n",
    b"HTTP/1.1 20",
    b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\nmore",
    b"\x15\x03\x01\x00\x02\x02\x46",
    b"HTTP/1.1 banana\r\n\r\n",
    b"x" * 200,
]


def receive(*pieces: bytes) -> Response:
    """Add pieces as the probe does: first the headers, then what is wanted of the rest."""
    response = Response()
    left = iter(pieces)
    if any(response.add(piece) for piece in left) and not response.is_enough:
        any(response.add_page(piece) for piece in left)
    return response


@given(st.sampled_from(STREAMS), st.data())
def test_response__is_the_same_however_it_is_split(stream: bytes, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(stream))).map(sorted))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    whole, split = receive(stream), receive(*pieces)
    assert (split.answer or split.progress) == (whole.answer or whole.progress)


@given(st.binary(max_size=300))
def test_response__takes_any_bytes(stream: bytes) -> None:
    response = receive(stream)
    assert response.answer or response.progress or not stream.strip(b"\r\n")


@pytest.mark.parametrize(
    "lines, headers",
    [
        (b"A: 1\r\nb : 2", {"a": "1", "b": "2"}),
        (b"A: 1\r\n  2\r\n\t3\r\nB: 4", {"a": "1 2 3", "b": "4"}),
        (b"A:\r\n 1", {"a": "1"}),
        (b" folded\r\nA: 1", {"a": "1"}),
        (b"no header\r\n folded\r\nA: 1", {"a": "1"}),
        (b"Link: </a>; rel=x:y", {"link": "</a>; rel=x:y"}),
    ],
    ids=["spaces", "folded", "folded from the start", "nothing to fold", "no colon", "two colons"],
)
def test_response__headers(lines: bytes, headers: dict[str, str]) -> None:
    answer = receive(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n\r\n").answer
    assert answer
    assert answer.headers == headers


def test_response__interim_headers_are_dropped() -> None:
    answer = receive(HINTS + b"HTTP/1.1 200 OK\r\nA: 1\r\n\r\n").answer
    assert answer
    assert answer.headers == {"a": "1"}
