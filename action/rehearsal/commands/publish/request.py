"""Parse and check the inputs of action/publish."""

from collections.abc import Mapping
from pathlib import Path

from rehearsal.commands.publish.reference import Reference, read_references
from rehearsal.commands.workflow.digest_spelling import read_digest
from rehearsal.commands.workflow.dropped_outputs import ONE_LINE
from rehearsal.config.input_table import DAY
from rehearsal.config.input_types import BOOLEAN, FOLDER, LINES, TEXT, Input, number, table
from rehearsal.config.inputs import Inputs, quoted
from rehearsal.dataclass import dataclass
from rehearsal.evidence.require_passed import require_passed
from rehearsal.results.digest_format import DIGEST
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

FILE_UNPROVEN = (
    "It is not proven that verdict.json is as the rehearsal wrote it, since verdict-digest is "
    "empty: whoever can change the file decides what passed."
)
IMAGE_UNPROVEN = "It is not proven that this image was rehearsed: only its ID was given."

# `make reference` writes action/publish/action.yml and the documents from this table.
PUBLISH_INPUTS = table(
    Input(
        "evidence-path",
        FOLDER,
        "The folder that holds the rehearsal's verdict.json (its output evidence-path); only what "
        "passed is published.",
        short="the folder with the rehearsal's verdict.json",
    ),
    Input(
        "verdict-digest",
        TEXT,
        "The digest of verdict.json as the runner holds it (the rehearsal's output "
        "verdict-digest); another verdict.json is refused. Without it, nobody notices that the "
        "file was changed.",
        short="the digest that verdict.json must have",
    ),
    Input(
        "image-id",
        TEXT,
        "The ID of the image in the local engine (the rehearsal's output image-id). Beside "
        "evidence-path both must name one image; alone, you vouch for the image yourself.",
        short="the image's ID, in place of a rehearsal",
    ),
    Input(
        "to",
        LINES,
        "Where to push to, one reference with its tag a line.",
        short="a reference with its tag, to push to",
    ),
    Input(
        "allow-flaky",
        BOOLEAN,
        "Whether to publish although a test passed only when it was run again.",
        short="publish although a test passed only in a retry",
        default="false",
    ),
    Input(
        "overwrite",
        LINES,
        "Which references may be replaced when they hold another image, 'true' (all), 'false' "
        "(none), or their tags, one a line.",
        short="what may be replaced: true, false or tags",
        default="true",
    ),
    Input(
        "timeout",
        number(1, DAY, "seconds"),
        "Seconds for all pushes together.",
        short="seconds for all pushes together",
        default="1800",
    ),
)


@dataclass(frozen=True, kw_only=True)
class PublishRequest:
    """Which image to push, and to which references.

    `timeout` is in seconds. `protected` are the references whose content must not be replaced.
    Without `rehearsal` the caller gave the ID, and is responsible for the image. `unproven` says
    what the inputs leave to trust; it is empty when `rehearsal` is what the runner holds.
    """

    image_id: str
    references: tuple[Reference, ...]
    timeout: int
    protected: tuple[Reference, ...] = ()
    rehearsal: RehearsalResult | None = None
    unproven: str = ""


def read_request(given: Mapping[str, object], *, top: Path) -> PublishRequest:
    """Parse the inputs; relative paths start at `top`.

    Raises `MisconfiguredError`, or `RehearsalError` (publish-failed) when the rehearsal did not
    pass.
    """
    inputs = Inputs.of(given, PUBLISH_INPUTS)
    path, image_id = inputs.text("evidence-path"), inputs.text("image-id")
    if not path and not image_id:
        raise MisconfiguredError(
            "The inputs evidence-path and image-id are both empty.",
            hint="evidence-path: ${{ steps.rehearse.outputs.evidence-path }} publishes exactly the "
            "image that was rehearsed.",
        )
    if image_id and not DIGEST.fullmatch(image_id):
        raise inputs.error_for("image-id", "a whole ID: sha256: and 64 hexadecimal digits")
    digest = _read_verdict_digest(inputs)
    allow_flaky = inputs.boolean("allow-flaky")
    references = read_references(inputs)
    protected = _protected_references(inputs, references)
    timeout = inputs.number("timeout")
    # This comes last, so that an invalid input is reported whatever the verdict is.
    rehearsal = _read_rehearsal(top / path, digest, allow_flaky=allow_flaky) if path else None
    return PublishRequest(
        image_id=image_id or (rehearsal.image_id if rehearsal else ""),
        references=references,
        timeout=timeout,
        protected=protected,
        rehearsal=rehearsal,
        unproven="" if digest else FILE_UNPROVEN if path else IMAGE_UNPROVEN,
    )


def _read_verdict_digest(inputs: Inputs) -> str:
    """Return the digest, in whichever spelling it was handed over."""
    given = inputs.text("verdict-digest")
    digest = read_digest(given)
    if given and not digest:
        raise inputs.error_for(
            "verdict-digest",
            "the output verdict-digest of a rehearsal: sha256: and 64 hexadecimal digits",
            hint="Hand over the output as it is. GitHub drops an output of a job in which a line "
            f"of a secret occurs. {ONE_LINE}",
        )
    if digest and not inputs.text("evidence-path"):
        raise MisconfiguredError(
            "The input verdict-digest is given, and evidence-path is empty.",
            hint="Name the folder with the verdict.json that has this digest: evidence-path: "
            "${{ steps.rehearse.outputs.evidence-path }}.",
        )
    return digest


def _protected_references(
    inputs: Inputs, references: tuple[Reference, ...]
) -> tuple[Reference, ...]:
    """Return the references that `overwrite` does not allow to replace."""
    if inputs.text("overwrite") in ("true", "false"):
        return references if inputs.text("overwrite") == "false" else ()
    replaceable = set(inputs.lines("overwrite"))
    names = {each: {each.tag, each.written, each.normalized} for each in references}
    # Without this check a typing error would be noticed only at the second release.
    if not replaceable or replaceable - set().union(*names.values()):
        raise inputs.error_for(
            "overwrite",
            f"true, false, or some of these tags, one a line: "
            f"{', '.join(dict.fromkeys(each.tag for each in references))}",
        )
    return tuple(each for each in references if not names[each] & replaceable)


def _read_rehearsal(folder: Path, digest: str, *, allow_flaky: bool) -> RehearsalResult:
    rehearsal = require_passed(
        folder,
        digest=digest,
        given=f"The input evidence-path is {quoted(folder)}",
        otherwise="Nothing was pushed.",
    )
    results = rehearsal.suite_results
    if results and (count := results.flaky_count) and not allow_flaky:
        flaky = [test.name for test in results.flaky]
        one, names = count == 1, ", ".join([*flaky[:3], *("…" for _ in flaky[3:4])])
        raise RehearsalError(
            Verdict.PUBLISH_FAILED,
            f"Nothing was pushed. {'A test' if one else f'{count} tests'} passed only when "
            f"{'it was' if one else 'they were'} run again: {names}.",
            hint="Fix the flaky test, or set allow-flaky: 'true' to publish anyway.",
        )
    return rehearsal
