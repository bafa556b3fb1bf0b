"""Causes of an app that does not start, or stops soon after its start."""

from rehearsal.diagnosis.causes.give_up import LASTING_ERROR
from rehearsal.diagnosis.causes.snippets import IN_DOCKERFILE, IN_STEP
from rehearsal.diagnosis.rules import CAPTURES, Cause, Pattern, Variant
from rehearsal.results.file_names import BUILD_LOG, CONTAINER_LOG, SETUP_LOG
from rehearsal.verdict import Verdict

# The logs in which an app may say why it stops; a build runs parts of the app too (collectstatic).
START_LOGS = (CONTAINER_LOG, SETUP_LOG, BUILD_LOG)
START_VERDICTS = (Verdict.CRASHED, Verdict.SETUP_FAILED, Verdict.NOT_READY, Verdict.BUILD_FAILED)

# These show from outside why an app is not ready. Then an error in its log (of an optional module,
# for example) is not the cause.
VISIBLE_FROM_OUTSIDE = (
    Pattern("answer", r"^HTTP status [34]\d\d\b"),
    Pattern("listeners", r"^(?:other-port|loopback|ipv6-only|speaks-tls) "),
)

# The server does not find the app that it should serve; the traceback has no line of the app.
APP_NOT_FOUND = Pattern(
    START_LOGS,
    r'gunicorn/util\.py", line \d+, in import_app\n(?:    .*\n)*'
    r'(?:  File "(?:<frozen importlib|[^"\n]*/importlib/).*\n(?:    .*\n)*)*'
    r"ModuleNotFoundError: No module named '(?P<module>[^'\n]+)'",
    r"Failed to find attribute '(?P<attribute>[^'\n]+)' in '(?P<module>[^'\n]+)'",
    r'Error loading ASGI app\. Could not import module "(?P<module>[^"\n]+)"',
    r"WSGI application '(?P<module>[^'\n]+)' could not be loaded",
)

ADD_TO_SECRETS = (
    "If the step has a secrets: input already, add the name to it: secrets: | and one name a line."
)
FROM_REPOSITORY = (
    "secrets: {name}\n\n# and also, under the env: of the same step:\n{name}: ${{ secrets.{name} }}"
)

STARTUP = (
    Cause(
        id="missing-variable",
        verdicts=START_VERDICTS,
        patterns=(
            Pattern(
                START_LOGS,
                # With the traceback before it, if there is one: its line of the app is evidence.
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
        unless=VISIBLE_FROM_OUTSIDE,
        title="The environment variable {name} is missing in the container",
        hint="Pass it to the container: from a repository secret or, if it is not secret, as plain "
        f"text. {ADD_TO_SECRETS}",
        paste=f"{IN_STEP}{FROM_REPOSITORY}\n"
        "\n"
        "# instead, if it is not secret, under the same with:\n"
        "env: {name}=VALUE",
        variants=(
            Variant(
                pattern=Pattern(CAPTURES, r"^verdict build-failed$"),
                title="The environment variable {name} is missing while the image is built",
                hint="A build does not get the container's variables. Set it in the one line of "
                "the Dockerfile that needs it, to a value that is used nowhere else.",
                paste=f"{IN_DOCKERFILE}"
                "RUN {name}=only-for-the-build python manage.py collectstatic --noinput",
                background="Everyone who has an image can read what RUN and ENV wrote into it, so "
                "use no real secret there.",
            ),
            Variant(
                pattern=Pattern(START_LOGS, r"\b[A-Z][A-Z0-9_]+ is set but empty"),
                title="The environment variable {name} is set but empty in the container",
                hint="Give it a value: from a repository secret or, if it is not secret, as plain "
                f"text. {ADD_TO_SECRETS}",
            ),
            Variant(
                # A framework's own key may have any value. A key of another service
                # (STRIPE_SECRET_KEY) may not.
                pattern=Pattern(CAPTURES, r"^name (?:DJANGO_|FLASK_|APP_)?SECRET_KEY(?:_BASE)?$"),
                hint="Pass it to the container. Any random value will do for a rehearsal, and "
                "generate-secrets makes one. If the step has that input already, add the name to "
                "it: generate-secrets: | and one name a line. Only if the value matters, use a "
                "repository secret, which is empty in pull requests from forks.",
                paste=f"{IN_STEP}"
                "generate-secrets: {name}\n"
                "\n"
                "# instead, from a repository secret of that name, under the same with:\n"
                f"{FROM_REPOSITORY}",
            ),
        ),
        background="The app reads this variable and stops without it. The snippet sets it for the "
        "rehearsal only: production needs it too.",
        give_up=LASTING_ERROR,
    ),
    Cause(
        id="wsgi-path",
        verdicts=START_VERDICTS,
        patterns=(APP_NOT_FOUND,),
        unless=VISIBLE_FROM_OUTSIDE,
        title="The server finds no app at {module}",
        hint="Correct the path in the image's command (or in the input command), and check that "
        "its folder is copied into the image. Django's settings.py has the path: WSGI_APPLICATION "
        '= "PROJECT.wsgi.application" is PROJECT.wsgi:application for gunicorn.',
        paste=f'{IN_DOCKERFILE}CMD ["gunicorn", "--bind", ":8888", "PROJECT.wsgi:application"]',
        background="The image's command names the module in which the server looks for the app.",
    ),
    Cause(
        id="missing-module",
        verdicts=START_VERDICTS,
        patterns=(
            Pattern(START_LOGS, r"^ModuleNotFoundError: No module named '(?P<module>[^'\n]+)'"),
        ),
        unless=(APP_NOT_FOUND, *VISIBLE_FROM_OUTSIDE),
        title="The Python module {module} is missing in the image",
        hint="If it comes from a package, add the package and its version to the requirements.txt "
        "that the Dockerfile installs. If it is part of your project, check that COPY copies it "
        "and that .dockerignore does not exclude it.",
        paste=f"{IN_DOCKERFILE}RUN pip install --no-cache-dir -r requirements.txt",
        background="requirements.txt should pin every package that production needs.",
        give_up=LASTING_ERROR,
    ),
    Cause(
        id="port-in-use",
        verdicts=(Verdict.CRASHED, Verdict.NOT_READY),
        patterns=(
            Pattern(
                CONTAINER_LOG,
                r"\[Errno 98\] Address already in use",
                r"Connection in use: .*",
                r"EADDRINUSE: address already in use.*",
                r"bind\(?\)?: (?:A|a)ddress already in use",
            ),
        ),
        title="Two programs in the container want one port",
        hint="Something in the container listens there already, or the server is started twice. "
        "Look at what the image's ENTRYPOINT and CMD start, and give each its own port.",
    ),
    Cause(
        id="no-shell",
        verdicts=(Verdict.SETUP_FAILED,),
        patterns=(Pattern(SETUP_LOG, r'exec: "sh": (?:executable file not found|stat)'),),
        title="The image has no shell, and setup-command is a script for sh",
        hint="Do this when the container starts, as a program in the image's ENTRYPOINT. Or use a "
        "base image that has sh.",
    ),
    Cause(
        id="out-of-memory",
        verdicts=(Verdict.CRASHED, Verdict.NOT_READY, Verdict.TESTS_FAILED),
        patterns=(
            Pattern("container", r"^killed for memory$"),
            Pattern("container", r"^memory limit (?P<limit>.+)"),
        ),
        details=(Pattern("container", r"^exit code 137$"),),
        title="The container was killed because it ran out of memory (limit: {limit})",
        hint="Raise the limit, or let the app use less: fewer workers, smaller caches. If "
        "production has the same limit, the app will be killed there too.",
        paste=f"{IN_STEP}run-options: --memory=512m",
    ),
)

CONTAINER_EXIT = (
    Cause(
        id="segmentation-fault",
        verdicts=(Verdict.CRASHED,),
        patterns=(Pattern("container", r"^exit code 139$"),),
        title="The app's process ended with a segmentation fault (exit code 139)",
        hint="Compiled code did that: a package that was built for another C library (Alpine has "
        "musl) or processor, or a fault in it. Install its wheel for this image, or another "
        "version. For Python, PYTHONFAULTHANDLER=1 in env logs where it happened.",
        paste=f"{IN_STEP}env: PYTHONFAULTHANDLER=1",
    ),
    Cause(
        id="crash-loop",
        verdicts=(Verdict.CRASHED,),
        patterns=(Pattern("container", r"^restarted (?P<times>\d+ times?)$"),),
        details=(
            Pattern("container", r"^restart policy .*"),
            Pattern("container", r"^exit code \d+$"),
        ),
        title="The container ended and was restarted, {times} so far",
        hint="Its last lines say why it ends. A restart policy hides that: without --restart in "
        "run-options the first end is reported.",
    ),
    Cause(
        id="exited-early",
        verdicts=(Verdict.CRASHED,),
        patterns=(Pattern("problem", r"ended before it was ready: exit code 0\b"),),
        unless=(Pattern("container", r"^restarted "),),
        details=(Pattern("container", r"^command (?P<command>.+)"),),
        title="The container's command ended, with exit code 0: {command|none}",
        hint="A container runs as long as its first process. Start the server in the foreground "
        "(without & or --daemon), as the command itself or by exec at the end of a script.",
        paste=f'{IN_DOCKERFILE}CMD ["gunicorn", "--bind", ":8888", "PROJECT.wsgi:application"]',
    ),
)
