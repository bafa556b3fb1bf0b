"""Causes in the templates of a page. Source: Django 5.2, and Jinja 3.1 for a missing template."""

from rehearsal.diagnosis.causes.give_up import LASTING_ERROR
from rehearsal.diagnosis.rules import Cause, Pattern, Variant
from rehearsal.results.file_names import ASKED_AGAIN_LOG, CONTAINER_LOG
from rehearsal.verdict import Verdict

LOGS = (CONTAINER_LOG, ASKED_AGAIN_LOG)
VERDICTS = (Verdict.NOT_READY, Verdict.TESTS_FAILED)
PLACE = r"^asked at (?P<place>.+)$"
INSTEAD = r"^instead (?P<similar>\S+) at (?P<file>.+):(?P<line>\d+): (?P<text>.*)$"
# In the same facts, before the lines above.
UNKNOWN = r"^unknown (?P<kind>filter|tag) (?P<unknown>.+)"
ERROR_AT = "A template has an error at {place|}: {error}"
WRITE_INSTEAD = "# in {file}, instead of line {line}, write:\n"

TEMPLATES = (
    Cause(
        id="template-missing",
        verdicts=VERDICTS,
        patterns=(
            Pattern(LOGS, r"^(?:[\w.]+\.)?Template(?:DoesNotExist|NotFound): (?P<name>\S+)$"),
        ),
        details=(Pattern("template name", PLACE, shown=False),),
        place="{place|}",
        title="There is no template {name}",
        hint="Correct the name where it is asked for, or add the template. Django looks into the "
        "templates folder of each app in INSTALLED_APPS, and into the folders of DIRS.",
        give_up=LASTING_ERROR,
        variants=(
            Variant(
                pattern=Pattern("template name", r"^have (?P<path>.+)$"),
                title="The app does not find the template {name}, which the project has",
                hint="It is {path}. Django looks into the templates folder of each app in "
                "INSTALLED_APPS, and into the folders of DIRS: see that one of them has it, and "
                "that COPY copies it into the image.",
            ),
            Variant(
                pattern=Pattern("template name", INSTEAD),
                title="There is no template {name}, but {similar}; {file}:{line} asks for it",
                hint="Correct the name in {file}:{line}.",
                paste=f"{WRITE_INSTEAD}{{text}}",
            ),
            Variant(
                pattern=Pattern("template name", PLACE),
                title="There is no template {name}; {place} asks for it",
                hint="Correct the name there, or add the template.",
            ),
        ),
    ),
    Cause(
        id="template-syntax",
        verdicts=VERDICTS,
        patterns=(Pattern(LOGS, r"^(?:[\w.]+\.)?TemplateSyntaxError: (?P<error>.+)$"),),
        details=(Pattern("template syntax", PLACE, shown=False),),
        place="{place|}",
        title="A template has an error: {error}",
        hint="The traceback does not say which template it is. The view in it names the first one; "
        "look there, and in those that it extends and includes.",
        give_up=LASTING_ERROR,
        variants=(
            Variant(
                pattern=Pattern(
                    "template syntax",
                    r"^load (?P<library>\S+) after (?P<file>.+):(?P<line>\d+): ",
                ),
                title="{file} uses the library {library}, and does not load it: {error}",
                hint="Each template has to load it itself, also one that extends another.",
                paste="# in {file}, after line {line}, add:\n{% load {library} %}",
            ),
            Variant(
                pattern=Pattern(
                    "template syntax",
                    r"^load (?P<library>\S+) before (?P<file>.+):(?P<line>1): (?P<text>.*)$",
                ),
                title="{file} uses the library {library}, and does not load it: {error}",
                hint="Each template has to load it itself, also one that is included.",
                paste=f"{WRITE_INSTEAD}{{% load {{library}} %}}\n{{text|}}",
            ),
            Variant(
                pattern=Pattern("template syntax", rf"{UNKNOWN}\n(?:.*\n)*{INSTEAD[1:]}"),
                title=ERROR_AT,
                hint="Django has no {kind} {unknown}; did you mean {similar}? If it is a {kind} of "
                "your own, let {% load %} name its library instead.",
                paste=f"{WRITE_INSTEAD}{{text}}",
            ),
            Variant(
                pattern=Pattern("template syntax", INSTEAD),
                title=ERROR_AT,
                hint="Did you mean {similar}? A library of your own belongs into the folder "
                "templatetags of an app in INSTALLED_APPS.",
                paste=f"{WRITE_INSTEAD}{{text}}",
            ),
            Variant(
                pattern=Pattern("template syntax", rf"{UNKNOWN}\n(?:.*\n)*{PLACE[1:]}"),
                title=ERROR_AT,
                hint="Django has no {kind} {unknown}. Correct the name or, if another library has "
                "it, let {% load %} name that library.",
            ),
            Variant(
                pattern=Pattern("template syntax", PLACE),
                title=ERROR_AT,
                hint="Compare that line with the tags before it: each block tag needs its end.",
            ),
        ),
    ),
    Cause(
        id="no-such-url",
        verdicts=VERDICTS,
        patterns=(
            Pattern(
                LOGS,
                r"^(?:[\w.]+\.)?NoReverseMatch: (?:Reverse for )?'(?P<name>[^'\n]*)' .+$",
            ),
        ),
        details=(Pattern("url name", PLACE, shown=False),),
        place="{place|}",
        title="No address has the name '{name}'",
        hint="Compare the name with those in urls.py.",
        give_up=LASTING_ERROR,
        variants=(
            Variant(
                pattern=Pattern(
                    LOGS,
                    r"NoReverseMatch: Reverse for '(?P<name>[^'\n]*)' (?P<given>with .+) not found"
                    r"\. \d+ pattern\(s\) tried: \[(?P<tried>.+)\]$",
                ),
                title="The address '{name}' takes other arguments than {place|the page} gives it",
                hint="It was asked for {given}, and its pattern is {tried}. Give it the arguments "
                "of its pattern. One that is empty ('') comes from a variable without a value.",
            ),
            Variant(
                pattern=Pattern("url name", INSTEAD),
                title="No address has the name '{name}', but '{similar}'; {file}:{line} asks for "
                "it",
                hint="Correct the name in {file}:{line}.",
                paste=f"{WRITE_INSTEAD}{{text}}",
            ),
            Variant(
                pattern=Pattern("url name", PLACE),
                title="No address has the name '{name}'; {place} asks for it",
                hint="Compare the name with those in urls.py.",
            ),
        ),
    ),
)
