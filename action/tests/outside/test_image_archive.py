import gzip
import json
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from itertools import repeat

import pytest

from rehearsal.outside.image_archive import ImageArchive
from rehearsal.outside.tar_stream import BadArchiveError, TarStream

from .archives import SavedImage, pieces, tar_of

IMAGE = SavedImage(
    layers=[{"{base}/x": b"1" * 900}, {"app/a": b"2"}, {}, {"app/b": b"3"}, {"app/a": b"2"}],
    commands=["", "COPY a /app", "RUN true", "COPY b /app", "COPY a /app"],
)
FORMS: dict[str, Callable[[SavedImage], bytes]] = {
    "classic": SavedImage.classic,
    "blobs": SavedImage.blobs,
    "compressed": SavedImage.compressed,
    "podman": SavedImage.podman,
}


def reading(digests: list[str] = IMAGE.digests) -> ImageArchive:
    return ImageArchive(digests, lambda: None)


def read(archive: ImageArchive, data: bytes, size: int = 1 << 16) -> dict[str, list[str]]:
    """Return the names of the files of each layer by its digest."""
    found: dict[str, list[str]] = {}
    for layer in archive.layers(pieces(data, size)):
        stream = TarStream(layer.pieces())
        names = [member.name for member in stream.members()]
        stream.drain()
        assert layer.digest not in found, "each layer is read once"
        found[layer.digest] = names
    return found


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("size", [100, 1 << 16])
def test_layers__of_each_engine(form: Callable[[SavedImage], bytes], size: int) -> None:
    archive = reading()
    found = read(archive, form(IMAGE), size)
    assert found == {
        digest: [*files] for digest, files in zip(IMAGE.digests, IMAGE.layers, strict=True)
    }
    assert archive.commands == tuple(IMAGE.commands)
    assert archive.unreadable == ""


@pytest.mark.parametrize(
    "config",
    [
        b'{"a": "' + b"x" * 600_000 + b'"}',
        b"{",
        b"{}",
        b'{"rootfs": 1}',
        b'{"a":' * 10_000,
        json.dumps({"rootfs": {"diff_ids": ["sha256:other"]}, "history": []}).encode(),
        json.dumps({"rootfs": {"diff_ids": ["sha256:1"]}, "history": [1]}).encode(),
        json.dumps({"rootfs": {"diff_ids": ["sha256:1"]}, "history": None}).encode(),
        json.dumps({"rootfs": {"diff_ids": ["sha256:1"]}, "history": []}).encode(),
    ],
    ids=["large", "cut", "empty", "number", "deep", "other", "odd", "none", "fewer"],
)
def test_commands__are_not_known(config: bytes) -> None:
    archive = reading(["sha256:1"])
    assert read(archive, tar_of({"config.json": config})) == {}
    assert archive.commands == ()


def test_layers__zstandard_is_told() -> None:
    archive = reading()
    assert read(archive, tar_of({"blobs/sha256/a": b"\x28\xb5\x2f\xfd" + bytes(600)})) == {}
    assert archive.unreadable == "compressed with Zstandard"


def test_layers__what_is_not_read_of_one_is_skipped() -> None:
    count = sum(1 for layer in reading().layers(pieces(IMAGE.blobs())))
    assert count == len(set(IMAGE.digests))


@pytest.mark.parametrize(
    "blob",
    [gzip.compress(tar_of({"a": b"1" * 9000}))[:90], b"\x1f\x8bno compression" * 50],
    ids=["cut", "damaged"],
)
def test_layers__damaged(blob: bytes) -> None:
    (layer,) = reading().layers(pieces(tar_of({"blobs/sha256/a": blob})))
    with pytest.raises(BadArchiveError):
        TarStream(layer.pieces()).drain()


def test_layers__the_archive_ends_within_one() -> None:
    with pytest.raises(BadArchiveError, match="ends too early"):
        read(reading(), IMAGE.classic()[:-2048][:9000])


class _OverError(Exception):
    pass


def test_layers__a_bomb_costs_time_and_no_memory() -> None:
    packed = zlib.compressobj(wbits=31)
    bomb = b"".join(packed.compress(bytes(1 << 20)) for _ in range(64)) + packed.flush()
    start = tar_of({"blobs/sha256/a": bytes(len(bomb))})[:512]
    rounds = iter(range(200))

    def check() -> None:
        if next(rounds, None) is None:
            raise _OverError

    def archive() -> Iterator[bytes]:
        yield start
        yield bomb

    tracemalloc.start()
    layer = next(ImageArchive([], check).layers(archive()))
    with pytest.raises(_OverError):
        TarStream(layer.pieces()).drain()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 << 20


def test_layers__many_documents_are_not_kept() -> None:
    document = b'{"' + b"x" * 400_000 + b'": 1}'
    one = tar_of({"a.json": document})[: 512 + 512 * (len(document) // 512 + 1)]
    tracemalloc.start()
    assert list(reading().layers(repeat(one, 200))) == []
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20
