"""How a digest is written: that of an image, or of a document."""

from hashlib import sha256

from rehearsal.regex import regex

# An image ID, or a manifest's digest (https://github.com/opencontainers/image-spec, descriptor.md).
DIGEST = regex("^sha256:[0-9a-f]{64}$")


def digest_of(content: bytes) -> str:
    """Return the digest of some bytes."""
    return f"sha256:{sha256(content).hexdigest()}"
