"""Choose the value of a variable for a rehearsal, by its name and how the app reads it."""

import re
from collections.abc import Iterator

from rehearsal.commands.init.input_line import InputLine
from rehearsal.config.variables import SECRET_LIKE_NAME
from rehearsal.regex import regex
from rehearsal.source.environment_readings import TYPED

# Keys that only the app uses: a new random value for each run is best.
OWN_SECRET = regex(
    r"(?:^|.*_)(?:SECRET_?KEY(?:_BASE)?|SESSION_(?:SECRET|KEY)|COOKIE_(?:SECRET|KEY)|APP_KEY"
    r"|APP_SECRET|(?:NEXT)?AUTH_SECRET|JWT_(?:SECRET|KEY)|JWT_SECRET_KEY|CSRF_SECRET|SIGNING_KEY"
    r"|SALT|DB_PASS(?:WORD)?|(?:POSTGRES|PG|MYSQL|DATABASE|REDIS)_?PASS(?:WORD)?)"
)
# GitHub takes no secret of such a name, and GITHUB_TOKEN would be the job's own token.
OF_GITHUB = regex(r"GITHUB_", re.IGNORECASE)
# Any user may write there.
TEMPORARY = "/tmp"  # noqa: S108 -- in the container
DATABASE_FILE = f"{TEMPORARY}/rehearsal.sqlite3"
# Values of other variables, by the end of the name.
BY_ENDING = (
    (r"ALLOWED_HOSTS?|HOSTNAMES?|(?:SITE|SERVER)_NAME|DOMAIN|DOMAINS", "localhost"),
    (r"DEBUG", "False"),
    (r"(?:DB|DATABASE|SQLITE)(?:_\w+)?_(?:PATH|FILE|NAME)|DB_FILE", DATABASE_FILE),
    (r"DSN", ""),
    (r"(?:TRUSTED_)?ORIGINS?|BASE_URL|(?:SITE|PUBLIC|FRONTEND|APP|SERVER)_UR[LI]",
     "http://localhost"),
    (r"UR[LI]", "http://localhost/"),
    (r"EMAIL|(?:FROM|TO)_ADDRESS|CONTACT", "someone@example.com"),
    (r"PORT", "8000"),
    (r"HOST", "localhost"),
    (r"(?:DIR|FOLDER|PATH)", TEMPORARY),
    (r"LEVEL", "INFO"),
    (r"REGION", "eu-central-1"),
    (r"TIMEOUT|COUNT|SIZE|WORKERS|THREADS|AGE|SECONDS|DAYS|LIMIT|MAX|ID", "1"),
)  # fmt: skip
OTHER_TYPES = {"address of mail": "someone@example.com", "list": "[]"}
ADMIN_PATH = regex(r".*ADMIN_(?:URL|PATH)")


def is_secret(name: str) -> bool:
    """Whether a value may not be written into a workflow, by its name."""
    return bool(OWN_SECRET.fullmatch(name) or SECRET_LIKE_NAME.search(name))


def takes_known_value(name: str, value: str) -> bool:
    """Whether a value from another file fits a rehearsal; an address or a port does not."""
    ending = next((text for ends, text in BY_ENDING if _ends(name, ends)), None)
    return bool(value) and ending not in ("localhost", "False", "8000", DATABASE_FILE)


def _ends(name: str, ends: str) -> bool:
    return re.fullmatch(rf"(?:.*_)?(?:{ends})", name) is not None


def lines_for(name: str, kind: str, why: str) -> Iterator[InputLine]:
    """Yield the lines that give a variable a value; `kind` is the function that converts it.

    A secret of another service gets the value of GitHub's secret of that name, else a random one.
    """
    if OWN_SECRET.fullmatch(name):
        yield InputLine(
            name="generate-secrets",
            text=name,
            why=f"{why} Any value works: each run makes a random one.",
        )
    elif SECRET_LIKE_NAME.search(name) and OF_GITHUB.match(name):
        reason = f"{why} It is random: GitHub takes no secret whose name begins with GITHUB_."
        yield InputLine(name="generate-secrets", text=name, why=reason)
    elif SECRET_LIKE_NAME.search(name):
        reason = f"{why} It is random until the repository has a secret of this name."
        yield InputLine(name="secrets", text=name, why=reason)
        yield InputLine(name="generate-secrets", text=name)
    else:
        yield InputLine(name="env", text=f"{name}={plain_value(name, kind)}", why=why)


def plain_value(name: str, kind: str) -> str:
    """Return a harmless value that the app can read."""
    if ADMIN_PATH.fullmatch(name):
        return "admin/"
    if kind in OTHER_TYPES:
        return OTHER_TYPES[kind]
    if kind in TYPED:
        return TYPED[kind]
    for ending, value in BY_ENDING:
        if _ends(name, ending):
            return value
    return "rehearsal"
