import stat
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname, urlopen

import pytest

from rehearsal.arguments import parse
from rehearsal.commands.show import command
from rehearsal.commands.show.command import COMMAND
from rehearsal.outside.github import Console
from rehearsal.outside.page_server import PageServer
from rehearsal.verdict import MisconfiguredError

DESK = {"DISPLAY": ":0"}


class Run:
    """Runs the command with a browser that notes what it is asked to open."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened: list[str] = []
        self.served: list[bytes] = []
        self.pages: list[str] = []
        self.modes: list[int] = []
        self.has_browser = True
        self.out = BytesIO()
        monkeypatch.setattr(command, "open_page", self.open_page)

        def serve(server: PageServer, when_ready: Callable[[], object]) -> None:
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            when_ready()
            with urlopen(self.lines()["open"], timeout=60) as answer:  # noqa: S310  (our own)
                self.served.append(answer.read())
            server.shutdown()

        monkeypatch.setattr(PageServer, "run", serve)

    def open_page(self, address: str) -> bool:
        self.opened.append(address)
        file = Path(url2pathname(urlsplit(address).path))
        self.pages.append(file.read_text() if file.is_file() else "")
        self.modes += [stat.S_IMODE(each.stat().st_mode) for each in (file.parent, file)]
        return self.has_browser

    def lines(self) -> dict[str, str]:
        found = (line.partition(":") for line in self.out.getvalue().decode().splitlines())
        return {name: value.strip() for name, _, value in found}

    def __call__(self, environ: dict[str, str], *argv: str) -> int:
        options = parse(["show", *argv])
        return COMMAND.run(options, environ, Console(environ, self.out))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    return Run(monkeypatch)


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    folder = tmp_path / "the evidence"
    (folder / "tests/t").mkdir(parents=True)
    (folder / "index.html").write_text("page")
    (folder / "tests/t/trace.html").write_text("trace")
    return folder


def test_show__opens_the_file(run: Run, evidence: Path) -> None:
    assert run(DESK, str(evidence)) == 0
    assert run.opened == [(evidence / "index.html").as_uri()]
    assert not run.served


def test_show__opens_a_trace(run: Run, evidence: Path) -> None:
    assert run(DESK, str(evidence), "--trace", "t") == 0
    assert run.opened == [(evidence / "tests/t/trace.html").as_uri()]


@pytest.mark.parametrize(
    "environ, flags, opens",
    [
        ({}, [], False),
        (DESK, ["--serve"], True),
        (DESK | {"SSH_CONNECTION": "a b c 22"}, [], False),
    ],
    ids=["no display", "asked for", "over SSH"],
)
def test_show__serves(
    run: Run, evidence: Path, environ: dict[str, str], flags: list[str], opens: bool
) -> None:
    home = evidence.parent / "home"
    home.mkdir()
    environ = {**environ, "HOME": str(home)}
    assert run(environ, str(evidence), *flags, "--trace", "t") == 0
    assert run.served == [b"trace"]
    address = run.lines()["open"]
    # Nobody else sees the address: neither in the browser's command line nor in the file.
    assert [each.startswith(home.as_uri()) for each in run.opened] == [True] * opens
    assert [f'content="0;url={address}"' in each for each in run.pages] == [True] * opens
    assert run.modes == [0o700, 0o600] * opens
    assert list(home.iterdir()) == []
    port = address.split(":")[2].partition("/")[0]
    assert (f"-L {port}:127.0.0.1:{port}" in run.lines().get("tunnel", "")) is not opens


def test_show__serves_if_no_browser_opens(run: Run, evidence: Path) -> None:
    run.has_browser = False
    assert run(DESK | {"HOME": str(evidence.parent)}, str(evidence)) == 0
    assert run.served == [b"page"]


def test_show__not_on_a_runner(run: Run, evidence: Path) -> None:
    with pytest.raises(MisconfiguredError, match="a runner of GitHub"):
        run({"GITHUB_ACTIONS": "true"}, str(evidence))
