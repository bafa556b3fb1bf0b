"""Whether two IDs name one image: the classic and the containerd image store give it two IDs."""

from rehearsal.commands.publish.publication import publish_failed
from rehearsal.outside.engine import Engine
from rehearsal.outside.image_config import config_digest
from rehearsal.results.rehearsal import RehearsalResult


def require_same_image(engine: Engine, image_id: str, rehearsal: RehearsalResult) -> None:
    """Return if the image with this ID in the engine is the one that was rehearsed.

    Raises `RehearsalError` (publish-failed) when it is another one, or when that is not known.
    """
    if image_id == rehearsal.image_id:
        return
    config = config_digest(engine, image_id)
    if config and config in (rehearsal.image_id, rehearsal.image_config):
        return
    raise publish_failed(
        f"Nothing was pushed. The input image-id names the image {image_id}, but verdict.json "
        f"names {rehearsal.image_id}.",
        "Hand over image-id and evidence-path of the same rehearsal. If they are, something "
        "changed verdict.json: find out what, and rehearse again.",
    )
