import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rehearsal.outside.github import Console


@dataclass(frozen=True, kw_only=True)
class Job:
    """The environment of a job's steps: variables, log, outputs, summary."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    out: io.BytesIO = field(default_factory=io.BytesIO)

    @property
    def console(self) -> Console:
        return Console(self.environ, self.out)

    @property
    def log(self) -> str:
        return self.out.getvalue().decode()

    @property
    def summary(self) -> str:
        file = self.folder / "summary"
        return file.read_text() if file.exists() else ""

    @property
    def outputs(self) -> Mapping[str, str]:
        file = self.folder / "output"
        found, lines = {}, iter(file.read_text().splitlines() if file.exists() else ())
        for line in lines:
            name, _, end = line.partition("<<")
            found[name] = "\n".join(iter(lambda: next(lines), end))
        return found


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "Dockerfile").touch()
    monkeypatch.chdir(checkout)
    return Job(
        folder=tmp_path,
        environ={
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "GITHUB_RUN_ATTEMPT": "2",
            "GITHUB_RUN_ID": "77",
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
            "RUNNER_TEMP": str(tmp_path),
        },
    )
