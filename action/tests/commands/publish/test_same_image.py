from pathlib import Path

import pytest

from rehearsal.commands.publish.same_image import require_same_image
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.verdict import RehearsalError, Verdict

from ...outside.test_image_config import HEX, archive, image, saving
from .fake_registries import IMAGE, OTHER

CONFIG = f"sha256:{HEX}"


def rehearsal(image_id: str, config: str = "") -> RehearsalResult:
    return RehearsalResult(name="r", image_id=image_id, image_config=config)


@pytest.mark.parametrize("store", ["classic", "containerd"])
def test_require_same_image__one_id(tmp_path: Path, store: str) -> None:
    require_same_image(saving(tmp_path, b"", store), IMAGE, rehearsal(IMAGE))


@pytest.mark.parametrize(
    "rehearsed", [rehearsal(CONFIG), rehearsal(CONFIG, CONFIG), rehearsal(OTHER, CONFIG)]
)
def test_require_same_image__containerd_where_it_is_published(
    tmp_path: Path, rehearsed: RehearsalResult
) -> None:
    output = archive(image(f"blobs/sha256/{HEX}"))
    require_same_image(saving(tmp_path, output, "containerd"), IMAGE, rehearsed)


def test_require_same_image__containerd_where_it_was_rehearsed(tmp_path: Path) -> None:
    require_same_image(saving(tmp_path, b"", "classic"), IMAGE, rehearsal(OTHER, IMAGE))


@pytest.mark.parametrize(
    "output, store",
    [
        (b"", "classic"),
        (archive(image(f"blobs/sha256/{HEX}")), "containerd"),
        (b"no space left on device", "containerd"),
    ],
    ids=["classic", "containerd", "not known"],
)
def test_require_same_image__another_image(tmp_path: Path, output: bytes, store: str) -> None:
    with pytest.raises(RehearsalError) as caught:
        require_same_image(saving(tmp_path, output, store), IMAGE, rehearsal(OTHER))
    problem = caught.value.problem
    assert problem.verdict is Verdict.PUBLISH_FAILED
    assert problem.message == (
        f"Nothing was pushed. The input image-id names the image {IMAGE}, but verdict.json names "
        f"{OTHER}."
    )
