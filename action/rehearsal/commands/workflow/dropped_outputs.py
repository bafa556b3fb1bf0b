"""The outputs of a job that GitHub drops: those in which a line of a secret occurs.

The runner hides every line of every secret, however short it is, and what `add-mask` names. Source:
actions/runner of August 2026, InitializeSecretMasker in Worker.cs, “Skip output” in
JobExtension.cs. It also hides encoded forms of a line: these occur in no output of ours.
"""

from collections.abc import Iterable, Mapping

from rehearsal.redaction.secret import LINE_END, Secret
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError

# Lines that occur by chance in image IDs, in counts of tests, or in ids of causes.
SHORT_LINE = regex(r"[0-9a-f]{1,3}|[a-z:-]{1,2}")
ONE_LINE = (
    "Write secrets of several lines in one line: JSON without line breaks (jq -c .), anything else "
    "as base64, which the app decodes."
)


def hidden_texts(written: Mapping[str, str], secrets: Iterable[Secret]) -> dict[str, str]:
    """Return each text that GitHub hides, and where it stands.

    `written` are the workflow's secrets by name, `secrets` the values that they hold.
    """
    lines = {
        piece.strip(): f"line {number} of {source}"
        for source, text in written.items()
        for number, line in enumerate(LINE_END.split(text), start=1)
        for piece in line.split("\r")
    }
    values = {mask: f"the secret {secret.name}" for secret in secrets for mask in secret.masks()}
    return {text: place for text, place in (values | lines).items() if text}


def require_kept(outputs: Mapping[str, str], hidden: Mapping[str, str]) -> None:
    """Raise `MisconfiguredError` when GitHub would drop one of the outputs."""
    for name, value in outputs.items():
        for text, place in hidden.items():
            if text in value:
                raise dropped(name, place)


def short_lines(hidden: Mapping[str, str]) -> list[str]:
    """Return where the lines stand that are short enough to occur in outputs by chance."""
    return [place for text, place in hidden.items() if SHORT_LINE.fullmatch(text)]


def dropped(name: str, place: str) -> MisconfiguredError:
    """Return the error for an output that GitHub would drop."""
    return MisconfiguredError(
        f"GitHub drops an output in which a line of a secret occurs, and {place} can occur in the "
        f"output {name} of this job (not shown, since it is part of a secret).",
        hint=ONE_LINE,
    )
