"""The reports of a publication: the tests, the image, and the digest of each reference."""

from collections.abc import Iterator

from rehearsal import __version__
from rehearsal.commands.publish.publication import Publication, PublishTarget, TargetState
from rehearsal.report.markdown import cell, code, paragraph
from rehearsal.verdict import Verdict


def summary(publication: Publication) -> str:
    """Return the job summary as Markdown: the verdict and its cause, then every reference."""
    return "\n".join(_summary_lines(publication)) + "\n"


def closing(publication: Publication) -> str:
    """Return the last lines of the step log."""
    return "\n".join(_closing_lines(publication))


def _summary_lines(publication: Publication) -> Iterator[str]:
    passed = publication.verdict is Verdict.PASSED
    verdict = "published" if passed else str(publication.verdict)
    yield f"## {'✅' if passed else '❌'} Dress rehearsal: {verdict}"
    yield ""
    if problem := publication.problem:
        yield f"**{paragraph(problem.message)}**"
        yield ""
        if problem.hint:
            yield f"**What to do:** {paragraph(problem.hint)}"
            yield ""
    if publication.image_id:
        yield f"- Tests: {cell(_tests(publication))}"
        yield f"- Image: {code(publication.image_id)}"
        yield ""
    if publication.targets:
        yield "| reference | holds | |"
        yield "|---|---|---|"
        for target in publication.targets:
            name = cell(target.reference.written)
            yield f"| {name} | {_content_cell(target)} | {_state_cell(target)} |"
        yield ""
    for notice in publication.notices:
        yield f"- {cell(notice)}"
    if publication.notices:
        yield ""
    yield f"<sub>Dress Rehearsal {__version__}</sub>"


def _closing_lines(publication: Publication) -> Iterator[str]:
    if publication.image_id:
        yield f"tests:    {' '.join(_tests(publication).split())}"
        yield f"image:    {publication.image_id}"
    for target in publication.targets:
        reason = f" ({target.reason})" if target.reason else ""
        name = target.reference.written
        yield f"registry: {name}: {target.content}, {target.state.value}{reason}"
    yield from (f"notice:   {' '.join(notice.split())}" for notice in publication.notices)
    yield f"verdict:  {publication.verdict}"


def _tests(publication: Publication) -> str:
    rehearsal = publication.rehearsal
    if rehearsal is None:
        return "not known; only the ID of the image was given"
    results = rehearsal.suite_results
    if results is None or results.test_count is None:
        return f"the rehearsal {rehearsal.name} passed; the number of tests is not known"
    text = f"the rehearsal {rehearsal.name} passed, {results.test_count} tests ran"
    flaky = results.flaky_count
    return f"{text}, {flaky} of them more than once" if flaky else text


def _content_cell(target: PublishTarget) -> str:
    digest = target.remote.digest if target.answered and target.remote else ""
    return code(digest) if digest else cell(target.content)


def _state_cell(target: PublishTarget) -> str:
    text = cell(target.reason or target.state.value)
    if target.state is TargetState.NOT_TRIED:
        return text
    return f"{'✅' if target.state.verified else '❌'} {text}"
