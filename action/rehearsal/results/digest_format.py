"""How a digest is written: that of an image, or of a document."""

import re
from hashlib import sha256

# An image ID, or a manifest's digest (https://github.com/opencontainers/image-spec, descriptor.md).
DIGEST = re.compile("^sha256:[0-9a-f]{64}$")


def digest_of(content: bytes) -> str:
    """Return the digest of some bytes."""
    return f"sha256:{sha256(content).hexdigest()}"
