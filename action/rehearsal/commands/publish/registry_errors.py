"""Find the reason of a failure in the message of the docker client."""

import re

from rehearsal.commands.publish.reference import split_repository
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a registry failed; `pattern` matches the message of the client.

    With `unreachable` the registry gave no answer; before the first push that stops everything.
    """

    name: str
    pattern: str
    hint: str
    unreachable: bool = False


# The first match counts. Sources: the docker client and engine 20.10 and 28, the registry
# 2.8, errcode of docker/distribution, net and crypto/x509 of Go.
REASONS = (
    Reason(
        name="no such host",
        pattern=r"no such host|server misbehaving|Temporary failure in name resolution",
        hint="No machine has that name. Check the reference for a typing error.",
        unreachable=True,
    ),
    Reason(
        name="no secure connection",
        pattern=r"x509:|tls: |HTTP response to HTTPS client|remote error: tls",
        hint="The registry's certificate is not trusted, or it speaks plain HTTP. Install its "
        "certificate, or add it to the engine's insecure-registries.",
        unreachable=True,
    ),
    Reason(
        name="timed out",
        pattern=r"i/o timeout|handshake timeout|deadline exceeded|Client\.Timeout|request canceled"
        r"|did not answer within",
        hint="The registry did not answer in time. Layers that it received stay there: run this "
        "again.",
        unreachable=True,
    ),
    Reason(
        name="rate limit",
        pattern=r"toomanyrequests|429 Too Many|rate limit",
        hint="The registry limits how often it can be asked. Wait, and run this again.",
    ),
    Reason(
        name="tag cannot be changed",
        pattern=r"immutable|tag .*already exists",
        hint="The registry holds other content under this tag and does not allow to change it. "
        "Publish under a new version.",
    ),
    Reason(
        name="read-only",
        pattern=r"HTTP 405|Method not allowed|read.?only|operation is unsupported",
        hint="The registry accepts no pushes now: it is in maintenance, or only a mirror.",
    ),
    Reason(
        name="no room",
        pattern=r"no space left|quota|insufficient storage|HTTP 507",
        hint="The registry has no space left. Remove old images there.",
    ),
    Reason(
        name="not logged in",
        pattern=r"no basic auth credentials|unauthorized|authentication required|\b401\b"
        r"|incorrect username or password|error getting credentials",
        hint="Log in before this step: docker login, or docker/login-action with the same host "
        "as in the reference.",
    ),
    Reason(
        name="denied",
        pattern=r"denied|insufficient_scope|insufficient scope|\b403\b|forbidden",
        hint="This login may not write there. Check the owner and the name in the reference, and "
        "the scope of the token (for ghcr.io: permissions: packages: write on the job). "
        "Without a login some registries report the same.",
    ),
    Reason(
        name="no such repository",
        pattern=r"name unknown|repository .*(does not exist|not found)|NAME_UNKNOWN|name invalid",
        hint="Some registries require that the repository exists. Create it, or check its name.",
    ),
    Reason(
        name="not reachable",
        pattern=r"connection refused|no route to host|network is unreachable",
        hint="Nothing answers there. Check host and port, and whether the registry runs.",
        unreachable=True,
    ),
    Reason(
        name="broke off",
        pattern=r"\bEOF\b|connection reset|broken pipe|HTTP 5[0-9]{2}|HTTP status: 5[0-9]{2}"
        r"|Internal Server Error|Bad Gateway|Service Unavailable|unknown blob|blob upload",
        hint="The connection broke during the push. Layers that the registry received stay there, "
        "and the tag was not set. Run this again: it continues where it stopped.",
    ),
)
OTHER_REASON = Reason(
    name="refused",
    pattern="",
    hint="The message above is from the docker client. Solve that problem, then run this again.",
)
# Credentials in a message: a password or a signature in a URL, a token in a header.
URL_USER = regex(r"(?<=://)[^/@\s\"']+@")
URL_QUERY = regex(r"(https?://[^\s\"'?]+)\?[^\s\"']*")
AUTHORIZATION = regex(r"\b(Bearer|Basic)(\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
# A URL says nothing about the reason, but may contain a word like `denied`.
URLS = regex(r"https?://\S+|\[\S+\]")
# What a push prints on its way: with containerd's image store it comes before the error.
PROGRESS = regex(r"^(The push refers to repository \[.*\]|[0-9a-f]{12}: .*)$", re.MULTILINE)
MAX_LENGTH = 600


def find_reason(message: str, reference: str = "") -> Reason:
    """Return the reason in a message about a reference.

    The reference itself is ignored, since a name like quota-service would match a pattern.
    """
    repository = reference.rpartition(":")[0]
    for name in (reference, repository, "/".join(split_repository(repository))):
        # A name without `/` or `:`, like `denied`, is kept: it could be the reason itself.
        if "/" in name or ":" in name:
            message = message.replace(name, "")
    message = URLS.sub("", message)
    return next(
        (reason for reason in REASONS if re.search(reason.pattern, message, re.IGNORECASE)),
        OTHER_REASON,
    )


def strip_credentials(message: str) -> str:
    """Replace passwords, signatures and tokens in a message with ***."""
    message = URL_QUERY.sub(r"\1?***", URL_USER.sub("***@", message))
    return AUTHORIZATION.sub(r"\1\2***", message)


def one_line(message: str) -> str:
    """Return the end of a message on one line, without credentials and progress."""
    return " ".join(strip_credentials(PROGRESS.sub("", message)).split())[-MAX_LENGTH:]
