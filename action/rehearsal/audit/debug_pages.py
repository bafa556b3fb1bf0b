"""How the pages look with which frameworks tell a developer what went wrong."""

import re

from rehearsal.audit.exchange import Exchange
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex

# In characters, of a line that is shown, and of its part before what was found.
MAX_LINE = 200
MAX_BEFORE = 60
SPRING_HINT = "Set server.error.include-stacktrace to never, and leave out spring-boot-devtools."
PHP_LEVELS = "Fatal error|Parse error|Warning|Notice|Deprecated"


@dataclass(frozen=True, kw_only=True)
class DebugPage:
    """A kind of debug page: `pattern` finds it in the lines of the response's headers and body.

    Where `later` is given, something after that has to match it.
    """

    name: str
    pattern: re.Pattern[str]
    later: re.Pattern[str] | None = None
    hint: str

    def find(self, text: str) -> re.Match[str] | None:
        """Return where such a page shows itself in a text, or None."""
        found = self.pattern.search(text)
        # One pattern for both would read the whole text again from each place like the first.
        if found and self.later and not self.later.search(text, found.end()):
            return None
        return found


DEBUG_PAGES = (
    DebugPage(
        name="Django's debug page",
        pattern=regex(
            r"because you have (?:<code>)?DEBUG = True|"
            r'<div id="djDebug"|<title>The install worked successfully! Congratulations!</title>'
        ),
        hint="Set DEBUG = False in the settings that the image runs with.",
    ),
    DebugPage(
        name="Werkzeug's debugger",
        pattern=regex(r"// Werkzeug Debugger</title>|\bEVALEX_TRUSTED\b"),
        hint="Start the app without debug=True and without FLASK_DEBUG; serve it with gunicorn.",
    ),
    DebugPage(
        name="Starlette's debug page",
        pattern=regex(r"<title>Starlette Debugger</title>"),
        hint="Make the app without debug=True.",
    ),
    DebugPage(
        name="Rails' debug page",
        pattern=regex(
            r"<title>Action Controller: Exception caught</title>|"
            r"you use <code>Rack::ShowExceptions</code>"
        ),
        hint="Set RAILS_ENV to production in the image.",
    ),
    DebugPage(
        name="Sinatra's development page",
        pattern=regex(r"<h2>Sinatra doesn.t know this ditty"),
        hint="Set APP_ENV to production in the image.",
    ),
    DebugPage(
        name="Phoenix' debug page",
        pattern=regex(r'<div class="frame-info"[^>]{0,80} role="stack-trace-details"'),
        hint="Build the release with MIX_ENV=prod, in which debug_errors is off.",
    ),
    DebugPage(
        name="Symfony's debug page",
        pattern=regex(r"^x-debug-(?:exception|token-link): |symfony/profiler/theme", re.MULTILINE),
        hint="Set APP_ENV to prod and APP_DEBUG to 0 in the image.",
    ),
    DebugPage(
        name="Laravel's debug page",
        pattern=regex(r"window\.ignite\(window\.data\)|#frame-0 \.hljs-ln-line\["),
        hint="Set APP_DEBUG to false in the image.",
    ),
    DebugPage(
        name="the error page of Whoops",
        pattern=regex(r'<title>Whoops! There was an error|<div class="Whoops container'),
        hint="Register Whoops in development only.",
    ),
    DebugPage(
        name="an error message of PHP",
        pattern=regex(rf"<b>(?:{PHP_LEVELS})</b>:"),
        later=regex(r" on line <b>\d+</b>"),
        hint="Set display_errors = Off in php.ini, and log_errors = On.",
    ),
    DebugPage(
        name="Express' stack trace",
        pattern=regex(r"<pre>\w*Error: [^<]{0,1000}<br> &nbsp; &nbsp;at "),
        hint="Set NODE_ENV to production in the image, or handle errors in the app.",
    ),
    DebugPage(
        name="ASP.NET's developer exception page",
        pattern=regex(
            r"<h1>An unhandled exception occurred while processing the request\.</h1>|"
            r'class="rawExceptionStackTrace"'
        ),
        hint="Set ASPNETCORE_ENVIRONMENT to Production in the image.",
    ),
    DebugPage(
        name="Spring's error page with a stack trace",
        pattern=regex(r"Whitelabel Error Page</h1>"),
        later=regex(r"\n\tat "),
        hint=SPRING_HINT,
    ),
    DebugPage(
        name="Spring's error response with a stack trace",
        pattern=regex(r'"trace":"[\w.]{1,200}(?:Exception|Error)\b'),
        hint=SPRING_HINT,
    ),
    DebugPage(
        name="Play's development page",
        pattern=regex(r"These routes have been tried, in this order"),
        hint="Run the app as `sbt stage` or `sbt dist` packs it, not with `sbt run`.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class FoundDebugPage:
    """A debug page, and the line that shows it."""

    page: DebugPage
    line: str


def find_debug_page(exchange: Exchange) -> FoundDebugPage | None:
    """Return which debug page a response is, or None."""
    headers = "".join(f"{name}: {value}\n" for name, value in exchange.headers)
    text = f"{headers}\n{exchange.text}"
    for page in DEBUG_PAGES:
        if found := page.find(text):
            return FoundDebugPage(page=page, line=line_of(text, found))
    return None


def line_of(text: str, found: re.Match[str]) -> str:
    """Return the line in which a match begins, without its far parts if it is long."""
    start = text.rfind("\n", 0, found.start()) + 1
    if found.start() - start > MAX_BEFORE:
        start = text.find(" ", found.start() - MAX_BEFORE, found.start()) + 1 or found.start()
    return text[start : start + MAX_LINE].partition("\n")[0].strip()
