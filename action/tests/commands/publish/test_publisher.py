import io
import signal
from typing import Any

import pytest

from rehearsal.commands.publish.publication import Publication, PublishTarget, State
from rehearsal.commands.publish.publisher import publish
from rehearsal.commands.publish.reference import read_references
from rehearsal.commands.publish.request import PublishRequest
from rehearsal.commands.publish.verify import PATIENCE
from rehearsal.outside.engine import EngineError
from rehearsal.outside.github import Console
from rehearsal.outside.process import Process, Sink
from rehearsal.outside.registry import RemoteImage
from rehearsal.verdict import Verdict

from ...fakes import FakeClock
from .fake_registries import ANOTHER, IMAGE, MANIFEST, OTHER, MemoryEngine, World
from .test_reference import inputs

FIRST, SECOND = "one.example/app:1", "two.example/app:1"
DEAD = 'Get "https://one.example/v2/": dial tcp: lookup one.example: no such host'
RIGHT = RemoteImage(digest=MANIFEST, config=IMAGE)
WRONG = RemoteImage(digest=ANOTHER, config=OTHER)
SOURCE = f"one.example/app@{ANOTHER}"


class Stage:
    """A world, and what became of a publication in it."""

    def __init__(self) -> None:
        images: dict[str, dict[str, Any]] = {IMAGE: {"RepoDigests": []}}
        self.engine = MemoryEngine(images=images, names={"rehearsed/app:latest": IMAGE})
        self.world = World(engine=self.engine)
        self.clock = FakeClock()
        self.out = io.BytesIO()
        self.publication = Publication()

    def publish(
        self, *to: str, world: World | None = None, kept: tuple[str, ...] = ()
    ) -> Publication:
        references = read_references(inputs("\n".join(to)))
        keeps = tuple(each for each in references if each.written in kept)
        order = PublishRequest(image_id=IMAGE, to=references, timeout=60, kept=keeps)
        self.publication = Publication(
            image_id=IMAGE, entries=[PublishTarget(reference=each) for each in order.to]
        )
        console = Console({}, self.out)
        publish(order, world or self.world, console, self.publication, self.clock.sleep)
        return self.publication

    def has_buildx(self) -> World:
        engine = MemoryEngine(images=self.engine.images, names=self.engine.names, buildx=True)
        return World(engine=engine, holds=self.world.holds, refuses=self.world.refuses)

    @property
    def log(self) -> str:
        return self.out.getvalue().decode()

    @property
    def states(self) -> list[State]:
        return [entry.state for entry in self.publication.entries]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_publish__pushes_and_asks(stage: Stage) -> None:
    done = stage.publish(FIRST, SECOND)
    assert done.verdict is Verdict.PASSED
    assert stage.states == [State.PUSHED, State.PUSHED]
    assert done.digests == {FIRST: MANIFEST, SECOND: MANIFEST}
    assert done.digest == MANIFEST
    assert stage.world.calls == [
        f"inspect {FIRST}", f"inspect {SECOND}",
        f"push {FIRST}", f"inspect {FIRST}",
        f"push {SECOND}", f"inspect {SECOND}",
    ]  # fmt: skip
    assert stage.engine.names == {"rehearsed/app:latest": IMAGE}


def test_publish__what_is_there_already_is_said_and_left(stage: Stage) -> None:
    stage.world.holds[FIRST] = RIGHT
    done = stage.publish(FIRST)
    assert stage.world.calls == [f"inspect {FIRST}"]
    assert stage.states == [State.ALREADY]
    assert done.digest == MANIFEST
    assert f"{FIRST}: already there, {MANIFEST}" in stage.log


def test_publish__with_containerd_an_id_is_the_manifests(stage: Stage) -> None:
    stage.world.holds[FIRST] = RemoteImage(digest=IMAGE, config=OTHER)
    assert stage.publish(FIRST).digests == {FIRST: IMAGE}


def test_publish__replaces_what_was_there(stage: Stage) -> None:
    stage.world.holds[FIRST] = WRONG
    assert stage.publish(FIRST).verdict is Verdict.PASSED
    assert f"{FIRST}: holds {ANOTHER} now" in stage.log


def test_publish__keeps_what_was_there_where_it_must(stage: Stage) -> None:
    stage.world.holds[SECOND] = WRONG
    done = stage.publish(FIRST, SECOND, kept=(FIRST, SECOND))
    assert done.verdict is Verdict.PUBLISH_FAILED
    assert done.problem is not None
    assert done.problem.message.startswith(f"Nothing was pushed. {SECOND} holds {ANOTHER} already")
    assert not [call for call in stage.world.calls if call.startswith("push")]
    assert stage.engine.names == {"rehearsed/app:latest": IMAGE}


def test_publish__one_keeps_what_it_holds_and_another_is_replaced(stage: Stage) -> None:
    stage.world.holds[SECOND] = WRONG
    done = stage.publish(FIRST, SECOND, kept=(FIRST,))
    assert stage.states == [State.PUSHED, State.PUSHED]
    assert done.notices == []
    stage.world.holds[FIRST] = WRONG
    done = stage.publish(SECOND, FIRST, kept=(FIRST,))
    assert stage.states == [State.ALREADY, State.WRONG]


def test_publish__the_same_content_again_replaces_nothing(stage: Stage) -> None:
    stage.world.holds[FIRST] = RIGHT
    done = stage.publish(FIRST, SECOND, kept=(FIRST, SECOND))
    assert done.digests == {FIRST: MANIFEST, SECOND: MANIFEST}
    assert done.notices == []


def test_publish__what_an_old_client_does_not_see_is_kept_too(stage: Stage) -> None:
    class Blind(World):
        def inspect(self, reference: str) -> None:
            self._called("inspect", reference)

    done = stage.publish(
        FIRST, world=Blind(engine=stage.engine, holds={FIRST: WRONG}), kept=(FIRST,)
    )
    assert done.problem is not None
    assert f"{FIRST} holds {ANOTHER} already" in done.problem.message
    assert FIRST not in stage.engine.names


def test_publish__says_where_it_could_not_know_what_was_there(stage: Stage) -> None:
    stage.world.refuses["inspect", FIRST] = ["denied: no reading", ""]
    done = stage.publish(FIRST, kept=(FIRST,))
    assert done.verdict is Verdict.PASSED
    (notice,) = done.notices
    assert notice.startswith(f"{FIRST} could not be asked before the push")


def test_publish__digests_may_differ_between_registries(stage: Stage) -> None:
    stage.world.becomes[SECOND] = RemoteImage(digest=ANOTHER, config=IMAGE)
    done = stage.publish(FIRST, SECOND)
    assert done.digests == {FIRST: MANIFEST, SECOND: ANOTHER}
    assert done.digest == ""


def test_publish__nothing_is_pushed_where_one_cannot_be_reached(stage: Stage) -> None:
    for verb in ("inspect", "pull"):
        stage.world.refuses[verb, SECOND] = [DEAD]
    done = stage.publish(FIRST, SECOND)
    assert done.problem is not None
    assert done.verdict is Verdict.PUBLISH_FAILED
    assert done.problem.message.startswith(
        f"Nothing was pushed. {SECOND} cannot be asked: no such h"
    )
    assert stage.states == [State.UNTRIED, State.REFUSED]
    assert not [call for call in stage.world.calls if call.startswith("push")]


def test_publish__asks_the_engine_where_the_client_finds_no_way(stage: Stage) -> None:
    stage.world.refuses["inspect", FIRST] = [DEAD]
    done = stage.publish(FIRST)
    assert done.digests == {FIRST: MANIFEST}
    assert stage.world.calls[:2] == [f"inspect {FIRST}", f"pull {FIRST}"]
    assert stage.engine.names == {"rehearsed/app:latest": IMAGE}


def test_publish__what_the_engine_pulled_to_look_loses_its_name_again(stage: Stage) -> None:
    stage.world.refuses["inspect", FIRST] = [DEAD]
    stage.world.holds[FIRST] = WRONG
    assert stage.publish(FIRST).digests == {FIRST: MANIFEST}
    assert FIRST not in stage.engine.names


def test_publish__who_may_not_ask_may_push(stage: Stage) -> None:
    stage.world.refuses["inspect", FIRST] = ["unauthorized: authentication required", ""]
    assert stage.publish(FIRST).digests == {FIRST: MANIFEST}
    assert f"{FIRST}: not known yet (not logged in)" in stage.log


@pytest.mark.parametrize(
    "words, reason",
    [
        ("no basic auth credentials", "not logged in"),
        ("denied: requested access to the resource is denied", "denied"),
        ('error parsing HTTP 405 response body: "Method not allowed"', "read-only"),
        ("unexpected EOF", "broke off"),
        ("it has the hiccups", "refused"),
    ],
    ids=lambda text: text[:20],
)
def test_publish__stops_at_the_first_refusal(stage: Stage, words: str, reason: str) -> None:
    stage.world.refuses["push", FIRST] = [words]
    done = stage.publish(FIRST, SECOND)
    assert done.verdict is Verdict.PUBLISH_FAILED
    assert done.problem is not None
    assert done.problem.message == f"{FIRST} was not published: {reason}: {words}"
    assert done.problem.hint
    assert stage.states == [State.REFUSED, State.UNTRIED]
    assert done.entries[0].there == "nothing"
    assert done.digests == {}
    assert "check" in stage.engine.calls
    assert stage.engine.names == {"rehearsed/app:latest": IMAGE}


def test_publish__a_retry_goes_on_where_it_stopped(stage: Stage) -> None:
    stage.world.refuses["push", SECOND] = ["unexpected EOF", ""]
    done = stage.publish(FIRST, SECOND)
    assert (done.digests, done.digest) == ({FIRST: MANIFEST}, "")
    done = stage.publish(FIRST, SECOND)
    assert stage.states == [State.ALREADY, State.PUSHED]
    assert done.digest == MANIFEST


def test_publish__something_else_under_the_tag(stage: Stage) -> None:
    stage.world.becomes[FIRST] = WRONG
    done = stage.publish(FIRST, SECOND)
    assert done.verdict is Verdict.PUBLISH_FAILED
    assert stage.states == [State.WRONG, State.UNTRIED]
    assert done.digests == {}
    assert done.problem is not None
    assert ANOTHER in done.problem.message
    assert OTHER in done.problem.message
    assert stage.clock.pauses == [*PATIENCE]


def test_publish__an_index_under_the_tag(stage: Stage) -> None:
    stage.world.becomes[FIRST] = RemoteImage(manifest_count=2)
    done = stage.publish(FIRST)
    assert done.problem is not None
    assert "an index of 2 manifests" in done.problem.message
    assert "--provenance=false" in done.problem.hint


def test_publish__nothing_under_the_tag_after_all(stage: Stage) -> None:
    stage.world.becomes[FIRST] = None
    done = stage.publish(FIRST)
    assert stage.states == [State.WRONG]
    assert done.entries[0].there == "nothing"
    assert stage.clock.pauses == [*PATIENCE]
    assert stage.world.calls[-1] == f"pull {FIRST}"


def test_publish__waits_until_a_registry_shows_it(stage: Stage) -> None:
    stage.world.hidden[FIRST] = 2
    assert stage.publish(FIRST).digest == MANIFEST
    assert stage.clock.pauses == [*PATIENCE[:2]]


def test_publish__waits_until_a_registry_shows_no_longer_what_was_there(stage: Stage) -> None:
    stage.world.holds[FIRST] = WRONG
    stage.world.hidden[FIRST] = 3
    assert stage.publish(FIRST).digest == MANIFEST
    assert stage.clock.pauses == [*PATIENCE]


def test_publish__an_old_client_has_the_engine_look(stage: Stage) -> None:
    stage.world.hidden[FIRST] = 99
    assert stage.publish(FIRST).digest == MANIFEST
    assert stage.world.calls[-1] == f"pull {FIRST}"
    assert stage.engine.names == {"rehearsed/app:latest": IMAGE}


def test_publish__a_registry_that_cannot_be_asked_afterwards(stage: Stage) -> None:
    stage.world.refuses["inspect", FIRST] = ["", "denied: no reading"]
    stage.world.refuses["pull", FIRST] = ["denied: no reading"]
    done = stage.publish(FIRST)
    assert stage.states == [State.REFUSED]
    assert done.entries[0].there == "not known"
    assert done.problem is not None
    assert "could not be asked" in done.problem.message


def test_publish__an_image_that_is_not_here(stage: Stage) -> None:
    stage.engine.images.clear()
    done = stage.publish(FIRST)
    assert done.verdict is Verdict.MISCONFIGURED
    assert done.problem is not None
    assert "docker load" in done.problem.hint
    assert stage.world.calls == []


def test_publish__an_index_is_refused(stage: Stage) -> None:
    kind = "application/vnd.oci.image.index.v1+json"
    stage.engine.images[IMAGE]["Descriptor"] = {"mediaType": kind}
    done = stage.publish(FIRST)
    assert done.verdict is Verdict.MISCONFIGURED
    assert done.problem is not None
    assert "provenance: false" in done.problem.hint
    assert stage.world.calls == []


def from_a_candidate(stage: Stage) -> None:
    stage.engine.images[IMAGE]["RepoDigests"] = [SOURCE]
    stage.world.holds[SOURCE] = RemoteImage(digest=ANOTHER, config=IMAGE)


def test_publish__a_candidate_is_tagged_by_its_own_bytes(stage: Stage) -> None:
    from_a_candidate(stage)
    done = stage.publish(FIRST, world=stage.has_buildx())
    assert stage.states == [State.RETAGGED]
    assert done.digest == ANOTHER
    assert done.notices == []
    assert stage.engine.names == {"rehearsed/app:latest": IMAGE}


def test_publish__a_candidate_of_another_registry_is_pushed(stage: Stage) -> None:
    from_a_candidate(stage)
    done = stage.publish(SECOND, world=stage.has_buildx())
    assert stage.states == [State.PUSHED]
    assert done.notices == []


def test_publish__without_buildx_the_bytes_are_new_ones_and_that_is_said(stage: Stage) -> None:
    from_a_candidate(stage)
    done = stage.publish(FIRST)
    assert stage.states == [State.PUSHED]
    assert done.digest == MANIFEST
    (notice,) = done.notices
    assert SOURCE in notice


def test_publish__is_pushed_where_it_cannot_be_tagged(stage: Stage) -> None:
    from_a_candidate(stage)
    stage.world.refuses["retag", FIRST] = ["unknown flag: --prefer-index"]
    done = stage.publish(FIRST, world=stage.has_buildx())
    assert stage.states == [State.PUSHED]
    assert done.notices
    assert f"{FIRST}: pushed instead" in stage.log


@pytest.mark.parametrize("holds", [None, WRONG], ids=["gone", "another image"])
def test_publish__a_candidate_that_is_no_more(stage: Stage, holds: RemoteImage | None) -> None:
    from_a_candidate(stage)
    del stage.world.holds[SOURCE]
    if holds:
        stage.world.holds[SOURCE] = holds
    done = stage.publish(FIRST, world=stage.has_buildx())
    assert stage.states == [State.PUSHED]
    assert done.notices == []


def test_publish__gives_back_a_name_that_stood_for_something_else(stage: Stage) -> None:
    stage.engine.images[OTHER] = {}
    stage.engine.names[FIRST] = OTHER
    stage.publish(FIRST)
    assert stage.engine.names[FIRST] == OTHER


def test_publish__leaves_the_only_name(stage: Stage) -> None:
    stage.engine.names.clear()
    stage.publish(FIRST)
    assert stage.engine.names == {FIRST: IMAGE}


@pytest.mark.parametrize(
    "number, verdict",
    [(signal.SIGTERM, Verdict.CANCELLED), (signal.SIGALRM, Verdict.TIMED_OUT)],
    ids=str,
)
def test_publish__interrupted(stage: Stage, number: signal.Signals, verdict: Verdict) -> None:
    class Interrupting(World):
        def push(self, reference: str, *, out: Sink) -> Process:
            process = super().push(reference, out=out)
            signal.raise_signal(number)
            return process

    done = stage.publish(FIRST, SECOND, world=Interrupting(engine=stage.engine))
    assert done.verdict is verdict
    assert done.problem is not None
    assert done.problem.message.startswith("The publication was")
    assert stage.states == [State.UNKNOWN, State.UNTRIED]
    assert done.digests == {}
    assert stage.engine.names == {"rehearsed/app:latest": IMAGE}


def test_publish__an_engine_that_refuses(stage: Stage) -> None:
    class Refusing(MemoryEngine):
        def tag(self, image: str, reference: str) -> None:
            raise EngineError(f"no tag {reference} for {image}")

    engine = Refusing(images=stage.engine.images, names=stage.engine.names)
    done = stage.publish(FIRST, world=World(engine=engine))
    assert done.verdict is Verdict.ENGINE_FAILED


def test_publish__shows_no_password_of_the_clients_words(stage: Stage) -> None:
    words = "Put https://me:hunter2@one.example/v2/x?sig=topsecret: denied"
    stage.world.refuses["push", FIRST] = [words]
    done = stage.publish(FIRST)
    assert done.problem is not None
    for text in (stage.log, done.problem.message, done.entries[0].why):
        assert "hunter2" not in text
        assert "topsecret" not in text
        assert "one.example/v2/x?***" in text
