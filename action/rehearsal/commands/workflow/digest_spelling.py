"""How a job hands a digest to another job, although a secret may have lines like `1` or `443`."""

from collections.abc import Mapping

from rehearsal.commands.workflow.dropped_outputs import dropped
from rehearsal.regex import regex
from rehearsal.results.digest_format import DIGEST

LETTERS = "ghijklmnopqrstuv"
HEXADECIMAL = "0123456789abcdef"
# The characters of each spelling. Secrets often have lines of digits, hardly ever of few letters.
SPELLINGS: Mapping[str, str] = {"hex": f"sha256:{HEXADECIMAL}", "letters": LETTERS}
TO_LETTERS = str.maketrans(HEXADECIMAL, LETTERS)
TO_HEXADECIMAL = str.maketrans(LETTERS, HEXADECIMAL)
IN_LETTERS = regex(f"[{LETTERS}]{{64}}")
# A longer text occurs in one of 250,000 digests.
MAX_LENGTH_BY_CHANCE = 5


def choose_spelling(hidden: Mapping[str, str]) -> str:
    """Return the spelling that GitHub does not drop, whatever the digest is: `hex` or `letters`.

    `hidden` is what GitHub hides, and where it stands. Raises `MisconfiguredError` if both
    spellings may be dropped.
    """
    places = []
    for spelling, characters in SPELLINGS.items():
        found = (place for text, place in hidden.items() if _may_occur(text, characters))
        place = next(found, "")
        if not place:
            return spelling
        places.append(place)
    raise dropped("config", " and ".join(places))


def spell(digest: str, spelling: str) -> str:
    """Write a digest in a spelling."""
    if spelling == "letters":
        return digest.removeprefix("sha256:").translate(TO_LETTERS)
    return digest


def read_digest(text: str) -> str:
    """Return the digest that `spell` wrote; empty when there is none in `text`."""
    if IN_LETTERS.fullmatch(text):
        return f"sha256:{text.translate(TO_HEXADECIMAL)}"
    return text if DIGEST.fullmatch(text) else ""


def _may_occur(text: str, characters: str) -> bool:
    return len(text) <= MAX_LENGTH_BY_CHANCE and set(text) <= set(characters)
