"""Sub-commands: each takes its inputs to an exit code."""
