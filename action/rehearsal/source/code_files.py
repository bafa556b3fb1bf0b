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
# Of such words alone consists the name of a file in which projects keep values of their own, that
# git does not track.
_PLAIN = "settings?|config|conf|env|production|prod|staging|development|dev"
_OWN = (
    "local|private|secrets?|credentials?|passwords?|passwd|(?:api|secret|private|access)[._-]?keys?"
)
PRIVATE = regex(
    r"(?:^|/)(?:\.[^/]+|(?:local_?)?secrets?/|instance/config\.\w+$|wp-config\.\w+$"
    rf"|(?:(?:{_PLAIN})[._-]?){{0,3}}(?:{_OWN})(?:[._-]?(?:{_PLAIN}|{_OWN})){{0,3}}\.\w+$)",
)


def is_code(path: str) -> bool:
    """Return whether a file, relative to the checkout, is code and unlikely to hold secrets."""
    return PurePosixPath(path).suffix in SUFFIXES and not PRIVATE.search(path.lower())
