"""One rehearsal: its stages in order, and the clean-up after them."""

import time
from contextlib import ExitStack

from rehearsal.config.plan import Plan
from rehearsal.evidence.log import Log
from rehearsal.outside import http_probe
from rehearsal.outside.engine import EngineError
from rehearsal.outside.signals import interruptible
from rehearsal.pipeline import teardown
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.functional_tests import run_functional_tests
from rehearsal.pipeline.stages import container as containers
from rehearsal.pipeline.stages import observations
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.image import Image, build_image, find_image
from rehearsal.pipeline.stages.setup import run_setup
from rehearsal.pipeline.stages.suite import Preparation
from rehearsal.pipeline.stages.wait import ReadinessWaiter
from rehearsal.pipeline.state import RunState
from rehearsal.results.file_names import BUILD_LOG, CONTAINER_LOG, SETUP_LOG, TEST_SETUP_LOG
from rehearsal.verdict import Problem, RehearsalError, Verdict


def rehearse(plan: Plan, context: RunContext, state: RunState) -> None:
    """Run all stages and remove what they made; `state` says how it went.

    Clean-up runs after the signal and time-out handlers are disabled, so nothing interrupts it.
    """
    with ExitStack() as cleanup:
        cleanup.callback(context.evidence.drop_staging)
        try:
            with interruptible(plan.timeout):
                _run_stages(plan, context, state, cleanup)
        except RehearsalError as error:
            state.problems.append(error.problem)
        except EngineError as refusal:
            state.problems.append(
                Problem(
                    Verdict.ENGINE_FAILED,
                    f"The engine refused what it should do next: {refusal}",
                    hint="Something else on this machine may have removed what the rehearsal "
                    "started; run it again.",
                )
            )


def _run_stages(plan: Plan, context: RunContext, state: RunState, cleanup: ExitStack) -> None:
    state.observations["inputs"] = observations.of_inputs(plan.container)
    host_port = plan.container.host_port
    if host_port and not http_probe.is_free(host_port):
        raise containers.port_taken(host_port)
    preparation = _prepare_tests(plan, context, cleanup)
    with state.stage("build"):
        image = _find_or_build(plan, context)
        state.image, state.image_id = image.reference, image.id
    created: list[str] = []
    cleanup.callback(teardown.remove_containers, plan, context, state, created)
    log = context.evidence.log(CONTAINER_LOG, timed=True)
    cleanup.callback(teardown.close_log, log, state)
    with state.stage("start"):
        created.append(_create(plan, context, image))
        container = containers.start_container(created[0], plan.container, context.engine, log)
        state.timeline.record_milestone("created", 0.0)
        state.timeline.record_milestone("running", time.monotonic() - container.started)
        cleanup.callback(teardown.detach, container, state)
        cleanup.callback(teardown.stop, plan, context, state, container)
    if plan.container.setup_command:
        with state.stage("setup"):
            _set_up(plan, context, state, container, log)
    with state.stage("ready"):
        _wait_until_ready(plan, context, state, container, log)
    if not plan.suite.command:
        state.notices.append("No test was asked for: test-command is empty.")
        return
    with state.stage("test"):
        if preparation:
            preparation.wait()
        bin_folder = preparation.bin if preparation else None
        run_functional_tests(plan, context, state, container, log, bin_folder=bin_folder)


def _prepare_tests(plan: Plan, context: RunContext, cleanup: ExitStack) -> Preparation | None:
    """Start making the tests' virtual environment; that goes on while the image is built."""
    requirements = plan.suite.requirements
    if not requirements:
        return None
    evidence = context.evidence
    log = evidence.log(TEST_SETUP_LOG, echo=context.console.background_output)
    cleanup.callback(log.close)
    # A pip that is ended half-way leaves unpacked files; in the staging folder they are removed.
    env = {**context.env, "TMPDIR": str(evidence.staging_folder("tmp"))}
    preparation = Preparation(requirements, evidence.staging_folder("venv"), env=env, log=log)
    cleanup.callback(preparation.end)
    return preparation


def _find_or_build(plan: Plan, context: RunContext) -> Image:
    if plan.image:
        return find_image(plan.image, context.engine)
    id_file = context.evidence.staging / "image-id"
    with context.streamed_log(f"build {plan.build.dockerfile.name}", BUILD_LOG) as log:
        return build_image(plan.build, context.engine, tag=context.tag, id_file=id_file, log=log)


def _create(plan: Plan, context: RunContext, image: Image) -> str:
    return containers.create_container(
        plan.container,
        context.engine,
        image=image.id,
        name=containers.container_name(context.label),
        label=context.label,
        directory=plan.directory,
    )


def _set_up(
    plan: Plan, context: RunContext, state: RunState, container: Container, log: Log
) -> None:
    with context.streamed_log("setup", SETUP_LOG) as setup_log:
        run_setup(plan.container.setup_command, container, context.engine, setup_log)
    state.timeline.record_milestone("set up", time.monotonic() - container.started)
    if container.ended:
        raise containers.crash_error(container, context.engine, log, when="before it was ready")


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
    )
    ready = waiter.wait()
    state.ready_seconds = ready.seconds
    context.console.info(
        f"ready {ready.seconds:.2f} s after its start: {plan.probe.path} gave {ready.answer}"
    )
