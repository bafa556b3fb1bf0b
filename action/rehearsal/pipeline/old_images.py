"""Remove the images of earlier rehearsals, which pile up on a machine that is used again."""

import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from rehearsal.config.input_table import DAY
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.image_record import BuiltImage, record_path, update_record
from rehearsal.outside.time_limit import within
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.image import Image
from rehearsal.verdict import RehearsalError

# In seconds, for all images; what is left is removed the next time.
TIMEOUT = 30.0


def limit_images(
    plan: Plan, context: RunContext, state: RunState, image: Image, cleanup: ExitStack
) -> None:
    """Record the image that was built, and remove the old ones when the rehearsal is over.

    An error is a notice: it changes no verdict.
    """
    if not plan.keep_images or plan.image:
        return
    record = record_path(context.env)

    def note(error: Exception) -> None:
        reason = getattr(error, "strerror", None) or error
        state.notices.append(f"keep-images: images may stay for longer ({record}: {reason}).")

    def remove() -> None:
        if state.cancelled:
            return
        try:
            within(TIMEOUT, lambda: remove_images(record, old, context.engine))
        except (OSError, RehearsalError) as error:
            note(error)

    built = BuiltImage(
        repository=context.env.get("GITHUB_REPOSITORY") or str(plan.directory),
        engine=context.engine.host(),
        id=image.id,
        name=image.reference,
        built=time.time(),
    )
    try:
        old = record_image(record, built, plan.keep_images)
    except OSError as error:
        note(error)
    else:
        cleanup.callback(remove)


def record_image(record: Path, image: BuiltImage, days: int) -> list[BuiltImage]:
    """Record an image that was just built; return the older images of its repository.

    Those are older by more than `days`. Raises OSError.
    """
    old: list[BuiltImage] = []

    def add(known: list[BuiltImage]) -> list[BuiltImage]:
        others = [each for each in known if (each.id, each.name) != (image.id, image.name)]
        old.extend(
            each
            for each in others
            if (each.repository, each.engine) == (image.repository, image.engine)
            and each.built < image.built - days * DAY
        )
        return [*others, image]

    update_record(record, add)
    return old


def remove_images(record: Path, images: Iterable[BuiltImage], engine: Engine) -> None:
    """Remove images from the engine, and then from the record.

    An image stays if a container uses it, since the engine refuses. An image with another name only
    loses our name. Raises OSError and `RehearsalError`.
    """
    removed = [image for image in images if _remove(image, engine)]
    if removed:
        update_record(record, lambda known: [each for each in known if each not in removed])


def _remove(image: BuiltImage, engine: Engine) -> bool:
    """Remove our name of an image, or an image without any name; return whether that is done."""
    try:
        names = engine.image_names(image.id)
        if names is None:
            return True
        if names and image.name not in names:
            return False
        engine.untag(image.name if names else image.id)
    except EngineError:
        return False
    return True
