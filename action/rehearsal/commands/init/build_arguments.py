"""The input `build-args`: values of compose files, and arguments without a default."""

import re
from collections.abc import Iterator
from itertools import chain, takewhile

from rehearsal.commands.init.input_line import InputLine, place
from rehearsal.commands.init.survey import Survey
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.dockerfile import instructions

# BuildKit sets these; the client sets those of proxies.
PREDEFINED = regex(
    r"(TARGET|BUILD)(PLATFORM|OS|ARCH|VARIANT)|BUILDKIT_\w+|\w+_proxy", re.IGNORECASE
)
WORD = regex(r"(?P<name>[A-Za-z_]\w*)(?:=(?P<value>.*))?")


@dataclass(frozen=True, kw_only=True)
class BuildArgument:
    """An ARG of the Dockerfile; `default` is None if it has none."""

    name: str
    line: int
    default: str | None


def build_argument_lines(survey: Survey) -> Iterator[InputLine]:
    """Yield the values of a compose file that differ from the defaults of the Dockerfile."""
    app = survey.setup.app
    for each in _arguments(survey) if app else ():
        value = app.build_args.get(each.name, each.default) if app else None
        if app and value != each.default:
            where = place(survey.choice.dockerfile.path, each.line)
            why = f"{where}: {app.path} builds the app with this value."
            yield InputLine(name="build-args", text=f"{each.name}={value}", why=why)


def build_argument_notes(survey: Survey) -> Iterator[str]:
    """Yield a note for each argument that is used and has no value."""
    given = survey.setup.app.build_args if survey.setup.app else {}
    for each in _arguments(survey):
        if each.default is None and each.name not in given and _is_used(survey, each.name):
            where = place(survey.choice.dockerfile.path, each.line)
            yield (
                f"{where}: the build argument {each.name} has no default. If the build needs it, "
                f"write build-args: {each.name}=VALUE."
            )


def _arguments(survey: Survey) -> list[BuildArgument]:
    """Return the arguments of the stage and of its base stages."""
    dockerfile, stage = survey.choice.dockerfile, survey.choice.stage
    every = instructions(dockerfile.text)
    before = takewhile(lambda found: found.keyword != "FROM", every)
    stages = reversed(dockerfile.lineage(stage)) if stage else ()
    declared = chain(before, chain.from_iterable(each.instructions for each in stages))
    found: dict[str, BuildArgument] = {}
    for instruction in declared:
        for word in instruction.text.split() if instruction.keyword == "ARG" else ():
            known = WORD.fullmatch(word)
            if not known or PREDEFINED.fullmatch(known["name"]):
                continue
            name, default = known["name"], known["value"]
            default = None if default is None else default.strip("\"'")
            if name not in found or found[name].default is None:
                found[name] = BuildArgument(name=name, line=instruction.line, default=default)
    return list(found.values())


def _is_used(survey: Survey, name: str) -> bool:
    used = re.compile(rf"\$(?:{name}\b|\{{{name}[}}:])")
    return any(
        used.search(f"{each.text}\n{each.body}")
        for each in instructions(survey.choice.dockerfile.text)
        if each.keyword != "ARG"
    )
