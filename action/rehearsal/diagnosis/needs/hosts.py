"""Whether ALLOWED_HOSTS has the host that the tests open."""

from collections.abc import Iterator, Sequence

from rehearsal.diagnosis.django_proposals import HOSTS, allowed_hosts
from rehearsal.diagnosis.needs.need_context import NeedContext, Proposal
from rehearsal.results.next_need import NextNeed
from rehearsal.verdict import Verdict

# What Django allows with DEBUG on and no host in the list. Source: `HttpRequest.get_host`.
LOCAL = (".localhost", "127.0.0.1", "[::1]")


def hosts(context: NeedContext) -> Iterator[Proposal]:
    """Yield the host of the app if ALLOWED_HOSTS is known and does not allow it."""
    django, settings = context.context.shape.django, context.settings
    if not django or not settings:
        return
    found = django.find(HOSTS)
    if found and found[1].variable in context.named:
        return
    allowed = settings.get(HOSTS, [] if found is None and django.lacks(HOSTS) else None)
    if not isinstance(allowed, list) or not all(isinstance(each, str) for each in allowed):
        return
    allowed = [each for each in allowed if each]
    debug = settings.get("DEBUG", False if django.lacks("DEBUG") else None)
    if not allowed and debug is None:
        return
    host = context.given.host
    if is_allowed(host, allowed or (LOCAL if debug else ())):
        return
    module, line = (found[0], found[1].line) if found else (django.modules[0], 0)
    place = context.context.place(module.path)
    at = f"{place}:{line}" if line else place
    yield Proposal(
        need=NextNeed(
            id="allowed-hosts",
            text=f"{HOSTS} does not allow {host}, which the tests open ({at}).",
            hint="Allow this host.",
            file=place,
            line=line,
        ),
        paste=allowed_hosts(
            context.as_if(Verdict.NOT_READY, {"answer": ("HTTP status 400",)}),
        ),
    )


def is_allowed(host: str, patterns: Sequence[str]) -> bool:
    """Whether a host fits one of the patterns, as Django compares them."""
    host = host.lower()
    return any(
        pattern == "*"
        or pattern.lower() == host
        or (pattern.startswith(".") and f".{host}".endswith(pattern.lower()))
        for pattern in patterns
    )
