"""The picture of a page before the last thing that a failed test did to it."""

from collections.abc import Collection, Sequence

from rehearsal.dataclass import dataclass
from rehearsal.results.browser_steps import END, TraceStep
from rehearsal.results.step_words import step_text


@dataclass(frozen=True, kw_only=True)
class PictureBefore:
    """A picture of the evidence: its path, and the step after which it was taken.

    `start` is in seconds since the test began, `address` that of the page. Without a picture all is
    empty.
    """

    path: str = ""
    step: str = ""
    start: float = 0.0
    address: str = ""


NO_PICTURE = PictureBefore()


def picture_before(
    steps: Sequence[TraceStep], pictures: Collection[str], folder: str
) -> PictureBefore:
    """Return the last picture before the last act of the browser of the last step.

    An act is more than a lookup. `pictures` are the names of those in the `folder`. The page may
    have changed between the picture and the act: not each step has a picture.
    """
    own = [step for step in steps if step.text != END]
    own = [step for step in own if step.browser == own[-1].browser]
    acts = [number for number, step in enumerate(own) if not step.is_look]
    for step in reversed(own[: acts[-1]] if acts else ()):
        if step.picture in pictures:
            return PictureBefore(
                path=f"{folder}/{step.picture}",
                step=step_text(step),
                start=step.start,
                address=step.address,
            )
    return NO_PICTURE
