"""References that must keep their content."""

import pytest

from rehearsal.commands.publish.publication import PublishTarget, TargetState
from rehearsal.commands.publish.publisher import check_overwrite
from rehearsal.commands.publish.reference import Reference
from rehearsal.outside.registry import RemoteImage
from rehearsal.verdict import RehearsalError, Verdict

NAME = "ghcr.io/o/app:1"
DIGEST = f"sha256:{'0' * 64}"


def target(
    remote: RemoteImage | None = None,
    state: TargetState = TargetState.NOT_TRIED,
    *,
    answered: bool = True,
) -> PublishTarget:
    reference = Reference(written=NAME, registry="ghcr.io", repository="o/app", tag="1")
    return PublishTarget(reference=reference, remote=remote, state=state, answered=answered)


def test_check_overwrite__rejects_other_content() -> None:
    other = target(RemoteImage(digest=DIGEST, config=DIGEST))
    with pytest.raises(RehearsalError, match=f"{NAME} holds {DIGEST} already") as raised:
        check_overwrite([target(), other])
    assert raised.value.problem.verdict is Verdict.PUBLISH_FAILED
    assert other.state is TargetState.OTHER_CONTENT


def test_check_overwrite__rejects_an_index() -> None:
    with pytest.raises(RehearsalError, match="holds an index of 2 manifests already"):
        check_overwrite([target(RemoteImage(manifest_count=2))])


def test_check_overwrite__accepts_nothing_and_the_same_image() -> None:
    same = target(RemoteImage(digest=DIGEST, config=DIGEST), TargetState.ALREADY_THERE)
    assert check_overwrite([target(), same]) == []
    assert same.state is TargetState.ALREADY_THERE


def test_check_overwrite__notices_an_unknown_reference() -> None:
    (notice,) = check_overwrite([target(answered=False)])
    assert notice.startswith(f"{NAME} could not be checked before the push")
