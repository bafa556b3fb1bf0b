"""What further containers share: new services in a network of their own, and new volumes."""

from dataclasses import field, replace

from rehearsal.config.rehearsal_plan import CompanionsPlan, ContainerPlan
from rehearsal.dataclass import dataclass
from rehearsal.evidence.log import Log
from rehearsal.pipeline.audit.starts.clock import StartClock
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.pipeline.stages.before_command import run_before_command
from rehearsal.pipeline.stages.companion import Companion
from rehearsal.pipeline.stages.services import ServiceStarter
from rehearsal.results.file_names import AUDIT_FOLDER


@dataclass(kw_only=True)
class Surroundings:
    """The services and the before-command of one app, once more.

    `name` is the name of their network, with which their own names begin.
    """

    subject: Subject
    name: str
    clock: StartClock
    _starter: ServiceStarter | None = None
    _services: list[Companion] = field(default_factory=list)
    _logs: list[Log] = field(default_factory=list)

    @property
    def are_needed(self) -> bool:
        """Whether there are any."""
        companions = self.subject.plan.companions
        return bool(_without_grid(companions).services or companions.before_command)

    def start_services(self) -> str:
        """Start the services and wait until they are ready; return their network, if any.

        Raises `RehearsalError`, and what the clock raises.
        """
        plan = _without_grid(self.subject.plan.companions)
        if not plan.services:
            return ""
        context = self.subject.context
        logs = {service.name: self._log(f"service-{service.name}") for service in plan.services}
        self._starter = ServiceStarter(
            plan,
            context.engine,
            logs,
            started=self._services,
            network=self.name,
            label=context.label,
        )
        self._starter.wait(self._check)
        return self.name

    def run_before_command(self, plan: ContainerPlan) -> None:
        """Run before-command, if there is one, in a container like those of `plan`.

        Raises `RehearsalError`, `EngineError`, and what the clock raises.
        """
        script = self.subject.plan.companions.before_command
        if script:
            run_before_command(
                script,
                plan,
                self.subject.context.engine,
                self._log("before"),
                image=self.subject.image,
                label=self.subject.context.label,
                directory=self.subject.plan.directory,
                name=f"{self.name}-before",
                check=self._check,
            )

    def end(self, *, in_a_hurry: bool) -> None:
        """Detach from the services, so that they can be removed."""
        if self._starter:
            self._starter.end(in_a_hurry=in_a_hurry)
        for service in self._services:
            service.container.client.kill()
        for log in self._logs:
            log.close()

    def _check(self) -> None:
        self.clock.check()
        if self._starter:
            self._starter.check()

    def _log(self, name: str) -> Log:
        evidence = self.subject.context.evidence
        log = evidence.log(evidence.safe_path(AUDIT_FOLDER, f"{name}.log"))
        self._logs.append(log)
        return log


def _without_grid(plan: CompanionsPlan) -> CompanionsPlan:
    """Return the plan without the service whose browsers run the tests."""
    services = tuple(each for each in plan.services if not each.on_host_network)
    composed = {
        name: service
        for name, service in (plan.compose.project.get("services") or {}).items()
        if name in {each.name for each in services}
    }
    project = {**plan.compose.project, "services": composed}
    return replace(plan, services=services, compose=replace(plan.compose, project=project))
