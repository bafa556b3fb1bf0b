"""Ask for a page while idle and slow clients hold connections open."""

import time
from dataclasses import replace

from rehearsal.audit.exchange import Exchange
from rehearsal.audit.observations import IdleRun
from rehearsal.outside.held_connections import TooManyFilesError, hold_connections
from rehearsal.outside.http_probe import get
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.pipeline.stages.probe import request_headers

# A browser opens a few connections that it may never use: these are the browsers of a few visitors.
IDLE = 50
# A server with four threads, a common number, has none left.
SLOW = 4
# A page that takes longer by itself would make the audit long, in seconds.
MAX_PAGE = 5.0
# What a pause of this machine spoils the second attempt repairs.
ATTEMPTS = 2


def observe_idle_clients(subject: Subject) -> IdleRun:
    """Ask for a page while idle and slow clients hold connections open."""
    run = IdleRun(idle=IDLE, slow=SLOW, before=_ask(subject, MAX_PAGE))
    if error := run.before.error:
        return replace(run, why_unknown=f"GET {run.before.path} failed without them, too: {error}")
    published, path = subject.container.published, subject.plan.probe.path
    headers = request_headers(subject.plan.probe, published.port)
    try:
        with hold_connections(published, path, headers, idle=IDLE, slow=SLOW):
            for _ in range(ATTEMPTS):
                run = replace(run, beside=_ask(subject, run.allowed_seconds))
                if not run.is_worse:
                    return run
    except TooManyFilesError:
        return replace(run, why_unknown="this machine lets us open too few connections")
    return replace(run, after=_ask(subject, run.allowed_seconds + MAX_PAGE))


def _ask(subject: Subject, timeout: float) -> Exchange:
    published, probe = subject.container.published, subject.plan.probe
    started = time.monotonic()
    answer = get(published, probe.path, request_headers(probe, published.port), timeout=timeout)
    return Exchange(
        path=probe.path,
        status=answer.status,
        headers=tuple(answer.headers.items()),
        seconds=time.monotonic() - started,
        error=answer.error,
    )
