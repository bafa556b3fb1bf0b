"""All checks, in the order in which reports list them."""

from collections.abc import Mapping

from rehearsal.audit.check import Check
from rehearsal.audit.checks.connections import graceful_stop, idle_connection

CHECKS: tuple[Check, ...] = (
    graceful_stop,
    idle_connection,
)
BY_ID: Mapping[str, Check] = {check.id: check for check in CHECKS}
