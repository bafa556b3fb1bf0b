"""Causes in what the app answers while tests run."""

from rehearsal.diagnosis.rules import CAPTURES, Cause, Pattern, Variant
from rehearsal.results.file_names import CONTAINER_LOG
from rehearsal.verdict import Verdict

TESTS = (
    Cause(
        id="csrf-rejected",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(
                CONTAINER_LOG,
                r"Forbidden \((?P<reason>(?:CSRF|Origin|Referer)[^)\n]*)\): (?P<path>\S+)",
            ),
        ),
        title="Django refused a request to {path} with 403: {reason}",
        hint="The form that sends it needs the token in its template; a script has to send the "
        "header X-CSRFToken.",
        variants=(
            Variant(
                pattern=Pattern(
                    "forms without token",
                    r"^(?P<template>\S+:\d+) (?P<tag>.+)$",
                    every_value_of="template",
                ),
                hint="The form at {template}{others|} sends no token: add it. If a script sends "
                "the request, it needs the header X-CSRFToken.",
                paste="# in {template}, instead of {tag}, write:\n{tag}{% csrf_token %}",
            ),
            Variant(
                pattern=Pattern(CAPTURES, r"^reason Origin checking failed - (?P<origin>\S+)"),
                hint="The browser says that the request comes from {origin}, and the app was asked "
                "for another host or port: a proxy in front of it changes the Host header. Let "
                "the proxy pass that on, or let the settings trust the origin. With host-port it "
                "is the same each time.",
                paste="{csrf_origins|}",
            ),
        ),
    ),
    Cause(
        id="worker-timeout",
        verdicts=(Verdict.TESTS_FAILED, Verdict.NOT_READY),
        patterns=(
            Pattern(
                CONTAINER_LOG,
                r"\[CRITICAL\] WORKER TIMEOUT \(pid:\d+\)",
                r"in handle_abort\n(?:    .*\n)+SystemExit: 1",
            ),
        ),
        title="A worker of gunicorn answered for longer than its timeout, and was ended",
        hint="Find what takes so long: the traceback below WORKER TIMEOUT ends in that line. If it "
        "may take long, raise gunicorn's --timeout (30 s by default).",
    ),
    Cause(
        id="missing-form-field",
        verdicts=(Verdict.TESTS_FAILED,),
        patterns=(
            Pattern(
                CONTAINER_LOG,
                r"(?P<read>request\.(?P<data>POST|GET|FILES)\[[^\]\n]*\]).*\n(?:[ \t].*\n|\n)*"
                r"(?:\w+\.)*MultiValueDictKeyError: '(?P<field>[^'\n]+)'",
                r"MultiValueDictKeyError: '(?P<field>[^'\n]+)'",
            ),
        ),
        title="A request has no field '{field}', which the view reads",
        hint="The form (or link, or script) and the view have to use the same name. Compare name= "
        "in the template with the view. Only if the field is optional, read it with "
        ".get('{field}').",
        variants=(
            Variant(
                pattern=Pattern("form fields", r"^same \S+ at (?P<template>.+)$"),
                hint="{template} has a field of that name, so the request came from another form, "
                "a link or a script. Or the browser did not send the field: it omits disabled "
                "fields and boxes that are not ticked.",
                paste="# only if the field is optional, in {code|the view}, instead of "
                "{read|the way it is read}, write:\n"
                'request.{data|POST}.get("{field}", "")',
            ),
            Variant(
                pattern=Pattern(
                    "form fields",
                    r"^other (?P<given>\S+) at (?P<template>.+)$",
                    every_value_of="given",
                ),
                hint="No template has a field named '{field}'; {template} has '{given}'{others|}. "
                "Use the same name in both: change each view that reads it, or, if no other code "
                "and no test uses '{given}', the form.",
                paste="# either in {code|the view}, instead of {read|the way it is read}, write:\n"
                'request.{data|POST}["{given}"]\n'
                "{other_reads|}\n"
                '# or in {template}, instead of name="{given}", write:\n'
                'name="{field}"',
            ),
        ),
    ),
)
