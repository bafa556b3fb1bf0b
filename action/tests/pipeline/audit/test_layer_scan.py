import tarfile
import tracemalloc
from collections.abc import Iterator, Mapping
from itertools import chain

from rehearsal.audit.stray_files import CACHES, ENV, KEYS, Stray
from rehearsal.outside.image_archive import Layer
from rehearsal.pipeline.audit.layer_scan import (
    LONG_PATH,
    MAX_PATH,
    MAX_PLACES,
    MAX_REMOVED,
    MAX_STRAYS,
    LayerContent,
    LayerScan,
)

from ...audit.test_stray_files import BODY
from ...outside.archives import pieces, tar_of

SECRET = b"Gf73hfoq93hfo"
FORMS = {SECRET: ("TOKEN",), b"another-form-1": ("TOKEN", "KEY")}


def scanned(
    *layers: Mapping[str, bytes], forms: Mapping[bytes, tuple[str, ...]] = FORMS
) -> LayerScan:
    scan = LayerScan(forms)
    for files in layers:
        scan.read(Layer(pieces(tar_of(files)), lambda: None))
    return scan


def found(files: Mapping[str, bytes]) -> LayerContent:
    (content,) = scanned(files).layers
    return content


def test_read__stray_files_by_their_folders() -> None:
    content = found(
        {
            "./app/.env": b"A=1",
            "/root/.cache/pip/a": b"123",
            "root/.cache/pip/b": b"12345",
            "root/.cache/uv": b"",
            "app/main.py": b"print()",
        }
    )
    strays = {stray: (each.files, each.size) for stray, each in content.strays.items()}
    assert strays == {Stray(ENV, "app/.env"): (1, 3), Stray(CACHES, "root/.cache/pip"): (2, 8)}
    assert content.strays[Stray(CACHES, "root/.cache/pip")].example == "root/.cache/pip/a"
    assert content.digest


def test_read__keys_wherever_they_stand_in_a_file() -> None:
    key = f"-----BEGIN PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----\n".encode()
    bundle = b"-----BEGIN CERTIFICATE-----\n" + b"Q\n" * 90_000 + key
    content = found({"app/key.pem": key, "app/bundle.pem": bundle, "app/tests/key.pem": key})
    assert [*content.strays] == [Stray(KEYS, "app/key.pem"), Stray(KEYS, "app/bundle.pem")]


def test_read__secrets_in_contents_names_and_links() -> None:
    content = found(
        {
            "app/a": b"1" * 700 + SECRET + SECRET,
            f"app/{SECRET.decode()}": b"",
            "app/link": b"->/" + SECRET,
            "app/b": b"another-form-1",
        }
    )
    assert [*content.secrets] == [
        ("TOKEN", "app/a"),
        ("TOKEN", f"app/{SECRET.decode()}"),
        ("TOKEN", "app/link"),
        ("TOKEN", "app/b"),
        ("KEY", "app/b"),
    ]


def test_read__what_a_layer_removes() -> None:
    content = found({"app/.wh..git": b"", "app/cache/.wh..wh..opq": b"", ".wh.tmp": b""})
    assert content.removed == {"app/.git", "app/cache", "tmp"}


def test_read__a_damaged_layer_as_far_as_it_goes() -> None:
    scan = LayerScan(FORMS)
    data = tar_of({"app/.env": b"A=1", "app/a": SECRET, "app/b": b"", "app/c": bytes(5000)})
    scan.read(Layer(pieces(data[:-4000], 512), lambda: None))
    (content,) = scan.layers
    assert content.digest == ""
    assert [*content.strays] == [Stray(ENV, "app/.env")]
    assert [*content.secrets] == [("TOKEN", "app/a")]


def test_read__folders_in_which_packages_were_installed() -> None:
    assert scanned({"var/task/six-1.dist-info/RECORD": b"1"}).package_folders == {"var/task/"}


def test_read__what_is_kept_is_limited() -> None:
    many: dict[str, bytes] = {f"app/{n}/.env": b"A=1" for n in range(MAX_STRAYS + 9)}
    many |= {f"app/{n}/secret": SECRET for n in range(MAX_PLACES + 9)}
    many |= {f"app/.wh.{n}": b"" for n in range(MAX_REMOVED + 9)}
    first, second = scanned(many, many).layers
    assert (len(first.strays), len(first.secrets), len(first.removed)) == (
        MAX_STRAYS,
        MAX_PLACES,
        MAX_REMOVED,
    )
    assert second == LayerContent(digest=second.digest)


def test_read__a_path_that_is_too_long_is_not_told() -> None:
    path = f"{'long/' * (MAX_PATH // 5)}.env"
    key = f"-----BEGIN PRIVATE KEY-----\n{BODY}".encode()
    content = found({path: b"A=1", f"{path}-key": key, f"{path}-secret": SECRET})
    assert content.strays == {}
    assert [*content.secrets] == [("TOKEN", LONG_PATH)]


def test_read__a_large_layer_in_little_memory() -> None:
    count, size = 40, 4 << 20
    block = b"x" * (1 << 16)

    def layer() -> Iterator[bytes]:
        for number in range(count):
            member = tarfile.TarInfo(f"app/{number}")
            member.size = size
            yield member.tobuf()
            yield from [block] * (size // len(block))

    scan = LayerScan(FORMS)
    tracemalloc.start()
    scan.read(Layer(chain(layer(), [bytes(1024)]), lambda: None))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert scan.layers[0].digest
    assert peak < 4 << 20
