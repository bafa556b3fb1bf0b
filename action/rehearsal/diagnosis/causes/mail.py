"""Causes of mail that an app cannot send."""

from rehearsal.diagnosis.causes.snippets import AT_END_OF_SETTINGS
from rehearsal.diagnosis.facts import MAIL_SETTINGS
from rehearsal.diagnosis.mail_settings import CONSOLE, MAIL_LOGS
from rehearsal.diagnosis.paste import in_step
from rehearsal.diagnosis.rules import Cause, Pattern, Variant
from rehearsal.verdict import Verdict

VARIABLE = "DJANGO_EMAIL_BACKEND"
CHOICE = (
    f'EMAIL_BACKEND = os.environ.get(\n    "{VARIABLE}", '
    '"django.core.mail.backends.smtp.EmailBackend"\n)\n\n'
) + in_step("env", f"{VARIABLE}={CONSOLE}", "and ")
DJANGO_HINT = (
    "A rehearsal has no mail server. Let Django print its mail into the log instead (the backend "
    "console; filebased writes files), by a variable that only rehearsals set. If the tests have "
    "to read it, start a mail server in an earlier step, and name its network in the input network."
)

MAIL = (
    Cause(
        id="mail-server",
        verdicts=(
            Verdict.SETUP_FAILED,
            Verdict.CRASHED,
            Verdict.NOT_READY,
            Verdict.TESTS_FAILED,
        ),
        patterns=(
            Pattern(
                MAIL_LOGS,
                # Python
                r'^[ \t]*File "[^"\n]*/smtplib\.py", line \d+, in \w+\n(?:[ \t].*\n)*'
                r"(?P<error>\S*(?:[Ee]rror|Disconnected|Refused|Exception|Timeout|timeout).*)$",
                # nodemailer
                r"^(?>.*?(?P<error>Error: .*))\n"
                r"(?:[ \t].*\n){0,30}?[ \t]+command: '(?:CONN|EHLO|AUTH)",
                # Ruby
                r"^\S+:in [`'].+?': (?P<error>.+ \(\S+\))\n"
                r"(?:\s+from .*\n)*?\s+from \S*/net/smtp\.rb:",
                # Symfony and Laravel, Java
                r"(?P<error>Connection could not be established with host \".*)",
                r"(?P<error>Couldn't connect to host, port: .*)",
            ),
        ),
        title="The app could not send mail: {error}",
        hint="A rehearsal has no mail server. Let a variable, which only rehearsals set in env, "
        "choose a transport that sends nothing (nodemailer: jsonTransport: true). Or start a mail "
        "server in an earlier step, and name its network in the input network.",
        variants=(
            Variant(
                pattern=Pattern(MAIL_SETTINGS, r"^give (?P<given>.+)$"),
                hint=DJANGO_HINT,
                paste=in_step("env", "{given}"),
            ),
            Variant(
                pattern=Pattern(MAIL_SETTINGS, r"^imports os$"),
                hint=DJANGO_HINT,
                paste=f"{AT_END_OF_SETTINGS}{CHOICE}",
            ),
            Variant(
                pattern=Pattern(MAIL_SETTINGS, r"^settings$"),
                hint=DJANGO_HINT,
                paste=f"{AT_END_OF_SETTINGS}import os\n\n{CHOICE}",
            ),
        ),
        background="Production needs its mail server all the same: send a mail there, once.",
    ),
)
