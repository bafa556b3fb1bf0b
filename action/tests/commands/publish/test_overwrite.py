"""What a reference holds already, where it must keep that."""

import pytest

from rehearsal.commands.publish.publication import PublishTarget, State
from rehearsal.commands.publish.publisher import keep
from rehearsal.commands.publish.reference import Reference
from rehearsal.outside.registry import RemoteImage
from rehearsal.verdict import Problem, Verdict

NAME = "ghcr.io/o/app:1"
DIGEST = f"sha256:{'0' * 64}"


def entry(
    held: RemoteImage | None = None, state: State = State.UNTRIED, *, asked: bool = True
) -> PublishTarget:
    reference = Reference(written=NAME, registry="ghcr.io", repository="o/app", tag="1")
    return PublishTarget(reference=reference, held=held, state=state, asked=asked)


def test_keep__something_else_is_refused() -> None:
    there = entry(RemoteImage(digest=DIGEST, config=DIGEST))
    with pytest.raises(Problem, match=f"{NAME} holds {DIGEST} already") as raised:
        keep([entry(), there])
    assert raised.value.verdict is Verdict.PUBLISH_FAILED
    assert there.state is State.WRONG


def test_keep__an_index_is_something_else() -> None:
    with pytest.raises(Problem, match="holds an index of 2 manifests already"):
        keep([entry(RemoteImage(manifest_count=2))])


def test_keep__nothing_and_the_same_are_fine() -> None:
    same = entry(RemoteImage(digest=DIGEST, config=DIGEST), State.ALREADY)
    assert keep([entry(), same]) == []
    assert same.state is State.ALREADY


def test_keep__what_could_not_be_asked_is_noticed() -> None:
    (notice,) = keep([entry(asked=False)])
    assert notice.startswith(f"{NAME} could not be asked before the push")
