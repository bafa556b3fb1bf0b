"""Causes of an app that does not start, or stops soon after its start."""

from rehearsal.diagnosis.paste import in_step
from rehearsal.diagnosis.rules import Cause, Pattern, Variant
from rehearsal.results.file_names import CONTAINER_LOG, SETUP_LOG
from rehearsal.verdict import Verdict

START_VERDICTS = (Verdict.CRASHED, Verdict.SETUP_FAILED, Verdict.NOT_READY, Verdict.BUILD_FAILED)

# These show from outside why an app is not ready. Then an error in its log (of an optional module,
# for example) is not the cause.
VISIBLE_FROM_OUTSIDE = (
    Pattern("answer", r"^HTTP status [34]\d\d\b"),
    Pattern("listeners", r"^(?:other-port|loopback|ipv6-only|speaks-tls) "),
)

STARTUP = (
    Cause(
        id="port-in-use",
        verdicts=(Verdict.CRASHED, Verdict.NOT_READY),
        patterns=(
            Pattern(
                CONTAINER_LOG,
                r"\[Errno 98\] Address already in use",
                r"Connection in use: .*",
                r"EADDRINUSE: address already in use.*",
                r"bind\(?\)?: (?:A|a)ddress already in use",
            ),
        ),
        title="Two programs in the container want one port",
        hint="Something in the container listens there already, or the server is started twice. "
        "Look at what the image's ENTRYPOINT and CMD start, and give each its own port.",
    ),
    Cause(
        id="no-shell",
        verdicts=(Verdict.SETUP_FAILED,),
        patterns=(Pattern(SETUP_LOG, r'exec: "sh": (?:executable file not found|stat)'),),
        title="The image has no shell, and setup-command is a script for sh",
        hint="Do this when the container starts, as a program in the image's ENTRYPOINT. Or use a "
        "base image that has sh.",
    ),
    Cause(
        id="out-of-memory",
        verdicts=(Verdict.CRASHED, Verdict.NOT_READY, Verdict.TESTS_FAILED),
        patterns=(
            Pattern("container", r"^killed for memory$"),
            Pattern("container", r"^memory limit (?P<limit>.+)"),
        ),
        details=(
            Pattern("container", r"^exit code 137$"),
            Pattern("container", r"^twice that (?P<doubled>\S+)$", shown=False),
        ),
        title="The container was killed because it ran out of memory (limit: {limit})",
        hint="Raise the limit, or let the app use less: fewer workers, smaller caches. If "
        "production has the same limit, the app will be killed there too.",
        variants=(
            Variant(
                pattern=Pattern("container", r"^memory limit none$"),
                title="The container was killed because the machine ran out of memory",
                hint="It has no limit of its own, so all that runs on this machine needs too much "
                "together: the app, the tests and their browsers. Let the app use fewer workers, "
                "run fewer tests at a time, or take a larger runner.",
            ),
            Variant(
                pattern=Pattern("container", r"^swap too (?P<swap>\S+)$"),
                paste=in_step("run-options", "{doubled|}")
                + "\n\n"
                + in_step("run-options", "{swap}", "and "),
            ),
            Variant(
                pattern=Pattern("container", r"^memory limit (?P<limit>.+)"),
                paste=in_step("run-options", "{doubled|--memory=512m}"),
            ),
        ),
    ),
)

CONTAINER_EXIT = (
    Cause(
        id="segmentation-fault",
        verdicts=(Verdict.CRASHED,),
        patterns=(Pattern("container", r"^exit code 139$"),),
        title="The app's process ended with a segmentation fault (exit code 139)",
        hint="Compiled code did that: a package that was built for another C library (Alpine has "
        "musl) or processor, or a fault in it. Install its wheel for this image, or another "
        "version. For Python, PYTHONFAULTHANDLER=1 in env logs where it happened.",
        paste=in_step("env", "PYTHONFAULTHANDLER=1"),
    ),
    Cause(
        id="crash-loop",
        verdicts=(Verdict.CRASHED,),
        patterns=(Pattern("container", r"^restarted (?P<times>\d+ times?)$"),),
        details=(
            Pattern("container", r"^restart policy .*"),
            Pattern("container", r"^exit code \d+$"),
        ),
        title="The container ended and was restarted, {times} so far",
        hint="Its last lines, if it wrote any, say why it ends. A restart policy hides that: "
        "without --restart in run-options the first end is reported.",
    ),
    Cause(
        id="exited-early",
        verdicts=(Verdict.CRASHED,),
        patterns=(Pattern("problem", r"ended before it was ready: exit code 0\b"),),
        unless=(Pattern("container", r"^restarted "),),
        details=(Pattern("container", r"^command (?P<command>.+)"),),
        title="The container's command ended, with exit code 0: {command|none}",
        hint="A container runs as long as its first process. Start the server in the foreground "
        "(without & or --daemon), as the command itself or by exec at the end of a script.",
        paste="{foreground|}",
    ),
)
