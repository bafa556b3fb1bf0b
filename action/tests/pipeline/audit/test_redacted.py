from rehearsal.audit.exchange import Exchange
from rehearsal.audit.observations import (
    MAX_COMMAND,
    ContainerProcess,
    IdleRun,
    Observations,
)
from rehearsal.pipeline.audit.redacted import redacted
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import Secret

VALUE = "correct-horse-battery"
REDACTOR = Redactor([Secret(name="TOKEN", value=VALUE)])


def test_redacted__a_command_is_redacted_before_it_is_cut() -> None:
    command = f"app {'x' * (MAX_COMMAND - 20)} --token={VALUE}"
    process = ContainerProcess(user="app", pid=1, command=command)
    assert "correct" in process.evidence
    seen = redacted(Observations(processes=(process,)), REDACTOR)
    assert seen.processes
    assert "correct" not in seen.processes[0].evidence


def test_redacted__every_kind_of_text() -> None:
    answer = Exchange(
        path=f"/?token={VALUE}",
        request_headers={"Authorization": VALUE},
        status=500,
        headers=(("x-token", VALUE),),
        body=f"failed with {VALUE}".encode(),
        seconds=1.5,
    )
    seen = Observations(
        idle=IdleRun(idle=1, slow=1, before=answer),
        image_config={"Env": [f"TOKEN={VALUE}"], "Healthcheck": {"Test": None, "Retries": 3}},
    )
    safe = redacted(seen, REDACTOR)
    assert VALUE not in repr(safe)
    assert safe.idle
    assert (safe.idle.before.status, safe.idle.before.seconds) == (500, 1.5)
    assert safe.image_config["Healthcheck"] == {"Test": None, "Retries": 3}
    assert redacted(seen, Redactor()) == seen
