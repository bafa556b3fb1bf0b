"""A fault of ours costs the evidence alone."""

from __future__ import annotations


class Quiet:
    """Suppress what its body raises, but not a wish to end the program.

    A time limit that is reached meanwhile is suppressed, too, even if it is no `Exception`, as
    pytest-timeout's: the test that it would end has already failed.
    """

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and not issubclass(kind, (KeyboardInterrupt, SystemExit))
