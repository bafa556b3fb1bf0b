"""The lines of a file, as editors and compilers number them."""


def split_lines(text: str) -> list[str]:
    """Return the lines; unlike str.splitlines, a form feed or U+2028 does not end one."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]
