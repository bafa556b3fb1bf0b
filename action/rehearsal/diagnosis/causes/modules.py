"""Causes in what the app imports, and in the place where the server looks for the app."""

from rehearsal.diagnosis.causes.give_up import LASTING_ERROR
from rehearsal.diagnosis.causes.startup import START_VERDICTS, VISIBLE_FROM_OUTSIDE
from rehearsal.diagnosis.facts import LOCATIONS, PROPOSALS, START_LOGS
from rehearsal.diagnosis.rules import Cause, Pattern, Variant

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

MODULES = (
    Cause(
        id="wsgi-path",
        verdicts=START_VERDICTS,
        patterns=(APP_NOT_FOUND,),
        unless=VISIBLE_FROM_OUTSIDE,
        title="The server finds no app at {module}",
        hint="Check that the folder of this module is copied into the image, and that the server "
        "starts in the folder above it. Otherwise correct the path in the image's command.",
        variants=(
            Variant(
                pattern=Pattern(PROPOSALS, r"^app_path ", shown=False),
                hint="The project has its app elsewhere: correct the path in the command.",
                paste="{app_path|}",
            ),
            Variant(
                pattern=Pattern(LOCATIONS, r"^right_app (?P<right>\S+)$", shown=False),
                hint="The project's app is {right}: correct the path in the command (the image's, "
                "or the input command).",
            ),
        ),
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
        hint="If it comes from a package, add the package to those that the Dockerfile installs. "
        "If it is part of your project, check that COPY copies it and that .dockerignore does not "
        "exclude it.",
        variants=(
            Variant(
                pattern=Pattern(PROPOSALS, r"^missing_package ", shown=False),
                hint="The project has no such module, so it comes from a package: add that (its "
                "name may differ from the module's) to what the image installs.",
                paste="{missing_package|}",
            ),
        ),
        give_up=LASTING_ERROR,
    ),
)
