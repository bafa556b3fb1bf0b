from dataclasses import replace

from rehearsal.audit.observations import SecretPlace
from rehearsal.config.rehearsal_plan import CompanionsPlan, Plan, ServicePlan
from rehearsal.pipeline.audit.known_secrets import known_secrets
from rehearsal.redaction.secret import Secret

from ...fakes import PLAN

TOKEN, KEY = Secret(name="TOKEN", value="Gf73hfoq93hfo"), Secret(name="KEY", value="8fh*K29s 'q'")
WORD, MADE = Secret(name="DB", value="postgres"), Secret(name="MADE", value="generated-4711-x9")


def plan_of(
    *secrets: Secret, service: tuple[Secret, ...] = (), build: tuple[Secret, ...] = ()
) -> Plan:
    container = replace(PLAN.container, secrets=secrets, generated_names=frozenset({"MADE"}))
    companions = CompanionsPlan(services=(ServicePlan(name="db", image="db", secrets=service),))
    return replace(
        PLAN,
        container=container,
        companions=companions,
        build=replace(PLAN.build, secrets=build),
    )


def test_known_secrets__of_container_build_and_services() -> None:
    made_for_service = Secret(name="DB_PASSWORD", value=MADE.value)
    known = known_secrets(plan_of(TOKEN, MADE, service=(WORD, made_for_service), build=(KEY,)))
    assert known.searched == ("TOKEN", "KEY")
    assert known.not_searched == ("DB",)
    assert known.generated == ("MADE",)
    assert known.names_in("a Gf73hfoq93hfo b 8fh*K29s 'q'") == ["TOKEN", "KEY"]
    assert known.names_in(f"postgres {MADE.value}") == []


def test_known_secrets__of_one_value() -> None:
    known = known_secrets(plan_of(TOKEN, build=(Secret(name="AGAIN", value=TOKEN.value),)))
    assert known.names_in(TOKEN.value) == ["TOKEN", "AGAIN"]


def test_places_in_config() -> None:
    config = {
        "Env": ["PATH=/bin", f"T={TOKEN.value}", "ODD"],
        "Labels": {"key": KEY.value, "other": "x"},
        "Cmd": ["sh", "-c", f'app --key "{KEY.value}"'],
        "Entrypoint": None,
        "User": "1",
    }  # fmt: skip
    assert [*known_secrets(plan_of(TOKEN, KEY)).places_in_config(config)] == [
        SecretPlace(name="TOKEN", place="the environment variable T"),
        SecretPlace(name="KEY", place="the label key"),
        SecretPlace(name="KEY", place="Cmd in the configuration"),
    ]
    empty = {"Env": None, "Labels": None}
    assert [*known_secrets(plan_of(TOKEN)).places_in_config(empty)] == []


def test_places_in_history() -> None:
    history = f"CMD x\nRUN |1 T={TOKEN.value} /bin/sh -c make\nCOPY . ."
    assert [*known_secrets(plan_of(TOKEN)).places_in_history(history)] == [
        SecretPlace(
            name="TOKEN",
            place="the history",
            made_by=f"RUN |1 T={TOKEN.value} /bin/sh -c make",
        )
    ]
