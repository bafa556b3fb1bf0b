import pytest

from rehearsal.audit.check import Check, CheckSkipped
from rehearsal.audit.checks.django import deploy_check, migrations
from rehearsal.audit.observations import DjangoMessage, DjangoProject, Observations

from .found import failures

HSTS = DjangoMessage(
    id="security.W004",
    text="You have not set\na value.",
    shown="?: (security.W004) You have not set\na value.",
)


def seen(
    *,
    checks: tuple[DjangoMessage, ...] = (),
    unapplied: tuple[str, ...] = (),
    missing: tuple[str, ...] = (),
    unanswered: str = "",
) -> Observations:
    return Observations(
        django=DjangoProject(
            version="5.2",
            checks=checks,
            unapplied=unapplied,
            missing=missing,
            unanswered={unanswered: "took longer than 30 s"} if unanswered else {},
        )
    )


def model_field(name: str) -> DjangoMessage:
    return DjangoMessage(id="fields.W342", text="Use one.", shown=f"shop.{name}: (fields.W342) Use")


@pytest.mark.parametrize("check", [deploy_check, migrations], ids=lambda check: check.id)
def test_check__passes(check: Check) -> None:
    assert not failures(check, seen())


@pytest.mark.parametrize("check", [deploy_check, migrations], ids=lambda check: check.id)
@pytest.mark.parametrize(
    "django, reason",
    [
        (None, "could not be asked"),
        (DjangoProject(why_unknown="the image has no Python"), "the image has no Python"),
        (DjangoProject(version="5.2", why_unknown="KeyError: 'KEY'"), "KeyError: 'KEY'"),
    ],
)
def test_check__not_known(check: Check, django: DjangoProject | None, reason: str) -> None:
    with pytest.raises(CheckSkipped, match=reason):
        failures(check, Observations(django=django))


def test_deploy_check__a_finding_for_each_id() -> None:
    fields = model_field("A"), model_field("B")
    of_fields, hsts = failures(deploy_check, seen(checks=(HSTS, *fields)))
    assert (hsts.part, hsts.message) == ("W004", "You have not set a value.")
    assert "SECURE_HSTS_SECONDS" in hsts.hint
    assert hsts.evidence == ("?: (security.W004) You have not set", "a value.")
    assert (of_fields.part, of_fields.hint) == ("fields.W342", "")
    assert of_fields.evidence == tuple(each.shown for each in fields)


@pytest.mark.parametrize("id_", ["", "no id", "a:b", "café.W001"])
def test_deploy_check__an_id_that_nobody_can_waive(id_: str) -> None:
    (failure,) = failures(
        deploy_check, seen(checks=(DjangoMessage(id=id_, text="It is so.", shown="It"),))
    )
    assert (failure.part, failure.message) == ("", "It is so.")


@pytest.mark.parametrize(
    "part", ["W004", "E023", "fields.W342", "4_0.E001", "rest_framework.W001", "debug-toolbar.W1"]
)
def test_deploy_check__parts_that_can_be_waived(part: str) -> None:
    assert deploy_check.parts
    assert deploy_check.parts.fullmatch(part)


def test_deploy_check__shows_some_of_many() -> None:
    (failure,) = failures(deploy_check, seen(checks=tuple(model_field(str(n)) for n in range(99))))
    assert failure.evidence[-1] == "and 89 more"


def test_deploy_check__unanswered() -> None:
    with pytest.raises(CheckSkipped, match="30 s"):
        failures(deploy_check, seen(unanswered="checks"))


def test_migrations__missing_and_unapplied_are_two() -> None:
    found = failures(
        migrations, seen(missing=("lists.0002_x: Add field",), unapplied=("lists.0001_initial",))
    )
    missing, unapplied = found
    assert (missing.part, missing.evidence) == ("missing", ("lists.0002_x: Add field",))
    assert "makemigrations" in missing.hint
    assert (unapplied.part, unapplied.evidence) == ("unapplied", ("lists.0001_initial",))
    assert unapplied.message == "The database lacks 1 migration."


def test_migrations__half_an_answer() -> None:
    half = seen(unapplied=("lists.0001_initial", "lists.0002_x"), unanswered="missing")
    found = migrations.find(half)
    assert next(found).message == "The database lacks 2 migrations."
    with pytest.raises(CheckSkipped, match="30 s"):
        next(found)
