"""Convert pytest's node IDs to dotted names: one name for a test under every runner."""


def dotted_name(node_id: str) -> str:
    """Return the dotted name of a test, class or module.

    `tests/test_a.py::B::test_c[x]` becomes `tests.test_a.B.test_c[x]`.
    """
    # The parameters in brackets may contain anything, "/" and "::" too.
    head, bracket, parameters = node_id.partition("[")
    path, *names = head.split("::")
    # Python 3.8 has no removesuffix.
    module = (path[:-3] if path.endswith(".py") else path).replace("/", ".")
    return ".".join([module, *names]) + bracket + parameters
