from dataclasses import dataclass
from pathlib import Path

import pytest

from rehearsal.commands.publish.same_image import require_same_image
from rehearsal.outside.engine import EngineError
from rehearsal.results.digest_format import digest_of
from rehearsal.verdict import RehearsalError, Verdict

from ..workflow.test_image_transfer import CONFIG, buildkit_archive, write_archive
from .fake_registries import IMAGE, OTHER, MemoryEngine

CONTAINERD = {"Id": IMAGE, "Descriptor": {"digest": IMAGE}}


@dataclass(frozen=True, kw_only=True)
class SavingEngine(MemoryEngine):
    """An engine that saves one image, or refuses to."""

    refuses: bool = False

    def save(self, image: str, archive: Path) -> None:
        self.calls.append(f"save {image}")
        if self.refuses:
            raise EngineError("no space left on device")
        write_archive(archive, buildkit_archive())


def test_require_same_image__one_id() -> None:
    engine = SavingEngine()
    require_same_image(engine, {"Id": IMAGE}, IMAGE)
    require_same_image(engine, CONTAINERD, IMAGE)
    assert not engine.calls


def test_require_same_image__two_ids_of_two_stores() -> None:
    engine = SavingEngine()
    require_same_image(engine, CONTAINERD, digest_of(CONFIG))
    assert engine.calls == [f"save {IMAGE}"]


@pytest.mark.parametrize(
    "image, refuses, calls",
    [
        ({"Id": IMAGE}, False, []),
        (CONTAINERD, False, [f"save {IMAGE}"]),
        (CONTAINERD, True, [f"save {IMAGE}"]),
    ],
    ids=["classic", "containerd", "not known"],
)
def test_require_same_image__another_image(
    *, image: dict[str, object], refuses: bool, calls: list[str]
) -> None:
    engine = SavingEngine(refuses=refuses)
    with pytest.raises(RehearsalError) as caught:
        require_same_image(engine, image, OTHER)
    problem = caught.value.problem
    assert problem.verdict is Verdict.PUBLISH_FAILED
    assert problem.message == (
        f"Nothing was pushed. The input image-id names the image {IMAGE}, but verdict.json names "
        f"{OTHER}."
    )
    assert "classic, containerd" in problem.hint
    assert engine.calls == calls
