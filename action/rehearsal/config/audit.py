"""Read and check the inputs of the audit."""

from collections.abc import Iterable
from difflib import get_close_matches

from rehearsal.audit.check import Check
from rehearsal.audit.registry import BY_ID
from rehearsal.config.inputs import Inputs, quoted
from rehearsal.config.rehearsal_plan import AuditPlan
from rehearsal.results.audit import OFF
from rehearsal.verdict import MisconfiguredError

SECRET_REQUIRED = "secret-required"  # noqa: S105  (the id of a check)


def read_audit(inputs: Inputs, secret_names: Iterable[str], *, first_shard: bool) -> AuditPlan:
    """Return what the audit has to do; `secret_names` are those of the container's secrets.

    Of several shards only the first has an audit: they all have the same image. Raises
    `MisconfiguredError`.
    """
    names = tuple(secret_names)
    for number, line in inputs.numbered_lines("audit-ignore"):
        _check_waiver(line, number, names)
    return AuditPlan(
        mode=inputs.text("audit") if first_shard else OFF,
        waivers=tuple(dict.fromkeys(inputs.lines("audit-ignore"))),
        active=inputs.boolean("audit-active"),
        layer_seconds=inputs.number("audit-layer-timeout"),
    )


def _check_waiver(line: str, number: int, secret_names: tuple[str, ...]) -> None:
    id_, colon, part = line.partition(":")
    check = BY_ID.get(id_)
    if not check:
        near = get_close_matches(id_, BY_ID, n=1)
        raise MisconfiguredError(
            f"audit-ignore, line {number}: there is no audit check {quoted(id_)}."
            + (f" Did you mean {near[0]}?" if near else ""),
            hint=f"The checks are: {', '.join(BY_ID)}.",
        )
    if colon and not _has_part(check, part):
        raise MisconfiguredError(
            f"audit-ignore, line {number}: the check {id_} has no part {quoted(part)}.",
            hint=f"Write {id_}:PART, where PART is {check.parts_label}, or {id_} alone."
            if check.parts
            else f"Write {id_} alone.",
        )
    if colon and id_ == SECRET_REQUIRED and part not in secret_names:
        names = ", ".join(secret_names) or "none"
        raise MisconfiguredError(
            f"audit-ignore, line {number}: there is no secret {quoted(part)}.",
            hint=f"The names in secrets and generate-secrets are: {names}.",
        )


def _has_part(check: Check, part: str) -> bool:
    return check.parts is not None and check.parts.fullmatch(part) is not None
