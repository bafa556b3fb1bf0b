"""The probe of a rehearsal by itself: ask PORT of this machine until it answers with 200.

It prints the clock when the probe returns: a rehearsal would go on then.
"""

import sys
import time
from typing import cast

from rehearsal.config.rehearsal_plan import ProbePlan
from rehearsal.evidence.log_window import LogWindow
from rehearsal.outside import http_probe
from rehearsal.pipeline.stages.probe import request_headers, wait_until_ready
from rehearsal.pipeline.stages.stuck_detector import StuckDetector
from rehearsal.pipeline.timeline_recorder import TimelineRecorder
from rehearsal.results.published_port import PublishedPort


class _NoLog:
    """Takes the place of the app's log, of which the probe asks whether it is silent."""

    def open(self) -> None:
        return


def main() -> None:
    """Say when the port has answered."""
    published = PublishedPort("127.0.0.1", int(sys.argv[1]))
    plan = ProbePlan(
        host="localhost",
        path="/",
        statuses=(range(200, 201),),
        headers={},
        timeout=60,
        timeout_given=True,
    )
    headers = request_headers(plan, published.port)
    wait_until_ready(
        plan,
        lambda timeout: http_probe.get(published, plan.path, headers, timeout=timeout),
        started=time.monotonic(),
        follow_end=lambda: False,
        clock=time.monotonic,
        sleep=time.sleep,
        timeline=TimelineRecorder(),
        detector=StuckDetector(
            lambda: None, cast("LogWindow", _NoLog()), patient=True, report=lambda _: None
        ),
    )
    print("returned", time.monotonic())


if __name__ == "__main__":
    main()
