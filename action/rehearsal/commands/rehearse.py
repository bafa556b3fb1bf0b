"""The command rehearse: one rehearsal, from its request to its exit code."""

import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from rehearsal.commands.finish import Ending, finish, finish_without_folder
from rehearsal.commands.origin import (
    checkout_origin,
    inputs_origin,
    read_origin,
    summarize_request,
)
from rehearsal.commands.run_context import (
    lasting_marker,
    make_context,
)
from rehearsal.commands.watchdog import Left, Watchdog
from rehearsal.config import child_environment
from rehearsal.config.extract_secrets import extract_secrets
from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.input_table import INPUTS
from rehearsal.config.parser import plan_of
from rehearsal.config.plan_warnings import secret_warnings
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.diagnosis.needs.given import given_by
from rehearsal.evidence.folder import Evidence
from rehearsal.outside.find_engine import find_engine
from rehearsal.outside.folder import Folder
from rehearsal.outside.github import Console
from rehearsal.outside.processes import end_processes_with_env
from rehearsal.outside.remove_tree import NO_TIME, PATIENCE, remove_tree
from rehearsal.outside.signals import interruptible
from rehearsal.outside.subreaper import become_subreaper, descendants, end_descendants
from rehearsal.pipeline.compose_services import with_compose_services
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.older_evidence import OlderEvidence
from rehearsal.pipeline.pipeline import rehearse
from rehearsal.pipeline.result_builder import RunDescription
from rehearsal.pipeline.run_folder import (
    RUN_VARIABLE,
    RunReference,
    default_artifact_name,
    new_run,
    temp_folder,
)
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.python_path import PACKAGES_FOLDER
from rehearsal.pipeline.temp_problem import temp_problem
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import Secret
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import RehearsalError, own_fault

DEFAULT_POLICY = INPUTS["evidence"].default
# In seconds, after the last line: nobody notices it, and what fails in it is told. The watchdog
# removes the rest, and so does GitHub's clean-up step.
MOMENT = 0.2


def run_rehearsal(
    load_request: Callable[[], GivenInputs],
    environ: Mapping[str, str],
    console: Console,
    *,
    local: bool,
    keep_container: bool = False,
    describe_audit: Callable[[RehearsalResult], str] | None = None,
) -> Ending:
    """Run the requested rehearsal and report how it ended.

    `describe_audit` makes the text about the audit that is printed before the last lines.
    """
    state, run, origin = RunState(observer=console), new_run(environ), read_origin(environ)
    try:
        temp = temp_folder(environ)
        evidence = _new_evidence(temp, run, console, state)
    except OSError as error:
        problem = temp_problem(environ, error)
        return finish_without_folder(problem, run.id, origin, console)
    run, at_end = _name_run(run, evidence, console), ExitStack()
    policy, older = DEFAULT_POLICY, OlderEvidence(temp=temp, run=run.folder_name)
    description = RunDescription(
        name=run.id,
        evidence_folder=str(evidence.folder.path),
        artifact_name=default_artifact_name(run, environ),
        origin=origin,
    )
    watchdog: Watchdog | None = None
    try:
        with interruptible():
            request = load_request()
            older.project = str(request.top.resolve()) if local else ""
            state.flags_only = inputs_origin(request, environ, local=local).flags_only
            # An error about another input may quote a secret that is in the wrong place.
            console.redactor = evidence.redactor = Redactor(
                extract_secrets(request.inputs, request.environ)
            )
            plan = plan_of(request)
            description = _describe(description, plan, request, environ, at_end, local=local)
            policy = plan.evidence_policy
            console.redactor = evidence.redactor = mask_secrets(plan, request, console)
            if plan.companions.compose.files:
                plan = _read_compose_files(plan, request)
                console.redactor = evidence.redactor = mask_secrets(plan, request, console)
            state.warnings += plan.warnings
            print_notes(request, console)
            context = make_context(
                plan,
                request,
                environ,
                run=run,
                console=console,
                evidence=evidence,
                keep_container=keep_container,
                local=local,
            )
        become_subreaper()
        watchdog = _start_watchdog(run, temp, context)
        ours = descendants()
        try:
            rehearse(plan, context, state)
        finally:
            end_descendants(spare=ours, without=lasting_marker(context.engine, run))
            end_processes_with_env(run.env_marker)
    except RehearsalError as error:
        state.problems.append(error.problem)
    except Exception:  # noqa: BLE001  (the only place that catches our own faults)
        state.problems.append(own_fault(traceback.format_exc()))
    finally:
        if evidence.restore(temp):
            _name_run(run, evidence, console)
    with at_end:
        ending = finish(
            state,
            description,
            evidence,
            console,
            policy=policy,
            local=local,
            describe_audit=describe_audit,
            limit_older=older.limit if policy == DEFAULT_POLICY and watchdog else str,
        )
    older.mark_kept()
    evidence.warn = partial(console.warning, title="Clean-up incomplete")
    _remove_files(
        evidence,
        temp,
        watchdog,
        {Left.OLDER} if older.surplus else set(),
        whole=not ending.keeps_evidence,
    )
    return ending


def _start_watchdog(run: RunReference, temp: Folder, context: RunContext) -> Watchdog:
    # The watchdog must not get RUN_VARIABLE: it ends every process that has this variable.
    env = {name: value for name, value in context.env.items() if name != RUN_VARIABLE}
    env["RUNNER_TEMP"] = str(temp.path)
    return Watchdog([*_own_command(), "watch", str(run)], env, context.venv_cache)


def _remove_files(
    evidence: Evidence,
    temp: Folder,
    watchdog: Watchdog | None,
    left: set[Left],
    *,
    whole: bool,
) -> None:
    """Remove the run's private files, or its `whole` folder, and let the watchdog end.

    It ends after it has removed what takes long, and what is `left` to it.
    """
    seconds = MOMENT if watchdog else PATIENCE
    if whole:
        if remove_tree(temp, evidence.root.path.name, seconds=seconds) == NO_TIME:
            left.add(Left.FOLDER)
    elif not evidence.drop_staging(seconds):
        left.add(Left.STAGING)
    if watchdog:
        watchdog.dismiss(left)


def _new_evidence(temp: Folder, run: RunReference, console: Console, state: RunState) -> Evidence:
    """Make the folder of a run, with room for its reports; raise OSError and leave nothing else."""
    root = temp.folder(run.folder_name, make=True)
    try:
        evidence = Evidence(root, console.redactor, state.notices.append)
        evidence.reserve()
    except OSError:
        remove_tree(temp, run.folder_name)
        raise
    return evidence


def _name_run(run: RunReference, evidence: Evidence, console: Console) -> RunReference:
    """Tell the runner, for the clean-up step, which run this is; return it with its folders."""
    run = replace(run, evidence=evidence.folder.inode, staging=evidence.staging.inode)
    console.output("run", str(run))
    return run


def _describe(
    known: RunDescription,
    plan: Plan,
    request: GivenInputs,
    environ: Mapping[str, str],
    at_end: ExitStack,
    *,
    local: bool,
) -> RunDescription:
    """Return the description completed from the plan; `at_end` ends what is started for it."""
    checkout = Path(environ.get("GITHUB_WORKSPACE") or request.top)
    is_elsewhere = local and not known.origin.repository
    source = SourceTree(top=checkout, directory=plan.directory)
    return replace(
        known,
        origin=checkout_origin(checkout, environ) if is_elsewhere else known.origin,
        artifact_name=plan.artifact_name or known.artifact_name,
        request=summarize_request(plan),
        shard=plan.suite.shard,
        baseline=plan.baseline,
        test_command=plan.suite.command,
        source=replace(
            source,
            dockerfile=source.relative(plan.build.dockerfile),
            context=plan.build.context,
            target=plan.build.target,
        ),
        inputs=inputs_origin(request, environ, local=local),
        given=given_by(plan, request.environ, at_end),
    )


def _read_compose_files(plan: Plan, request: GivenInputs) -> Plan:
    """Return the plan with the services of its compose files. Raises `RehearsalError`."""
    env = child_environment.for_children(request.environ, (secret.name for secret in plan.secrets))
    read = with_compose_services(plan, find_engine(env), request.environ)
    more = [secret for secret in read.secrets if secret not in plan.secrets]
    return replace(read, warnings=(*plan.warnings, *secret_warnings(more, read, request.environ)))


def mask_secrets(plan: Plan, request: GivenInputs, console: Console) -> Redactor:
    """Let the runner mask every secret, and return the redactor for all other outputs."""
    for secret in plan.secrets:
        for value in secret.masks():
            console.mask(value)
    others = (Secret(name=name, value=value) for name, value in request.extra_secrets.items())
    return Redactor([*plan.secrets, *others])


def print_notes(request: GivenInputs, console: Console, *, origin: bool = True) -> None:
    """Print where the inputs come from, unless `origin` is False, and the notes about them."""
    if request.origin and origin:
        console.info(f"rehearsing {request.origin}")
    for note in request.notes:
        console.info(f"note: {note}")


def _own_command() -> list[str]:
    """Return the command that starts this program: from the action's folder, or as installed."""
    if (PACKAGES_FOLDER / "__main__.py").is_file():
        return [sys.executable, "-I", str(PACKAGES_FOLDER)]
    return [sys.executable, "-I", "-m", "rehearsal"]
