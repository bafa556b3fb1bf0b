"""Workflows as a caller writes them, with one step at the end that records what the others left."""

from collections.abc import Mapping
from textwrap import dedent, indent

import yaml

from .pinned_actions import CHECKOUT

CHECKOUT_STEP = f"- uses: {CHECKOUT}"
# The job of a caller's workflow that sees what the called one gave.
AFTERWARDS = "afterwards"

# The environment variable RECORDS is the harness's; see act.py.
_RECORD = """\
- name: Record what the steps left
  if: always()
  env:
    STEPS: ${{ toJSON(steps) }}
    NEEDS: ${{ toJSON(needs) }}
    EVIDENCE: ${{ steps.rehearsal.outputs.evidence-path }}
  run: |
    record=$(mktemp -d "$RECORDS/$GITHUB_JOB.XXXXXX")
    printf '%s' "$STEPS" >"$record/steps.json"
    printf '%s' "$NEEDS" >"$record/needs.json"
    if [ -d "$EVIDENCE" ]; then cp -R "$EVIDENCE" "$record/evidence"; fi
"""


def workflow(*steps: str, job: str = "") -> str:
    """Return a workflow of one job, `rehearse`: check out, then these steps, then the record.

    Each step is YAML that begins with `- `; `job` holds further keys of the job.
    """
    listed = "".join(indent(dedent(step).strip() + "\n", " " * 6) for step in _framed(steps))
    return (
        "name: Scenario\non: push\njobs:\n  rehearse:\n    runs-on: ubuntu-latest\n"
        + indent(dedent(job), " " * 4)
        + "    steps:\n"
        + listed
    )


def _framed(steps: tuple[str, ...]) -> tuple[str, ...]:
    return (CHECKOUT_STEP, *steps, _RECORD)


def calling_workflow(
    uses: str,
    inputs: Mapping[str, object],
    secrets: Mapping[str, str] | None = None,
    *,
    on: str = "push",
) -> str:
    """Return a workflow whose job `rehearse` calls another, and a job that records its outputs.

    The second is called `afterwards`; it runs whatever became of the first.
    """
    call = {"uses": uses, "with": dict(inputs), "secrets": dict(secrets or {})}
    jobs = {
        "rehearse": call,
        AFTERWARDS: {
            "needs": "rehearse",
            "if": "always()",
            "runs-on": "ubuntu-latest",
            "steps": yaml.safe_load(_RECORD),
        },
    }
    return yaml.safe_dump({"name": "Scenario", "on": on, "jobs": jobs}, sort_keys=False)


def with_recorder(text: str, job: str) -> str:
    """Return a real workflow with the recording step added as the last one of `job`."""
    lines = text.splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if line.rstrip() == f"  {job}:")
    end = start + 1
    while end < len(lines) and not _is_next_key(lines[end]):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return "".join([*lines[:end], indent(_RECORD, " " * 6), *lines[end:]])


def _is_next_key(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("   ") and not line.lstrip().startswith("#")
