"""Run shards side by side."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.programs import run


def side_by_side(folder: Path, jobs: Sequence[tuple[Sequence[object], Mapping[str, str]]]) -> float:
    """Run commands, each with its variables; return the seconds until the last one has ended."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(len(jobs)) as pool:
        started = [
            pool.submit(run, command, cwd=folder, environ=environ) for command, environ in jobs
        ]
        for job in started:
            job.result()
    return time.perf_counter() - begun
