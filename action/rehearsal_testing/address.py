"""Where the app answers that a test is about."""

from collections.abc import Mapping


def running_app(environ: Mapping[str, str]) -> str | None:
    """Return the URL of the app that runs already, no slash at its end; None where none does.

    A rehearsal sets both REHEARSAL_URL and TEST_SERVER (HOST:PORT); one of them is enough.
    """
    server = environ.get("TEST_SERVER")
    url = environ.get("REHEARSAL_URL") or (f"http://{server}" if server else None)
    return url.rstrip("/") if url else None
