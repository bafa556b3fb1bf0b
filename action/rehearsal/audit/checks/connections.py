"""Checks of connections: clients that hold them open, and a request that is open at the stop."""

import signal
from collections.abc import Iterator

from rehearsal.audit.check import CheckSkipped, Failure, Note, check
from rehearsal.audit.exchange import Exchange
from rehearsal.audit.observations import IdleRun, Observations, StopRun

# How long the container may take to end, in seconds: half of what `docker stop` allows.
MAX_STOP = 5.0
# More processes than this that want each processor slow the end down; so many are usual.
USUAL_LOAD = 2.0
# A process that ends by a signal has this and the signal's number as its exit code.
BY_SIGNAL = 128


@check(
    "idle-connection",
    title="Idle and slow clients keep nobody waiting",
    why="Browsers open connections before they need them, and phones send slowly. A server that "
    "reserves a worker for each connection, like gunicorn's default sync worker, soon has none "
    "left, and all other visitors wait.",
    hint="Use a server that needs no worker for a connection until its request is complete, or one "
    "with many threads: an ASGI server, gunicorn with --worker-class gevent, or gunicorn 23 with "
    "--threads 16 or more (from 24 on an idle connection takes a thread, too).",
    reference="https://docs.gunicorn.org/en/stable/design.html",
)
def idle_connection(observations: Observations) -> Iterator[Failure | Note]:
    """Fail if the ready page is answered late beside other clients, or not at all."""
    run = observations.idle
    if not run:
        raise CheckSkipped("no page was asked for beside idle clients")
    if not run.beside:
        raise CheckSkipped(run.why_unknown)
    if not run.is_worse:
        return
    if run.after and run.after.status and run.after.seconds > run.allowed_seconds:
        raise CheckSkipped(
            f"GET {run.before.path} takes {run.before.seconds:.1f} s at one time and "
            f"{run.after.seconds:.1f} s at another without other clients, too"
        )
    yield Failure(
        message=f"GET {run.before.path} {_outcome(run.beside)} while {run.idle} connections were "
        f"idle and {run.slow} clients sent byte by byte.",
        evidence=tuple(_idle_lines(run)),
    )


@check(
    "graceful-stop",
    title="SIGTERM ends the container in time, and requests in flight are answered",
    why="Each new version stops the old container with SIGTERM. If it does not end in time it is "
    "killed, and requests that it has begun are lost: visitors see an error at each release.",
    hint='Write CMD in exec form, like CMD ["gunicorn", …], or end an entrypoint script with exec '
    '"$@", so that the server gets the signal. It has to finish its requests within 5 s and exit '
    "with 0: for gunicorn set --graceful-timeout 3, in Node call server.close(), in Go "
    "Shutdown(). nginx and Apache do so on other signals: STOPSIGNAL SIGQUIT or SIGWINCH.",
    reference="https://docs.docker.com/reference/cli/docker/container/stop/",
)
def graceful_stop(observations: Observations) -> Iterator[Failure | Note]:
    """Fail if the container does not end as asked, or drops a request; note what was in flight."""
    run = observations.stop
    if not run:
        raise CheckSkipped("the container's stop was not observed")
    if run.why_unknown:
        raise CheckSkipped(run.why_unknown)
    if run.by_itself:
        yield Failure(
            message=f"The container ended by itself during the audit: {run.end}.",
            evidence=run.log,
            hint="The audit asks for a few pages, runs a few programs in the container and opens "
            "54 connections. Look for the reason in the log; more memory may be needed.",
        )
        return
    request = f"{run.request}: {run.answer}" if run.request else ""
    evidence = tuple(filter(None, (request, f"SIGTERM: {run.end} after {run.seconds:.1f} s")))
    if faults := list(_stop_faults(run, _expected_codes(observations))):
        yield Failure(message=" ".join(faults), evidence=evidence)
    elif run.request:
        yield Note(message=f"In flight at SIGTERM: {request}.", evidence=evidence)
    else:
        yield Note(
            message="No request could be held in flight at SIGTERM: the server answers at once, or "
            "closes connections whose request is not complete.",
            evidence=evidence,
        )


def _outcome(beside: Exchange) -> str:
    if beside.status:
        return f"gave HTTP status {beside.status} after {beside.seconds:.1f} s"
    return f"got no answer ({beside.error})"


def _idle_lines(run: IdleRun) -> Iterator[str]:
    asked = {"before": run.before, "beside them": run.beside, "after they were gone": run.after}
    for when, exchange in asked.items():
        if exchange:
            outcome = exchange.error or f"HTTP status {exchange.status}"
            yield f"GET {exchange.path} {when}: {outcome} after {exchange.seconds:.2f} s"


def _stop_faults(run: StopRun, expected_codes: set[int]) -> Iterator[str]:
    is_late = run.seconds > MAX_STOP
    allowed = MAX_STOP * max(1.0, run.load / USUAL_LOAD)
    if is_late and run.was_killed:
        yield f"The container had not ended {run.seconds:.0f} s after SIGTERM and was killed."
    elif run.seconds > allowed:
        yield f"The container ended only {run.seconds:.1f} s after SIGTERM."
    if run.exit_code not in expected_codes and not (is_late and run.was_killed):
        yield f"SIGTERM ended the container with {run.end} instead of 0 or 143."
    if run.request and not run.is_answered:
        yield f"A request in flight at SIGTERM was not answered: {run.request}."


def _expected_codes(observations: Observations) -> set[int]:
    """Return the exit codes of a stop as asked; an image may ask for another signal."""
    codes = {0, BY_SIGNAL + signal.SIGTERM}
    name = str(observations.image_config.get("StopSignal") or "").upper()
    if name.isalpha() and not name.startswith("SIG"):
        name = f"SIG{name}"  # The engine takes it without, too.
    if name in signal.Signals.__members__:
        codes.add(BY_SIGNAL + signal.Signals[name])
    elif name.isdecimal():
        codes.add(BY_SIGNAL + int(name))
    return codes
