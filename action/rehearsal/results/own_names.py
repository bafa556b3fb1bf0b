"""Which names of files and folders in the evidence are ours, so that no test chose them."""

from rehearsal.regex import regex
from rehearsal.results import file_names

_PATHS = (value for name, value in vars(file_names).items() if name.isupper())
_NAMES = frozenset(name for path in _PATHS for name in path.split("/"))
# What rehearsal_testing writes for a failed test: for each browser, failure and retry;
# and the pages of its traces.
_TEST_FILE = regex(
    r"(screenshot\.png|page\.html|address\.txt|console\.log)"
    r"|(screenshot|page|address|console)(-(retry|failure|browser)[0-9]+)+\.(png|html|txt|log)"
    r"|problems\.txt|trace(-retry[0-9]+)?(\.jsonl|-[0-9]+\.jpg)|trace(-attempt[0-9]+)?\.html"
)


def is_our_name(name: str) -> bool:
    """Return whether we give this name to a file or a folder."""
    return name in _NAMES or _TEST_FILE.fullmatch(name) is not None
