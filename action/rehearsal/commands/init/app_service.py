"""Find the app among the services of the compose files, and the services that it needs."""

from collections.abc import Iterator, Sequence

from rehearsal.commands.init.compose_services import ComposeService
from rehearsal.dataclass import dataclass

APP_NAMES = ("web", "app", "django", "api", "backend", "server", "site", "frontend")
# Tools that run beside an app, which does not need them.
TOOLS = frozenset({"flower", "adminer", "pgadmin", "phpmyadmin", "redis-commander", "docs"})


@dataclass(frozen=True, kw_only=True)
class ComposeSetup:
    """What one compose file says: the app, what it needs, and its other containers.

    `app` is None if no service is built from the app's Dockerfile. `needed` are services of other
    images. `workers` are services of the app's image with another command, and `unknown_workers`
    those whose command needs a variable without a value. `others` are the services of the other
    compose files, which may have more values of variables.
    """

    app: ComposeService | None = None
    needed: tuple[ComposeService, ...] = ()
    workers: tuple[ComposeService, ...] = ()
    unknown_workers: tuple[ComposeService, ...] = ()
    others: tuple[ComposeService, ...] = ()


def find_setup(services: Sequence[ComposeService], dockerfile: str) -> ComposeSetup:
    """Return what the first compose file with the app, or else with a database, says of it."""
    paths = dict.fromkeys(each.path for each in services)
    files = [[each for each in services if each.path == path] for path in paths]
    for file in files:
        if app := _app(file, dockerfile):
            own = [
                each for each in file if each != app
                if (each.dockerfile, each.target) == (app.dockerfile, app.target)
            ]  # fmt: skip
            workers = tuple(
                each for each in own if each.command and each.name not in TOOLS
                and each.command != app.command
            )  # fmt: skip
            unknown = tuple(each for each in own if each.command_lacks and each.name not in TOOLS)
            needed = tuple(_needed(app, file))
            others = tuple(each for other in files if other is not file for each in other)
            return ComposeSetup(
                app=app, needed=needed, workers=workers, unknown_workers=unknown, others=others
            )
    for file in files:
        if needed := tuple(each for each in file if each.kind and each.name not in TOOLS):
            return ComposeSetup(needed=needed)
    return ComposeSetup()


def _app(file: Sequence[ComposeService], dockerfile: str) -> ComposeService | None:
    own = [each for each in file if each.dockerfile == dockerfile and not each.kind]

    def rank(service: ComposeService) -> tuple[bool, bool]:
        return service.name not in APP_NAMES, not service.ports

    return min(own, key=rank, default=None)


def _needed(app: ComposeService, file: Sequence[ComposeService]) -> Iterator[ComposeService]:
    """Yield what the app depends on, and the servers of well-known kinds, in the file's order."""
    by_name = {each.name: each for each in file}
    waiting, seen = list(app.depends), {app.name}
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in seen:
            seen.add(name)
            waiting += by_name[name].depends
    for each in file:
        is_own = each.dockerfile == app.dockerfile
        if not is_own and each.name not in TOOLS and (each.kind or each.name in seen):
            yield each
