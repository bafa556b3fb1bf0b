"""Convert pytest's node IDs to dotted names: one name for a test under every runner."""


def dotted_name(node_id: str) -> str:
    """Return the dotted name of a test, class or module.

    `tests/test_a.py::B::test_c[x]` becomes `tests.test_a.B.test_c[x]`.
    """
    # The parameters in brackets may contain anything, "/" and "::" too.
    head, bracket, parameters = node_id.partition("[")
    path, *names = head.split("::")
    module = path.removesuffix(".py").replace("/", ".")
    return ".".join([module, *names]) + bracket + parameters


def as_dotted_name(name: str) -> str:
    """Return the dotted name of a test; `name` is its node ID or its dotted name."""
    return dotted_name(name) if "::" in name.partition("[")[0] else name
