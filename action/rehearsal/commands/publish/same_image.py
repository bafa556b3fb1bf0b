"""Whether two IDs name one image: the classic and the containerd image store give it two IDs."""

import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from rehearsal.commands.publish.publication import publish_failed
from rehearsal.commands.workflow.archive import read_archive
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.verdict import RehearsalError


def require_same_image(engine: Engine, image: Mapping[str, Any], rehearsed: str) -> None:
    """Return if `image`, as the engine reports it, is the one whose ID verdict.json names.

    Raises `RehearsalError` (publish-failed) when it is another one, or when that is not known.
    """
    image_id = str(image["Id"])
    if rehearsed == image_id:
        return
    # In the classic store, whose images have no descriptor, the ID is the config's digest.
    if image.get("Descriptor") and rehearsed in _ids_in_archive(engine, image_id):
        return
    raise publish_failed(
        f"Nothing was pushed. The input image-id names the image {image_id}, but verdict.json "
        f"names {rehearsed}.",
        "Hand over image-id and evidence-path of the same rehearsal. If they are, something "
        "changed verdict.json: find out what, and rehearse again. Engines with different image "
        "stores (classic, containerd) may give one image two IDs: use the same kind in both jobs.",
    )


def _ids_in_archive(engine: Engine, image_id: str) -> tuple[str, ...]:
    """Return the digests of the image's config and manifest; empty if they cannot be read.

    The containerd store tells only the manifest's, so the image is saved.
    """
    with (
        tempfile.TemporaryDirectory(prefix="rehearsal-") as folder,
        suppress(EngineError, RehearsalError),
    ):
        archive = Path(folder) / "image.tar"
        engine.save(image_id, archive)
        return read_archive(archive).ids
    return ()
