"""What a test is called: one name, whoever runs it."""


def dotted(nodeid: str) -> str:
    """Return pytest's name of a test, a class or a module in the form that modules have."""
    # What stands in brackets is a parameter's, and may look like anything.
    head, bracket, parameters = nodeid.partition("[")
    path, *names = head.split("::")
    module = path.removesuffix(".py").replace("/", ".")
    return ".".join([module, *names]) + bracket + parameters


def own_name(name: str) -> str:
    """Return our name of a test that goes by pytest's name, or by ours already."""
    return dotted(name) if "::" in name.partition("[")[0] else name
