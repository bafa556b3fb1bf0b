"""Ways to break a plain Django project, and what a rehearsal says of each.

The project is `fixtures/plain_app`: what Django's own commands write, a form, a style sheet and a
script. Its settings have no LOGGING, as Django's default has none.
"""

from .faults import Fault

BREAKS = (
    Fault(
        name="plain-port",
        app="plain_app",
        verdict="not-ready",
        diagnosis="wrong-port",
        # Shorter than the delay after which this cause ends the wait.
        inputs={"ready-timeout": "5"},
        edits=(("Dockerfile", r"0\.0\.0\.0:8888", "0.0.0.0:8000"),),
        told=("listens on port 8000", "port: '8000'"),
    ),
    Fault(
        name="plain-host",
        app="plain_app",
        verdict="not-ready",
        diagnosis="disallowed-host",
        inputs={"env": "ALLOWED_HOSTS=guestbook.example.com"},
        told=("ALLOWED_HOSTS=localhost",),
    ),
)
