"""Causes in the services, and in the command that runs before the app."""

from rehearsal.diagnosis.facts import SERVICE_LOG
from rehearsal.diagnosis.paste import in_step
from rehearsal.diagnosis.rules import CAPTURES, Cause, Pattern, Variant
from rehearsal.results.file_names import BEFORE_LOG
from rehearsal.verdict import Verdict

SETUP_FAILED = (Verdict.SETUP_FAILED,)
SAID = ("problem", SERVICE_LOG)
CORRECT_NAME = (
    "Correct it in services (NAME=IMAGE, like postgres=postgres:17), or in the compose file."
)
LAST_LINE = r"^(?=.*\S).+$"
SAYS_WHY = Pattern(
    SERVICE_LOG, r"^.*(?:is uninitialized and|exec format error|vm\.max_map_count).*", LAST_LINE
)
FOREIGN = r"exec format error"

SERVICES = (
    Cause(
        id="service-image",
        verdicts=SETUP_FAILED,
        patterns=(
            Pattern(
                "problem",
                r"^The image (?P<image>\S+) of the service (?P<service>\S+) could not be pulled\b",
            ),
        ),
        details=(SAYS_WHY,),
        title="The image of the service {service} could not be pulled: {image}",
        hint=f"{CORRECT_NAME} Its log says what the registry answered.",
        variants=(
            Variant(
                pattern=Pattern(SERVICE_LOG, r"toomanyrequests|pull rate limit"),
                title="The registry refuses to send {image} again: its pull rate limit is reached",
                hint="Log in to the registry in an earlier step (docker/login-action), which "
                "raises the limit, or take the image from a mirror of your own.",
            ),
            Variant(
                pattern=Pattern(
                    SERVICE_LOG,
                    r"dial tcp|no such host|i/o timeout|TLS handshake|connection refused"
                    r"|Client\.Timeout|[Tt]emporary failure",
                ),
                title="The registry of {image}, the image of the service {service}, did not answer",
                hint="What stands before the first slash is the registry, if it has a dot or is "
                "localhost. Correct that; or rehearse again if the network was the reason.",
            ),
            Variant(
                pattern=Pattern(SERVICE_LOG, r"no matching manifest for (?P<platform>\S+)"),
                title="{image}, the image of the service {service}, is not made for {platform}",
                hint="Take an image that is made for the runner, or a runner that fits the image.",
            ),
            Variant(
                pattern=Pattern(
                    SERVICE_LOG,
                    r"pull access denied|repository does not exist|unauthorized|no basic auth"
                    r"|denied: |access forbidden",
                ),
                title="The registry has no image {image} for the service {service}, or keeps it "
                "private",
                hint="A wrong name is answered like a private one. Correct it, or log in to "
                "the registry in an earlier step (docker/login-action).",
            ),
            Variant(
                pattern=Pattern(SERVICE_LOG, r"manifest unknown|not found"),
                title="There is no image {image}, which the service {service} should have",
                hint="The registry has no such name or tag. Correct it.",
            ),
        ),
    ),
    Cause(
        id="service-ended",
        verdicts=(Verdict.SETUP_FAILED, Verdict.CRASHED),
        patterns=(
            Pattern(
                "problem",
                r"^The service (?P<service>\S+) ended (?P<when>[^:\n]+): "
                r"exit code (?P<code>\d+)",
                r"^The engine refused to start the service (?P<service>[^:\s]+): .*",
            ),
        ),
        details=(SAYS_WHY,),
        title="The service {service} ended {when|at once}: exit code {code|unknown}",
        hint="A service has to run until the rehearsal ends. Its last lines, if it wrote any, "
        "say why it did not; compare its image and its variables, in services and service-env or "
        "in the compose file.",
        variants=(
            Variant(
                pattern=Pattern(
                    SERVICE_LOG,
                    r"Database is uninitialized and (?:superuser )?password (?:option )?is not",
                ),
                title="The service {service} has no password for its database, and starts only "
                "with one",
                hint="Give it one, in service-env or in the compose file. In service-env a name "
                "without a value is the value that the app gets.",
                paste="{service_password|}",
            ),
            Variant(
                pattern=Pattern(SAID, FOREIGN),
                title="The image of the service {service} is made for another processor",
                hint="Take an image that is made for the runner, or a runner that fits the image.",
            ),
            Variant(
                pattern=Pattern(SERVICE_LOG, r"vm\.max_map_count"),
                title="The service {service} asks for more of the machine's memory areas "
                "(vm.max_map_count)",
                hint="With one node Elasticsearch and OpenSearch do without: give it the variable "
                "that says so.",
                paste=in_step("service-env", "{service}.discovery.type=single-node"),
            ),
            Variant(
                pattern=Pattern("problem", r"exit code 137|killed for memory"),
                title="The service {service} was killed {when|}: exit code {code|137}",
                hint="As a rule the machine ran out of memory. Give the service, the app and the "
                "tests less to do at a time, or take a larger runner.",
            ),
            Variant(
                pattern=Pattern("problem", r"^The engine refused to start the service"),
                title="The engine refused to start the service {service}",
                hint="The image needs a command of its own (CMD or ENTRYPOINT) that the engine can "
                "run. Compare its image and its variables, in services and service-env or in the "
                "compose file.",
            ),
        ),
    ),
    Cause(
        id="service-not-ready",
        verdicts=SETUP_FAILED,
        patterns=(
            Pattern(
                "problem",
                r"^The service (?P<service>\S+) was not ready within (?P<limit>\d+) s: "
                r"(?P<missing>.*)\.$",
            ),
        ),
        title="The service {service} was not ready within {limit} s: {missing}",
        hint="Its log says how far it came. Give all services more time; or let service-ready name "
        "the port or the command that shows that this one is ready.",
        variants=(
            Variant(
                pattern=Pattern(
                    "problem",
                    r"listens on port (?P<port>\d+), only on (?P<others>(?:127\.|\[::1).*)\.$",
                ),
                title="The service {service} listens only inside its own container, on {others}",
                hint="The app cannot reach it there. Let the service listen on all addresses.",
            ),
            Variant(
                pattern=Pattern(
                    "problem",
                    r"listens on port (?P<port>\d+), only on \S*?:(?P<open>\d+)\b",
                ),
                title="The service {service} listens on port {open}, and never on port {port}",
                hint="The port to wait for is the one in service-ready, or else the one that the "
                "image exposes.",
                paste=in_step("service-ready", "{service}={open}"),
            ),
            Variant(
                pattern=Pattern("problem", r": its check ended with exit code (?P<code>\d+)"),
                title="The check of the service {service} failed for {limit} s: exit code {code}",
                hint="The check is the command in service-ready, or the HEALTHCHECK of the image. "
                "Correct it there; or give all services more time, if the log shows that this one "
                "was still starting.",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^service "),
                paste=in_step("service-timeout", "'180'"),
            ),
        ),
    ),
)

# Whatever else is known of its log says more.
BEFORE_COMMAND = (
    Cause(
        id="before-command",
        verdicts=SETUP_FAILED,
        patterns=(
            Pattern(
                "problem",
                r"^before-command ended with exit code (?P<code>\d+)",
                r"^The engine refused to start before-command: .*",
                r"^before-command was not run: .*",
            ),
        ),
        details=(Pattern(BEFORE_LOG, LAST_LINE),),
        symptom=True,
        title="The script in before-command failed: exit code {code|unknown}",
        hint="It runs in a container of the image, with the app's variables, volumes and network, "
        "through the ENTRYPOINT. before.log shows why it failed, at its end, unless "
        "it printed nothing.",
        variants=(
            Variant(
                pattern=Pattern("problem", r"exec: \"sh\"|executable file `?'?sh\b"),
                title="The image has no `sh`, and before-command is a script for it",
                hint="Let the app do this when it starts, in a program of its own. Or use a base "
                "image that has sh.",
            ),
            Variant(
                pattern=Pattern(
                    "problem", r"^The engine refused to start before-command: (?P<why>.*)"
                ),
                title="The engine refused to start before-command: {why}",
                hint="It runs as the app does: through the ENTRYPOINT, with its run-options, "
                "volumes and network. Look at the one that the message is about.",
            ),
            Variant(
                pattern=Pattern("problem", r"killed for memory"),
                title="The script in before-command was killed for memory: exit code {code|137}",
                hint="It needs more than --memory in run-options allows, or than the machine has "
                "beside the services. Allow it more, or let the script do less at a time.",
            ),
            Variant(
                pattern=Pattern("problem", r"^before-command was not run: "),
                title="The script in before-command was not run: the image's ENTRYPOINT starts "
                "the app whatever command it gets",
                hint='Let the ENTRYPOINT end with exec "$@", and put the app\'s start into CMD. '
                "Then the image runs migrations, a shell and workers, too.",
            ),
        ),
        background="It runs before the app starts, so that the app finds its tables.",
    ),
)
