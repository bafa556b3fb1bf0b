"""Causes in what the app imports, and in the place where the server looks for the app."""

from rehearsal.diagnosis.causes.give_up import LASTING_ERROR
from rehearsal.diagnosis.causes.startup import START_VERDICTS, VISIBLE_FROM_OUTSIDE
from rehearsal.diagnosis.facts import LOCATIONS, OWN_MODULE, PROPOSALS, START_LOGS
from rehearsal.diagnosis.missing_modules import APP_NOT_FOUND, NODE, PYTHON
from rehearsal.diagnosis.rules import Cause, Pattern, Variant

SERVED = Pattern(START_LOGS, *APP_NOT_FOUND)
OWN = Pattern(
    OWN_MODULE, r"^module (?P<module>.+)\n(?P<kind>file|folder) (?P<path>.+)", shown=False
)

NODE_TITLE = "The Node module {module} is missing in the image"

NOT_IN_IMAGE = "The {kind} {path} is in the repository, but not in the image"

MODULES = (
    Cause(
        id="own-module",
        verdicts=START_VERDICTS,
        patterns=(OWN, Pattern(START_LOGS, *PYTHON, NODE)),
        unless=VISIBLE_FROM_OUTSIDE,
        title="The app does not find {module}, which the project has in {path}",
        hint="Check that COPY copies it, that .dockerignore does not exclude it, and that the app "
        "starts in the folder from which it is found.",
        variants=(
            Variant(
                pattern=Pattern(
                    OWN_MODULE, r"^ignored (?P<file>.+):(?P<line>\d+) (?P<rule>.+)$", shown=False
                ),
                title=NOT_IN_IMAGE,
                hint="Line {line} of {file} ({rule}) keeps it out of the build. Take it in again.",
                paste="{own_module|}",
            ),
            Variant(
                pattern=Pattern(OWN_MODULE, r"^uncopied (?P<file>.+)$", shown=False),
                title=NOT_IN_IMAGE,
                hint="No COPY in {file} brings it into the image.",
                paste="{own_module|}",
            ),
            Variant(
                pattern=Pattern(OWN_MODULE, r"^elsewhere (?P<folder>.+)$", shown=False),
                title="The app does not find {module}, which the image has in {folder}",
                hint="Python searches the folder where the app starts, and those in PYTHONPATH: "
                "start the app in that folder (WORKDIR), or name it there.",
                paste="{own_module|}",
            ),
        ),
        give_up=LASTING_ERROR,
    ),
    Cause(
        id="wsgi-path",
        verdicts=START_VERDICTS,
        patterns=(SERVED,),
        unless=(OWN, *VISIBLE_FROM_OUTSIDE),
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
        patterns=(Pattern(START_LOGS, *PYTHON, NODE),),
        unless=(SERVED, OWN, *VISIBLE_FROM_OUTSIDE),
        title="The Python module {module} is missing in the image",
        hint="If it comes from a package, add that to those that the Dockerfile installs; check "
        "its name first, which may differ from the module's, and from which index it comes. "
        "If it is part of your project, check that COPY copies it and that .dockerignore does not "
        "exclude it.",
        variants=(
            Variant(
                pattern=Pattern(PROPOSALS, r"^missing_package RUN \w+ run build$", shown=False),
                title="The image has no file {module}",
                hint="The project has none either, so its build has to make it: run that in the "
                "Dockerfile, after the line that copies the project in.",
                paste="{missing_package|}",
            ),
            Variant(
                pattern=Pattern(
                    PROPOSALS, r"^missing_package RUN .*\b(?:p?npm|yarn)\b", shown=False
                ),
                title=NODE_TITLE,
                hint="package.json names it, and nothing in the Dockerfile installs it.",
                paste="{missing_package|}",
            ),
            Variant(
                pattern=Pattern(
                    PROPOSALS, r"^missing_package (?:(?:p?npm|yarn) (?:add|install)) ", shown=False
                ),
                title=NODE_TITLE,
                hint="It is not among the dependencies in package.json (an image leaves out "
                "devDependencies): add it to them.",
                paste="{missing_package|}",
            ),
            Variant(
                pattern=Pattern(START_LOGS, NODE),
                title=NODE_TITLE,
                hint="If it is a package, package.json has to name it under dependencies, the "
                "Dockerfile has to install it (npm ci), and node_modules has to be in the image's "
                "last stage, in a folder above the app. If it is a file, check that COPY copies "
                "it, or that the build that makes it runs in the Dockerfile.",
            ),
            Variant(
                pattern=Pattern(LOCATIONS, r"^pinned_requirements (?P<pinned>.+)$", shown=False),
                hint="The project has no such module, so it comes from a package: add that (its "
                "name may differ from the module's) to what the image installs, and pin its "
                "version like the others in {pinned}.",
                paste="{missing_package|}",
            ),
            Variant(
                pattern=Pattern(PROPOSALS, r"^missing_package ", shown=False),
                hint="The project has no such module, so it comes from a package: check that this "
                "is the one (its name may differ), and add it to what the image installs.",
                paste="{missing_package|}",
            ),
        ),
        give_up=LASTING_ERROR,
    ),
)
