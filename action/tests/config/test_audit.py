from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.audit.check import Check, Failure, Note, check
from rehearsal.audit.observations import Observations
from rehearsal.config import audit
from rehearsal.config.parser import make_plan
from rehearsal.config.rehearsal_plan import AuditPlan
from rehearsal.verdict import MisconfiguredError


def nothing(_: Observations) -> Iterator[Failure | Note]:
    yield from ()


def made(id_: str, parts: str = "", parts_label: str = "") -> Check:
    return check(
        id_,
        title="T",
        why="W.",
        hint="H.",
        reference="https://x",
        parts=parts,
        parts_label=parts_label,
    )(nothing)


@pytest.fixture(autouse=True)
def _checks(monkeypatch: pytest.MonkeyPatch) -> None:
    checks = (
        made("headers"),
        made("deploy-check", r"[WE]\d{3}", "an id like W004"),
        made("secret-required", r"\w+", "the name of a secret"),
    )
    monkeypatch.setattr(audit, "BY_ID", {each.id: each for each in checks})


def plan(tmp_path: Path, **given: str) -> AuditPlan:
    inputs = {name.replace("_", "-"): value for name, value in given.items()}
    return make_plan(
        inputs | {"image": "app", "secrets": "API_KEY=abc def ghi"}, environ={}, top=tmp_path
    ).audit


def test_read_audit__by_default_it_warns_and_starts_nothing(tmp_path: Path) -> None:
    assert plan(tmp_path) == AuditPlan(mode="warn", layer_seconds=10)


def test_read_audit__everything(tmp_path: Path) -> None:
    waivers = "headers\n\ndeploy-check:W004\nsecret-required:API_KEY\nheaders\n"
    found = plan(
        tmp_path,
        audit="enforce",
        audit_ignore=waivers,
        audit_active="true",
        audit_layer_timeout="0",
    )
    assert found == AuditPlan(
        mode="enforce",
        waivers=("headers", "deploy-check:W004", "secret-required:API_KEY"),
        active=True,
        layer_seconds=0,
    )


@pytest.mark.parametrize("shard, mode", [("1/3", "enforce"), ("2/3", "off"), ("10/10", "off")])
def test_read_audit__only_the_first_shard_has_one(tmp_path: Path, shard: str, mode: str) -> None:
    assert plan(tmp_path, audit="enforce", shard=shard).mode == mode


@pytest.mark.parametrize(
    "line, message, hint",
    [
        ("heders", "no audit check 'heders'. Did you mean headers?", "The checks are: headers, "),
        ("zzz", "no audit check 'zzz'.", "The checks are: headers, deploy-check, "),
        ("headers:x", "the check headers has no part 'x'", "Write headers alone."),
        ("deploy-check:x", "deploy-check has no part 'x'", "PART is an id like W004"),
        ("deploy-check:", "deploy-check has no part ''", "PART is an id like W004"),
        ("secret-required:B", "there is no secret 'B'", "generate-secrets are: API_KEY."),
    ],
)
def test_read_audit__names_a_wrong_waiver(
    tmp_path: Path, line: str, message: str, hint: str
) -> None:
    with pytest.raises(MisconfiguredError) as caught:
        plan(tmp_path, audit_ignore=f"\n{line}")
    problem = caught.value.problem
    assert problem.message.startswith("audit-ignore, line 2: ")
    assert message in problem.message
    assert hint in problem.hint
