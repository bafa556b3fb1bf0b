"""Which evidence is kept for people."""

from collections.abc import Mapping

from rehearsal.verdict import Verdict


def should_keep(evidence: str, outputs: Mapping[str, str]) -> bool:
    """Whether the evidence of a rehearsal that ended so is to be kept for people.

    A flaky test did fail once: only here can one see how.
    """
    failed = outputs["verdict"] != str(Verdict.PASSED) or outputs.get("flaky", "") not in ("", "0")
    return evidence == "always" or (evidence == "on-failure" and failed)
