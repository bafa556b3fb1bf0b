"""The section about what the next rehearsals would stop at."""

from rehearsal.report.page.layout import snippets
from rehearsal.report.page.markup import Child, element
from rehearsal.report.words import ALSO_NEEDED, ALSO_NEEDED_NOTE, ALSO_NEEDED_PASTE
from rehearsal.results.next_need import NextNeeds


def also_needed_section(found: NextNeeds) -> Child:
    """Return the section: each thing with what to do, then what to paste for all of them."""
    if not found:
        return None
    items = (element("li", f"{each.text} {each.hint}".strip()) for each in found.needs)
    return element(
        "section",
        element("h2", ALSO_NEEDED),
        element("p", ALSO_NEEDED_NOTE, class_="soft"),
        element("ul", *items),
        _paste(found),
        class_="card",
        id="needed",
    )


def _paste(found: NextNeeds) -> Child:
    if not found.paste:
        return None
    return element("p", ALSO_NEEDED_PASTE), snippets(found.paste, "To paste for all")
