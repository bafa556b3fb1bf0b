"""What is told of a publication: the chain from the tests to the digests."""

from collections.abc import Iterator

from rehearsal import __version__
from rehearsal.commands.publish.publication import Publication, PublishTarget, State
from rehearsal.report.markdown import bare, cell, part
from rehearsal.verdict import Verdict


def summary(publication: Publication) -> str:
    """Return the job summary's Markdown: verdict and cause first, then every reference."""
    return "\n".join(_lines(publication)) + "\n"


def closing(publication: Publication) -> str:
    """Return the last lines of the step log."""
    return "\n".join(_closing(publication))


def _lines(publication: Publication) -> Iterator[str]:
    passed = publication.verdict is Verdict.PASSED
    verdict = "published" if passed else str(publication.verdict)
    yield f"## {'✅' if passed else '❌'} Dress rehearsal: {verdict}"
    yield ""
    if problem := publication.problem:
        yield f"**{part(problem.message)}**"
        yield ""
        if problem.hint:
            yield f"**What to do:** {part(problem.hint)}"
            yield ""
    if publication.image_id:
        yield f"- Tests: {cell(_tests(publication))}"
        yield f"- Image: `{bare(publication.image_id)}`"
        yield ""
    if publication.entries:
        yield "| reference | holds | |"
        yield "|---|---|---|"
        for entry in publication.entries:
            yield f"| {cell(entry.reference.written)} | {_holds(entry)} | {_became(entry)} |"
        yield ""
    for notice in publication.notices:
        yield f"- {cell(notice)}"
    if publication.notices:
        yield ""
    yield f"<sub>Dress Rehearsal {__version__}</sub>"


def _closing(publication: Publication) -> Iterator[str]:
    if publication.image_id:
        yield f"tests:    {' '.join(_tests(publication).split())}"
        yield f"image:    {publication.image_id}"
    for entry in publication.entries:
        why = f" ({entry.why})" if entry.why else ""
        yield f"registry: {entry.reference.written}: {entry.there}, {entry.state.value}{why}"
    yield from (f"notice:   {' '.join(notice.split())}" for notice in publication.notices)
    yield f"verdict:  {publication.verdict}"


def _tests(publication: Publication) -> str:
    rehearsed = publication.rehearsed
    if rehearsed is None:
        return "not known; the image was named by its ID alone"
    results = rehearsed.results
    if results is None or results.tests is None:
        return f"the rehearsal {rehearsed.name} passed; how many tests ran is not known"
    text = f"the rehearsal {rehearsed.name} passed, {results.tests} tests ran"
    return f"{text}, {len(results.flaky)} of them more than once" if results.flaky else text


def _holds(entry: PublishTarget) -> str:
    digest = entry.held.digest if entry.asked and entry.held else ""
    return f"`{bare(digest)}`" if digest else cell(entry.there)


def _became(entry: PublishTarget) -> str:
    mark = "✅ " if entry.state.good else "" if entry.state is State.UNTRIED else "❌ "
    return f"{mark}{cell(entry.why or entry.state.value)}"
