import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench import __main__ as program
from bench.document import DOCUMENT
from bench.measure import Row
from bench.programs import BenchError
from bench.results import Results

Bench = Callable[..., int]


def rows(ours: float) -> Iterator[Row]:
    yield Row(id="x", title="X", unit="s", values={"ours": [ours], "theirs": [1.0]})


def broken() -> Iterator[Row]:
    yield Row(id="y", title="Y", unit="s", values={"ours": [1.0]})
    raise BenchError("curl ended with 7")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Two groups, without the machine's programs; its files are in tmp_path."""
    (tmp_path / "performance.md").write_text(DOCUMENT.read_text())
    monkeypatch.setattr(program, "ROOT", tmp_path)
    monkeypatch.setattr(program, "BASELINE", tmp_path / "baseline.json")
    monkeypatch.setattr(program, "DOCUMENT", tmp_path / "performance.md")
    monkeypatch.setattr(program, "describe", lambda: {"processor": "2 x Y"})
    monkeypatch.setattr(program, "_draw", lambda *_: None)

    def run(*arguments: str, ours: float = 0.5) -> int:
        groups = {"fine": lambda: rows(ours), "broken": broken}
        monkeypatch.setattr(program, "GROUPS", groups)
        monkeypatch.setattr(sys, "argv", ["bench", "--into", f"{tmp_path}/into", *arguments])
        return program.main()

    return run


def test_main__one_group(bench: Bench, tmp_path: Path) -> None:
    assert bench("fine") == 0
    (row,) = Results.read(tmp_path / "into/results.json").rows
    assert (row.id, row.group) == ("x", "fine")
    assert "### fine" in (tmp_path / "into/table.md").read_text()


def test_main__a_group_that_fails_costs_only_the_baseline(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench("--write-baseline") == 1
    assert "broken failed: curl ended with 7" in capsys.readouterr().out
    assert [row.id for row in Results.read(tmp_path / "into/results.json").rows] == ["x", "y"]
    assert not (tmp_path / "baseline.json").exists()


def test_main__a_baseline_and_what_is_worse(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench("fine") == 0
    assert bench("--results", f"{tmp_path}/into/results.json", "--write-baseline") == 0
    assert "### fine" in (tmp_path / "performance.md").read_text()
    assert bench("fine", "--check") == 0
    assert bench("fine", "--check", ours=0.7) == 1
    assert "x: 0.7 (0.7 to 0.7) of theirs; it was 0.5" in capsys.readouterr().out
    earlier = ("--check", "--baseline", f"{tmp_path}/into/results.json")
    assert bench("fine", *earlier, ours=0.8) == 0, "compared with the run before"
    assert bench("fine", *earlier, ours=1.0) == 1
    assert bench("fine", "--check", ours=0.3) == 0
    assert "Worse: 0, better: 1, each by more than 20 %" in (capsys.readouterr().out)


def test_main__a_baseline_of_other_groups(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Results(machine={}, rows=[]).write(tmp_path / "baseline.json")
    assert bench("fine", "--check") == 1
    assert "No ratio could be compared" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["none"], "there is no group none; the groups: fine, broken"),
        (
            ["fine", "--write-baseline"],
            "--write-baseline needs all groups of one run: name no group",
        ),
        (["--check"], "baseline.json: --write-baseline writes bench/baseline.json"),
    ],
)
def test_main__refuses(
    bench: Bench, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        bench(*arguments)
    assert words in capsys.readouterr().err
