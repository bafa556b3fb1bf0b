"""The words are those of the real programs: versions of November 2026."""

from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.derived_facts import derive_facts
from rehearsal.diagnosis.facts import LOCATIONS, Facts
from rehearsal.diagnosis.rules import diagnose
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

SMTPLIB = """\
  File "/venv/lib/python3.11/site-packages/django/core/mail/backends/smtp.py", line 92, in open
    self._partial_connection = self.connection_class(
                               ^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/smtplib.py", line 312, in _get_socket
    return socket.create_connection((host, port), timeout,
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/socket.py", line 836, in create_connection
    sock.connect(sa)
{}
"""
NODEMAILER = """\
Error: getaddrinfo ENOTFOUND mail.invalid
    at GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:122:26) {
  errno: -3008,
  code: 'EDNS',
  syscall: 'getaddrinfo',
  hostname: 'mail.invalid',
  originalCode: 'ENOTFOUND',
  command: 'CONN'
}
"""
RUBY = """\
/usr/lib/ruby/3.1.0/socket.rb:1214:in `__connect_nonblock': Connection refused - connect(2) for \
127.0.0.1:1025 (Errno::ECONNREFUSED)
\tfrom /usr/lib/ruby/3.1.0/socket.rb:1214:in `connect_nonblock'
\tfrom /usr/lib/ruby/gems/3.1.0/gems/net-smtp-0.3.1/lib/net/smtp.rb:626:in `tcp_socket'
"""
REFUSED = SMTPLIB.format("ConnectionRefusedError: [Errno 111] Connection refused")


def diagnosed(log: str, checkout: SourceTree | None = None) -> list[Diagnosis]:
    lines = {"container.log": tuple(log.splitlines()), LOCATIONS: ("settings shop/settings.py",)}
    facts = Facts(verdict=Verdict.TESTS_FAILED, lines=lines)
    return diagnose(replace(facts, lines={**lines, **derive_facts(facts, checkout)}), CAUSES)


@pytest.mark.parametrize(
    "log, error",
    [
        (REFUSED, "ConnectionRefusedError: [Errno 111] Connection refused"),
        *(
            (SMTPLIB.format(error), error)
            for error in (
                "socket.gaierror: [Errno -2] Name or service not known",
                "smtplib.SMTPServerDisconnected: Connection unexpectedly closed",
                "smtplib.SMTPNotSupportedError: STARTTLS extension not supported by server.",
                "TimeoutError: timed out",
            )
        ),
        (NODEMAILER, "Error: getaddrinfo ENOTFOUND mail.invalid"),
        (RUBY, "Connection refused - connect(2) for 127.0.0.1:1025 (Errno::ECONNREFUSED)"),
        (
            'Connection could not be established with host "localhost:25": stream_socket_client()',
            'Connection could not be established with host "localhost:25": stream_socket_client()',
        ),
    ],
)
def test_mail_server(log: str, error: str) -> None:
    (found,) = diagnosed(f"{log}\nbye")
    assert found.id == "mail-server"
    assert found.title == f"The app could not send mail: {error}"
    assert not found.paste


@pytest.mark.parametrize(
    "log",
    [
        "ConnectionRefusedError: [Errno 111] Connection refused",
        NODEMAILER.replace("command: 'CONN'", "port: 5432"),
        RUBY.replace("smtp", "http"),
    ],
)
def test_mail_server__another_server(log: str) -> None:
    assert not diagnosed(log)


@pytest.mark.parametrize(
    "settings, paste",
    [
        (
            "EMAIL_BACKEND = env('MAIL_BACKEND', default='smtp')",
            "env: MAIL_BACKEND=django.core.mail.backends.console.EmailBackend",
        ),
        ("vars().update(env.email_url('MAIL_URL'))", "env: MAIL_URL=consolemail://"),
        ("import os", "add:\nEMAIL_BACKEND = os.environ.get("),
        ("DEBUG = False", "add:\nimport os\n\nEMAIL_BACKEND = os.environ.get("),
    ],
)
def test_mail_server__fits_the_settings(tmp_path: Path, settings: str, paste: str) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/settings.py").write_text(f"{settings}\n")
    (found,) = diagnosed(REFUSED, SourceTree(top=tmp_path, directory=tmp_path))
    assert paste in found.paste
