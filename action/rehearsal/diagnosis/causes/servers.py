"""Causes in the database and the Redis that an app needs beside it."""

from rehearsal.diagnosis.causes.database import DATABASE_VERDICTS
from rehearsal.diagnosis.causes.startup import VISIBLE_FROM_OUTSIDE
from rehearsal.diagnosis.facts import DATABASE_SERVER, DATABASE_WORDS, REDIS_SERVER, REDIS_WORDS
from rehearsal.diagnosis.rules import Cause, GiveUp, Pattern, Variant
from rehearsal.verdict import Verdict

START_IT = "Start it beside the app, as a service: the name of a service is its host name."
OF_A_CONTAINER = "In a container, localhost is the container itself."


def server_cause(cause_id: str, source: str, words: str, *, title: str, paste: str) -> Cause:
    """Return the cause of a server that the app cannot use; `source` has the facts about it."""

    def variant(state: str, title: str, hint: str, paste: str = paste) -> Variant:
        return Variant(pattern=Pattern(source, state), title=title, hint=hint, paste=paste)

    unusable = "(?:unresolved|refused|silent)"
    with_service = r"\n(?:.+\n){0,9}service .+"
    return Cause(
        id=cause_id,
        verdicts=(*DATABASE_VERDICTS, Verdict.TIMED_OUT, Verdict.BUILD_FAILED),
        patterns=(
            Pattern(source, r"^server (?P<server>.+)\nasked (?P<asked>.+)", shown=False),
            Pattern(words, r"^.+(?:\n.+)*"),
        ),
        unless=VISIBLE_FROM_OUTSIDE,
        details=tuple(
            Pattern(source, rf"^{name} (?P<{name}>.+)$", shown=False)
            for name in ("user", "database", "service", "services")
        ),
        title=title,
        hint="Compare the host, the port, the user and the database that the app asks for with "
        "what the service has.",
        variants=(
            variant(
                r"^\S+ build$",
                "An instruction of the Dockerfile asks for {server} at {asked}, and a build has no "
                "services",
                "Let before-command do it: that runs before the app starts, beside the services. "
                "What a build only imports has to do without the server.",
                "",
            ),
            variant(
                rf"^{unusable} none$",
                "The app asks for {server} at {asked}, and no service is given",
                START_IT,
            ),
            variant(
                rf"^{unusable} other${with_service}",
                "The app asks for {server} at {asked}, and the service is called {service|}",
                "The name of a service is its host name: both sides need the same one.",
            ),
            variant(
                rf"^{unusable} other$",
                "The app asks for {server} at {asked}; the services are: {services|}",
                START_IT,
            ),
            variant(
                rf"^{unusable} here${with_service}",
                "The app asks for {server} in its own container, at {asked}: there is none",
                f"{OF_A_CONTAINER} Let the app ask for the service {{service|}}, by its name.",
            ),
            variant(
                rf"^{unusable} here$",
                "The app asks for {server} in its own container, at {asked}: there is none",
                f"{OF_A_CONTAINER} Start {{server}} as a service, and let the app ask for it by "
                "the name of the service.",
            ),
            variant(
                rf"^{unusable} named$",
                "The service {service|} does not answer where the app asks for {server}: {asked}",
                "Compare the port. Its log, in the folder services of the evidence, says where it "
                "listens, and whether it still ran.",
            ),
            variant(
                rf"^{unusable} network$",
                "The app asks for {server} at {asked}, and the network that is given has none",
                "An earlier step has to start it in that network, under the name that the app "
                "asks for. Or leave out network, and give it in services.",
            ),
            variant(
                rf"^{unusable} outside$",
                "The app asks for {server} at {asked}, which does not answer from here",
                "Let the app ask for a service of the rehearsal: the name of a service is its host "
                "name.",
            ),
            variant(
                "^password ",
                "{server} does not accept the password of the app's user {user|}",
                "Both sides need the same: a variable without a value in service-env has the "
                "value that the app gets.",
            ),
            variant(
                "^no-database ",
                "{server} has no database {database|}",
                "A service makes the database that its variable names, when it first starts.",
            ),
            variant(
                "^no-user ",
                "{server} has no user {user|}",
                "A service makes the user that its variable names, when it first starts.",
            ),
            variant(
                "^starting ",
                "{server} was still starting when the app asked for it",
                "Let the app try again for a while, as it has to in production. service-ready can "
                "name a command that succeeds as soon as the service answers.",
                "",
            ),
        ),
        background="A rehearsal starts the app alone, with the services that its inputs name.",
        # Nobody will have the name: in a network of somebody else it may still be started.
        give_up=GiveUp(
            after=4.0,
            certain=True,
            only_if=(
                Pattern("inputs", r"^network none$"),
                Pattern(source, r"^unresolved (?:none|other)$"),
            ),
        ),
    )


SERVERS = (
    server_cause(
        "database-unreachable",
        DATABASE_SERVER,
        DATABASE_WORDS,
        title="The app cannot use its database, {server} at {asked}",
        paste="{database_service|}",
    ),
    server_cause(
        "redis-unreachable",
        REDIS_SERVER,
        REDIS_WORDS,
        title="The app cannot use Redis at {asked}",
        paste="{redis_service|}",
    ),
)
