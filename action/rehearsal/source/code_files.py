"""Which files of a project are code that a report may show."""

from pathlib import PurePosixPath

from rehearsal.regex import regex

# Of programs, their pages and their tests: no data, and no configuration but a program's own.
SUFFIXES = frozenset({
    *(".py", ".pyx", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue"),
    *(".svelte", ".rb", ".rake", ".ru", ".erb", ".haml", ".slim", ".go", ".rs", ".php", ".twig"),
    *(".java", ".kt", ".kts", ".scala", ".groovy", ".clj", ".cs", ".fs", ".vb", ".cshtml"),
    *(".razor", ".ex", ".exs", ".heex", ".pl", ".lua", ".c", ".cc", ".cpp", ".html", ".htm"),
    *(".jinja", ".jinja2", ".j2", ".feature", ".robot"),
})  # fmt: skip
# Hidden files and folders, and names under which projects keep values that git does not track.
PRIVATE = regex(
    r"(?:^|/)(?:\.[^/]+|(?:local_?)?secrets?(?:/|\.\w+$)|(?:credentials?|passwords?)\.\w+$"
    r"|(?:local_?settings?|settings?_?local)\.\w+$)",
)


def is_code(path: str) -> bool:
    """Return whether a file, relative to the checkout, is code and unlikely to hold secrets."""
    return PurePosixPath(path).suffix in SUFFIXES and not PRIVATE.search(path.lower())
