"""Checks of make reference: what is stale is found and written anew."""

import shutil
from pathlib import Path

import pytest
import yaml

from tools import reference


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of action.yml, the only document that is checked beside the schemas."""
    name = "action/action.yml"
    (tmp_path / name).parent.mkdir()
    for each in (name, *reference.SCHEMAS):
        shutil.copyfile(reference.TOP / each, tmp_path / each)
    monkeypatch.setattr(reference, "TOP", tmp_path)
    monkeypatch.setattr(reference, "DOCUMENTS", (name,))
    return tmp_path / name


def test_check__fresh(copy: Path) -> None:
    assert copy.is_file()
    assert reference.main(["--check"]) == 0


def test_main__writes_what_is_stale(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fresh = copy.read_text(encoding="utf-8")
    copy.write_text(fresh.replace("    default: 200-399\n", ""), encoding="utf-8")
    assert reference.main(["--check"]) == 1
    assert "stale: action/action.yml. Run: make reference" in capsys.readouterr().err
    assert reference.main([]) == 0
    assert copy.read_text(encoding="utf-8") == fresh


def test_main__writes_a_stale_schema(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = copy.with_name("verdict.schema.json")
    fresh = schema.read_text(encoding="utf-8")
    schema.write_text(fresh.replace("1970", "1900"), encoding="utf-8")
    assert reference.main(["--check"]) == 1
    assert "stale: action/verdict.schema.json. Run: make reference" in capsys.readouterr().err
    assert reference.main([]) == 0
    assert schema.read_text(encoding="utf-8") == fresh


def test_main__unknown_table(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy.write_text("# table: seats\n# end of table\n", encoding="utf-8")
    assert reference.main([]) == 1
    assert "there is no table called seats" in capsys.readouterr().err


def test_tables__each_stands_in_a_document() -> None:
    texts = [(reference.TOP / name).read_text(encoding="utf-8") for name in reference.DOCUMENTS]
    written = {match["name"] for text in texts for match in reference.PLACE.finditer(text)}
    assert written == reference.TABLES.keys()


@pytest.mark.parametrize(
    "text", ["", ".", "8888", "off", "/", "200-399", "a: b", "a #b", "it's: 'x'"]
)
def test_scalar__is_read_back_as_the_same_string(text: str) -> None:
    assert yaml.safe_load(f"key: {reference._scalar(text)}") == {"key": text}
