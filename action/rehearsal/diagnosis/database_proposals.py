"""What to paste so that the user of an image may write to its database."""

import posixpath
import re

from rehearsal.diagnosis.paste import INPUTS_ORIGIN
from rehearsal.diagnosis.proposal_context import Context
from rehearsal.regex import regex
from rehearsal.source.changes import Change
from rehearsal.source.django_project import DjangoProject
from rehearsal.source.image_layout import ROOT_USERS, find_in_image

# The name of a database file, relative to BASE_DIR or absolute. A variable may give any other.
BELOW_BASE = regex(r"""BASE_DIR\s*/\s*["'](?P<name>[^"'\n]+)["']""")
ABSOLUTE = regex(r"""["']NAME["']\s*:\s*["'](?P<name>/[^"'\n]+)["']""")
FROM_VARIABLE = regex(r"\b(?:environ|getenv|env|config)\b")
# Django begins its settings with: BASE_DIR = Path(__file__).resolve().parent.parent
PARENTS = regex(r"(?:\.parent\b)+|(?:dirname\()+")


def own_database(context: Context) -> str:
    """Return the RUN that gives the folder of the SQLite file to the image's user."""
    shape, django = context.shape, context.shape.django
    if not shape.dockerfile or not shape.stage or not django:
        return ""
    switch = shape.stage.last("USER")
    user = switch.text.strip() if switch else ""
    is_mounted = "given volumes" in context.facts.lines.get(INPUTS_ORIGIN, ())
    if not switch or user in ROOT_USERS or is_mounted:
        return ""
    if context.find("container", r"^user (.+)$") not in ("", user):
        return ""
    folder = _database_folder(context, django)
    if not folder:
        return ""
    # The folder may be there or not.
    text = f"RUN install -d -o {user.partition(':')[0]} {folder}"
    return context.describe([Change(path=shape.dockerfile.path, text=text, after=switch.line - 1)])


def _database_folder(context: Context, django: DjangoProject) -> str:
    """Return the folder of the SQLite file in the image, empty if it is not known."""
    found = django.find("DATABASES")
    code = found[0].code(found[1]) if found else ""
    if "sqlite3" not in code or FROM_VARIABLE.search(code):
        return ""
    if absolute := ABSOLUTE.search(code):
        return posixpath.dirname(absolute["name"])
    below, base = BELOW_BASE.search(code), django.find("BASE_DIR")
    if not below or not base or not context.shape.dockerfile or not context.shape.stage:
        return ""
    module, assignment = base
    placed = find_in_image(
        context.shape.dockerfile, context.shape.stage, context.in_build_context(module.path)
    )
    ups = PARENTS.search(module.code(assignment))
    if not placed or not ups:
        return ""
    folder = placed.path
    for _ in re.findall(r"parent|dirname", ups[0]):
        folder = posixpath.dirname(folder)
    return posixpath.dirname(posixpath.join(folder, below["name"]))
