"""The first line of a page: which repository, branch, commit, pull request and run."""

from collections.abc import Iterator

from rehearsal.report.page.links import web_link
from rehearsal.report.page.markup import Child, element
from rehearsal.report.web_links import (
    branch_url,
    commit_url,
    pull_request_url,
    repository_url,
    run_url,
    short_commit,
)
from rehearsal.results.origin import Origin

SEPARATOR = " · "


def origin_line(origin: Origin, image: str) -> Child:
    """Return the line, with links on GitHub; nothing where nothing is known.

    Where no repository is known, the name of the image says which project this is.
    """
    parts = list(_parts(origin))
    if image and not origin.repository:
        parts.insert(0, element("code", image))
    if not parts:
        return None
    joined = [(SEPARATOR, part) if number else part for number, part in enumerate(parts)]
    return element("p", joined, class_="origin")


def _parts(origin: Origin) -> Iterator[Child]:
    if origin.repository:
        yield web_link(repository_url(origin), origin.repository)
    if number := origin.pull_request:
        yield web_link(pull_request_url(origin), f"pull request #{number}")
    if name := origin.branch or origin.ref:
        kind = "branch" if origin.branch else "ref"
        yield kind, " ", element("code", web_link(branch_url(origin), name))
    if origin.commit:
        commit = element("code", web_link(commit_url(origin), short_commit(origin)))
        yield "commit ", commit, " with changes" if origin.is_changed else None
    if origin.run:
        run = origin.run.rpartition("/")[2]
        attempt = f", attempt {origin.attempt}" if origin.attempt else ""
        yield web_link(run_url(origin), f"run {run}{attempt}")
