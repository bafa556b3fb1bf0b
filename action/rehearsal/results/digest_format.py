"""How an image's digest is written."""

import re

# An image ID, or a manifest's digest (https://github.com/opencontainers/image-spec, descriptor.md).
DIGEST = re.compile("^sha256:[0-9a-f]{64}$")
