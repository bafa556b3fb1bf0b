from pathlib import Path

import pytest

from rehearsal.outside.engine import EngineError
from rehearsal.outside.saved_image import saved_image

from .test_engine import engine_of


class _OverError(Exception):
    pass


def test_saved_image__what_the_client_writes(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, 'echo "$@"; head -c 3000000 /dev/zero')
    with saved_image(engine, "sha256:1", lambda: None) as pieces:
        assert b"".join(pieces) == b"save sha256:1\n" + bytes(3_000_000)


@pytest.mark.parametrize(
    "script, message",
    [
        ("echo archive; echo 'Error: no space left on device' >&2; exit 1", "no space left"),
        ("exit 3", "docker save ended with exit code 3"),
    ],
)
def test_saved_image__the_client_fails(tmp_path: Path, script: str, message: str) -> None:
    engine = engine_of(tmp_path, script)
    with (
        saved_image(engine, "1", lambda: None) as pieces,
        pytest.raises(EngineError, match=message),
    ):
        list(pieces)


@pytest.mark.parametrize(
    "script",
    ["exec cat /dev/zero", "exec sleep 1000", "exec >&-; exec sleep 1000"],
    ids=["endless", "silent", "closed"],
)
def test_saved_image__is_ended_when_the_check_says_so(tmp_path: Path, script: str) -> None:
    began = tmp_path / "pid"
    engine = engine_of(tmp_path, f'echo $$ >"{began}.new"; mv "{began}.new" "{began}"; {script}')

    def check() -> None:
        if began.exists():
            raise _OverError

    with saved_image(engine, "sha256:1", check) as pieces, pytest.raises(_OverError):
        list(pieces)
    assert not Path("/proc", began.read_text().strip()).exists()
