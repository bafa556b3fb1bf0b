"""The command that runs one test of a suite, worked out from the command that ran all of it."""

from rehearsal.source.one_test.command import is_one_test_command, one_test_command

__all__ = ["is_one_test_command", "one_test_command"]
