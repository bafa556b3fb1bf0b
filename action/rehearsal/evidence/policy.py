"""When evidence is kept."""

from collections.abc import Mapping

from rehearsal.verdict import Verdict


def should_keep(policy: str, outputs: Mapping[str, str]) -> bool:
    """Whether to keep the evidence of a rehearsal; `policy` is the input `evidence`.

    With on-failure, flaky tests count as failed: the evidence shows how they failed first.
    """
    failed = outputs["verdict"] != str(Verdict.PASSED) or outputs.get("flaky", "") not in ("", "0")
    return policy == "always" or (policy == "on-failure" and failed)
