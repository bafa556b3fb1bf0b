"""What became of further containers: with fewer rights, without a secret, after a restart."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from rehearsal.audit.check import CheckSkipped, Failure, Note, check
from rehearsal.audit.observations import FurtherStarts, Observations, StartRun
from rehearsal.regex import regex

NO_TIME = "there was no time to start a container for it"
# How many lines of a log a finding shows.
SHOWN_LINES = 8
DENIED = regex(
    r"permission denied|not permitted|read-?only file ?system|readonly database"
    # What SQLite says if it cannot make a file beside the database.
    r"|unable to open database file|\b(EACCES|EPERM|EROFS)\b",
    re.IGNORECASE,
)
READ_ONLY_PATH = regex(
    r"['\"\N{LEFT SINGLE QUOTATION MARK}\s(](?P<path>/[^\s'\"\N{RIGHT SINGLE QUOTATION MARK}():]+)"
)
MAKES_FOLDER = regex(r"\bmkdir\b|create directory", re.IGNORECASE)


@check(
    "secret-required",
    title="It refuses to start without its secrets",
    why="An app that starts without a secret uses a default that everybody can read, or fails "
    "later, at the first request that needs it. If it ends at once, the deployment fails, and the "
    "old version goes on.",
    hint="Let the app end with an error when the variable is missing, and when it is empty: in "
    'Django\'s settings.py, read os.environ["NAME"], and raise ImproperlyConfigured if it is '
    "blank. If the app is meant to run without it, waive this finding.",
    reference="https://docs.djangoproject.com/en/5.2/howto/deployment/checklist/#secret-key",
    parts=r"\S+",
    parts_label="the name of a secret",
    active=True,
)
def secret_required(seen: Observations) -> Iterator[Failure | Note]:
    starts = _starts(seen)
    if not starts.without:
        raise CheckSkipped("the container has no secrets")
    unknown: list[str] = []
    for name in starts.without:
        runs = {
            f"without {name}": starts.without[name],
            f"with {name} empty": starts.empty.get(name),
        }
        if failure := _unrefused(name, runs):
            yield failure
        unknown += [f"{way} {why}" for way, run in runs.items() if (why := _why_unknown(run))]
    if unknown:
        raise CheckSkipped(f"it is not known for each secret: {unknown[0]}")


@check(
    "confined",
    title="It runs without capabilities and new privileges",
    why="Whoever breaks into the app gets the rights of its container. An app that needs no "
    "capability can run where the platform grants none, and leaves an intruder little to do.",
    hint="Let USER in the Dockerfile name a user without privileges, give it the files that the "
    "app writes (COPY --chown, or chown in a RUN), and listen on a port above 1023. If the app "
    "needs a capability, add --cap-add=NAME to run-options, here and in production.",
    reference="https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html",
    active=True,
)
def confined(seen: Observations) -> Iterator[Failure | Note]:
    run = _known(_starts(seen).confined)
    if wrong := _why_not_ready(run):
        yield Failure(
            f"With --cap-drop=ALL and --security-opt=no-new-privileges {wrong}.",
            evidence=_telling_lines(run),
        )


@check(
    "read-only",
    title="It runs with a read-only root filesystem",
    why="What an app writes outside of its volumes is gone with its container, and fills the disk "
    "of the host. With a read-only root filesystem nobody can change the app's code, either.",
    hint="Make each folder that the app writes to a volume or a tmpfs, like the line "
    "--tmpfs=/run in run-options, or let the app write below /tmp. What can be written once, like "
    "static files or bytecode, belongs in the build.",
    reference="https://docs.docker.com/reference/cli/docker/container/run/#read-only",
    active=True,
)
def read_only(seen: Observations) -> Iterator[Failure | Note]:
    run = _known(_starts(seen).read_only)
    if wrong := _why_not_ready(run):
        lines = _telling_lines(run)
        yield Failure(
            f"With --read-only and a tmpfs at /tmp {wrong}.",
            evidence=lines,
            hint=_hint_for_folder(lines),
        )


@check(
    "restart",
    title="It comes back after a restart, with its data",
    why="Hosts reboot, and platforms restart containers at any time. An app that trips over its "
    "own leftovers, or sets up its data anew at each start, is down after that, or has lost "
    "everything.",
    hint="Let the start command change nothing that is there already: migrate instead of creating "
    "the database, and remove a stale PID file or socket first.",
    reference="https://docs.docker.com/engine/storage/volumes/",
    active=True,
)
def restart(seen: Observations) -> Iterator[Failure | Note]:
    run = _known(_starts(seen).restarted)
    if wrong := _why_not_ready(run):
        yield Failure(f"After a restart {wrong}.", evidence=_telling_lines(run))
    elif run.lost:
        yield Failure(f"After a restart there is no more of: {run.lost[0]}.", evidence=run.lost)


def _starts(seen: Observations) -> FurtherStarts:
    """Return the further starts, if something follows from them."""
    if not seen.starts:
        raise CheckSkipped("no further container was started")
    plain = seen.starts.plain
    if why := plain.error or _why_not_ready(plain):
        missing = " and ".join(seen.starts.missing)
        raise CheckSkipped(
            f"a further container on new volumes did not get ready: {_phrase(why)}"
            + (f" (it ran without {missing})" if missing else "")
        )
    return seen.starts


def _known(run: StartRun | None) -> StartRun:
    if not run or run.error:
        raise CheckSkipped(_phrase(run.error) if run else NO_TIME)
    return run


def _why_not_ready(run: StartRun) -> str:
    """Return why a container is not ready, as a part of a sentence; empty if it is."""
    if run.setup_error:
        return _phrase(run.setup_error)
    if run.exit_code is not None:
        return f"it ended with exit code {run.exit_code} before it was ready"
    if run.ready:
        return ""
    last = f"; its last answer was {run.answer}" if run.answer else " and gave no answer"
    return f"it was not ready after {run.seconds:.0f} s{last}"


def _unrefused(name: str, runs: Mapping[str, StartRun | None]) -> Failure | None:
    """Return the failure for a secret without which a container did not refuse to start."""
    did = {way: what for way, run in runs.items() if run and (what := _what_it_did(run))}
    if not did:
        return None
    if len({*did.values()}) == 1:
        message = f"{' and '.join(did)} {next(iter(did.values()))}"
    else:
        message = "; ".join(f"{way} {what}" for way, what in did.items())
    first = next(run for way, run in runs.items() if run and way in did)
    return Failure(f"{message[0].upper()}{message[1:]}.", part=name, evidence=_last_lines(first))


def _what_it_did(run: StartRun) -> str:
    """Return what a container did instead of ending with an error; empty if it did end so."""
    if run.error:
        return ""
    if run.exit_code == 0:
        return "it ended with exit code 0, which says that nothing is wrong"
    return f"it started and answered with {run.answer}" if _runs(run) and run.answer else ""


def _why_unknown(run: StartRun | None) -> str:
    """Return why it is not known whether a container refuses to start; empty if it is known."""
    if not run or run.error:
        return _phrase(run.error) if run else NO_TIME
    unknown = _runs(run) and not run.answer
    return f"it neither ended nor answered within {run.seconds:.0f} s" if unknown else ""


def _runs(run: StartRun) -> bool:
    return run.exit_code is None


def _telling_lines(run: StartRun) -> tuple[str, ...]:
    """Return the lines of the log that name a denied access, or else the last ones."""
    denied = [line.strip() for line in run.log if DENIED.search(line)]
    return tuple(dict.fromkeys(denied))[-SHOWN_LINES:] or _last_lines(run)


def _last_lines(run: StartRun) -> tuple[str, ...]:
    return run.log[-SHOWN_LINES:] or ("(the container logged nothing)",)


def _hint_for_folder(lines: tuple[str, ...]) -> str:
    """Return what to do about the folder that a line names; empty if none does."""
    for line in reversed(lines):
        if DENIED.search(line) and (found := READ_ONLY_PATH.search(line)):
            path = PurePosixPath(found["path"])
            folder = path if MAKES_FOLDER.search(line) else path.parent
            if str(folder) != "/":
                return (
                    f"If {path} has to be kept, make {folder} a volume; if not, a tmpfs: the line "
                    f"--tmpfs={folder} in run-options, here and in production. Or let the app "
                    "write below /tmp."
                )
    return ""


def _phrase(text: str) -> str:
    return text.rstrip(".")
