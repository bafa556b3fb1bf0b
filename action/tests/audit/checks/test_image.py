from typing import Any

import pytest

from rehearsal.audit.checks.image import secret_in_image, stray_files
from rehearsal.audit.observations import ImageContent, LayerFile, Observations, SecretPlace
from rehearsal.audit.stray_files import KINDS
from rehearsal.results.audit import Outcome

from ..answers import failed, findings, skipped

UNREAD = "read 1 of 2 layers in 10 s (audit-layer-timeout); not read: 2"


def seen(**changes: Any) -> Observations:
    return Observations(content=ImageContent(**{"searched": ("TOKEN",), **changes}))


@pytest.mark.parametrize("check", [secret_in_image, stray_files], ids=lambda check: check.id)
def test_image__as_it_should_be(check: Any) -> None:
    (finding,) = findings(check, seen())
    assert (finding.outcome, finding.message) == (Outcome.PASSED, "")


@pytest.mark.parametrize("check", [secret_in_image, stray_files], ids=lambda check: check.id)
def test_image__not_read(check: Any) -> None:
    assert skipped(check, Observations()) == "the image could not be read"
    assert skipped(check, seen(unread=UNREAD)) == UNREAD


def test_secret_in_image__each_secret_and_its_places() -> None:
    places = (
        SecretPlace(name="TOKEN", place="the environment variable TOKEN"),
        SecretPlace(name="KEY", place="/app/.env", layer=2, made_by="COPY . ."),
        SecretPlace(name="TOKEN", place="/app/.env", layer=2, made_by="COPY . ."),
    )
    found = failed(secret_in_image, seen(secrets=places, searched=("TOKEN", "KEY")))
    assert [*found] == ["secret-in-image:TOKEN", "secret-in-image:KEY"]
    token, key = found.values()
    assert token.message == (
        "The value of TOKEN is in the environment variable TOKEN, and in 1 more place."
    )
    assert token.evidence == ("the environment variable TOKEN", "layer 2: /app/.env (COPY . .)")
    assert key.message == "The value of KEY is in /app/.env."
    assert "--mount=type=secret" in key.hint
    assert "replace this secret" in key.hint


def test_secret_in_image__found_before_the_time_was_over() -> None:
    observed = seen(secrets=(SecretPlace(name="TOKEN", place="/a"),), unread=UNREAD)
    assert [*failed(secret_in_image, observed)] == ["secret-in-image:TOKEN"]
    assert skipped(secret_in_image, observed) == UNREAD


def test_secret_in_image__a_name_that_is_no_part() -> None:
    observed = seen(secrets=(SecretPlace(name="my token:", place="/a"),))
    assert [*failed(secret_in_image, observed)] == ["secret-in-image"]


def test_secret_in_image__what_is_not_looked_for() -> None:
    assert skipped(secret_in_image, seen(searched=())) == "the rehearsal was given no secrets"
    (generated,) = findings(secret_in_image, seen(searched=(), generated=("KEY",)))
    assert generated.outcome is Outcome.PASSED
    assert "KEY" in generated.message
    (some,) = findings(secret_in_image, seen(not_searched=("PIN", "DB")))
    assert some.outcome is Outcome.PASSED
    assert some.message.endswith("PIN, DB.")
    assert skipped(secret_in_image, seen(searched=(), not_searched=("PIN",))).endswith("PIN")


@pytest.mark.parametrize("kind", KINDS)
def test_stray_files__each_kind_is_a_part(kind: str) -> None:
    file = LayerFile(path="/app/x", kind=kind, layer=3, made_by="COPY . .")
    found = failed(stray_files, seen(files=(file,)))
    assert [*found] == [f"stray-files:{kind}"]
    assert stray_files.parts
    assert stray_files.parts.fullmatch(kind)
    (finding,) = found.values()
    assert finding.message.endswith(": /app/x.")
    assert finding.evidence == ("layer 3: /app/x (COPY . .)",)
    assert finding.hint.endswith(".")


def test_stray_files__folders_and_what_was_removed() -> None:
    files = (
        LayerFile(path="/a", kind="caches", layer=2, files=12, size=3_100_000),
        LayerFile(path="/b", kind="caches", layer=2, files=2, size=1500, removed_by=4),
        LayerFile(path="/c", kind="caches"),
    )
    (finding,) = failed(stray_files, seen(files=files)).values()
    assert finding.message == (
        "The image has what a build tool keeps for its next run: /a, and in 2 more places."
    )
    assert finding.evidence == (
        "layer 2: /a, 12 files, 3.1 MB",
        "layer 2: /b, 2 files, 2 kB; layer 4 removes it, but it stays in layer 2",
        "/c",
    )
