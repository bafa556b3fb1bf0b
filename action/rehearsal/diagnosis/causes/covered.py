"""The cause of clicks that another element of the page took."""

from rehearsal.diagnosis.causes.suite import TEST_OUTPUT
from rehearsal.diagnosis.facts import COVERING_STYLES
from rehearsal.diagnosis.rules import Cause, Pattern, Variant
from rehearsal.verdict import Verdict

# As browsers quote one. Gaps have limits, since tests print whole pages in one line.
TAG = r"<\w[^<>\n]{0,500}>"
# Source: Chromium 156, Firefox 153, Playwright 1.61.
COVERED = Pattern(
    TEST_OUTPUT,
    rf"Element (?P<element>{TAG})[^\n]{{0,300}}? is not clickable at point [^\n]{{0,200}}?"
    rf"Other element would receive the click: (?P<cover>{TAG})",
    rf"Element (?P<element>{TAG}) is not clickable at point [^\n]{{0,200}}?"
    rf"another element (?P<cover>{TAG}) obscures it",
    rf"locator resolved to (?P<element>{TAG})(?:[^\n]*\n){{1,9}}?"
    rf"[^<\n]{{0,99}}- (?P<cover>{TAG})[^\n]{{0,600}}?intercepts pointer events",
    rf"(?P<cover>{TAG})[^\n]{{0,600}}?intercepts pointer events",
)

COVERED_ELEMENT = (
    Cause(
        id="covered-element",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(COVERED,),
        title="A click did not reach {element|its element}: {cover} lies on top of it",
        hint="Take it out of the way, since no visitor can click there either: look at its "
        "position and size on the screenshot. If it belongs there (a dialog, a banner), close it "
        "in the test before the click, or wait until it is gone.",
        variants=(
            Variant(
                pattern=Pattern(
                    COVERING_STYLES,
                    r"^(?P<selector>.+) at (?P<file>\S+):(?P<line>\d+): (?P<in_flow>.+)$",
                ),
                hint="Take it out of the way: the rule {selector} ({file}:{line}) lifts it out of "
                "the page, over others. If it belongs there (a dialog, a banner), close it in the "
                "test before the click instead.",
                paste="# in {file}, instead of line {line}, write:\n{in_flow}",
            ),
        ),
    ),
)
