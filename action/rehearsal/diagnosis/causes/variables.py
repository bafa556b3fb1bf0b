"""Causes in the environment variables that the app reads at its start."""

from rehearsal.diagnosis.causes.give_up import LASTING_ERROR
from rehearsal.diagnosis.causes.snippets import IN_DOCKERFILE
from rehearsal.diagnosis.causes.startup import START_LOGS, START_VERDICTS, VISIBLE_FROM_OUTSIDE
from rehearsal.diagnosis.paste import in_step, in_step_env
from rehearsal.diagnosis.rules import CAPTURES, Cause, Pattern, Variant

OF_THE_STEP = in_step_env("{name}", "${{ secrets.{name} }}")
FROM_REPOSITORY = f"{in_step('secrets', '{name}')}\n\n{OF_THE_STEP}"

VARIABLES = (
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
        "text.",
        paste=f"{FROM_REPOSITORY}\n\n"
        + in_step("env", "{name}=VALUE", "instead, if it is not secret, "),
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
                "text.",
            ),
            Variant(
                # A framework's own key may have any value. A key of another service
                # (STRIPE_SECRET_KEY) may not.
                pattern=Pattern(CAPTURES, r"^name (?:DJANGO_|FLASK_|APP_)?SECRET_KEY(?:_BASE)?$"),
                hint="Pass it to the container. Any random value will do for a rehearsal, and "
                "generate-secrets makes one. Only if the value matters, use a repository secret, "
                "which is empty in pull requests from forks.",
                paste=in_step("generate-secrets", "{name}")
                + "\n\n"
                + in_step("secrets", "{name}", "instead, from a repository secret of that name, ")
                + f"\n\n{OF_THE_STEP}",
            ),
        ),
        background="The app reads this variable and stops without it. The snippet sets it for the "
        "rehearsal only: production needs it too.",
        give_up=LASTING_ERROR,
    ),
)
