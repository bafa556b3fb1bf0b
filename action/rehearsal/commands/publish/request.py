"""What is to be published, and where to: the action's inputs, read and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rehearsal.commands.publish.reference import Reference, read_references
from rehearsal.config.input_types import BOOLEAN, FOLDER, LINES, TEXT, Input, number, table
from rehearsal.config.inputs import Inputs, shown
from rehearsal.evidence.require_passed import require_passed
from rehearsal.results.json_fields import DIGEST
from rehearsal.results.rehearsal import Rehearsal
from rehearsal.verdict import Misconfigured, Problem, Verdict

# `make reference` writes action/publish/action.yml and the documents from this table.
PUBLISH_INPUTS = table(
    Input(
        "evidence-path",
        FOLDER,
        "The folder that holds the rehearsal's verdict.json (its output evidence-path); only what "
        "passed is published.",
    ),
    Input(
        "image-id",
        TEXT,
        "Instead of evidence-path, the ID of an image in the local engine that you vouch for "
        "yourself.",
    ),
    Input("to", LINES, "Where to push to, one reference with its tag a line."),
    Input(
        "allow-flaky",
        BOOLEAN,
        "Whether to publish although a test passed only when it was run again.",
        default="false",
    ),
    Input(
        "overwrite",
        LINES,
        "Which references may be replaced when they hold another image, 'true' (all), 'false' "
        "(none), or their tags, one a line.",
        default="true",
    ),
    Input(
        "timeout", number(1, 86400, "seconds"), "Seconds for all pushes together.", default="1800"
    ),
)


@dataclass(frozen=True, kw_only=True)
class PublishRequest:
    """One image by its ID, and where it goes; without `rehearsed` the caller vouches for it.

    What one of `kept` holds already stays there.
    """

    image_id: str
    to: tuple[Reference, ...]
    timeout: int
    kept: tuple[Reference, ...] = ()
    rehearsed: Rehearsal | None = None


def read_request(given: Mapping[str, object], *, top: Path) -> PublishRequest:
    """Return the order that the inputs make; relative paths begin at `top`.

    Raises `Misconfigured`, and `Problem` (publish-failed) when the rehearsal forbids it.
    """
    inputs = Inputs.of(given, PUBLISH_INPUTS)
    path, image_id = inputs.text("evidence-path"), inputs.text("image-id")
    if bool(path) == bool(image_id):
        raise Misconfigured(
            f"The inputs evidence-path and image-id are {'both given' if path else 'both empty'}; "
            "exactly one of them says what to publish.",
            hint="evidence-path: ${{ steps.rehearse.outputs.evidence-path }} publishes what was "
            "rehearsed, and nothing else.",
        )
    if image_id and not DIGEST.fullmatch(image_id):
        raise inputs.wrong("image-id", "a whole ID: sha256: and 64 hexadecimal digits")
    allow_flaky = inputs.boolean("allow-flaky")
    to = read_references(inputs)
    kept = _kept(inputs, to)
    timeout = inputs.number("timeout")
    # Last: a wrong input is told whatever the verdict was.
    rehearsed = _read(top / path, allow_flaky=allow_flaky) if path else None
    return PublishRequest(
        image_id=rehearsed.image_id if rehearsed else image_id,
        to=to,
        timeout=timeout,
        kept=kept,
        rehearsed=rehearsed,
    )


def _kept(inputs: Inputs, to: Sequence[Reference]) -> tuple[Reference, ...]:
    """Return the references that `overwrite` does not allow to be replaced."""
    if inputs.text("overwrite") in ("true", "false"):
        return tuple(to) if inputs.text("overwrite") == "false" else ()
    named = set(inputs.lines("overwrite"))
    names = {each: {each.tag, each.written, each.name} for each in to}
    # A slip would keep what was to move, and be noticed at the second release only.
    if not named or named - {name for known in names.values() for name in known}:
        raise inputs.wrong(
            "overwrite",
            f"true, false, or tags of to that may be replaced, one a line: "
            f"{', '.join(dict.fromkeys(each.tag for each in to))}",
        )
    return tuple(each for each in to if not names[each] & named)


def _read(folder: Path, *, allow_flaky: bool) -> Rehearsal:
    record = require_passed(
        folder,
        given=f"The input evidence-path is {shown(folder)}",
        otherwise="Nothing was pushed.",
    )
    flaky = [each.name for each in record.results.flaky] if record.results else []
    if flaky and not allow_flaky:
        one, names = len(flaky) == 1, ", ".join([*flaky[:3], *("…" for _ in flaky[3:4])])
        raise Problem(
            Verdict.PUBLISH_FAILED,
            f"Nothing was pushed. {'A test' if one else f'{len(flaky)} tests'} passed only when "
            f"{'it was' if one else 'they were'} run again: {names}.",
            hint="Make the test steady, or publish all the same with allow-flaky: 'true'.",
        )
    return record
