"""Causes of an app that does not come up, or does not stay up."""

from rehearsal.diagnosis.causes.snippets import IMAGE, STEP
from rehearsal.diagnosis.rules import Cause, Pattern, Variant
from rehearsal.verdict import Verdict

# Where an app says why it cannot go on; a build runs parts of it, collectstatic say.
SAID = ("container.log", "setup.log", "build.log")
UP = (Verdict.CRASHED, Verdict.SETUP_FAILED, Verdict.NOT_READY, Verdict.BUILD_FAILED)

# An app that is not ready for a reason that can be seen from outside: then a complaint in its log,
# of an optional module say, is not why.
SEEN_OTHERWISE = (
    Pattern("answer", r"^HTTP status [34]\d\d\b"),
    Pattern("listeners", r"^(?:elsewhere|loopback) "),
)

# A server that looks for the app it was told to serve, with no line of the app's own in between.
WSGI_PATH = Pattern(
    SAID,
    r'gunicorn/util\.py", line \d+, in import_app\n(?:    .*\n)*'
    r'(?:  File "(?:<frozen importlib|[^"\n]*/importlib/).*\n(?:    .*\n)*)*'
    r"ModuleNotFoundError: No module named '(?P<module>[^'\n]+)'",
    r"Failed to find attribute '(?P<attribute>[^'\n]+)' in '(?P<module>[^'\n]+)'",
    r'Error loading ASGI app\. Could not import module "(?P<module>[^"\n]+)"',
    r"WSGI application '(?P<module>[^'\n]+)' could not be loaded",
)

SEVERAL = "Where secrets is there already, add the name to it: secrets: | and one name a line."
HANDED_OVER = (
    "secrets: {name}\n"
    "\n"
    "# and with that, under the env: of the same step:\n"
    "{name}: ${{ secrets.{name} }}"
)

STARTUP = (
    Cause(
        id="missing-variable",
        verdicts=UP,
        patterns=(
            Pattern(
                SAID,
                # With what there is of the traceback before it: the app's own line is the evidence.
                r"(?:(?:^Traceback \(most recent call last\):\n|\A)(?:[ \t].*\n)*?)?"
                r'[ \t]*File "(?:<frozen os>|[^"\n]*/os\.py)", line \d+, in __getitem__\n'
                r"(?:    .*\n)*KeyError: '(?P<name>\w+)'",
                r"\b(?P<name>[A-Z][A-Z0-9_]+) is set but empty",
                r"Set the (?P<name>\w+) environment variable",
                r"UndefinedValueError: (?P<name>\w+) not found",
                r"The (?P<name>SECRET_KEY) setting must not be empty",
                r"\b(?P<name>[A-Za-z_]\w*): (?:parameter (?:null or )?not set|unbound variable)",
            ),
        ),
        unless=SEEN_OTHERWISE,
        title="The environment variable {name} is missing in the container",
        hint=f"Give it to the container: from a repository secret, or as plain text where "
        f"everyone may know it. {SEVERAL}",
        paste=f"{STEP}{HANDED_OVER}\n"
        "\n"
        "# instead, where everyone may know it, under the same with:\n"
        "env: {name}=VALUE",
        variants=(
            Variant(
                pattern=Pattern("known", r"^verdict build-failed$"),
                title="The environment variable {name} is missing while the image is built",
                hint="A build gets nothing that is meant for the container. Set it for the one "
                "line of the Dockerfile that needs it, to any value that is never used again.",
                paste=f"{IMAGE}"
                "RUN {name}=only-for-the-build python manage.py collectstatic --noinput",
                background="What is written into an image can be read by everyone who has it, so a "
                "real secret has no place in a build's RUN or ENV.",
            ),
            Variant(
                pattern=Pattern(SAID, r"\b[A-Z][A-Z0-9_]+ is set but empty"),
                title="The environment variable {name} is set but empty in the container",
                hint=f"Give it a value: from a repository secret, or as plain text where "
                f"everyone may know it. {SEVERAL}",
            ),
            Variant(
                # A framework's own: any will do. Others (STRIPE_SECRET_KEY) are known elsewhere.
                pattern=Pattern("known", r"^name (?:DJANGO_|FLASK_|APP_)?SECRET_KEY(?:_BASE)?$"),
                hint="Give it to the container. Any random value will do for a rehearsal, and "
                "generate-secrets makes one; where that is there already, add the name to it: "
                "generate-secrets: | and one name a line. Only if it has to be a certain value, "
                "take a repository secret, which is empty in pull requests from forks.",
                paste=f"{STEP}"
                "generate-secrets: {name}\n"
                "\n"
                "# instead, from a repository secret of that name, under the same with:\n"
                f"{HANDED_OVER}",
            ),
        ),
        background="The app reads this setting from the environment and stops without it. This "
        "sets it for the rehearsal only: production needs it, too.",
    ),
    Cause(
        id="wsgi-path",
        verdicts=UP,
        patterns=(WSGI_PATH,),
        unless=SEEN_OTHERWISE,
        title="The server finds no app at {module}",
        hint="Correct the path in the image's command (or in the input command), and see that "
        "the folder it starts from is copied into the image. Django writes the path down in "
        'settings.py: WSGI_APPLICATION = "PROJECT.wsgi.application" is PROJECT.wsgi:application '
        "for gunicorn.",
        paste=f'{IMAGE}CMD ["gunicorn", "--bind", ":8888", "PROJECT.wsgi:application"]',
        background="The image's command is gunicorn with the project's WSGI application.",
    ),
    Cause(
        id="missing-module",
        verdicts=UP,
        patterns=(Pattern(SAID, r"^ModuleNotFoundError: No module named '(?P<module>[^'\n]+)'"),),
        unless=(WSGI_PATH, *SEEN_OTHERWISE),
        title="The Python module {module} is missing in the image",
        hint="If it comes from a package, add that with its version to the requirements.txt that "
        "the Dockerfile installs: what is installed on your own machine is not in the image. If it "
        "is the project's own, see that COPY brings it in and .dockerignore lets it.",
        paste=f"{IMAGE}RUN pip install --no-cache-dir -r requirements.txt",
        background="What production needs stands in requirements.txt, pinned.",
    ),
    Cause(
        id="out-of-memory",
        verdicts=(Verdict.CRASHED, Verdict.NOT_READY, Verdict.TESTS_FAILED),
        patterns=(
            Pattern("container", r"^killed for memory$"),
            Pattern("container", r"^memory limit (?P<limit>.+)"),
        ),
        details=(Pattern("container", r"^exit code 137$"),),
        title="The container was killed for memory (limit: {limit})",
        hint="Give it more, or have it use less: fewer workers, smaller caches. If production "
        "gives it no more than this, it would end in the same way there.",
        paste=f"{STEP}run-options: --memory=512m",
    ),
)

CONTAINER_EXIT = (
    Cause(
        id="crash-loop",
        verdicts=(Verdict.CRASHED,),
        patterns=(Pattern("container", r"^restarted (?P<times>\d+ times?)$"),),
        details=(
            Pattern("container", r"^restart policy .*"),
            Pattern("container", r"^exit code \d+$"),
        ),
        title="The container ends and is started again, {times} so far",
        hint="Its restart policy hides that it ends: read in its last lines why it does. "
        "Leave --restart out of run-options, and the first end is told.",
    ),
    Cause(
        id="exited-early",
        verdicts=(Verdict.CRASHED,),
        patterns=(Pattern("problem", r"ended before it was ready: exit code 0\b"),),
        unless=(Pattern("container", r"^restarted "),),
        details=(Pattern("container", r"^command (?P<command>.+)"),),
        title="The container's command came to its end, with exit code 0: {command|none}",
        hint="A container lives as long as its first process. Run the server in the foreground "
        "(no & behind it, no --daemon), as the command itself or by exec at the end of a script.",
        paste=f'{IMAGE}CMD ["gunicorn", "--bind", ":8888", "PROJECT.wsgi:application"]',
    ),
)
