"""All checks, in the order in which reports list them."""

from collections.abc import Mapping

from rehearsal.audit.check import Check
from rehearsal.audit.checks.connections import graceful_stop, idle_connection
from rehearsal.audit.checks.processes import dev_server, non_root

CHECKS: tuple[Check, ...] = (
    dev_server,
    non_root,
    graceful_stop,
    idle_connection,
)
BY_ID: Mapping[str, Check] = {check.id: check for check in CHECKS}
