from rehearsal.evidence.log import Log
from rehearsal.pipeline.stages.end_of_log import end_of_log


def test_end_of_log__promises_nothing_of_an_empty_log(log: Log) -> None:
    assert end_of_log(log) == f"It wrote nothing: {log.name} is empty."
    log.stream()(b"no such table\n")
    assert end_of_log(log) == f"{log.name} shows why, at its end."
    assert end_of_log(log, shows="the step") == f"{log.name} shows the step, at its end."
