"""The command line: `rehearse` (the default) and `clean-up`."""

import argparse
import json
import os
import shutil
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from rehearsal import __version__, circumstances, environment
from rehearsal.cleanup import clean_up, wanted
from rehearsal.evidence import Evidence
from rehearsal.inputs import CONFIDENTIAL, DEFAULTS
from rehearsal.interruption import interruptible
from rehearsal.outside import git
from rehearsal.outside.engine import Needs, find_engine
from rehearsal.outside.github import Console
from rehearsal.outside.process import end_marked
from rehearsal.plan import Plan
from rehearsal.planner import make_plan
from rehearsal.record import Rehearsal
from rehearsal.redact import Redactor
from rehearsal.rehearse import PACKAGES, Stagehands, rehearse
from rehearsal.report.annotations import annotations
from rehearsal.report.closing import closing
from rehearsal.report.document import document
from rehearsal.report.summary import summary
from rehearsal.run import MARK, Run, new_run, read_run
from rehearsal.stages.image import image_tag
from rehearsal.verdict import Misconfigured, Problem, Verdict
from rehearsal.watchdog import guarded, watch

ISSUES = "https://github.com/dress-rehearsal/dress-rehearsal/issues"

# clean-up is the action's second step; watch is what a rehearsal starts to guard itself.
VERBS = ("rehearse", "clean-up", "watch")


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Run one command and return its exit code; the contract's table says what each means."""
    environ = os.environ if environ is None else environ
    options = _parser().parse_args(argv)
    console = Console(environ)
    try:
        if options.verb == "clean-up":
            console.redactor = _redactor(options, environ)
            clean_up(environ, console, console.redactor)
            return 0
        if options.verb == "watch":
            watch(read_run(options.folder), environ, sys.stdin.buffer)
            return 0
        return _rehearse(options, environ, console)
    except Exception:  # noqa: BLE001  (before there is a record, or after it: the log is all we have)
        fault = _fault(traceback.format_exc())
        with console.foreign() as show:
            show(console.redactor.whole("\n".join(fault.excerpt).encode(errors="replace")))
        console.error(f"{fault.what}\n{fault.advice}", title="Dress rehearsal: error")
        return fault.verdict.exit_code


def _rehearse(options: argparse.Namespace, environ: Mapping[str, str], console: Console) -> int:
    run = new_run(environ)
    record = Rehearsal(
        name=run.id, evidence=str(run.path / "evidence"), artifact_name=run.artifact_name
    )
    evidence = Evidence(run.path, console.redactor, record.notices.append)
    policy = "on-failure"
    try:
        with interruptible():
            plan = make_plan(_given(options, environ), environ=environ, top=Path.cwd())
            policy = plan.evidence
            name = plan.artifact_name or run.artifact_name
            run = replace(run, evidence=policy, artifact_name=name)
            run.write()
            record.artifact_name = name
            console.redactor = evidence.redactor = _hide(plan, console)
            env = environment.for_children(environ, (secret.name for secret in plan.secrets))
            env[MARK] = run.id
            engine = find_engine(env, _needs(plan))
            circumstances.check_places(plan, run.path)
            circumstances.check(
                plan,
                environ,
                commit=git.commit(plan.directory, env),
                engine_host=engine.host(),
            )
            hands = Stagehands(
                engine=engine,
                console=console,
                evidence=evidence,
                env=env,
                label=run.label,
                # A laptop keeps one name for the newest build; a shared engine has one for each.
                tag=image_tag(_project(plan, environ), run.id if console.on_github else "latest"),
            )
        # The watchdog is not marked as the run's: it has to outlive what it ends.
        watcher = {name: value for name, value in env.items() if name != MARK}
        with guarded([sys.executable, "-I", str(PACKAGES), "watch", run.folder], watcher):
            rehearse(plan, hands, record)
            end_marked(run.mark)
    except Problem as problem:
        record.problems.append(problem)
    except Exception:  # noqa: BLE001  (the one place where a fault of ours is caught)
        record.problems.append(_fault(traceback.format_exc()))
    finally:
        evidence.drop_staging()
    _report(record, evidence, console, run, policy)
    return record.verdict.exit_code


def _project(plan: Plan, environ: Mapping[str, str]) -> str:
    """Return the repository's name, or its folder's."""
    return environ.get("GITHUB_REPOSITORY", "").rpartition("/")[2] or plan.directory.name


def _redactor(options: argparse.Namespace, environ: Mapping[str, str]) -> Redactor:
    """Return what the clean-up step can know of the secrets; wrong inputs hold none."""
    try:
        plan = make_plan(_given(options, environ), environ=environ, top=Path.cwd())
    except (Problem, OSError):
        return Redactor()
    return Redactor(plan.secrets)


def _needs(plan: Plan) -> Needs:
    if plan.image:
        return Needs.NOTHING
    return Needs.BUILDX if plan.build.needs_buildx else Needs.BUILDKIT


def _given(options: argparse.Namespace, environ: Mapping[str, str]) -> dict[str, object]:
    """Return the inputs: the action's JSON, and flags over it."""
    try:
        given = json.loads(environ.get("REHEARSAL_INPUTS") or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise Misconfigured(
            "REHEARSAL_INPUTS is not a JSON object.",
            advice="action.yml sets it to ${{ toJSON(inputs) }}; on a laptop leave it unset.",
        )
    flags = {name: getattr(options, name.replace("-", "_")) for name in DEFAULTS}
    return given | {name: value for name, value in flags.items() if value is not None}


def _hide(plan: Plan, console: Console) -> Redactor:
    """Have the runner mask every secret, and return what replaces them everywhere else."""
    for secret in plan.secrets:
        for value in secret.masks():
            console.mask(value)
        if secret.too_short:
            console.warning(
                f"The secret {secret.name} is too short to be replaced in logs.",
                title="Short secret",
            )
    return Redactor(plan.secrets)


def _fault(trace: str) -> Problem:
    return Problem(
        Verdict.ERROR,
        "Dress Rehearsal itself failed; this is no verdict on the app.",
        advice=f"Please report it, with the lines below, at {ISSUES}.",
        excerpt=tuple(trace.splitlines()),
        source="our own traceback",
    )


def _report(record: Rehearsal, evidence: Evidence, console: Console, run: Run, policy: str) -> None:
    evidence.text("verdict.json", document(record))
    evidence.text("summary.md", summary(record))
    _show_excerpts(record, console)
    for annotation in annotations(record):
        console.error(**asdict(annotation))
    console.summary(summary(record))
    outputs = record.outputs()
    for name, value in outputs.items():
        console.output(name, value)
    with suppress(OSError):  # The disk may be full; the verdict stands all the same.
        replace(run, outputs=outputs).write()
    kept = console.on_github or wanted(policy, str(record.verdict))
    if not kept:
        shutil.rmtree(run.path, ignore_errors=True)
    console.say(closing(record, evidence=record.evidence if kept else ""))


def _show_excerpts(record: Rehearsal, console: Console) -> None:
    """Show what was not shown yet: build, setup and tests were, as they went."""
    problem = record.problem
    if not problem:
        return
    lines = problem.excerpt if problem.verdict is Verdict.ERROR else record.container_tail
    if not lines:
        return
    title = "our traceback" if problem.verdict is Verdict.ERROR else "the end of container.log"
    with console.group(title), console.foreign() as show:
        show(console.redactor.whole("\n".join(lines).encode(errors="replace")))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rehearse",
        description="Build a web app's image, start it as production would, test it, tell.",
    )
    parser.add_argument("--version", action="version", version=f"dress-rehearsal {__version__}")
    parser.add_argument("verb", nargs="?", choices=VERBS, default="rehearse")
    parser.add_argument("folder", nargs="?", help=argparse.SUPPRESS)
    inputs = parser.add_argument_group(
        "inputs", "as in the action's with: (action/README.md describes them)"
    )
    for name, default in DEFAULTS.items():
        shown = "" if name in CONFIDENTIAL or not default else f"default: {default}"
        inputs.add_argument(f"--{name}", metavar="VALUE", help=shown)
    return parser
