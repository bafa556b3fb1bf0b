"""The container of a service: its image, its creation and its start."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rehearsal.config.compose_project import labelled
from rehearsal.config.grid import grid_port
from rehearsal.config.rehearsal_plan import ServicePlan
from rehearsal.dataclass import dataclass
from rehearsal.evidence.log import Log
from rehearsal.outside import compose
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.exposed_ports import exposed_ports
from rehearsal.outside.ports import is_free
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.container_arguments import common_arguments, network_arguments
from rehearsal.pipeline.stages.container_end import EXCERPT_LINES
from rehearsal.pipeline.stages.container_start import StartRefusedError, start_once
from rehearsal.redaction.secret import CLIENT_VARIABLES
from rehearsal.results.published_port import DEFAULT_ADDRESS, PublishedPort
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

POLL_INTERVAL = 0.2
PULL_HINT = (
    "Check its name in {}. If its registry asks for a password, log in to it in an earlier step."
)


@dataclass(frozen=True, kw_only=True)
class ServiceContainers:
    """Makes the containers of services in a network, with whose name their names begin.

    `should_stop` ends a pull.
    """

    engine: Engine
    network: str
    label: str
    should_stop: Callable[[], bool]

    def create_composed(self, project: Mapping[str, Any], plans: Sequence[ServicePlan]) -> None:
        """Let Compose create the containers of all services that compose files describe."""
        names = {plan.name: self._name(plan) for plan in plans}
        named = labelled(project, network=self.network, label=self.label, names=names)
        try:
            compose.create(self.engine, named)
        except EngineError as refusal:
            raise RehearsalError(
                Verdict.SETUP_FAILED,
                f"The engine refused to create the services of compose-file: {refusal}",
                hint="docker compose create says the same on a laptop, as a rule.",
            ) from None

    def ensure_image(self, plan: ServicePlan, log: Log) -> None:
        """Pull the image of a service if the engine does not have it."""
        if self.engine.has_image(plan.image):
            return
        process = self.engine.pull(plan.image, out=log.stream())
        try:
            while (code := process.wait(POLL_INTERVAL)) is None:
                if self.should_stop():
                    return
        finally:
            process.end()
        if code:
            self.engine.check()
            raise RehearsalError(
                Verdict.SETUP_FAILED,
                f"The image {plan.image} of the service {plan.name} could not be pulled (exit code "
                f"{code}).",
                hint=PULL_HINT.format("compose-file" if plan.composed else "services"),
                excerpt=log.tail(EXCERPT_LINES),
                source=log.name,
            )

    def free_host_port(self, plan: ServicePlan) -> int:
        """Return the port on which a service of the host's network will listen, if it is free.

        Raises `MisconfiguredError`.
        """
        port = grid_port(plan, exposed_ports(self.engine, plan.image))
        if is_free(PublishedPort(DEFAULT_ADDRESS, port)):
            return port
        raise MisconfiguredError(
            f"The service {plan.name} runs on the host's network, as selenium-url names it, and "
            f"port {port} of this machine is taken.",
            hint=f"Stop what listens there (docker ps, or: ss -ltnp 'sport = :{port}'): it may be "
            "the Grid of another rehearsal. If two have to run at once, let this one listen on "
            "another port, and name that in service-ready.",
        )

    def start(self, plan: ServicePlan, log: Log) -> Container:
        by_client = {each.name: each.value for each in plan.secrets}
        # A literal may be a password, too.
        by_client |= {k: v for k, v in plan.env.items() if not CLIENT_VARIABLES.match(k)}
        in_arguments = {k: v for k, v in plan.env.items() if CLIENT_VARIABLES.match(k)}
        arguments = [
            *common_arguments(self._name(plan), self.label, in_arguments, by_client),
            *(
                network_arguments("host")
                if plan.on_host_network
                else network_arguments(self.network, plan.name)
            ),
            *plan.options,
            plan.image,
            *plan.command,
        ]
        try:
            created = (
                str(self.engine.inspect(self._name(plan))["Id"])
                if plan.composed
                else self.engine.create(arguments, secrets=by_client)
            )
            return start_once(created, self.engine, log)
        except (EngineError, StartRefusedError) as refusal:
            raise RehearsalError(
                Verdict.SETUP_FAILED,
                f"The engine refused to start the service {plan.name}: {refusal}",
                hint="Check its part of the compose file."
                if plan.composed
                else "Check its image in services, and its variables in service-env.",
            ) from None

    def _name(self, plan: ServicePlan) -> str:
        return f"{self.network}-{plan.name}"
