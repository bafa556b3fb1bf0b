"""How a reader runs a rehearsal on another machine: the program, the commit, the command."""

from collections.abc import Iterator

from rehearsal.report.web_links import COMMIT, known_commit
from rehearsal.report.words import REHEARSE
from rehearsal.results.origin import Origin

# Above the command alone; then the commit.
IF_INSTALLED = "If Dress Rehearsal is installed, in a checkout "
AT_COMMIT = "at commit "
OF_REPOSITORY = "of the repository"
# On the machine of the rehearsal itself.
ON_DISK = (
    "Run it in the root of the checkout. It rehearses the files on disk, uncommitted changes "
    "included."
)
TITLE = "For the first time: install Dress Rehearsal, get the commit, run the test"
INSTALL = "pipx install 'dress-rehearsal[local]'"
NEEDS = (
    "The command rehearse comes with Dress Rehearsal. It needs Linux, Docker and Python 3.11 or "
    "newer. All other inputs, such as env, services and setup-command, come from the workflow file "
    "in the checkout; the values of its secrets come from the environment or a file .env. Run this "
    "in a checkout of the repository:"
)


def has_commit(origin: Origin) -> bool:
    """Return whether a reader elsewhere has to go to a commit, and it is known."""
    return bool(origin.repository and COMMIT.fullmatch(known_commit(origin)))


def on_disk(origin: Origin, command: str) -> str:
    """Return what the reader of a rehearsal on this machine has to know, empty elsewhere."""
    is_here = not origin.repository and command.startswith(f"{REHEARSE} ")
    return ON_DISK if is_here else ""


def commands(origin: Origin, command: str) -> str:
    """Return the commands that run `command` at the commit of `origin`, where that is known.

    Flags that have to be added to another command are left out.
    """
    return "\n".join(_commands(origin, command))


def _commands(origin: Origin, command: str) -> Iterator[str]:
    yield INSTALL
    if has_commit(origin):
        number = origin.pull_request
        yield f"git fetch origin pull/{number}/head" if number else "git fetch origin"
        yield f"git switch --detach {known_commit(origin)}"
    if command.partition(" ")[0] == REHEARSE:
        yield command
