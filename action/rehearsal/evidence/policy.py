"""When evidence is kept."""

from collections.abc import Mapping

from rehearsal.verdict import Verdict


def should_keep(policy: str, outputs: Mapping[str, str]) -> bool:
    """Whether to keep the evidence of a rehearsal with these outputs; `evidence` is the input.

    The evidence of flaky tests is kept, too: it shows how they failed.
    """
    failed = outputs["verdict"] != str(Verdict.PASSED) or outputs.get("flaky", "") not in ("", "0")
    return policy == "always" or (policy == "on-failure" and failed)
