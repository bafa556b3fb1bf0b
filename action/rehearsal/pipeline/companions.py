"""What runs beside the app: services, before-command, workers, and the network that they share."""

from contextlib import ExitStack
from dataclasses import replace

from rehearsal.config.rehearsal_plan import ContainerPlan, Plan
from rehearsal.pipeline import companion_teardown
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.before_command import run_before_command
from rehearsal.pipeline.stages.companion import CompanionKind
from rehearsal.pipeline.stages.container import container_name
from rehearsal.pipeline.stages.image import Image
from rehearsal.pipeline.stages.services import ServiceStarter
from rehearsal.pipeline.stages.workers import start_worker
from rehearsal.results.file_names import BEFORE_LOG
from rehearsal.results.published_port import DEFAULT_ADDRESS, PublishedPort
from rehearsal.verdict import Verdict

# The app's name in the network. Chromium forces https on names like `app` and `dev`.
APP_ALIAS = "web"
BEFORE_START = "before the app was started"


def has_own_network(plan: Plan) -> bool:
    """Return whether the rehearsal makes a network for the app and what runs beside it."""
    return plan.companions.run_beside_app and not plan.container.network


def container_plan(plan: Plan, context: RunContext) -> ContainerPlan:
    """Return how to run the app: in the rehearsal's own network, if there is one."""
    network = container_name(context.label) if has_own_network(plan) else plan.container.network
    return replace(plan.container, network=network)


def start_services(
    plan: Plan, context: RunContext, state: RunState, cleanup: ExitStack
) -> ServiceStarter | None:
    """Make the rehearsal's network and start the services in it, in the background.

    Return None if the plan needs no network of its own. If anything runs beside the app, the
    clean-up that is registered here removes all containers, the app's too.
    """
    if not plan.companions.run_beside_app:
        return None
    names = [service.name for service in plan.companions.services]
    logs = {
        name: context.evidence.log(CompanionKind.SERVICE.log_name(name), timed=True)
        for name in names
    }
    cleanup.callback(companion_teardown.remove, context, state)
    for log in logs.values():
        cleanup.callback(log.close)
    cleanup.callback(companion_teardown.record_and_detach, plan, context, state)
    if not has_own_network(plan):
        return None
    starter = ServiceStarter(
        plan.companions,
        context.engine,
        logs,
        started=state.companions,
        network=container_name(context.label),
        label=context.label,
    )
    cleanup.callback(lambda: starter.end(in_a_hurry=state.cancelled))
    return starter


def check_services(starter: ServiceStarter, context: RunContext, state: RunState) -> None:
    """Raise `RehearsalError` (setup-failed) if a service failed or ended before the app started."""
    # One that had been ready and ended may be why another one failed.
    check_ready_services(context, state)
    starter.check()


def check_ready_services(context: RunContext, state: RunState) -> None:
    """Raise `RehearsalError` (setup-failed) if a service that had been ready has ended."""
    for service in state.companions:
        # The starter itself reports a service that ended before it was ready.
        if service.ready_seconds is not None and service.ended:
            raise service.end_error(context.engine, when=BEFORE_START, verdict=Verdict.SETUP_FAILED)


def wait_for_services(starter: ServiceStarter, context: RunContext, state: RunState) -> None:
    """Wait until all services are ready, and say how long each took. Raises like the check."""
    starter.wait(lambda: check_services(starter, context, state))
    for service in state.companions:
        context.console.info(
            f"{service.title}: ready {service.ready_seconds:.2f} s after its start"
        )


def with_grid(plan: Plan, state: RunState) -> Plan:
    """Return the plan in which the tests get the URL of the service that is their Grid, if any."""
    ports = (service.host_port for service in state.companions if service.host_port)
    if not (port := next(ports, 0)):
        return plan
    url = PublishedPort(DEFAULT_ADDRESS, port).url
    return replace(plan, suite=replace(plan.suite, selenium_url=url))


def run_before(plan: Plan, context: RunContext, state: RunState, image: Image) -> None:
    """Run before-command in a container of its own; a service that ends meanwhile ends it.

    Raises `RehearsalError`.
    """
    with context.streamed_log("before-command", BEFORE_LOG) as log:
        run_before_command(
            plan.companions.before_command,
            container_plan(plan, context),
            context.engine,
            log,
            image=image.id,
            label=context.label,
            directory=plan.directory,
            check=lambda: check_ready_services(context, state),
        )


def start_workers(
    plan: Plan, context: RunContext, state: RunState, image: Image, cleanup: ExitStack
) -> None:
    """Start the workers, each with a log of its own. Raises `MisconfiguredError`."""
    for worker in plan.companions.workers:
        log = context.evidence.log(CompanionKind.WORKER.log_name(worker.name), timed=True)
        cleanup.callback(log.close)
        state.companions.append(
            start_worker(
                worker,
                container_plan(plan, context),
                context.engine,
                log,
                image=image.id,
                label=context.label,
                directory=plan.directory,
            )
        )
