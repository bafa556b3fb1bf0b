#!/usr/bin/env python3
"""Write the documents' tables, the inputs in YAML and the JSON Schemas from the code.

`make reference` writes them; `make lint` checks that they are fresh (`--check`). A table stands
between `<!-- table: NAME -->` and `<!-- end of table -->`, in YAML between `# table: NAME` and
`# end of table`. What the code cannot say, such as what a file holds, stands below; a name that is
missing there or that the code does not know is an error.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "action"))

from rehearsal.audit.registry import CHECKS  # noqa: E402
from rehearsal.commands.publish.predicate import PREDICATE_TYPE  # noqa: E402
from rehearsal.commands.publish.predicate_document import Predicate  # noqa: E402
from rehearsal.commands.publish.registry_errors import OTHER_REASON, REASONS  # noqa: E402
from rehearsal.commands.publish.request import PUBLISH_INPUTS  # noqa: E402
from rehearsal.config import child_environment  # noqa: E402  (it stands beside this folder, not on the path)
from rehearsal.config.input_table import INPUTS  # noqa: E402
from rehearsal.config.input_types import Input  # noqa: E402
from rehearsal.config.parser import make_plan  # noqa: E402
from rehearsal.config.workflow_inputs import WORKFLOW_INPUTS, WORKFLOW_SECRETS  # noqa: E402
from rehearsal.diagnosis.causes import CAUSES  # noqa: E402
from rehearsal.diagnosis.rules import PLACEHOLDER as FILLED_IN  # noqa: E402
from rehearsal.results import file_names  # noqa: E402
from rehearsal.results.json_schema import document_schema  # noqa: E402
from rehearsal.results.published_port import DEFAULT_ADDRESS, PublishedPort  # noqa: E402
from rehearsal.results.rehearsal import RehearsalResult  # noqa: E402
from rehearsal.results.verdict_document import Derived  # noqa: E402
from rehearsal.verdict import Verdict  # noqa: E402

DOCUMENTS = (
    "README.md",
    "action/README.md",
    "docs/publishing.md",
    "docs/releasing.md",
    "docs/workflows.md",
    "action/action.yml",
    "action/publish/action.yml",
    ".github/workflows/rehearsal.yml",
    ".github/workflows/release-image.yml",
)
PLACE = re.compile(
    r"^(?P<begin>(?P<indent> *)(?:<!--|#) table: (?P<name>[a-z-]+)\b.*\n)(?:.*\n)*?"
    r"(?P<end> *(?:<!--|#) end of table)",
    re.MULTILINE,
)
# rehearsal.yml gives these to the action in words of its own.
SET_BY_THE_JOB = {"artifact-name", "test-env"}

ENVIRONMENT = {
    "TEST_SERVER": "`localhost:PORT`, or `ADDRESS:PORT` with `publish-address`: where the "
    "container answers. The port changes each run.",
    "REHEARSAL_URL": "The same as a URL, like `http://localhost:PORT`.",
    "REHEARSAL_EVIDENCE": "A folder. What the tests write there becomes part of the evidence.",
    "REHEARSAL_JUNIT": "A folder. Every JUnit `*.xml` in it counts as a report.",
    "REHEARSAL_SHARD": "The input `shard`; only there when it is given.",
    "REHEARSAL_RETRIES": "The input `test-retries`: how often a failed test may run again.",
    "REHEARSAL_TRACE": "The input `trace`: which Selenium tests leave a trace.",
    "REHEARSAL_TRACE_PICTURES": "`off` with `trace-pictures: 'false'`; else it is not there.",
    "SELENIUM_REMOTE_URL": "The input `selenium-url`; only there when it is given.",
    "PYTHONPATH": "Begins with the folders of `rehearsal_capture` and `rehearsal_testing`.",
    "REHEARSAL_PACKAGES": "Where Python finds `rehearsal_capture` if it ignores `PYTHONPATH`; not "
    "there with `capture: off`.",
    "PATH": "Begins with the virtual environment that holds `test-requirements`.",
}

FILES = {
    "index.html": "The whole rehearsal on one page. Open it from the unpacked artifact: it needs "
    "its neighbours and nothing else.",
    "summary.md": "The job summary, as Markdown.",
    "verdict.json": "The result as JSON, for programs.",
    "facts.json": "What the diagnosis is based on: observations, and the ends of the logs. Send it "
    "with the report of a wrong diagnosis.",
    "build.log": "The whole log of the build.",
    "test-setup.log": "The installation of `test-requirements`.",
    "before.log": "What `before-command` printed.",
    "setup.log": "What `setup-command` printed.",
    "asked-again.log": "Of a Django app without a memory limit that answered with 500 and logged "
    "no traceback: the migrations that its database lacks, and what it raises for the pages where "
    "tests failed.",
    "container.log": "The app's whole log: standard output and standard error, in the order of "
    "arrival. The page and the part of each test keep a traceback whole, if the other stream cut "
    "it.",
    "container.log.index": "When each piece of `container.log` arrived: seconds since 1970, "
    "stream, offset, length. After failed tests an entry `asks` says when Dress Rehearsal began "
    "to ask the app itself: what came later is of no test. A line says so where the page and the "
    "summary show the log.",
    "container.json": "What the engine reports about the container after its end.",
    "tests/output.log": "What the test command printed.",
}
# Written by the tests, or named after a test, a service or a worker.
MORE_FILES = {
    "services/NAME.log, workers/NAME.log": "The output of a service or a worker, with its index.",
    "services/NAME.json, workers/NAME.json": "What the engine reports about its container.",
    "audit/NAME.log": "With `audit-active`, the output of each further container, and of "
    "`setup-command` in it. `NAME` is `plain`, `confined`, `read-only`, `without-SECRET` or "
    "`empty-SECRET`; of what they share, `before` or `service-NAME`.",
    "tests/junit/*.xml": "The JUnit reports.",
    "tests/TEST/screenshot.png": "What the browser showed when the test failed; `TEST` is made "
    "from the test's name, and a second test of that name has `TEST-2`.",
    "tests/TEST/container.log": "The app's log during that test. Where its report has no "
    "exact times, the first line says that it is approximate.",
    "tests/TEST/services-NAME.log": "What a service, or `workers-NAME.log` a worker, wrote while "
    "that test ran.",
    "tests/TEST/page.html": "The page's source when the test failed.",
    "tests/TEST/address.txt": "The page's address when the test failed.",
    "tests/TEST/console.log": "What the browser's console said until the test failed.",
    "tests/TEST/trace.html": "The trace of a Selenium test on one page: its steps with their lines "
    "of code, pictures and pages, the browser's requests and console, and what the app, the "
    "services and the workers logged meanwhile. It shows the first attempt of a flaky test, else "
    "the last one; the others have `trace-attemptN.html`. With `trace: always` the slowest 50 "
    "tests that did not fail have one, too.",
    "tests/TEST/trace.jsonl": "The data of the first attempt's trace, with the pictures "
    "`trace-1.jpg` and so on. Those of the first retry are `trace-retry1.jsonl` and "
    "`trace-retry1-1.jpg`.",
    "tests/TEST/output-report.log": "What the test printed, as its report says.",
    "tests/TEST/…": "The attachments that the report names: screenshots, traces, videos.",
}


class StaleError(Exception):
    """A table and the code do not agree, in a way that only a person can mend."""


def main(argv: list[str] | None = None) -> int:
    """Write the tables, or check them; 1 when one is stale."""
    parser = argparse.ArgumentParser(description="Write what is made from the code.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when stale")
    options = parser.parse_args(argv)
    stale = []
    try:
        texts = {name: filled((TOP / name).read_text(encoding="utf-8")) for name in DOCUMENTS}
        texts |= {name: json.dumps(make(), indent=2) + "\n" for name, make in SCHEMAS.items()}
        for name, fresh in texts.items():
            path = TOP / name
            if path.read_text(encoding="utf-8") != fresh:
                stale.append(name)
                if not options.check:
                    path.write_text(fresh, encoding="utf-8")
    except StaleError as error:
        print(f"reference: {error}", file=sys.stderr)
        return 1
    if stale and options.check:
        print(f"reference: stale: {', '.join(stale)}. Run: make reference", file=sys.stderr)
        return 1
    return 0


def filled(text: str) -> str:
    """Return a document with every table made anew. Raises `StaleError`."""

    def fill(match: re.Match[str]) -> str:
        name = match["name"]
        if name not in TABLES:
            raise StaleError(f"there is no table called {name}; there are: {', '.join(TABLES)}")
        lines = (f"{match['indent']}{line}\n" for line in TABLES[name]())
        return match["begin"] + "".join(lines) + match["end"]

    return PLACE.sub(fill, text)


def verdict_schema() -> dict[str, Any]:
    """Return the JSON Schema of verdict.json."""
    return document_schema(
        "verdict.schema.json",
        Derived,
        RehearsalResult,
        title="verdict.json",
        description="The result of a rehearsal for programs. New fields may be added to this "
        "version, so readers should ignore fields that they do not know. A field that is removed "
        "or changes its meaning needs a new version.",
    )


def predicate_schema() -> dict[str, Any]:
    """Return the JSON Schema of what an attestation says."""
    return document_schema(
        "predicate.schema.json",
        Predicate,
        title=f"Predicate of a rehearsal, {PREDICATE_TYPE}",
        description="What an in-toto statement says about its subject, an image: it was started as "
        "in production, became ready, and passed its functional tests. New fields may be added to "
        "this type, so verifiers should ignore fields that they do not know. A field that is "
        "removed or changes its meaning needs a new type.",
    )


def complete(what: str, told: Collection[str], known: Collection[str]) -> None:
    """Raise `StaleError` unless exactly the known names are described."""
    untold, unknown = sorted({*known} - {*told}), sorted({*told} - {*known})
    if untold or unknown:
        raise StaleError(
            f"{what}: tools/reference.py says nothing of {untold or 'none'}, "
            f"and speaks of {unknown or 'none'}, which the code does not know."
        )


def inputs() -> Iterator[str]:
    """Yield the inputs of action.yml."""
    return _inputs(INPUTS.values())


def action_yaml() -> Iterator[str]:
    """Yield the inputs of action.yml, as YAML."""
    return _declared(INPUTS.values())


def publish_yaml() -> Iterator[str]:
    """Yield the inputs of action/publish, as YAML."""
    return _declared(PUBLISH_INPUTS.values())


def workflow_yaml() -> Iterator[str]:
    """Yield the inputs of rehearsal.yml, as YAML."""
    return _declared(WORKFLOW_INPUTS.values(), typed=True)


def release_yaml() -> Iterator[str]:
    """Yield the inputs that release-image.yml passes on to rehearsal.yml, as YAML."""
    return _declared((WORKFLOW_INPUTS[name] for name in _released()), typed=True)


def secrets_yaml() -> Iterator[str]:
    """Yield the secrets of rehearsal.yml, as YAML."""
    for each in WORKFLOW_SECRETS.values():
        yield f"{each.name}:"
        yield f"  description: {_scalar(each.meaning)}"
        yield "  required: false"


def passed_to_action() -> Iterator[str]:
    """Yield what the job Rehearse of rehearsal.yml passes to the action as it is."""
    return _passed_on(
        name
        for name, each in INPUTS.items()
        if name in WORKFLOW_INPUTS and not each.build_only and name not in SET_BY_THE_JOB
    )


def passed_to_workflow() -> Iterator[str]:
    """Yield what release-image.yml passes to rehearsal.yml as it is."""
    return _passed_on(_released())


def _released() -> Iterator[str]:
    # A release is built without a cache.
    return (name for name in WORKFLOW_INPUTS if name != "cache")


def _declared(inputs: Iterable[Input], *, typed: bool = False) -> Iterator[str]:
    """Yield inputs as an action declares them, or as a workflow does, which gives them types."""
    for each in inputs:
        yield f"{each.name}:"
        yield f"  description: {_scalar(each.meaning)}"
        if typed:
            yield f"  type: {each.type.yaml}"
        plain = typed and each.type.yaml != "string"
        yield f"  default: {each.default if plain else _scalar(each.default)}"


def _passed_on(names: Iterable[str]) -> Iterator[str]:
    return (f"{name}: ${{{{ inputs.{name} }}}}" for name in names)


def _scalar(text: str) -> str:
    """Return a string as YAML, quoted only where it has to be."""
    try:
        plain = yaml.safe_load(f"key: {text}") == {"key": text}
    except yaml.YAMLError:
        plain = False
    quoted = text.replace("'", "''")
    return text if plain else f"'{quoted}'"


def outputs() -> Iterator[str]:
    """Yield the outputs of action.yml."""
    declared = _action()["outputs"]
    return _table(
        ("output", "what it holds"),
        ((f"`{name}`", _text(each["description"])) for name, each in declared.items()),
    )


def publish_inputs() -> Iterator[str]:
    """Yield the inputs of action/publish."""
    return _inputs(PUBLISH_INPUTS.values())


def publish_outputs() -> Iterator[str]:
    """Yield the outputs of action/publish."""
    return _described("output", "what it holds", _action("publish/")["outputs"])


def refusals() -> Iterator[str]:
    """Yield the known reasons of a registry's refusal, each with its hint."""
    return _table(
        ("it says", "what to do"),
        ((each.name, _text(each.hint)) for each in (*REASONS, OTHER_REASON)),
    )


def verdicts() -> Iterator[str]:
    """Yield the verdicts by exit code."""
    return _table(
        ("verdict", "exit", "means"),
        (
            (f"`{verdict}`", str(verdict.exit_code), verdict.meaning)
            for verdict in sorted(Verdict, key=lambda each: each.exit_code)
        ),
    )


def diagnoses() -> Iterator[str]:
    """Yield the known causes, the root first; what is filled in stands in italics."""
    return _table(
        ("diagnosis", "with", "says"),
        (
            (
                f"`{cause.id}`",
                ", ".join(f"`{verdict}`" for verdict in cause.verdicts),
                _text(FILLED_IN.sub(lambda place: f"*{place[1]}*", cause.title)),
            )
            for cause in CAUSES
        ),
    )


def audit_checks() -> Iterator[str]:
    """Yield the checks of the audit; a star marks those that start further containers."""
    return _table(
        ("check", "what it asks", "why", "what to do"),
        (
            (
                f"[`{check.id}`]({check.reference})"
                + (" \\*" if check.active else "")
                + (f"<br>parts: {_text(check.parts_label)}" if check.parts else ""),
                _text(f"{check.title}."),
                _text(check.why),
                _text(check.hint),
            )
            for check in CHECKS
        ),
    )


def order() -> Iterator[str]:
    """Yield the verdicts by rank."""
    yield ", ".join(f"`{verdict}`" for verdict in Verdict) + "."


def test_environment() -> Iterator[str]:
    """Yield what the test command is given, and see that a real one is given just that."""
    given = {
        "image": "app",
        "shard": "1/2",
        "selenium-url": "http://grid",
        "trace-pictures": "false",
    }
    suite = make_plan(given, environ={}, top=TOP).suite
    here = Path()
    known = child_environment.for_tests(
        {},
        suite,
        published=PublishedPort(DEFAULT_ADDRESS, 1),
        evidence=here,
        junit=here,
        python_path=[here],
        capture_folder=here,
        bin_folder=here,
    )
    complete("environment of the tests", ENVIRONMENT, known)
    return _table(
        ("variable", "what it holds"), ((f"`{name}`", text) for name, text in ENVIRONMENT.items())
    )


def files() -> Iterator[str]:
    """Yield the files of the evidence, and see that they are those in results/file_names.py."""
    constants = [value for name, value in vars(file_names).items() if name.isupper()]
    complete(
        "files of the evidence", FILES, [each for each in constants if re.search(r"\w\.", each)]
    )
    return _table(
        ("file", "what it holds"),
        ((f"`{name}`", text) for name, text in {**FILES, **MORE_FILES}.items()),
    )


def workflow_inputs() -> Iterator[str]:
    """Yield the inputs of rehearsal.yml that the action does not have, or with another meaning."""
    action = {each.name: each.meaning for each in INPUTS.values()}
    return _inputs(e for e in WORKFLOW_INPUTS.values() if action.get(e.name) != e.meaning)


def left_out_inputs() -> Iterator[str]:
    """Yield the inputs of the action that rehearsal.yml does not have."""
    return _table(
        ("input", "because"),
        (
            (f"`{each.name}`", _text(each.not_in_workflow))
            for each in INPUTS.values()
            if each.not_in_workflow
        ),
    )


def workflow_secrets() -> Iterator[str]:
    """Yield the secrets of rehearsal.yml."""
    return _table(
        ("secret", "what it is"),
        ((f"`{each.name}`", _text(each.meaning)) for each in WORKFLOW_SECRETS.values()),
    )


def workflow_outputs() -> Iterator[str]:
    """Yield the outputs of rehearsal.yml."""
    return _described("output", "what it holds", _call("rehearsal")["outputs"])


def release_inputs() -> Iterator[str]:
    """Yield the inputs of release-image.yml that rehearsal.yml has not."""
    return _table(
        ("input", "default", "meaning"),
        (
            (f"`{name}`", _given(each), _text(each["description"]))
            for name, each in _call("release-image")["inputs"].items()
            if name not in WORKFLOW_INPUTS
        ),
    )


def release_outputs() -> Iterator[str]:
    """Yield the outputs of release-image.yml."""
    return _described("output", "what it holds", _call("release-image")["outputs"])


TABLES: Mapping[str, Callable[[], Iterable[str]]] = {
    "action-yaml": action_yaml,
    "publish-yaml": publish_yaml,
    "workflow-yaml": workflow_yaml,
    "release-yaml": release_yaml,
    "secrets-yaml": secrets_yaml,
    "passed-to-action": passed_to_action,
    "passed-to-workflow": passed_to_workflow,
    "inputs": inputs,
    "outputs": outputs,
    "publish-inputs": publish_inputs,
    "publish-outputs": publish_outputs,
    "refusals": refusals,
    "verdicts": verdicts,
    "diagnoses": diagnoses,
    "audit-checks": audit_checks,
    "order": order,
    "environment": test_environment,
    "files": files,
    "workflow-inputs": workflow_inputs,
    "left-out-inputs": left_out_inputs,
    "workflow-secrets": workflow_secrets,
    "workflow-outputs": workflow_outputs,
    "release-inputs": release_inputs,
    "release-outputs": release_outputs,
}


SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "action/verdict.schema.json": verdict_schema,
    "action/predicate.schema.json": predicate_schema,
}


def _action(folder: str = "") -> Any:
    return yaml.safe_load((TOP / f"action/{folder}action.yml").read_text(encoding="utf-8"))


def _call(workflow: str) -> Any:
    """Return what a reusable workflow takes and gives; YAML 1.1 reads the key `on` as true."""
    file = TOP / f".github/workflows/{workflow}.yml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))[True]["workflow_call"]


def _given(declared: Mapping[str, Any]) -> str:
    """Return the default of a workflow's input, as YAML writes it."""
    if declared.get("required"):
        return "required"
    default = declared.get("default", "")
    return _code(str(default).lower() if isinstance(default, bool) else default)


def _inputs(inputs: Iterable[Input]) -> Iterator[str]:
    return _table(
        ("input", "type", "default", "meaning"),
        ((f"`{e.name}`", e.type.label, _code(e.default), _text(e.meaning)) for e in inputs),
    )


def _described(name: str, meaning: str, declared: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table of names and descriptions."""
    return _table(
        (name, meaning), ((f"`{each}`", _text(declared[each]["description"])) for each in declared)
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for row in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(row)} |"


def _code(value: object) -> str:
    return f"`{value}`" if value else ""


def _text(text: str) -> str:
    return text.strip().replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main())
