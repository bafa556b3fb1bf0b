"""What the inputs give to a rehearsal, and this machine to its tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rehearsal.config.rehearsal_plan import Plan


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the plan of a rehearsal gives.

    `variables` are those of the container by the inputs, `image_variables` all that it really got,
    empty if it was never made; the values of both may be secrets. `commands` are the scripts that
    run in the container or before it. `host` is what the tests open, without a port. `services`
    says that a service runs beside the app, `volumes` that the container has data of earlier runs.
    """

    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    image_variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    setup_command: str = ""
    commands: str = ""
    test_command: str = ""
    host: str = "localhost"
    services: bool = False
    volumes: bool = False


def given_by(plan: Plan) -> Given:
    """Return what a plan gives."""
    container, companions = plan.container, plan.companions
    secrets = {each.name: each.value for each in container.secrets}
    workers = (word for worker in companions.workers for word in worker.command)
    return Given(
        variables={**container.env, **secrets},
        setup_command=container.setup_command,
        commands="\n".join(
            (container.setup_command, companions.before_command, *container.command, *workers)
        ),
        test_command=plan.suite.command,
        host=plan.probe.host,
        services=bool(companions.services),
        volumes=bool(container.volumes),
    )
