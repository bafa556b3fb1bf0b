"""The output `digests` of action/publish: one line REFERENCE=DIGEST for each reference.

It is no JSON: GitHub drops an output of a job in which a line of a secret occurs, and a secret that
is JSON of several lines has lines like `{`.
"""

from collections.abc import Mapping

from rehearsal.commands.publish.predicate_document import REFERENCE
from rehearsal.results.digest_format import DIGEST
from rehearsal.verdict import MisconfiguredError


def write_digests(digests: Mapping[str, str]) -> str:
    """Return the lines for digests by reference."""
    return "\n".join(f"{reference}={digest}" for reference, digest in digests.items())


def read_digests(text: str) -> dict[str, str]:
    """Return the digests by reference. Raises `MisconfiguredError`."""
    digests: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        reference, _, digest = line.partition("=")
        if not REFERENCE.fullmatch(reference):
            raise _invalid_digests(f"{reference[:100]!r} is not a reference")
        if not DIGEST.fullmatch(digest):
            raise _invalid_digests(f"{reference[:100]} has the digest {digest[:100]!r}")
        digests[reference] = digest
    if not digests:
        raise _invalid_digests("it is empty")
    return digests


def _invalid_digests(found: str) -> MisconfiguredError:
    return MisconfiguredError(
        f"--digests does not hold the digests of published images: {found}.",
        hint="Pass the output digests of action/publish: one line REFERENCE=DIGEST for each "
        "reference, like ghcr.io/owner/app:1.2.3=sha256:….",
    )
