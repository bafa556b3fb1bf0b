"""The name of a test: what it is called itself stands out from its module and class."""

from rehearsal.report.name_of_test import PYTHON_TEST
from rehearsal.report.page.markup import Child, breakable, element


def shown_name(name: str) -> Child:
    """Return the whole name; of one that only Python's runners write, the module is soft.

    It stays one text, so that it can be found and copied.
    """
    found = PYTHON_TEST.fullmatch(name)
    if not found:
        return breakable(name)
    module = element("span", breakable(found["module"]), class_="m")
    return module, element("wbr"), breakable(found["own"])
