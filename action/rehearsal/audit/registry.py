"""All checks, in the order in which reports list them."""

from collections.abc import Mapping

from rehearsal.audit.check import Check

CHECKS: tuple[Check, ...] = ()
BY_ID: Mapping[str, Check] = {check.id: check for check in CHECKS}
