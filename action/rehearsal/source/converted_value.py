"""Convert the text of an environment variable, as readers like `env.bool` do."""

from rehearsal.regex import regex

# django-environ and environs read these as true. Source: `Env.BOOLEAN_TRUE_STRINGS`.
TRUE = frozenset({"true", "on", "ok", "y", "yes", "1", "t"})
LISTS = frozenset({"list", "tuple", "Csv", "csv"})
NUMBER = regex(r"-?[0-9]{1,100}")


class NotEvaluatedError(Exception):
    """The value of a Python expression is not known without running it."""


def converted_value(kind: str, text: str) -> object:
    """Return the value that the function `kind` makes of a variable's text.

    `kind` is empty for plain text. Raises NotEvaluatedError for functions that are not known.
    """
    if kind in {"", "str", "get"}:
        return text
    if kind == "bool":
        return text.lower() in TRUE
    if kind == "int" and NUMBER.fullmatch(text.strip()):
        return int(text)
    if kind in LISTS:
        return [each.strip() for each in text.split(",") if each.strip()]
    raise NotEvaluatedError
