"""Two pictures of a test, from a rehearsal where it passed and from one where it failed."""

from collections.abc import Iterator, Sequence
from dataclasses import field

from rehearsal.dataclass import dataclass
from rehearsal.results.browser_steps import END, TraceStep


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture: `kind` is png or jpeg, `content` the file, whose first bytes were checked."""

    kind: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class PicturePair:
    """What the browser showed `before`, where a test passed, and `now`, where it failed.

    `now_path` is where the second picture is in the evidence. `step` is what the test had done last
    before the first one; `same_step` says that both are of that step.
    """

    test: str
    before: Picture
    now: Picture
    now_path: str = ""
    step: str = ""
    same_step: bool = False


@dataclass(frozen=True, kw_only=True)
class ChosenPictures:
    """The names of the two pictures to compare; `now` is empty if it is the screenshot."""

    before: str
    now: str
    step: str
    same_step: bool


def choose_pictures(
    before: Sequence[TraceStep], now: Sequence[TraceStep], *, has_screenshot: bool
) -> ChosenPictures | None:
    """Return which pictures of two traces of one test to compare; None if there is none.

    That is the picture after the last step of the failed test, and where this is not there, the
    last one of all.
    """
    green, red = list(_keyed(before)), list(_keyed(now))
    last_red = next((step.picture for _, step in reversed(red) if step.picture), "")
    if not red or not (has_screenshot or last_red):
        return None
    key, last = red[-1]
    same = next((step for found, step in green if found == key and step.picture), None)
    # A screenshot is of the first browser that was opened.
    is_shot = has_screenshot and last.browser == min(step.browser for _, step in red)
    if same and (is_shot or last.picture):
        shown = "" if is_shot else last.picture
        return ChosenPictures(before=same.picture, now=shown, step=same.text, same_step=True)
    newest = next((step for _, step in reversed(green) if step.picture), None)
    if not newest or not (is_shot or last_red):
        return None
    return ChosenPictures(
        before=newest.picture, now="" if is_shot else last_red, step=newest.text, same_step=False
    )


def _keyed(steps: Sequence[TraceStep]) -> Iterator[tuple[tuple[object, ...], TraceStep]]:
    """Yield the steps that do something with what tells them apart in each run of a test."""
    counts: dict[int, int] = {}
    for step in steps:
        if step.is_look or step.text == END:
            continue
        counts[step.browser] = counts.get(step.browser, 0) + 1
        yield (step.browser, counts[step.browser], step.command, step.element), step
