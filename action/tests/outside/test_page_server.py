import http.client
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from rehearsal.outside.folder import Folder
from rehearsal.outside.page_files import FolderFiles, PageFiles, ZipFiles
from rehearsal.outside.page_server import HEADERS, PageServer

HOSTILE = "<script>fetch('/')</script>"
LINK = 0o120777 << 16
# In seconds; the end of a server waits for it.
POLL = 0.01


@pytest.fixture(params=["folder", "zip"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> PageFiles:
    evidence = tmp_path / "evidence"
    (evidence / "tests/a b#é?/report").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("private")
    for name in ("index.html", "tests/a b#é?/page.html", "tests/a b#é?/trace.html", "tests/t.zip",
                 "tests/a b#é?/report/index.html"):  # fmt: skip
        (evidence / name).write_text(HOSTILE)
    (evidence / "tests/shot.PNG").write_bytes(b"\x89PNG")
    if request.param == "folder":
        (evidence / "link.txt").symlink_to(tmp_path / "secret.txt")
        (evidence / "up").symlink_to(tmp_path)
        os.mkfifo(evidence / "pipe.txt")
        return FolderFiles(Folder(evidence))
    with ZipFile(tmp_path / "evidence.zip", "w", ZIP_DEFLATED) as packed:
        for path in sorted(evidence.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(evidence))
        link = ZipInfo("link.txt")
        link.external_attr = LINK
        packed.writestr(link, "../secret.txt")
        packed.writestr("../secret.txt", "private")
        packed.writestr("/etc/hostname", "private")
    return ZipFiles.read(tmp_path / "evidence.zip")


@pytest.fixture
def server(files: PageFiles) -> Iterator[PageServer]:
    with PageServer(files) as server:
        thread = threading.Thread(target=server.serve_forever, args=(POLL,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(
    server: PageServer, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


def path_of(server: PageServer, name: str) -> str:
    return server.address(name).partition(f":{server.port}")[2]


@pytest.mark.parametrize(
    "name, kind",
    [
        ("index.html", "text/html; charset=utf-8"),
        ("tests/a b#é?/trace.html", "text/html; charset=utf-8"),
        ("tests/a b#é?/page.html", "text/plain; charset=utf-8"),
        ("tests/a b#é?/report/index.html", "text/plain; charset=utf-8"),
        ("tests/t.zip", "application/octet-stream"),
        ("tests/shot.PNG", "image/png"),
    ],
    ids=["page", "trace", "page of the app", "page of the tests", "zip", "picture"],
)
def test_page_server__files_and_their_types(server: PageServer, name: str, kind: str) -> None:
    status, headers, body = ask(server, path_of(server, name))
    assert (status, headers["Content-Type"], len(body)) == (
        200,
        kind,
        int(headers["Content-Length"]),
    )
    assert body in (HOSTILE.encode(), b"\x89PNG")
    assert HEADERS.items() <= headers.items()
    assert ("Content-Disposition" in headers) is (kind == "application/octet-stream")
    status, others, body = ask(server, path_of(server, name), "HEAD")
    del headers["Date"], others["Date"]
    assert (status, others, body) == (200, headers, b"")


def test_page_server__the_page_is_at_the_top(server: PageServer) -> None:
    assert ask(server, path_of(server, ""))[2] == HOSTILE.encode()


@pytest.mark.parametrize(
    "name",
    ["../secret.txt", "tests/../../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt",
     "/etc/hostname", "%2fetc/hostname", "link.txt", "up/secret.txt", "pipe.txt", "nothing.txt",
     "tests", "tests/", "a%00b", "./index.html", "tests//shot.PNG"],
)  # fmt: skip
def test_page_server__nothing_else_is_shown(server: PageServer, name: str) -> None:
    status, headers, body = ask(server, path_of(server, "") + name)
    assert (status, body) == (404, b"Not Found\n")
    assert HEADERS.items() <= headers.items()


@pytest.mark.parametrize(
    "path", ["/", "/index.html", "//index.html", "/x/index.html", "index", "*"]
)
def test_page_server__not_without_the_token(server: PageServer, path: str) -> None:
    assert ask(server, path)[0] == 404


@pytest.mark.parametrize(
    "host, status",
    [
        ("127.0.0.1:80", 200),
        ("localhost:9999", 200),
        ("LOCALHOST", 200),
        ("[::1]:1", 200),
        ("evil.example", 421),
        ("localhost.evil.example:80", 421),
        ("127.0.0.1.nip.io", 421),
        ("evil@localhost", 421),
        ("localhost:80:80", 421),
        ("", 421),
    ],
)
def test_page_server__only_for_this_machine(server: PageServer, host: str, status: int) -> None:
    """A page elsewhere may give its own name the address 127.0.0.1."""
    assert ask(server, path_of(server, "index.html"), Host=host)[0] == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT"])
def test_page_server__only_reads(server: PageServer, method: str) -> None:
    status, headers, body = ask(server, path_of(server, "index.html"), method)
    assert (status, body) == (501, b"Not Implemented\n")
    assert HEADERS.items() <= headers.items()


def test_page_server__each_has_its_own_token(files: PageFiles) -> None:
    with PageServer(files) as first, PageServer(files) as second:
        assert first.token != second.token
        assert len(first.token) >= 20


def test_run__ends_with_ctrl_c(files: PageFiles) -> None:
    with PageServer(files) as running:

        def interrupt() -> None:
            assert ask(running, path_of(running, "index.html"))[0] == 200
            raise KeyboardInterrupt

        running.run(interrupt)
    assert running.socket.fileno() == -1


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 cut", b"no zip at all"], ids=["empty", "cut", "other"]
)
def test_zip_files__no_zip(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(OSError, match="not a zip that can be read"):
        ZipFiles.read(tmp_path / "a.zip")


def test_zip_files__a_file_of_an_unknown_kind(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("a.txt", "a")
    data = (tmp_path / "a.zip").read_bytes()
    start = data.rindex(b"PK\x01\x02")
    (tmp_path / "a.zip").write_bytes(data[: start + 8] + b"\x01" + data[start + 9 :])
    with pytest.raises(OSError, match="encrypted"):
        ZipFiles.read(tmp_path / "a.zip").open("a.txt")
