"""Causes in what the app imports, and in the place where the server looks for the app."""

from rehearsal.diagnosis.causes.give_up import LASTING_ERROR
from rehearsal.diagnosis.causes.snippets import IN_DOCKERFILE
from rehearsal.diagnosis.causes.startup import START_VERDICTS, VISIBLE_FROM_OUTSIDE
from rehearsal.diagnosis.facts import START_LOGS
from rehearsal.diagnosis.rules import Cause, Pattern

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
)
