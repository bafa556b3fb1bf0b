"""When evidence is kept."""

from collections.abc import Mapping

from rehearsal.verdict import Verdict


def should_keep(evidence: str, outputs: Mapping[str, str]) -> bool:
    """Whether to keep the evidence of a rehearsal with these outputs; `evidence` is the input.

    The evidence of flaky tests is kept, too: it shows how they failed.
    """
    failed = outputs["verdict"] != str(Verdict.PASSED) or outputs.get("flaky", "") not in ("", "0")
    return evidence == "always" or (evidence == "on-failure" and failed)
