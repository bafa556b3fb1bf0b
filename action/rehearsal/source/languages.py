r"""How exceptions look in the logs of other languages than Python.

The real outputs are in action/tests/source/stacks/.
"""

import re

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex

# The name of an exception and its message; a name may be qualified with `.` or `::`.
NAMED = regex(
    r"(?<![\w$.])(?<!::)(?P<error>(?:[\w$]+(?:\.|::))*(?:[A-Z][\w$]*)?(?:Error|Exception|Rejection)"
    r"(?=:|$| \[| \().*)"
)
# A longer line is not searched: the time that a pattern takes can grow with its square.
MAX_LINE = 2000
NEVER = regex(r"(?!)")
RUBY_PLACE = r"(?P<file>[^\s:'`]+\.(?:rb|ru|rake|erb)|<internal:[^>]+>):(?P<line>\d{1,9})"


@dataclass(frozen=True, kw_only=True)
class Language:
    """The lines of a stack: what names the exception, its frames, and other lines among them.

    `error` has the group `error`, without it the next line is the error; with the groups `file` and
    `line` it is a frame, too. `chained` begins the next exception of one stack. If `any_error`, the
    line before the first frame is the error, whatever it says. `function_above` says that the
    line before a frame names its function, `names_callee` that a frame names what it called.
    """

    error: re.Pattern[str]
    frames: tuple[re.Pattern[str], ...]
    between: re.Pattern[str]
    chained: re.Pattern[str]
    function_above: re.Pattern[str] | None = None
    any_error: bool = False
    names_callee: bool = False

    def exception(self, line: str) -> re.Match[str] | None:
        """Return the match of a line that names an exception."""
        return self.error.search(line) if len(line) <= MAX_LINE else None

    def placed_exception(self, line: str) -> re.Match[str] | None:
        """Return the match of a line that names an exception and its place."""
        found = self.exception(line) if "file" in self.error.groupindex else None
        return found if found and found["file"] else None

    def frame(self, line: str) -> re.Match[str] | None:
        """Return the place in a line: its groups are `file`, `line` and perhaps `function`."""
        if len(line) > MAX_LINE:
            return None
        return next(filter(None, (each.fullmatch(line) for each in self.frames)), None)


RUST = Language(
    error=regex(
        # Only the first of a line: with all of many, the time would grow with their square.
        r"^(?>.*?thread '[^']*' (?:\(\d+\) )?panicked at )"
        r"(?:'(?P<error>.*)', )?(?P<file>[^\s:']+):(?P<line>\d{1,9}):\d+:?$"
    ),
    frames=(regex(r"\s+at (?P<file>[^\s:]+\.rs):(?P<line>\d{1,9})(?::\d+)?"),),
    function_above=regex(r"\s*\d+: (?P<function>.+)"),
    between=regex(r"\s*\d+: .+|stack backtrace:|note: .*"),
    chained=NEVER,
)
GO = Language(
    error=regex(
        r"(?:^\s*panic: |http: panic serving \S+: |^fatal error: )"
        r"(?P<error>.+?)(?: \[recovered\].*)?$"
    ),
    frames=(regex(r"\t(?P<file>[^\s:]+\.go):(?P<line>\d{1,9})(?: \+0x[0-9a-f]+)?"),),
    function_above=regex(r"(?:created by )?(?P<function>\S.*?)(?:\([^()]*\)| in goroutine \d+)?"),
    between=regex(r"[\w./*()]+\(.*\)|created by .*|goroutine \d+ .*:|\[signal .*|"),
    chained=NEVER,
)
PHP = Language(
    error=regex(
        r"(?:Uncaught |^Next |(?:Fatal|Parse) error: +(?!Uncaught ))(?P<error>\S.*) in "
        r"(?P<file>/[^\s:]+)(?::| on line )(?P<line>\d{1,9})$"
    ),
    frames=(regex(r"#\d+ (?P<file>/.+)\((?P<line>\d{1,9})\): (?P<function>.+?)(?:\(.*\))?"),),
    between=regex(r"Stack trace:|#\d+ .*|  thrown in .*|"),
    chained=regex(r"^Next "),
    names_callee=True,
)
RUBY = Language(
    error=regex(
        rf"^{RUBY_PLACE}:(?:in [`'](?P<function>.+?)':)? "
        r"(?P<error>.+ \([A-Z][\w:]*\)|syntax error.*)$"
    ),
    frames=(regex(rf"\s+(?:from |\d+: from )?{RUBY_PLACE}(?::in [`'](?P<function>.+)')?"),),
    between=regex(r"\s*(?:\^+)?|\s{2,}\S.*|Did you mean\?.*"),
    chained=regex(rf"^{RUBY_PLACE}:in .+ \([A-Z][\w:]*\)$"),
    any_error=True,
)
# Node, Java (Kotlin, Scala, …) and .NET all begin a frame with `at`.
AT = Language(
    error=NAMED,
    frames=(
        regex(
            r"\s+at (?:[\w.@-]+/)*(?P<function>[\w.$<>]+)"
            r"\((?P<file>\w+\.(?:java|kt|scala|groovy|clj)):(?P<line>\d{1,9})\)"
        ),
        regex(r"\s+at (?P<function>[^(]+)\([^()]*\) in (?P<file>[^()]+):line (?P<line>\d{1,9})"),
        regex(
            r"\s+at (?:(?:async )?(?P<function>[^()]+) \()?(?:async )?"
            r"(?P<file>(?:/|file://|node:|[\w@.]+/)[^():]*):(?P<line>\d{1,9}):\d+\)?(?: \{)?"
        ),
    ),
    between=regex(r"\s+at .*|\s+\.\.\. .*|\s*--- End of .*"),
    chained=regex(r"^\s*(?:Caused by: |Suppressed: |\[cause\]: |---> )"),
    any_error=True,
)
# Rust before the others that say `at`: its frames have the form of Node's.
LANGUAGES = (RUST, GO, PHP, RUBY, AT)
