"""One rehearsal: its stages in order, then the clean-up."""

import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from rehearsal.config.rehearsal_plan import Plan
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import EngineError
from rehearsal.outside.exposed_ports import exposed_ports
from rehearsal.outside.signals import interruptible
from rehearsal.pipeline import companions, teardown
from rehearsal.pipeline.ask_while_waiting import ask_while_waiting
from rehearsal.pipeline.audit.judge import judge
from rehearsal.pipeline.audit.observe import observe_in_time
from rehearsal.pipeline.audit.redacted import redacted
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.functional_tests import run_functional_tests
from rehearsal.pipeline.missed_suite import NO_TESTS_RAN, missed_suite_warning
from rehearsal.pipeline.old_images import limit_images
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.app_port import choose_port
from rehearsal.pipeline.stages.companion import (
    BEFORE_APP_READY,
    CompanionKind,
    raise_if_ended,
)
from rehearsal.pipeline.stages.companion_lines import companion_lines
from rehearsal.pipeline.stages.container import (
    Container,
    container_name,
    create_container,
)
from rehearsal.pipeline.stages.container_end import crash_error, has_ended
from rehearsal.pipeline.stages.container_start import start_container
from rehearsal.pipeline.stages.image import Image, build_image, find_image
from rehearsal.pipeline.stages.observations import input_lines
from rehearsal.pipeline.stages.publish_address import check_publish_address
from rehearsal.pipeline.stages.services import ServiceStarter
from rehearsal.pipeline.stages.setup import run_setup
from rehearsal.pipeline.stages.virtual_environment import VenvBuilder
from rehearsal.pipeline.stages.wait import BEFORE_READY, ReadinessWaiter
from rehearsal.results.file_names import (
    ASKED_AGAIN_LOG,
    BUILD_LOG,
    CONTAINER_LOG,
    SETUP_LOG,
    TEST_SETUP_LOG,
)
from rehearsal.verdict import Problem, RehearsalError, Verdict


def rehearse(plan: Plan, context: RunContext, state: RunState) -> None:
    """Run all stages, remove what they created, and record the outcome in `state`.

    Clean-up runs after the signal and time-out handlers are disabled, so nothing interrupts it.
    """
    with ExitStack() as cleanup:
        try:
            with interruptible(plan.timeout):
                _run_stages(plan, context, state, cleanup)
        except RehearsalError as error:
            state.problems.append(error.problem)
        except EngineError as error:
            state.problems.append(
                Problem(
                    Verdict.ENGINE_FAILED,
                    f"The engine refused a command: {error}",
                    hint="Another program on this machine may have removed what the rehearsal "
                    "started. Rehearse again.",
                )
            )
        finally:
            # The ends of long logs are written next.
            context.evidence.release()
    if state.audited:
        judge(plan.audit, state, redacted(state.audited, context.evidence.redactor))


def _run_stages(plan: Plan, context: RunContext, state: RunState, cleanup: ExitStack) -> None:
    state.engine = context.engine.versions
    state.observations |= {
        "inputs": input_lines(plan.container),
        "companions": companion_lines(plan),
    }
    check_publish_address(plan.container)
    venv = _start_venv(plan, context, cleanup)
    services = companions.start_services(plan, context, state, cleanup)
    with state.stage("build"):
        image = _find_or_build(plan, context, state, services)
        state.image, state.image_id, state.image_config = image.reference, image.id, image.config
        state.image_size = image.size
    plan = _with_app_port(plan, context, state)
    limit_images(plan, context, state, image, cleanup)
    created: list[str] = []
    if not plan.companions.run_beside_app:  # Else start_services has registered it.
        cleanup.callback(teardown.remove_containers, plan, context, state, created)
    if services:
        with state.stage("services"):
            companions.wait_for_services(services, context, state)
        plan = companions.with_grid(plan, state)
    if plan.companions.before_command:
        with state.stage("before"):
            companions.run_before(plan, context, state, image)
    log = context.evidence.log(CONTAINER_LOG, timed=True)
    cleanup.callback(teardown.close_log, log, state)
    with state.stage("start"):
        created.append(_create_container(plan, context, image))
        container = start_container(created[0], plan.container, context.engine, log)
        state.timeline.record_milestone("created", 0.0)
        state.timeline.record_milestone("running", time.monotonic() - container.started)
        cleanup.callback(teardown.detach, container, state)
        cleanup.callback(teardown.stop, plan, context, state, container, log)
        companions.start_workers(plan, context, state, image, cleanup)
    if plan.container.setup_command:
        with state.stage("setup"):
            _set_up(plan, context, state, container, log)
    with state.stage("ready"):
        _wait_until_ready(plan, context, state, container, log)
    if plan.suite.command:
        bin_folder = _wait_for_venv(venv, context, state)
        with state.stage("test"):
            run_functional_tests(plan, context, state, container, log, bin_folder=bin_folder)
    elif not plan.audit_only:
        if warning := missed_suite_warning(plan):
            state.warnings.append(warning)
        else:
            state.notices.append(NO_TESTS_RAN)
    # A container that has ended has crashed: that is found when it is stopped.
    if plan.audit.is_on and not state.problems and not has_ended(container, context.engine):
        with state.stage("audit"):
            _audit(plan, context, state, container, log)


def _start_venv(plan: Plan, context: RunContext, cleanup: ExitStack) -> VenvBuilder | None:
    """Start to build the tests' virtual environment; it goes on while the image is built."""
    requirements = plan.suite.requirements
    if not requirements:
        return None
    evidence = context.evidence
    log = evidence.log(TEST_SETUP_LOG, echo=context.console.background_output)
    cleanup.callback(log.close)
    # If pip is ended early it leaves temporary files; the staging folder is removed with them.
    env = {**context.env, "TMPDIR": str(evidence.staging_folder("tmp"))}
    venv = VenvBuilder(
        requirements,
        evidence.staging.path / "venv",
        env=env,
        log=log,
        cache=context.venv_cache,
    )
    cleanup.callback(venv.end)
    return venv


def _wait_for_venv(venv: VenvBuilder | None, context: RunContext, state: RunState) -> Path | None:
    """Return where the programs of the tests' environment are, if there is one."""
    if not venv:
        return None
    with state.stage("requirements"):
        try:
            venv.wait()
        finally:
            state.requirements_seconds = venv.seconds
    for text in venv.said:
        context.console.info(text)
    return venv.bin_folder


def _find_or_build(
    plan: Plan, context: RunContext, state: RunState, services: ServiceStarter | None
) -> Image:
    """Return the image; a service that fails meanwhile ends the build."""

    def check() -> None:
        if services:
            companions.check_services(services, context, state)

    if plan.image:
        return find_image(plan.image, context.engine)
    folder = context.evidence.staging.path
    with context.streamed_log(f"build {plan.build.dockerfile.name}", BUILD_LOG) as log:
        return build_image(
            plan.build, context.engine, tag=context.image_tag, folder=folder, log=log, check=check
        )


def _with_app_port(plan: Plan, context: RunContext, state: RunState) -> Plan:
    """Return the plan with the port that the image exposes, if the inputs name none."""
    if plan.container.port:
        return plan
    port = choose_port(exposed_ports(context.engine, state.image_id))
    if port.is_guess:
        state.notices.append(port.reason)
    else:
        context.console.info(port.reason)
    return replace(plan, container=replace(plan.container, port=port.number))


def _create_container(plan: Plan, context: RunContext, image: Image) -> str:
    return create_container(
        companions.container_plan(plan, context),
        context.engine,
        image=image.id,
        name=container_name(context.label),
        label=context.label,
        directory=plan.directory,
        alias=companions.APP_ALIAS if companions.has_own_network(plan) else "",
    )


def _set_up(
    plan: Plan, context: RunContext, state: RunState, container: Container, log: Log
) -> None:
    def check() -> None:
        for kind in CompanionKind:
            raise_if_ended(state.companions, kind, context.engine, when=BEFORE_APP_READY)

    with context.streamed_log("setup", SETUP_LOG) as setup_log:
        run_setup(plan.container.setup_command, container, context.engine, setup_log, check=check)
    state.timeline.record_milestone("set up", time.monotonic() - container.started)
    if container.ended:
        raise crash_error(container, context.engine, log, when=BEFORE_READY)


def _wait_until_ready(
    plan: Plan, context: RunContext, state: RunState, container: Container, log: Log
) -> None:
    waiter = ReadinessWaiter(
        plan=plan,
        container=container,
        engine=context.engine,
        log=log,
        observations=state.observations,
        timeline=state.timeline,
        report=context.console.info,
        companions=state.companions,
        ask=lambda: ask_while_waiting(plan, context, state, container, log),
    )
    try:
        ready = waiter.wait()
    except RehearsalError as error:
        # Had it become ready, the answer would be out of date.
        if waiter.asked and error.problem.verdict is Verdict.NOT_READY:
            context.evidence.write(ASKED_AGAIN_LOG, waiter.asked)
        raise
    state.ready_seconds = ready.seconds
    context.console.info(
        f"ready {ready.seconds:.2f} s after its start: {plan.probe.path} gave {ready.answer}"
    )


def _audit(
    plan: Plan, context: RunContext, state: RunState, container: Container, log: Log
) -> None:
    faults: list[str] = []
    subject = Subject(
        plan=plan,
        context=context,
        container=container,
        log=log,
        image=state.image_id,
        ready_seconds=state.ready_seconds or 0.0,
        deadline=time.monotonic() + plan.timeout - (time.time() - state.started),
    )
    state.audited = observe_in_time(subject, faults)
    state.notices += (f"The audit is incomplete: {fault}." for fault in faults)
