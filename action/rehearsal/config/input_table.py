"""The table of inputs: `make reference` writes YAML and documents from it, `parser` reads them."""

from rehearsal.config.input_types import (
    ADDRESS,
    BOOLEAN,
    FILE,
    FOLDER,
    LINES,
    PRIVATE_LINES,
    SCRIPT,
    SECRETS,
    SERVICE_VARIABLES,
    TEXT,
    VARIABLES,
    Input,
    matching,
    number,
    one_of,
    table,
)
from rehearsal.results.published_port import DEFAULT_ADDRESS

PORT = (1, 65535)
# In seconds; the longest time-out.
DAY = 86400
STATUSES = r"[1-5][0-9]{2}(-[1-5][0-9]{2})?"
BY_CACHE = "`cache` says whether GitHub's cache is used."
# The headings of `--help`, in its order.
BUILD = "building the image"
START = "starting the app"
SERVICES = "services and workers"
PROBE = "waiting for the app"
TESTS = "running the tests"
AUDIT = "auditing the app"
EVIDENCE = "time and evidence"
STAGES = (BUILD, START, SERVICES, PROBE, TESTS, AUDIT, EVIDENCE)

INPUTS = table(
    Input(
        "image",
        matching(r"[A-Za-z0-9][A-Za-z0-9._:/@-]*", "an image's name or ID"),
        "An image that is in the local engine already, to rehearse instead of building one.",
        not_in_workflow="The workflow builds it.",
        stage=BUILD,
        short="test this image of the engine, and build none",
    ),
    Input(
        "trust-image",
        BOOLEAN,
        "Whether `image` may get secrets on events that strangers can start: only an image of the "
        "event's own commit should.",
        default="false",
        not_in_workflow="The workflow builds the event's own commit.",
        stage=BUILD,
        short="let --image have secrets on events of strangers",
    ),
    Input(
        "context",
        FOLDER,
        "The build context.",
        default=".",
        stage=BUILD,
        short="the build context",
        build_only=True,
    ),
    Input(
        "dockerfile",
        FILE,
        "The Dockerfile, relative to the working directory or to the context.",
        default="Dockerfile",
        build_only=True,
        stage=BUILD,
        short="the Dockerfile",
    ),
    Input(
        "target",
        matching(r"[A-Za-z0-9][A-Za-z0-9._-]*", "the name of a stage"),
        "The stage of the Dockerfile to build.",
        build_only=True,
        stage=BUILD,
        short="the stage of the Dockerfile to build",
    ),
    Input(
        "platform",
        matching(r"[a-z0-9]+(/[a-z0-9]+){0,2}", "like linux/amd64"),
        "The platform to build for, like linux/amd64.",
        build_only=True,
        stage=BUILD,
        short="the platform to build for, like linux/amd64",
    ),
    Input(
        "working-directory",
        FOLDER,
        "The folder where relative paths and the tests start.",
        default=".",
        stage=BUILD,
        short="where relative paths and the tests start",
    ),
    Input(
        "build-args",
        VARIABLES,
        "Build arguments, one NAME=value a line.",
        stage=BUILD,
        short="a build argument",
        build_only=True,
    ),
    Input(
        "build-secrets",
        SECRETS,
        "Secrets for the build (BuildKit secret mounts), in the same form as the input secrets.",
        build_only=True,
        not_in_workflow="The secret `build-secrets` has them.",
        stage=BUILD,
        short="a secret of the build: NAME, or NAME=VALUE",
    ),
    Input(
        "cache-from",
        PRIVATE_LINES,
        "Caches that the build reads, one a line, as buildx takes them; needs buildx.",
        build_only=True,
        github_only=True,
        not_in_workflow=BY_CACHE,
        stage=BUILD,
        short="a cache that buildx reads",
    ),
    Input(
        "cache-to",
        PRIVATE_LINES,
        "Caches that the build writes, one a line, as buildx takes them; needs buildx.",
        build_only=True,
        github_only=True,
        not_in_workflow=BY_CACHE,
        stage=BUILD,
        short="a cache that buildx writes",
    ),
    Input(
        "port",
        number(*PORT, optional=True, yaml="string"),
        "The port that the app listens on in the container; when empty, the one TCP port that the "
        "image exposes, or 8888 if it exposes none or several.",
        stage=START,
        short="the app's port in the container; else EXPOSE, 8888",
    ),
    Input(
        "host-port",
        number(*PORT, optional=True),
        "A fixed port of this machine; when empty, the engine chooses a free one.",
        not_in_workflow="Each job has a runner of its own, where the engine chooses a free port.",
        stage=START,
        short="a fixed port of this machine; else a free one",
    ),
    Input(
        "publish-address",
        ADDRESS,
        "The address of this machine where tests and probe reach the app, for browsers on other "
        "machines, like 192.0.2.7.",
        default=DEFAULT_ADDRESS,
        stage=START,
        short="the machine's address for the app",
    ),
    Input(
        "env",
        VARIABLES,
        "Variables for the container that are not secret, one NAME=value a line.",
        stage=START,
        short="a variable of the container",
    ),
    Input(
        "not-secret",
        LINES,
        "Names in env and service-env, one a line, that look like names of secrets but whose "
        "values may be seen, like POSTGRES_PASSWORD for a database of the tests.",
        stage=START,
        short="a variable that only looks like a secret",
    ),
    Input(
        "command",
        PRIVATE_LINES,
        "Arguments that replace the image's command, one a line.",
        stage=START,
        short="an argument in place of the image's command",
    ),
    Input(
        "secrets",
        SECRETS,
        "Secrets for the container, one NAME a line (its value comes from the step's env), "
        "NAME=value, or NAME<<END … END.",
        not_in_workflow="The secret `container-secrets` has them.",
        stage=START,
        short="a secret of the container: NAME, or NAME=VALUE",
    ),
    Input(
        "generate-secrets",
        LINES,
        "Names of secrets, one a line. Those without a value in the input secrets get a random one "
        "for this run.",
        workflow_meaning="Names of secrets, one a line. Those without a value in container-secrets "
        "get a random one, different in each job.",
        stage=START,
        short="a secret that gets a random value",
    ),
    Input(
        "volumes",
        PRIVATE_LINES,
        "Volumes and bind mounts, one SOURCE:TARGET or SOURCE:TARGET:ro a line.",
        stage=START,
        short="SOURCE:TARGET or SOURCE:TARGET:ro",
    ),
    Input(
        "services",
        LINES,
        "Containers that run beside the app, like a database, one NAME=IMAGE a line; NAME is its "
        "host name.",
        stage=SERVICES,
        short="a container beside the app, like db=postgres:17",
    ),
    Input(
        "service-env",
        SERVICE_VARIABLES,
        "Variables for the services, one NAME.VARIABLE=value a line, NAME.VARIABLE<<END … END, or "
        "NAME.VARIABLE, which gets the app's value of VARIABLE, or that of the step's env.",
        workflow_meaning="Variables for the services, one NAME.VARIABLE=value a line, "
        "NAME.VARIABLE<<END … END, or NAME.VARIABLE, which gets the app's value of VARIABLE, also "
        "from container-secrets.",
        stage=SERVICES,
        short="NAME.VARIABLE=VALUE for a service",
    ),
    Input(
        "service-ready",
        PRIVATE_LINES,
        "When a service is ready, one NAME=PORT (it listens there) or NAME=COMMAND (sh -c in it "
        "succeeds) a line; when empty, its image's health check or port decides.",
        stage=SERVICES,
        short="NAME=PORT or NAME=COMMAND: when it is ready",
    ),
    Input(
        "service-timeout",
        number(1, 3600, "seconds"),
        "Seconds until all services have to be ready, without the time to pull their images.",
        default="60",
        stage=SERVICES,
        short="seconds until all services are ready",
    ),
    Input(
        "compose-file",
        LINES,
        "A compose file, relative to the working directory, whose services can run beside the app; "
        "further lines are files that change it, as with several -f.",
        stage=SERVICES,
        short="a compose file that has services",
    ),
    Input(
        "compose-services",
        LINES,
        "The services of compose-file to start, one name a line, with those that they depend on; "
        "never the app itself.",
        stage=SERVICES,
        short="a service of the compose file to start",
    ),
    Input(
        "before-command",
        SCRIPT,
        "A script (sh -ec) to run in a container of the image before the app starts, like "
        "migrations; it goes through the image's ENTRYPOINT.",
        stage=START,
        short="a script to run in the image before the app",
    ),
    Input(
        "workers",
        PRIVATE_LINES,
        "More containers of the image, one NAME=ARGUMENTS a line; the arguments are split like a "
        "shell's and replace the image's command.",
        stage=SERVICES,
        short="NAME=ARGUMENTS: one more container of the image",
    ),
    Input(
        "network",
        matching(
            r"(?!(host|none)\Z)[A-Za-z0-9][A-Za-z0-9_.-]*",
            "the name of a network that ports can be published from (not host, not none)",
        ),
        "An existing network to run the container in.",
        not_in_workflow="No step of the workflow can create a network.",
        stage=START,
        short="an existing network for the container",
    ),
    Input(
        "run-options",
        PRIVATE_LINES,
        "More arguments for docker create, one a line; those that a rehearsal sets itself are "
        "refused.",
        stage=START,
        short="one more argument for docker create",
    ),
    Input(
        "setup-command",
        SCRIPT,
        "A script (sh -ec) to run in the started container before the probe, like migrations.",
        stage=START,
        short="a script to run in the started container",
    ),
    Input(
        "ready-path",
        matching(r"/[!-~]*", "a path that begins with /", confidential=True),
        "The path that the probe requests until the app answers.",
        default="/",
        stage=PROBE,
        short="the path that has to answer",
    ),
    Input(
        "ready-status",
        matching(rf"{STATUSES}(\s*,\s*{STATUSES})*", "statuses and ranges like 200-399 or 200,401"),
        "The HTTP statuses that count as ready, like 200-399 or 200,401.",
        default="200-399",
        stage=PROBE,
        short="the statuses that count as ready",
    ),
    Input(
        "ready-headers",
        PRIVATE_LINES,
        "Headers of the probe, one Name:value a line; they replace those it sends itself, as "
        "Host: localhost:PORT.",
        stage=PROBE,
        short="Name:value, a header of the probe",
    ),
    Input(
        "ready-timeout",
        number(0, 3600, "seconds", optional=True),
        "Seconds to wait until the app is ready; 0 means 60, or fewer if the app shows a cause "
        "that waiting does not remove.",
        default="0",
        stage=PROBE,
        short="seconds to wait; 0: up to 60",
    ),
    Input(
        "test-command",
        SCRIPT,
        "A script (bash -eo pipefail) that runs the tests on the runner; when empty, python "
        "manage.py test functional_tests where both exist.",
        tests_only=True,
        stage=TESTS,
        short="the script that runs the tests",
    ),
    Input(
        "test-requirements",
        FILE,
        "Requirements to install into a virtual environment for the tests, or the word none; when "
        "empty, functional_tests/requirements.txt where it exists.",
        tests_only=True,
        stage=TESTS,
        short="their requirements file; none: install nothing",
    ),
    Input(
        "test-cache",
        BOOLEAN,
        "Whether the virtual environment of the tests is kept below the runner's ~/.cache, where "
        "actions/cache can save it; on a laptop it always is.",
        default="false",
        github_only=True,
        not_in_workflow="Its jobs have no step that keeps a folder for later runs.",
        tests_only=True,
        stage=TESTS,
        short="keep the tests' environment on a runner, too",
    ),
    Input(
        "test-env",
        VARIABLES,
        "Variables for the tests, one NAME=value a line.",
        tests_only=True,
        stage=TESTS,
        short="a variable of the tests",
    ),
    Input(
        "test-timeout",
        number(1, DAY, "seconds"),
        "Seconds that the tests may take.",
        default="1800",
        tests_only=True,
        stage=TESTS,
        short="seconds that the tests may take",
    ),
    Input(
        "test-retries",
        # More than 10 retries would hide real failures.
        number(0, 10, "re-runs"),
        "How often a failed test may run again; passed on as REHEARSAL_RETRIES, used by "
        "rehearsal_testing.",
        default="0",
        tests_only=True,
        stage=TESTS,
        short="how often a failed test may run again",
    ),
    Input(
        "capture",
        one_of("on", "off"),
        "Whether failed browser tests leave a screenshot, the page, the console and the address, "
        "without being changed. Where this is off, no test leaves a trace.",
        default="on",
        tests_only=True,
        stage=TESTS,
        short="screenshots and pages of failed browser tests",
    ),
    Input(
        "trace",
        one_of("on-failure", "retry", "always", "off"),
        "Which Selenium tests leave a trace, a record of what their browsers did: those that fail "
        "(on-failure), those that run again and fail again (retry), all (always), or none (off).",
        default="on-failure",
        tests_only=True,
        stage=TESTS,
        short="which tests leave a trace",
    ),
    Input(
        "trace-pictures",
        BOOLEAN,
        "Whether a trace has pictures of the pages. A secret that a page shows stays readable in "
        "them.",
        default="true",
        tests_only=True,
        stage=TESTS,
        short="pictures of the pages in a trace",
    ),
    Input(
        "test-reports",
        TEXT,
        "A glob of the JUnit XML files that the tests write, relative to the working directory.",
        tests_only=True,
        stage=TESTS,
        short="a glob of the JUnit files that the tests write",
    ),
    Input(
        "shard",
        matching(r"[1-9][0-9]{0,3}/[1-9][0-9]{0,3}", "like 1/4"),
        "Which part of the tests to run, like 1/4; passed on as REHEARSAL_SHARD, used by "
        "rehearsal_testing.",
        not_in_workflow="`shards` says how many there are.",
        tests_only=True,
        stage=TESTS,
        short="the part of the tests to run, like 1/4",
    ),
    Input(
        "selenium-url",
        matching(
            r"https?://\S+|[a-z][a-z0-9-]{0,62}",
            "a URL, or the NAME of a line in services",
            confidential=True,
        ),
        "The URL of a Selenium Grid, passed on as SELENIUM_REMOTE_URL; or the NAME of a service "
        "that is one, to start it on the host's network, where its browsers reach the app.",
        tests_only=True,
        stage=TESTS,
        short="a Selenium Grid, or a service that is one",
    ),
    Input(
        "timeout",
        number(1, DAY, "seconds"),
        "Seconds that the whole rehearsal may take.",
        default="3600",
        workflow_meaning="Seconds that each rehearsal may take.",
        stage=EVIDENCE,
        short="seconds for the whole rehearsal",
    ),
    Input(
        "audit",
        one_of("off", "warn", "enforce"),
        "What the audit of the running container does where the tests passed: off, warn (it only "
        "reports), or enforce (a failed check makes the verdict audit-failed).",
        default="warn",
        stage=AUDIT,
        short="off, warn, or enforce: failed checks count",
    ),
    Input(
        "audit-ignore",
        LINES,
        "Ids of checks whose failure does not count, one a line, like static-caching or "
        "deploy-check:W004.",
        stage=AUDIT,
        short="the id of a check to ignore",
    ),
    Input(
        "audit-active",
        BOOLEAN,
        "Whether checks may start further containers, on new volumes and with new services.",
        default="false",
        stage=AUDIT,
        short="let checks start further containers",
    ),
    Input(
        "audit-layer-timeout",
        number(0, 3600, "seconds"),
        "Seconds for which the audit reads the image's layers; 0 does not read them.",
        default="10",
        stage=AUDIT,
        short="seconds to read layers; 0 reads none",
    ),
    Input(
        "keep-images",
        number(1, 3650, "days", optional=True),
        "Days to keep the images that earlier rehearsals of this repository built on this machine, "
        "if they had this input, too; when empty, they are kept.",
        build_only=True,
        not_in_workflow="Another action builds the image there.",
        stage=BUILD,
        short="days to keep images of earlier rehearsals",
    ),
    Input(
        "evidence",
        one_of("on-failure", "always", "never"),
        "When to upload the evidence as an artifact, on-failure (also of a flaky test), always or "
        "never.",
        default="on-failure",
        not_in_workflow="It is always kept, since the verdict is merged from it.",
        stage=EVIDENCE,
        short="when to keep the evidence",
    ),
    Input(
        "evidence-limit",
        number(0, 10_000, "MB"),
        "Megabytes that the files of the tests may have in the evidence; reports and logs come on "
        "top.",
        default="500",
        stage=EVIDENCE,
        short="megabytes of the tests' files in it",
    ),
    Input(
        "baseline",
        FOLDER,
        "A folder with the evidence of an earlier rehearsal, of main for example: the page and the "
        "summary compare this rehearsal with it. If there is no such folder, a notice says so.",
        not_in_workflow="A caller cannot give a folder to the jobs of another workflow.",
        stage=EVIDENCE,
        short="an earlier rehearsal's evidence to compare with",
    ),
    Input(
        "artifact-name",
        matching(r"[A-Za-z0-9._-]{1,200}", "made of letters, digits, '.', '_' and '-'"),
        "The name of the artifact; when empty, unique to job, attempt and use.",
        github_only=True,
        stage=EVIDENCE,
        short="the name of the artifact",
    ),
    Input(
        "retention-days",
        # GitHub keeps no artifact longer than 400 days.
        number(1, 400, "days"),
        "Days to keep the artifact.",
        default="7",
        github_only=True,
        workflow_meaning="Days to keep the evidence.",
        stage=EVIDENCE,
        short="days to keep the artifact",
    ),
)
