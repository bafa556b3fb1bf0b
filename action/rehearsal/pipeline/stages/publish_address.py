"""Where the app is to be published on this machine: checked before anything is started."""

from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.outside.ports import address_error, is_free
from rehearsal.pipeline.stages.engine_refusal import port_taken_error
from rehearsal.results.published_port import PublishedPort
from rehearsal.verdict import MisconfiguredError


def check_publish_address(plan: ContainerPlan) -> None:
    """Raise `MisconfiguredError` if the app cannot be published at its address and port."""
    if reason := address_error(plan.address):
        raise MisconfiguredError(
            f"The input publish-address is {plan.address}, which is no address of this machine "
            f"({reason}).",
            hint="Name one of its own addresses (ip address, or: hostname -I), or leave "
            "publish-address out if the browsers run on this machine.",
        )
    if plan.host_port and not is_free(PublishedPort(plan.address, plan.host_port)):
        raise port_taken_error(plan)
