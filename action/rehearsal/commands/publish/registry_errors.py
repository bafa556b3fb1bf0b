"""What a registry's refusal means: the client's own words, matched by data."""

import re
from dataclasses import dataclass

from rehearsal.commands.publish.reference import split_repository


@dataclass(frozen=True, kw_only=True)
class Reason:
    """`unreachable` says that nothing could be asked at all: then nothing is pushed anywhere."""

    name: str
    pattern: str
    advice: str
    unreachable: bool = False


# The first that fits counts. Sources: the docker client and engine 20.10 and 28, the registry
# 2.8, errcode of docker/distribution, net and crypto/x509 of Go.
REASONS = (
    Reason(
        name="no such host",
        pattern=r"no such host|server misbehaving|Temporary failure in name resolution",
        advice="No machine has that name. Look for a slip in the reference.",
        unreachable=True,
    ),
    Reason(
        name="no secure connection",
        pattern=r"x509:|tls: |HTTP response to HTTPS client|remote error: tls",
        advice="The registry's certificate is not trusted, or it speaks plain HTTP. Install its "
        "certificate, or list it among the engine's insecure-registries.",
        unreachable=True,
    ),
    Reason(
        name="timed out",
        pattern=r"i/o timeout|handshake timeout|deadline exceeded|Client\.Timeout|request canceled"
        r"|did not answer within",
        advice="The registry did not answer in time. What had arrived stays there: run this again.",
        unreachable=True,
    ),
    Reason(
        name="rate limit",
        pattern=r"toomanyrequests|429 Too Many|rate limit",
        advice="The registry wants to be asked less often. Wait, and run this again.",
    ),
    Reason(
        name="tag cannot be changed",
        pattern=r"immutable|tag .*already exists",
        advice="The registry holds other content under this tag and lets nobody change it. "
        "Publish under a new version.",
    ),
    Reason(
        name="read-only",
        pattern=r"HTTP 405|Method not allowed|read.?only|operation is unsupported",
        advice="The registry takes no pushes now: it is in maintenance, or only a mirror.",
    ),
    Reason(
        name="no room",
        pattern=r"no space left|quota|insufficient storage|HTTP 507",
        advice="The registry has no room left. Remove old images there.",
    ),
    Reason(
        name="not logged in",
        pattern=r"no basic auth credentials|unauthorized|authentication required|\b401\b"
        r"|incorrect username or password|error getting credentials",
        advice="Log in before this step: docker login, or docker/login-action with the same host "
        "as in the reference.",
    ),
    Reason(
        name="denied",
        pattern=r"denied|insufficient_scope|insufficient scope|\b403\b|forbidden",
        advice="Whoever is logged in may not write there. Look at the reference's owner and name, "
        "and at the token's scope (for ghcr.io: permissions: packages: write on the job). "
        "Without any login some registries say the same.",
    ),
    Reason(
        name="no such repository",
        pattern=r"name unknown|repository .*(does not exist|not found)|NAME_UNKNOWN|name invalid",
        advice="Some registries want a repository to be made first. Look at its name.",
    ),
    Reason(
        name="not reachable",
        pattern=r"connection refused|no route to host|network is unreachable",
        advice="Nothing answers there. Look at host and port, and whether the registry runs.",
        unreachable=True,
    ),
    Reason(
        name="broke off",
        pattern=r"\bEOF\b|connection reset|broken pipe|HTTP 5[0-9]{2}|HTTP status: 5[0-9]{2}"
        r"|Internal Server Error|Bad Gateway|Service Unavailable|unknown blob|blob upload",
        advice="The registry went away half-way. Layers that had arrived stay there, and the tag "
        "was not set. Run this again: it goes on where it stopped.",
    ),
)
UNKNOWN = Reason(
    name="refused",
    pattern="",
    advice="The words above are the docker client's own. Run this again once it is mended.",
)
# What may stand in a URL and is nobody's business: a password, a signature.
USER = re.compile(r"(?<=://)[^/@\s\"']+@")
QUERY = re.compile(r"(https?://[^\s\"'?]+)\?[^\s\"']*")
TOKEN = re.compile(r"\b(Bearer|Basic)(\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
# A name like localhost/denied says nothing about why.
NAMES = re.compile(r"https?://\S+|\[\S+\]")
LONGEST = 600


def find_reason(words: str, reference: str = "") -> Reason:
    """Return what the client's words about a reference mean; its own say nothing about why."""
    repository = reference.rpartition(":")[0]
    for name in (reference, repository, "/".join(split_repository(repository))):
        # A short one, docker.io's `denied` say, may be the very word that tells.
        if "/" in name or ":" in name:
            words = words.replace(name, "")
    words = NAMES.sub("", words)
    return next(
        (each for each in REASONS if re.search(each.pattern, words, re.IGNORECASE)), UNKNOWN
    )


def strip_credentials(words: str) -> str:
    """Take out of a client's words what would let others in."""
    words = QUERY.sub(r"\1?***", USER.sub("***@", words))
    return TOKEN.sub(r"\1\2***", words)


def one_line(words: str) -> str:
    """Return the end of a client's words on one line, for a table and a title."""
    return " ".join(strip_credentials(words).split())[-LONGEST:]
