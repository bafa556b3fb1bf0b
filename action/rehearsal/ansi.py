"""ANSI escape sequences."""

import re

# Colours: many programs print them on CI services (ECMA-48, SGR).
COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")
