"""Escape sequences of terminals."""

import re

# Colours, which CI services switch on for their logs (ECMA-48, SGR).
COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")
