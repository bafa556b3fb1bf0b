from pathlib import Path
from zipfile import ZipFile

import pytest

from rehearsal.commands.show.find_evidence import downloaded_evidence, local_evidence
from rehearsal.verdict import MisconfiguredError, Problem


def refusal(path: Path) -> Problem:
    with pytest.raises(MisconfiguredError) as raised:
        downloaded_evidence(path)
    return raised.value.problem


def pages(top: Path, *folders: str) -> Path:
    for folder in folders:
        (top / folder).mkdir(parents=True, exist_ok=True)
        (top / folder / "index.html").write_text(folder)
    return top


def packed(top: Path) -> Path:
    target = top.with_name("artifact.zip")
    with ZipFile(target, "w") as file:
        for path in sorted(top.rglob("*")):
            file.write(path, path.relative_to(top))
    return target


def shown(path: Path) -> str:
    file, size = downloaded_evidence(path).open("index.html")
    with file:
        content = file.read()
    assert len(content) == size
    return content.decode()


@pytest.mark.parametrize("as_zip", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize(
    "folders, found",
    [((".", "shards"), "."), (("rehearsal-1",), "rehearsal-1"), (("a", "b/c"), "a")],
    ids=["evidence", "one in a folder", "a deeper one is another's"],
)
def test_downloaded_evidence(
    tmp_path: Path, folders: tuple[str, ...], found: str, as_zip: bool
) -> None:
    top = pages(tmp_path / "top", *folders)
    assert shown(packed(top) if as_zip else top) == found


def test_downloaded_evidence__the_page_itself(tmp_path: Path) -> None:
    assert shown(pages(tmp_path, "a") / "a/index.html") == "a"


def test_downloaded_evidence__a_link_to_the_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(pages(tmp_path / "top", "."))
    assert shown(tmp_path / "link") == "."


@pytest.mark.parametrize("as_zip", [False, True], ids=["folder", "zip"])
def test_downloaded_evidence__several(tmp_path: Path, as_zip: bool) -> None:
    top = pages(tmp_path / "top", "shard-2", "shard-1")
    problem = refusal(packed(top) if as_zip else top)
    assert problem.message.endswith("has the evidence of 2 rehearsals: shard-1, shard-2.")
    assert ("Unpack it" in problem.hint) is as_zip


@pytest.mark.parametrize(
    "name, message",
    [
        ("nothing", "cannot be read: No such file or directory."),
        ("note.txt", "cannot be read: Not a directory."),
        ("empty", "has no index.html, so it is no evidence of a rehearsal."),
    ],
)
def test_downloaded_evidence__none(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "note.txt").write_text("index.html")
    (tmp_path / "empty").mkdir()
    problem = refusal(tmp_path / name)
    assert problem.message.endswith(message)
    assert "zip of an artifact" in problem.hint


@pytest.mark.parametrize("temp", ["", "nowhere"])
def test_local_evidence__none(tmp_path: Path, temp: str) -> None:
    with pytest.raises(MisconfiguredError) as raised:
        local_evidence({"RUNNER_TEMP": str(tmp_path / temp)}, tmp_path)
    problem = raised.value.problem
    assert problem.message.startswith("There is no evidence of a local rehearsal of the project in")
    assert "Run: rehearse." in problem.hint
