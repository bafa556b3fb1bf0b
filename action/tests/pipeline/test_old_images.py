from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from rehearsal.config.input_table import DAY
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.image_record import BuiltImage
from rehearsal.pipeline.old_images import record_image, remove_images

NOW = 1_000_000_000.0
NEW = BuiltImage(
    repository="o/n", engine="unix:///e", id="sha256:new", name="rehearsed/n:new", built=NOW
)
OLD = replace(NEW, id="sha256:old", name="rehearsed/n:old", built=NOW - 8 * DAY)


@dataclass
class FakeImages:
    """An engine with images: their names by their IDs."""

    names: dict[str, list[str]]
    used: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def image_names(self, image: str) -> list[str] | None:
        return self.names.get(image)

    def untag(self, reference: str) -> None:
        if reference in self.used:
            raise EngineError("conflict: unable to remove repository reference")
        self.removed.append(reference)


def as_engine(fake: FakeImages) -> Engine:
    return cast("Engine", fake)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "images.jsonl"


@pytest.mark.parametrize(
    "change, is_old",
    [
        ({}, True),
        ({"built": NOW - 6 * DAY}, False),
        ({"repository": "o/other"}, False),
        ({"engine": "ssh://other"}, False),
        ({"id": NEW.id}, True),
        ({"id": NEW.id, "name": NEW.name}, False),
    ],
    ids=["old", "younger", "another repository", "another engine", "same image", "built again"],
)
def test_record_image__returns_the_old_ones(
    record: Path, change: Mapping[str, str], *, is_old: bool
) -> None:
    before = replace(OLD, **change)  # type: ignore[arg-type]
    assert record_image(record, before, 7) == []
    assert record_image(record, NEW, 7) == ([before] if is_old else [])


@pytest.mark.parametrize(
    "names, used, removed, is_known",
    [
        pytest.param([OLD.name], [], [OLD.name], False, id="only our name"),
        pytest.param([], [], [OLD.id], False, id="no name"),
        pytest.param([OLD.name, "mine:1"], [], [OLD.name], False, id="another name, too"),
        pytest.param(["mine:1"], [], [], True, id="only another name"),
        pytest.param([OLD.name], [OLD.name], [], True, id="in use"),
        pytest.param(None, [], [], False, id="gone"),
    ],
)
def test_remove_images(
    record: Path, names: list[str] | None, used: list[str], removed: list[str], *, is_known: bool
) -> None:
    fake = FakeImages({} if names is None else {OLD.id: names}, used=used)
    record_image(record, OLD, 7)
    remove_images(record, record_image(record, NEW, 7), as_engine(fake))
    assert fake.removed == removed
    assert record_image(record, NEW, 7) == ([OLD] if is_known else [])
