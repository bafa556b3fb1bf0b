"""Steps about the matrix: what a job of it has to do, and how many jobs there are."""

from collections.abc import Mapping

from rehearsal.commands.workflow.matrix import find_job, read_matrix
from rehearsal.config.inputs import from_action
from rehearsal.config.workflow_inputs import read_inputs
from rehearsal.outside.github import Console


def matrix_job(shard: str, browser: str, environ: Mapping[str, str], console: Console) -> int:
    """Set the outputs `shard`, `test-env` and `artifact` for a place in the matrix."""
    inputs = read_inputs(from_action(environ))
    job = find_job(read_matrix(inputs), shard, browser)
    for name, value in job.outputs(inputs.text("artifact-name")).items():
        console.output(name, value)
    console.info(f"this job: {job.title}")
    return 0


def count_jobs(environ: Mapping[str, str], console: Console) -> int:
    """Set the output `job-count`."""
    jobs = read_matrix(read_inputs(from_action(environ)))
    console.output("job-count", str(len(jobs)))
    return 0
