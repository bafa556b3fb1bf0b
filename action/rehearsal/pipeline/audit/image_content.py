"""Read the image's layers as a stream, and look for secrets and stray files in them."""

import time
from collections.abc import Sequence
from dataclasses import replace

from rehearsal.audit.observations import ImageContent
from rehearsal.outside.engine import EngineError
from rehearsal.outside.image_archive import ImageArchive
from rehearsal.outside.saved_image import saved_image
from rehearsal.outside.tar_stream import BadArchiveError
from rehearsal.pipeline.audit.found_layers import FoundLayers
from rehearsal.pipeline.audit.known_secrets import known_secrets
from rehearsal.pipeline.audit.layer_scan import LayerScan
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.regex import regex
from rehearsal.report.words import join_names

# What builders write around the command that made a layer.
BUILDERS_WORDS = regex(r"\A/bin/sh -c #\(nop\)\s+| # buildkit\Z")
# In characters, of such a command.
MAX_COMMAND = 120


class _StoppedError(Exception):
    """The layers are not read any further; the text says why."""


def read_content(subject: Subject) -> ImageContent:
    """Return what is in the image's configuration, history and layers. Raises `EngineError`."""
    engine, secrets = subject.context.engine, known_secrets(subject.plan)
    redact = subject.context.evidence.redactor.redact
    image = engine.inspect(subject.image, "image")
    digests = (image.get("RootFS") or {}).get("Layers") or ()
    scan = LayerScan(secrets.forms)
    commands, why = _read_layers(subject, digests, scan)
    found = FoundLayers(scan, digests, commands)
    places = (
        *secrets.places_in_config(image.get("Config") or {}),
        *secrets.places_in_history(engine.history(subject.image)),
        *found.secrets(),
    )
    return ImageContent(
        files=tuple(
            replace(each, path=_line(redact(each.path)), made_by=_command(redact(each.made_by)))
            for each in found.files()
        ),
        secrets=tuple(
            replace(each, place=_line(redact(each.place)), made_by=_command(redact(each.made_by)))
            for each in places
        ),
        unread=_unread(found.unread, len(digests), why),
        searched=secrets.searched,
        not_searched=secrets.not_searched,
        generated=secrets.generated,
    )


def _read_layers(
    subject: Subject, digests: Sequence[str], scan: LayerScan
) -> tuple[Sequence[str], str]:
    """Look through the layers for as long as the plan says.

    Return the commands that made them, if those were read, and why the reading ended early.
    """
    seconds = subject.plan.audit.layer_seconds
    limit = time.monotonic() + seconds

    def check() -> None:
        if subject.stopped.is_set():
            raise _StoppedError("before the audit ended")
        if time.monotonic() > limit:
            raise _StoppedError(f"in {seconds} s (audit-layer-timeout)")

    if not seconds:
        return (), "since audit-layer-timeout is 0"
    archive = ImageArchive(digests, check)
    try:
        with saved_image(subject.context.engine, subject.image, check) as pieces:
            for layer in archive.layers(pieces):
                scan.read(layer)
    except _StoppedError as stopped:
        return archive.commands, str(stopped)
    except (BadArchiveError, EngineError) as error:
        return archive.commands, f"({_line(str(error))})"
    return archive.commands, f"({archive.unreadable})" if archive.unreadable else ""


def _unread(numbers: Sequence[int], total: int, why: str) -> str:
    """Say which layers were not read, as a clause; empty if all were."""
    if not numbers:
        return ""
    if len(numbers) == total:
        return f"read no layer {why}".rstrip()
    read = f"read {total - len(numbers)} of {total} layers {why}".rstrip()
    return f"{read}; not read: {join_names(map(str, numbers))}"


def _line(text: str) -> str:
    """Return a text as one line of characters that can be shown."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _command(text: str) -> str:
    """Return a command that has no secrets any more as a short line."""
    line = BUILDERS_WORDS.sub("", _line(" ".join(text.split())))
    return line if len(line) <= MAX_COMMAND else f"{line[:MAX_COMMAND]}…"
