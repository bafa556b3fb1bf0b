"""Hide what code gives to a name like that of a secret, before a report shows the code.

The redactor knows the secrets of the rehearsal. A step of the job may have written others into a
file of the checkout. Only strings are hidden, so that readers still see what a line does.
"""

from rehearsal.config.variables import SECRET_LIKE_NAME
from rehearsal.regex import regex

_TEXT = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
# One that does not end, like what follows the apostrophe of a comment, goes to the end of its line.
_STRING = (
    r"(?:\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?"
    r"|`(?:[^`\\\n]|\\.)*`?)"
)
# A name with what stands before its value; or a string without, so that no search begins inside it.
# A value may be the second argument of a call, as in define('DB_PASSWORD', '…').
NAMED = regex(
    rf"(?:(?P<name>(?<![\w-])[A-Za-z_][\w-]*(?![\w-])|{_TEXT})[ \t]*(?:=>|:=|=(?!=)|:)"
    rf"|(?<=\w\()(?P<first>{_TEXT})\s*,)|{_STRING}"
)
# A string up to the next comma, also in brackets and in several parts; or else a line's rest.
VALUE = regex(
    rf"\s*[(\[]?\s*(?:[rbfuRBFU]{{1,2}}(?=[\"']))?{_STRING}(?:(?:\s*|[^\"'`\n,;]*){_STRING})*"
    rf"|(?:{_STRING}|[^\"'`\n])*"
)
PART = regex(rf"(?P<lead>[(,\[]\s*)?(?P<text>{_STRING})")
LOGIN = regex(r"(?<=://)[^\s/@:\"'`]{0,100}:[^\s/@\"'`]{1,200}(?=@)")
HIDDEN = "***"


def hide_values(code: str) -> str:
    """Return the code with these strings hidden, and the logins in its addresses.

    The number of its lines stays.
    """
    code = LOGIN.sub(HIDDEN, code)
    parts, at = [], 0
    while found := NAMED.search(code, at):
        parts.append(code[at : found.end()])
        at = found.end()
        name = found["name"] or found["first"] or ""
        if SECRET_LIKE_NAME.search(name) and (value := VALUE.match(code, at)):
            parts.append(_hide_strings(value[0]))
            at = value.end()
    return "".join((*parts, code[at:]))


def _hide_strings(value: str) -> str:
    """Hide all but what is looked up elsewhere, as in `env("TOKEN")`."""
    is_text = value.lstrip(" \t\r\n([rbfuRBFU")[:1] in ("'", '"', "`")

    def hide(lead: str, text: str) -> str:
        quote = text[:3] if text.startswith(('"""', "'''")) else text[0]
        content = text[len(quote) :].removesuffix(quote)
        if not content or (lead and not is_text and SECRET_LIKE_NAME.search(content)):
            return f"{lead}{text}"
        lines = "\n" * content.count("\n")
        return f"{lead}{quote}{HIDDEN}{lines}{quote}"

    return PART.sub(lambda found: hide(found["lead"] or "", found["text"]), value)
