"""The container's processes: no server for development, and none that runs as root."""

from collections.abc import Iterable, Iterator

from rehearsal.audit.check import CheckSkipped, Failure, Note, check
from rehearsal.audit.dev_servers import DevServer, server_of_command, server_of_header
from rehearsal.audit.observations import ContainerProcess, Observations, Pages
from rehearsal.audit.shown_lines import first_lines

# What a finding shows.
MAX_LINES = 5
NOT_LISTED = "the engine did not list the container's processes"


@check(
    "dev-server",
    title="No server for development answers requests",
    why="A server for development handles few requests at a time, was never checked for security, "
    "and shows its visitors the code and its variables when something fails.",
    hint="Start the app with a server for production.",
    reference="https://docs.djangoproject.com/en/stable/ref/django-admin/#runserver",
)
def dev_server(seen: Observations) -> Iterator[Failure | Note]:
    """Look for a known one among the processes and in the response header Server."""
    if seen.processes is None and seen.pages is None:
        raise CheckSkipped(f"{NOT_LISTED}, and its pages could not be asked for")
    found = list(_servers_of(seen.processes or ()))
    found += _servers_in(seen.pages)
    if found:
        server, _ = found[0]
        yield Failure(
            f"A server for development answers: {server.name}.",
            hint=f"Start it with a server for production: {server.instead}.",
            evidence=first_lines(list(dict.fromkeys(line for _, line in found)), MAX_LINES),
        )
    elif seen.processes is None:
        yield Note(f"Only the response headers were looked at: {NOT_LISTED}.")


def _servers_of(processes: Iterable[ContainerProcess]) -> Iterator[tuple[DevServer, str]]:
    for process in processes:
        if server := server_of_command(process.command):
            yield server, process.evidence


def _servers_in(pages: Pages | None) -> Iterator[tuple[DevServer, str]]:
    for exchange in pages.all if pages else ():
        value = exchange.header("server")
        if server := server_of_header(value):
            yield server, f"Server: {value}"


@check(
    "non-root",
    title="No process runs as root",
    why="Whoever breaks into the app gets the rights of its user. From root inside a container to "
    "root on the machine it takes one bug of the kernel, or one mounted folder.",
    hint="Create a user in the Dockerfile, give it the folders that the app writes to, and name it "
    "by its number in the last stage: USER 10001. For nginx there is nginxinc/nginx-unprivileged.",
    reference="https://docs.docker.com/build/building/best-practices/#user",
)
def non_root(seen: Observations) -> Iterator[Failure]:
    """Look at the user of each process, as the engine's machine has it."""
    if seen.processes is None:
        raise CheckSkipped(NOT_LISTED)
    root = [process for process in seen.processes if process.is_root]
    if root:
        yield Failure(
            _of_root(root, seen.processes),
            evidence=first_lines([process.evidence for process in root], MAX_LINES),
        )


def _of_root(root: list[ContainerProcess], processes: tuple[ContainerProcess, ...]) -> str:
    program = root[0].command.split()[0].rpartition("/")[2].rstrip(":")
    if len(root) == len(processes) == 1:
        return f"The container's process, {program}, runs as root."
    if len(root) == len(processes):
        return f"All {len(root)} processes run as root."
    if len(root) == 1:
        return f"Of {len(processes)} processes one runs as root: {program}."
    return f"Of {len(processes)} processes {len(root)} run as root."
