"""How a Django project's settings choose the way in which mail is sent."""

from rehearsal.diagnosis.facts import Facts
from rehearsal.results.file_names import ASKED_AGAIN_LOG, CONTAINER_LOG, SETUP_LOG
from rehearsal.source.python_settings import PythonModule

MAIL_LOGS = (SETUP_LOG, CONTAINER_LOG, ASKED_AGAIN_LOG)
# It prints each mail into the log.
CONSOLE = "django.core.mail.backends.console.EmailBackend"
# For a variable that holds an address: django-environ and others.
CONSOLE_ADDRESS = "consolemail://"
ADDRESS_KINDS = frozenset({"email", "email_url"})


def mail_setting_lines(facts: Facts, settings: PythonModule | None) -> tuple[str, ...]:
    """Return `give VARIABLE=VALUE` if the settings read one, else `settings` and perhaps `imports`.

    Nothing if no log shows that mail could not be sent.
    """
    if not settings or not any("smtplib.py" in facts.text(log) for log in MAIL_LOGS):
        return ()
    for reading in settings.readings:
        if reading.kind in ADDRESS_KINDS:
            return (f"give {reading.name}={CONSOLE_ADDRESS}",)
    backend = settings.assignment("EMAIL_BACKEND")
    if backend and backend.variable:
        return (f"give {backend.variable}={CONSOLE}",)
    return ("settings", *(["imports os"] if "os" in settings.imported else []))
