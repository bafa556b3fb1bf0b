"""Causes in the environment variables that the app reads at its start."""

from rehearsal.diagnosis.causes.give_up import LASTING_ERROR
from rehearsal.diagnosis.causes.startup import START_VERDICTS, VISIBLE_FROM_OUTSIDE
from rehearsal.diagnosis.facts import MISSING_VARIABLES, START_LOGS
from rehearsal.diagnosis.paste import in_step, in_step_env
from rehearsal.diagnosis.rules import CAPTURES, Cause, Pattern, Variant
from rehearsal.diagnosis.variable_words import LIBRARIES, OWN_WORDS

MISSING = Pattern(
    MISSING_VARIABLES,
    r"^(?P<kind>secret|plain) (?P<name>\w+)$",
    every_value_of="name",
    shown=False,
)
OF_THE_STEP = in_step_env("{each}", "${{ secrets.{stored} }}")
FROM_REPOSITORY = f"{in_step('secrets', '{name}')}\n\n{OF_THE_STEP}"
IF_SECRET = f"{in_step('secrets', '{name}', 'if it is secret, ')}\n\n{OF_THE_STEP}"
ALL_FROM_REPOSITORY = in_step("secrets", "|\n  {each}") + f"\n\n{OF_THE_STEP}"
MISSING_IN_THE_BUILD = "Missing while the image is built: the environment variable {all}"
IN_THE_BUILD = (
    "Two changes are needed. A build does not get the container's variables: set it in the one "
    "line of the Dockerfile that needs it, where any placeholder will do. And the container needs "
    "its real value."
)
SEEN_BY_ALL = (
    "Everyone who has an image can read what RUN and ENV wrote into it, so use no real secret "
    "there."
)
# Of the second change: a step that gives the variable already has its value.
UNLESS_GIVEN = "only if the container does not get it yet, "
AS_PLAIN_TEXT = "instead, if it is not secret, "

VARIABLES = (
    Cause(
        id="missing-variable",
        verdicts=START_VERDICTS,
        patterns=(MISSING,),
        details=(Pattern(START_LOGS, *(words.says for words in (*LIBRARIES, *OWN_WORDS))),),
        unless=VISIBLE_FROM_OUTSIDE,
        title="The environment variable {name} is missing in the container",
        hint="Pass it to the container: from a repository secret or, if it is not secret, as plain "
        "text.",
        paste=f"{IF_SECRET}\n\n" + in_step("env", "{name}=VALUE", AS_PLAIN_TEXT),
        variants=(
            Variant(
                # The input env refuses a name like this.
                pattern=Pattern(CAPTURES, r"^verdict build-failed\n(?:.*\n)*kind secret$"),
                title=MISSING_IN_THE_BUILD,
                hint=IN_THE_BUILD,
                paste="{build_variable|}\n\n"
                + in_step("secrets", "|\n  {each}", UNLESS_GIVEN)
                + f"\n\n{OF_THE_STEP}",
                background=SEEN_BY_ALL,
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^verdict build-failed$"),
                title=MISSING_IN_THE_BUILD,
                hint=IN_THE_BUILD,
                paste="{build_variable|}\n\n" + in_step("env", "|\n  {each}=VALUE", UNLESS_GIVEN),
                background=SEEN_BY_ALL,
            ),
            Variant(
                pattern=Pattern(START_LOGS, r"\b[A-Z][A-Z0-9_]+ is set but empty"),
                title="The environment variable {name} is set but empty in the container",
                hint="Give it a value: as plain text or, if secret, from a repository secret.",
                paste=in_step("env", "{name}=VALUE", "if it is not secret, ")
                + "\n\n"
                + in_step("secrets", "{name}", "instead, if it is secret and not in env, ")
                + f"\n\n{OF_THE_STEP}",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^all .* and "),
                title="Environment variables are missing in the container: {all}",
                hint="Pass them to the container: from repository secrets, and as plain text in "
                "env what is not secret.",
                paste=ALL_FROM_REPOSITORY,
                background="The app reads these variables and stops without them. The snippet sets "
                "them for the rehearsal only: production needs them too.",
            ),
            Variant(
                # A framework's own key may have any value. A key of another service
                # (STRIPE_SECRET_KEY) may not.
                pattern=Pattern(CAPTURES, r"^name (?:DJANGO_|FLASK_|APP_)?SECRET_KEY(?:_BASE)?$"),
                hint="Pass it to the container. Any random value will do for a rehearsal, and "
                "generate-secrets makes one. Only if the value matters, use a repository secret, "
                "which is empty in pull requests from forks.",
                paste=in_step("generate-secrets", "{name}", "if any value will do, ")
                + "\n\n"
                + in_step("secrets", "{name}", "instead, if a repository secret has the value, ")
                + f"\n\n{OF_THE_STEP}",
            ),
            Variant(
                # The input env refuses a name like this.
                pattern=Pattern(MISSING_VARIABLES, r"^secret "),
                hint="Pass it to the container, from a repository secret.",
                paste=FROM_REPOSITORY,
            ),
        ),
        background="The app reads this variable and stops without it. The snippet sets it for the "
        "rehearsal only: production needs it too.",
        give_up=LASTING_ERROR,
    ),
)
