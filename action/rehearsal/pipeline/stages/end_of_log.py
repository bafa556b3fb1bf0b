"""The hint of an error whose reason stands at the end of a log, unless nothing was written."""

from rehearsal.evidence.log import Log


def end_of_log(log: Log, shows: str = "why") -> str:
    """Return what the end of a log shows, or that there is none."""
    if log.tail(1):
        return f"{log.name} shows {shows}, at its end."
    return f"It wrote nothing: {log.name} is empty."
