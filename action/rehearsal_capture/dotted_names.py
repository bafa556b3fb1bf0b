"""Convert the names of tests to dotted names: one name for a test under every runner."""

import re

# Of unittest: test_c (tests.test_a.B), from Python 3.11 on test_c (tests.test_a.B.test_c).
_UNITTEST = re.compile(r"(?P<method>\w+) \((?P<path>[\w.]+)\)")


def dotted_name(name: str) -> str:
    """Return the dotted name of a test, class or module, by pytest's node ID or unittest's name.

    `tests/test_a.py::B::test_c[x]` becomes `tests.test_a.B.test_c[x]`.
    """
    of_unittest = _UNITTEST.fullmatch(name)
    if of_unittest:
        method, path = of_unittest.groups()
        return path if path.endswith(f".{method}") else f"{path}.{method}"
    # The parameters in brackets may contain anything, "/" and "::" too.
    head, bracket, parameters = name.partition("[")
    path, *names = head.split("::")
    # Python 3.8 has no removesuffix.
    module = (path[:-3] if path.endswith(".py") else path).replace("/", ".")
    return ".".join([module, *names]) + bracket + parameters
