"""`rehearse init` as it is installed, on a terminal: from nothing to a green rehearsal."""

import os
import pty
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from .repository import repository_of
from .test_laptop import Laptop, install

QUESTION = b"Rehearse now? [Y/n] "


def on_terminal(laptop: Laptop, program: tuple[str, ...], answer: bytes) -> tuple[int, str]:
    """Run a command on a terminal, and answer its question; return exit code and output."""
    laptop.folder.mkdir(exist_ok=True)
    ours, theirs = pty.openpty()
    log = b""
    with subprocess.Popen(
        program,
        cwd=laptop.repository.root,
        env=laptop.env | {"TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "200"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        # Linux ends the reading with an error when the command has closed its terminal.
        with suppress(OSError):
            while piece := os.read(ours, 1 << 16):
                is_asked = QUESTION in log
                log += piece
                if QUESTION in log and not is_asked:
                    os.write(ours, answer)
        os.close(ours)
        code = process.wait(timeout=120)
    text = log.decode(errors="replace")
    print(text)
    return code, text


@pytest.fixture
def program(workdir: Path, tmp_path: Path) -> tuple[str, ...]:
    """The installed command, with PyYAML as the extra `local` brings it."""
    command = install(workdir / "venv", tmp_path)
    (packages,) = (workdir / "venv/lib").glob("python*/site-packages")
    shutil.copytree(Path(yaml.__file__).parent, packages / "yaml")
    return command


def test_init__asks_and_rehearses_at_once(
    program: tuple[str, ...], workdir: Path, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Selenium would first look for newer drivers, and wait in vain.
    monkeypatch.setenv("SE_OFFLINE", "true")
    repository = repository_of("plain_app", workdir / f"plain-{run_id}")
    shutil.rmtree(repository.root / "action", ignore_errors=True)
    laptop = Laptop(repository, workdir / "laptop", run_id)

    code, log = on_terminal(laptop, (*program, "init"), b"\n")
    assert "written:  .github/workflows/rehearse.yml" in log
    assert "verdict:  passed" in log
    assert code == 0

    code, log = laptop.run("init", program=program)
    assert code == 2
    assert "never overwrites a file" in log
