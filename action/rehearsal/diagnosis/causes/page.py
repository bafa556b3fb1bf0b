"""Causes in the page, as the browser shows and runs it."""

from rehearsal.diagnosis.facts import LOG_OF_FAILED_TESTS
from rehearsal.diagnosis.rules import CAPTURES, Cause, Pattern, Variant
from rehearsal.results.file_names import ASKED_AGAIN_LOG
from rehearsal.source.browser_console import BLOCKED, SCRIPT_ERROR
from rehearsal.verdict import Verdict

# As Chromium and Firefox say it.
OF_UNDEFINED = (
    r"TypeError: (?:Cannot (?:read|set) properties of undefined \((?:reading|setting) '"
    r"|can't access property \")(?P<property>[\w$]+)['\"](?:\)$|, .+ is undefined$)"
)

PAGE = (
    Cause(
        id="csp-blocked",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(Pattern("console", *BLOCKED, every_value_of="what"),),
        title="The page's Content-Security-Policy blocks {what}{others|}",
        hint="Its directive {directive} does not allow that. Allow the source there, or serve the "
        "file from the app itself. What stands in the page (inline) needs a file of its own, a "
        "hash or a nonce.",
    ),
    Cause(
        id="script-error",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(Pattern("console", SCRIPT_ERROR, every_value_of="error"),),
        # The test may have failed for another reason: its own words stand below.
        details=(Pattern("failures", r"^(?P<failure>.+)$", every_value_of="failure"),),
        symptom=True,
        # What the app itself failed at says more.
        unless=(
            Pattern(
                (LOG_OF_FAILED_TESTS, ASKED_AGAIN_LOG),
                r"^Traceback \(most recent call last\):",
                r"Internal Server Error: /",
            ),
        ),
        place="{script|}",
        title="A script of the page failed at {script|its line}: {error}",
        hint="Correct that line: the browser ended the script there, and nothing after it ran. The "
        "browser's whole console is in the file console.log of the test's evidence.",
        variants=(
            Variant(
                pattern=Pattern(
                    CAPTURES, rf"^script_line (?P<code>.+)\n(?:.*\n)*error {OF_UNDEFINED}"
                ),
                hint="What stands before .{property} is undefined there. Compare its name with "
                "what the script gets: {code}",
            ),
            Variant(
                pattern=Pattern(CAPTURES, rf"^error {OF_UNDEFINED}"),
                hint="What stands before .{property} is undefined there. Compare its name with "
                "what the script gets.",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^error SyntaxError: Unexpected token '<'"),
                hint="The browser got an HTML page instead of the script. Open its address, and "
                "compare it with the page's <script> tag.",
            ),
            Variant(
                pattern=Pattern(
                    CAPTURES,
                    r"^error TypeError: Cannot (?:read|set) propert.+ of null",
                    r"^error TypeError: .+ is null$",
                ),
                hint="The script looks for an element that the page does not have, or not yet. "
                "Compare its name with the template. A script in the <head> runs before the page "
                "is there: give it the attribute defer.",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^error ReferenceError: (?P<name>\S+) is not defined"),
                hint="No script that ran before this one defines {name}. Correct the name, or add "
                "the <script> tag that brings it, before this one.",
            ),
        ),
    ),
)
