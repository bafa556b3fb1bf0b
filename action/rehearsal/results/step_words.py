"""A step of a test in plain words: the same on all pages, in the summary and on a terminal."""

from collections.abc import Iterator

from rehearsal.dataclass import dataclass
from rehearsal.results.browser_steps import TraceStep

# As the reader of a trace begins the text of a lookup.
LOOKED = "looked for"
TYPE = "type"
# Selenium's word for a chain of moves, clicks and keys.
PLAIN = {"act": "use mouse and keys:"}


@dataclass(frozen=True, kw_only=True)
class StepWord:
    """A piece of the text; `is_code` says that it is a locator, an address, or what was typed."""

    text: str
    is_code: bool = False


def step_words(step: TraceStep) -> Iterator[StepWord]:
    """Yield what was done in plain words, and what it was done to as code."""
    done = step.command or (LOOKED if step.text.startswith(LOOKED) else "")
    if not done or not step.text.startswith(f"{done} "):
        yield StepWord(text=step.text)
        return
    what = step.text[len(done) + 1 :]
    typed = what.removeprefix(f"{step.element} ")
    if done == TYPE and step.element and typed != what:
        yield StepWord(text=f"{done} ")
        yield StepWord(text=typed, is_code=True)
        yield StepWord(text=" into ")
        yield StepWord(text=step.element, is_code=True)
        return
    what, space, times = what.rpartition(" (") if what.endswith(" times)") else (what, "", "")
    yield StepWord(text=f"{PLAIN.get(done, done)} ")
    yield StepWord(text=what, is_code=True)
    if times:
        yield StepWord(text=f"{space}{times}")


def step_text(step: TraceStep) -> str:
    """Return the words as one text."""
    return "".join(word.text for word in step_words(step))
