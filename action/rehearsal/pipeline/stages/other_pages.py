"""Pages that answer where the requested one does not."""

from collections.abc import Iterator

from rehearsal.config.rehearsal_plan import ProbePlan
from rehearsal.outside import http_probe
from rehearsal.pipeline.stages.probe import leads_to_https, request_headers
from rehearsal.results.published_port import PublishedPort

# What apps call the page that says how they are; then the pages that most sites have.
PATHS = ("/healthz", "/health", "/up", "/ping", "/", "/login", "/accounts/login/", "/admin/login/")
# In seconds, for each page.
TIMEOUT = 0.5


def find_other_pages(probe: ProbePlan, published: PublishedPort) -> Iterator[str]:
    """Yield `STATUS PATH` for each of `PATHS` whose answer would count as ready.

    It ends at the first page that does not answer in time.
    """
    headers = request_headers(probe, published.port)
    for path in PATHS:
        answer = http_probe.get(published, path, headers, timeout=TIMEOUT)
        if not answer.status:
            return
        accepted = probe.accepts(answer.status) and not leads_to_https(probe, answer)
        if path != probe.path and accepted:
            yield f"{answer.status} {path}"
