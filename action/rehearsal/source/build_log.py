"""Find in the log of a build which instruction of the Dockerfile failed, and what it printed.

Formats: BuildKit in the docker client 20.10, and buildx 0.13 to 0.29, with plain progress; Podman
5.8.
"""

import re
from collections.abc import Iterator

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.results.frame import ProjectFrame
from rehearsal.source.dockerfile import parse_dockerfile

# A step's lines begin with its number: those that its program printed have a time, too.
STEP = regex(r"^#(?P<number>\d+) \[(?P<title>[^\]\n]*)\] (?P<text>.*)$", re.MULTILINE)
FAILED = regex(r"^ > \[(?P<title>[^\]\n]*)\] (?P<text>.*):$", re.MULTILINE)
# buildx shows the lines of the Dockerfile, and marks those of the instruction.
MARKED_LINE = regex(r"^ *(?P<line>\d+) \| >>> ", re.MULTILINE)
PARSE_ERROR = regex(
    r"^.*(?P<error>dockerfile parse error (?:on )?line (?P<line>\d+): .*)$", re.MULTILINE
)
PODMAN_STEP = regex(r"^(?:\[\d+/\d+\] )?STEP \d+/\d+: .*\n", re.MULTILINE)
PODMAN_FAILED = regex(r'^Error: building at STEP "(?P<text>.+?)": (?P<reason>.*)$', re.MULTILINE)
STAGE = regex(r"(?:(?P<name>\S+) )?\d+/\d+\Z")
# How BuildKit calls the step that looks for the image of FROM.
METADATA = "load metadata for "
# So many lines of what a step printed are shown.
MAX_OUTPUT = 8


@dataclass(frozen=True, kw_only=True)
class FailedStep:
    """The step that failed: its instruction, and the stage of the Dockerfile (empty if unnamed).

    `output` is what it printed, `reason` what BuildKit says of it. `line` is 0 if the log does not
    tell it.
    """

    instruction: str = ""
    stage: str = ""
    output: tuple[str, ...] = ()
    reason: str = ""
    line: int = 0


def find_failed_step(log: str) -> FailedStep | None:
    """Return the step that failed, or None if the log does not tell."""
    if parse_error := list(PARSE_ERROR.finditer(log)):
        found = parse_error[-1]
        return FailedStep(reason=found["error"], line=int(found["line"]))
    failed = list(FAILED.finditer(log))
    if not failed:
        return _find_in_podman_log(log)
    title, text = failed[-1]["title"], failed[-1]["text"]
    steps = [
        step["number"]
        for step in STEP.finditer(log)
        if (step["title"], step["text"]) == (title, text)
    ]
    number = steps[-1] if steps else ""
    reasons = re.findall(rf"^#{number} ERROR: (.*)$", log, re.MULTILINE) if number else []
    marked = MARKED_LINE.search(log, failed[-1].end())
    stage = STAGE.match(title)
    return FailedStep(
        instruction=_instruction(text),
        stage=(stage and stage["name"]) or "",
        output=tuple(_printed(log, number)),
        reason=reasons[-1] if reasons else "",
        line=int(marked["line"]) if marked else 0,
    )


def _find_in_podman_log(log: str) -> FailedStep | None:
    failed = list(PODMAN_FAILED.finditer(log))
    if not failed:
        return None
    printed = PODMAN_STEP.split(log[: failed[-1].start()])[-1]
    return FailedStep(
        instruction=_instruction(failed[-1]["text"]),
        output=tuple(line.rstrip() for line in printed.splitlines()),
        reason=failed[-1]["reason"],
    )


def dockerfile_frame(step: FailedStep, path: str, dockerfile: str) -> ProjectFrame | None:
    """Return where the Dockerfile at `path` failed, with what the step printed last."""
    line = find_line(dockerfile, step)
    if not line:
        return None
    said = [*step.output[-MAX_OUTPUT:], step.reason]
    return ProjectFrame(
        file=path,
        line=line,
        function="",
        error=next(filter(None, (*step.output[-1:], step.reason)), ""),
        text="\n".join(filter(None, (step.instruction, *said))),
    )


def find_line(dockerfile: str, step: FailedStep) -> int:
    """Return the number of the line where the instruction begins, or 0 if it is not there."""
    if step.line:
        return step.line
    for stage in parse_dockerfile(dockerfile).stages:
        for each in stage.instructions if step.stage in ("", stage.name) else ():
            text = f"{each.keyword} {' '.join(each.text.split())}"
            if text.startswith(step.instruction):
                return each.line
    return 0


def _instruction(text: str) -> str:
    """Return the instruction of a step, with single spaces."""
    if text.startswith(METADATA):
        text = f"FROM {text.removeprefix(METADATA)}"
    return " ".join(text.split())


def _printed(log: str, number: str) -> Iterator[str]:
    if number:
        for match in re.finditer(rf"^#{number} \d+\.\d+ (.*)$", log, re.MULTILINE):
            yield match[1].rstrip()
