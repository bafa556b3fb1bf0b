"""Workflows as a caller writes them, with one step at the end that records what the others left."""

import re
from collections.abc import Mapping
from textwrap import dedent, indent

import yaml

from .job_outputs import PREFIX
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
# TESTS_PATH and SECRETS_FILE are the harness's, too. Not in bash, which is slow there.
_DROP_OUTPUTS = """\
- name: Drop the outputs that contain a secret
  id: job-outputs
  if: always()
  shell: python3 {0}
  run: |
    import os, sys
    sys.path.insert(0, os.environ["TESTS_PATH"])
    from tests.e2e.job_outputs import main
    main()
  env:
    JOB_SECRETS: ${{ toJSON(secrets) }}
"""
_OUTPUT = re.compile(r"^ {6}([a-z-]+): (.+)$", re.MULTILINE)


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
    before, content, after = _split(text, job)
    return before + content + indent(_RECORD, " " * 6) + after


def with_dropped_outputs(text: str, job: str) -> str:
    """Return a real workflow whose `job` drops its outputs as on GitHub; act keeps them."""
    before, content, after = _split(text, job)
    head, steps = content.split("    steps:\n", 1)
    start, outputs = head.split("    outputs:\n", 1)
    values = dict(_OUTPUT.findall(outputs))
    given = "".join(
        f"    {PREFIX}{name.replace('-', '_')}: {value}\n" for name, value in values.items()
    )
    kept = "".join(
        f"      {name}: ${{{{ steps.job-outputs.outputs.{name} }}}}\n" for name in values
    )
    end = indent(_DROP_OUTPUTS + given, " " * 6)
    return f"{before}{start}    outputs:\n{kept}    steps:\n{steps}{end}{after}"


def _split(text: str, job: str) -> tuple[str, str, str]:
    """Return what stands before a job, the job itself, and what follows it."""
    lines = text.splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if line.rstrip() == f"  {job}:")
    end = start + 1
    while end < len(lines) and not _is_next_key(lines[end]):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return "".join(lines[:start]), "".join(lines[start:end]), "".join(lines[end:])


def _is_next_key(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("   ") and not line.lstrip().startswith("#")
