import io
import signal
from typing import Any

import pytest

from rehearsal.commands.publish.publication import Publication, PublishTarget, TargetState
from rehearsal.commands.publish.publisher import publish
from rehearsal.commands.publish.reference import read_references
from rehearsal.commands.publish.request import PublishRequest
from rehearsal.commands.publish.verify import RETRY_DELAYS
from rehearsal.outside.engine import EngineError
from rehearsal.outside.github import Console
from rehearsal.outside.process import Process, Sink
from rehearsal.outside.registry import RemoteImage
from rehearsal.verdict import Problem, Verdict

from ...fakes import FakeClock
from .fake_registries import ANOTHER, IMAGE, MANIFEST, OTHER, FakeRegistries, MemoryEngine
from .test_reference import inputs

FIRST, SECOND = "one.example/app:1", "two.example/app:1"
NO_SUCH_HOST = 'Get "https://one.example/v2/": dial tcp: lookup one.example: no such host'
SAME = RemoteImage(digest=MANIFEST, config=IMAGE)
DIFFERENT = RemoteImage(digest=ANOTHER, config=OTHER)
SOURCE = f"one.example/app@{ANOTHER}"


class Scenario:
    """Fake registries, and the result of a publication to them."""

    def __init__(self) -> None:
        images: dict[str, dict[str, Any]] = {IMAGE: {"RepoDigests": []}}
        self.engine = MemoryEngine(images=images, tags={"rehearsed/app:latest": IMAGE})
        self.registries = FakeRegistries(engine=self.engine)
        self.clock = FakeClock()
        self.out = io.BytesIO()
        self.publication = Publication()

    def publish(
        self,
        *to: str,
        registries: FakeRegistries | None = None,
        protected: tuple[str, ...] = (),
    ) -> Publication:
        references = read_references(inputs("\n".join(to)))
        request = PublishRequest(
            image_id=IMAGE,
            references=references,
            timeout=60,
            protected=tuple(each for each in references if each.written in protected),
        )
        self.publication = Publication(
            image_id=IMAGE, targets=[PublishTarget(reference=each) for each in references]
        )
        console = Console({}, self.out)
        publish(request, registries or self.registries, console, self.publication, self.clock.sleep)
        return self.publication

    def registries_with_buildx(self) -> FakeRegistries:
        engine = MemoryEngine(images=self.engine.images, tags=self.engine.tags, buildx=True)
        return FakeRegistries(
            engine=engine, images=self.registries.images, errors=self.registries.errors
        )

    @property
    def log(self) -> str:
        return self.out.getvalue().decode()

    @property
    def problem(self) -> Problem:
        assert self.publication.problem
        return self.publication.problem

    @property
    def states(self) -> list[TargetState]:
        return [target.state for target in self.publication.targets]


@pytest.fixture
def scenario() -> Scenario:
    return Scenario()


def test_publish__pushes_and_verifies(scenario: Scenario) -> None:
    done = scenario.publish(FIRST, SECOND)
    assert done.verdict is Verdict.PASSED
    assert scenario.states == [TargetState.PUSHED, TargetState.PUSHED]
    assert done.digests == {FIRST: MANIFEST, SECOND: MANIFEST}
    assert done.digest == MANIFEST
    assert scenario.registries.calls == [
        f"inspect {FIRST}", f"inspect {SECOND}",
        f"push {FIRST}", f"inspect {FIRST}",
        f"push {SECOND}", f"inspect {SECOND}",
    ]  # fmt: skip
    assert scenario.engine.tags == {"rehearsed/app:latest": IMAGE}


def test_publish__does_not_push_what_is_there_already(scenario: Scenario) -> None:
    scenario.registries.images[FIRST] = SAME
    done = scenario.publish(FIRST)
    assert scenario.registries.calls == [f"inspect {FIRST}"]
    assert scenario.states == [TargetState.ALREADY_THERE]
    assert done.digest == MANIFEST
    assert f"{FIRST}: already there, {MANIFEST}" in scenario.log


def test_publish__accepts_the_manifest_digest_as_id_of_containerd(scenario: Scenario) -> None:
    scenario.registries.images[FIRST] = RemoteImage(digest=IMAGE, config=OTHER)
    assert scenario.publish(FIRST).digests == {FIRST: IMAGE}


def test_publish__replaces_other_content(scenario: Scenario) -> None:
    scenario.registries.images[FIRST] = DIFFERENT
    assert scenario.publish(FIRST).verdict is Verdict.PASSED
    assert f"{FIRST}: holds {ANOTHER} now" in scenario.log


def test_publish__does_not_replace_protected_content(scenario: Scenario) -> None:
    scenario.registries.images[SECOND] = DIFFERENT
    done = scenario.publish(FIRST, SECOND, protected=(FIRST, SECOND))
    assert done.verdict is Verdict.PUBLISH_FAILED
    assert scenario.problem.message.startswith(
        f"Nothing was pushed. {SECOND} holds {ANOTHER} already"
    )
    assert not [call for call in scenario.registries.calls if call.startswith("push")]
    assert scenario.engine.tags == {"rehearsed/app:latest": IMAGE}


def test_publish__protects_only_some_references(scenario: Scenario) -> None:
    scenario.registries.images[SECOND] = DIFFERENT
    done = scenario.publish(FIRST, SECOND, protected=(FIRST,))
    assert scenario.states == [TargetState.PUSHED, TargetState.PUSHED]
    assert done.notices == []
    scenario.registries.images[FIRST] = DIFFERENT
    done = scenario.publish(SECOND, FIRST, protected=(FIRST,))
    assert scenario.states == [TargetState.ALREADY_THERE, TargetState.OTHER_CONTENT]


def test_publish__a_protected_reference_may_hold_the_same_image(scenario: Scenario) -> None:
    scenario.registries.images[FIRST] = SAME
    done = scenario.publish(FIRST, SECOND, protected=(FIRST, SECOND))
    assert done.digests == {FIRST: MANIFEST, SECOND: MANIFEST}
    assert done.notices == []


def test_publish__protects_content_that_an_old_client_cannot_read(scenario: Scenario) -> None:
    class BlindRegistries(FakeRegistries):
        def inspect(self, reference: str) -> None:
            self._record_call("inspect", reference)

    scenario.publish(
        FIRST,
        registries=BlindRegistries(engine=scenario.engine, images={FIRST: DIFFERENT}),
        protected=(FIRST,),
    )
    assert f"{FIRST} holds {ANOTHER} already" in scenario.problem.message
    assert FIRST not in scenario.engine.tags


def test_publish__notices_a_protected_reference_that_could_not_be_checked(
    scenario: Scenario,
) -> None:
    scenario.registries.errors["inspect", FIRST] = ["denied: no reading", ""]
    done = scenario.publish(FIRST, protected=(FIRST,))
    assert done.verdict is Verdict.PASSED
    (notice,) = done.notices
    assert notice.startswith(f"{FIRST} could not be checked before the push")


def test_publish__digests_may_differ_between_registries(scenario: Scenario) -> None:
    scenario.registries.push_results[SECOND] = RemoteImage(digest=ANOTHER, config=IMAGE)
    done = scenario.publish(FIRST, SECOND)
    assert done.digests == {FIRST: MANIFEST, SECOND: ANOTHER}
    assert done.digest == ""


def test_publish__pushes_nothing_when_a_registry_cannot_be_reached(scenario: Scenario) -> None:
    for method in ("inspect", "pull"):
        scenario.registries.errors[method, SECOND] = [NO_SUCH_HOST]
    done = scenario.publish(FIRST, SECOND)
    assert done.verdict is Verdict.PUBLISH_FAILED
    assert scenario.problem.message.startswith(
        f"Nothing was pushed. The registry of {SECOND} cannot be reached: no such h"
    )
    assert scenario.states == [TargetState.NOT_TRIED, TargetState.REFUSED]
    assert not [call for call in scenario.registries.calls if call.startswith("push")]


def test_publish__pulls_when_the_client_cannot_reach_the_registry(scenario: Scenario) -> None:
    scenario.registries.errors["inspect", FIRST] = [NO_SUCH_HOST]
    done = scenario.publish(FIRST)
    assert done.digests == {FIRST: MANIFEST}
    assert scenario.registries.calls[:2] == [f"inspect {FIRST}", f"pull {FIRST}"]
    assert scenario.engine.tags == {"rehearsed/app:latest": IMAGE}


def test_publish__removes_the_tag_of_a_pull(scenario: Scenario) -> None:
    scenario.registries.errors["inspect", FIRST] = [NO_SUCH_HOST]
    scenario.registries.images[FIRST] = DIFFERENT
    assert scenario.publish(FIRST).digests == {FIRST: MANIFEST}
    assert FIRST not in scenario.engine.tags


def test_publish__pushes_when_reading_is_not_allowed(scenario: Scenario) -> None:
    scenario.registries.errors["inspect", FIRST] = ["unauthorized: authentication required", ""]
    assert scenario.publish(FIRST).digests == {FIRST: MANIFEST}
    assert f"{FIRST}: not known yet (not logged in)" in scenario.log


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
def test_publish__stops_at_the_first_refusal(scenario: Scenario, words: str, reason: str) -> None:
    scenario.registries.errors["push", FIRST] = [words]
    done = scenario.publish(FIRST, SECOND)
    assert done.verdict is Verdict.PUBLISH_FAILED
    assert scenario.problem.message == f"{FIRST} was not published: {reason}: {words}"
    assert scenario.problem.hint
    assert scenario.states == [TargetState.REFUSED, TargetState.NOT_TRIED]
    assert done.targets[0].content == "nothing"
    assert done.digests == {}
    assert "check" in scenario.engine.calls
    assert scenario.engine.tags == {"rehearsed/app:latest": IMAGE}


def test_publish__a_retry_continues_where_it_stopped(scenario: Scenario) -> None:
    scenario.registries.errors["push", SECOND] = ["unexpected EOF", ""]
    done = scenario.publish(FIRST, SECOND)
    assert (done.digests, done.digest) == ({FIRST: MANIFEST}, "")
    done = scenario.publish(FIRST, SECOND)
    assert scenario.states == [TargetState.ALREADY_THERE, TargetState.PUSHED]
    assert done.digest == MANIFEST


def test_publish__fails_when_the_tag_holds_another_image(scenario: Scenario) -> None:
    scenario.registries.push_results[FIRST] = DIFFERENT
    done = scenario.publish(FIRST, SECOND)
    assert done.verdict is Verdict.PUBLISH_FAILED
    assert scenario.states == [TargetState.OTHER_CONTENT, TargetState.NOT_TRIED]
    assert done.digests == {}
    assert ANOTHER in scenario.problem.message
    assert OTHER in scenario.problem.message
    assert scenario.clock.pauses == [*RETRY_DELAYS]


def test_publish__says_that_another_run_replaced_what_was_pushed(scenario: Scenario) -> None:
    scenario.registries.push_results[FIRST] = DIFFERENT
    scenario.publish(FIRST)
    assert scenario.problem.message == (
        f"{FIRST} holds {ANOTHER} (its image is {OTHER}) instead of the image that was pushed, "
        f"{IMAGE}: the manifest {MANIFEST} was written, and replaced."
    )
    assert scenario.problem.hint.startswith("Another run has probably pushed")


def test_publish__says_that_the_tag_was_moved_while_it_was_pushed(scenario: Scenario) -> None:
    scenario.registries.push_results[FIRST] = DIFFERENT
    scenario.registries.printed[FIRST] = f"1: digest: {ANOTHER} size: 7"
    done = scenario.publish(FIRST, SECOND)
    assert done.verdict is Verdict.PUBLISH_FAILED
    assert scenario.states == [TargetState.OTHER_CONTENT, TargetState.NOT_TRIED]
    assert done.digests == {}
    assert scenario.problem.message == (
        f"{FIRST} holds {ANOTHER} (its image is {OTHER}) instead of the image that was rehearsed, "
        f"{IMAGE}: the tag {FIRST} was moved on this machine while it was pushed."
    )
    assert "remove it there or publish again" in scenario.problem.hint
    assert "run" not in scenario.problem.hint
    assert scenario.clock.pauses == [], "the registry shows what was written: it is not stale"


class MovingRegistries(FakeRegistries):
    """Registries beside a program that moves the tag during the push."""

    def push(self, reference: str, *, out: Sink) -> Process:
        self.engine.images[OTHER] = {}
        self.engine.tags[reference] = OTHER
        return super().push(reference, out=out)


@pytest.mark.parametrize(
    "kind, words",
    [
        (MovingRegistries, "A program on this machine sets that tag"),
        (FakeRegistries, "or a program on this machine has moved the tag"),
    ],
    ids=["moved", "not known"],
)
def test_publish__a_client_that_prints_no_digest(
    scenario: Scenario, kind: type[FakeRegistries], words: str
) -> None:
    registries = kind(
        engine=scenario.engine, push_results={FIRST: DIFFERENT}, printed={FIRST: "Pushed"}
    )
    scenario.publish(FIRST, registries=registries)
    assert words in scenario.problem.hint


def test_publish__a_tag_that_moved_in_the_engine_is_no_failure_if_the_registry_is_right(
    scenario: Scenario,
) -> None:
    done = scenario.publish(FIRST, registries=MovingRegistries(engine=scenario.engine))
    assert done.digests == {FIRST: MANIFEST}


def test_publish__does_not_push_a_tag_that_names_another_image(scenario: Scenario) -> None:
    class MovingEngine(MemoryEngine):
        def tag(self, image: str, reference: str) -> None:
            super().tag(OTHER if reference == FIRST else image, reference)

    images = {**scenario.engine.images, OTHER: {}}
    registries = FakeRegistries(engine=MovingEngine(images=images))
    done = scenario.publish(FIRST, SECOND, registries=registries)
    assert done.verdict is Verdict.PUBLISH_FAILED
    assert scenario.problem.message == (
        f"{FIRST} was not pushed: the tag was moved on this machine at once."
    )
    assert scenario.states == [TargetState.REFUSED, TargetState.NOT_TRIED]
    assert done.targets[0].content == "nothing"
    assert not [call for call in registries.calls if call.startswith("push")]


def test_publish__tags_in_the_registry_what_it_has_verified_there(scenario: Scenario) -> None:
    to = [f"one.example/{name}" for name in ("other:2", "app:1", "app:latest")]
    registries = scenario.registries_with_buildx()
    done = scenario.publish(*to, registries=registries)
    assert scenario.states == [TargetState.PUSHED, TargetState.RETAGGED, TargetState.RETAGGED]
    assert done.digests == dict.fromkeys(to, MANIFEST)
    assert done.notices == []
    written = [call for call in registries.calls if not call.startswith("inspect")]
    assert written == [f"push {to[0]}", f"retag {to[1]}", f"retag {to[2]}"]
    assert f"tag one.example/other@{MANIFEST} as {to[1]}" in scenario.log
    assert f"tag one.example/app@{MANIFEST} as {to[2]}" in scenario.log, "its own repository"


def test_publish__pushes_each_reference_without_buildx(scenario: Scenario) -> None:
    done = scenario.publish("one.example/app:1", "one.example/app:latest")
    assert scenario.states == [TargetState.PUSHED, TargetState.PUSHED]
    assert done.notices == []


def test_publish__fails_when_the_tag_holds_an_index(scenario: Scenario) -> None:
    scenario.registries.push_results[FIRST] = RemoteImage(manifest_count=2)
    scenario.publish(FIRST)
    assert "an index of 2 manifests" in scenario.problem.message
    assert "--provenance=false" in scenario.problem.hint


def test_publish__fails_when_the_tag_holds_nothing(scenario: Scenario) -> None:
    scenario.registries.push_results[FIRST] = None
    done = scenario.publish(FIRST)
    assert scenario.states == [TargetState.OTHER_CONTENT]
    assert done.targets[0].content == "nothing"
    assert scenario.clock.pauses == [*RETRY_DELAYS]
    assert scenario.registries.calls[-1] == f"pull {FIRST}"


def test_publish__waits_until_the_registry_shows_the_image(scenario: Scenario) -> None:
    scenario.registries.stale_answers[FIRST] = 2
    assert scenario.publish(FIRST).digest == MANIFEST
    assert scenario.clock.pauses == [*RETRY_DELAYS[:2]]


def test_publish__waits_until_the_registry_stops_showing_the_old_image(scenario: Scenario) -> None:
    scenario.registries.images[FIRST] = DIFFERENT
    scenario.registries.stale_answers[FIRST] = 3
    assert scenario.publish(FIRST).digest == MANIFEST
    assert scenario.clock.pauses == [*RETRY_DELAYS]


def test_publish__pulls_to_verify_with_an_old_client(scenario: Scenario) -> None:
    scenario.registries.stale_answers[FIRST] = 99
    assert scenario.publish(FIRST).digest == MANIFEST
    assert scenario.registries.calls[-1] == f"pull {FIRST}"
    assert scenario.engine.tags == {"rehearsed/app:latest": IMAGE}


def test_publish__fails_when_the_push_cannot_be_verified(scenario: Scenario) -> None:
    scenario.registries.errors["inspect", FIRST] = ["", "denied: no reading"]
    scenario.registries.errors["pull", FIRST] = ["denied: no reading"]
    done = scenario.publish(FIRST)
    assert scenario.states == [TargetState.REFUSED]
    assert done.targets[0].content == "not known"
    assert "does not tell what it holds" in scenario.problem.message


def test_publish__rejects_an_unknown_image(scenario: Scenario) -> None:
    scenario.engine.images.clear()
    done = scenario.publish(FIRST)
    assert done.verdict is Verdict.MISCONFIGURED
    assert "docker load" in scenario.problem.hint
    assert scenario.registries.calls == []


def test_publish__rejects_an_index(scenario: Scenario) -> None:
    kind = "application/vnd.oci.image.index.v1+json"
    scenario.engine.images[IMAGE]["Descriptor"] = {"mediaType": kind}
    done = scenario.publish(FIRST)
    assert done.verdict is Verdict.MISCONFIGURED
    assert "provenance: false" in scenario.problem.hint
    assert scenario.registries.calls == []


def pulled_from_candidate(scenario: Scenario) -> None:
    scenario.engine.images[IMAGE]["RepoDigests"] = [SOURCE]
    scenario.registries.images[SOURCE] = RemoteImage(digest=ANOTHER, config=IMAGE)


def test_publish__tags_the_manifest_of_a_candidate(scenario: Scenario) -> None:
    pulled_from_candidate(scenario)
    done = scenario.publish(FIRST, registries=scenario.registries_with_buildx())
    assert scenario.states == [TargetState.RETAGGED]
    assert done.digest == ANOTHER
    assert done.notices == []
    assert scenario.engine.tags == {"rehearsed/app:latest": IMAGE}


def test_publish__pushes_a_candidate_of_another_registry(scenario: Scenario) -> None:
    pulled_from_candidate(scenario)
    done = scenario.publish(SECOND, registries=scenario.registries_with_buildx())
    assert scenario.states == [TargetState.PUSHED]
    assert done.notices == []


def test_publish__pushes_a_candidate_without_buildx_and_gives_notice(scenario: Scenario) -> None:
    pulled_from_candidate(scenario)
    done = scenario.publish(FIRST)
    assert scenario.states == [TargetState.PUSHED]
    assert done.digest == MANIFEST
    (notice,) = done.notices
    assert SOURCE in notice


def test_publish__pushes_a_candidate_when_tagging_fails(scenario: Scenario) -> None:
    pulled_from_candidate(scenario)
    scenario.registries.errors["retag", FIRST] = ["unknown flag: --prefer-index"]
    done = scenario.publish(FIRST, registries=scenario.registries_with_buildx())
    assert scenario.states == [TargetState.PUSHED]
    assert done.notices
    assert f"{FIRST}: pushed instead" in scenario.log


@pytest.mark.parametrize("remote", [None, DIFFERENT], ids=["gone", "another image"])
def test_publish__pushes_when_the_candidate_is_gone(
    scenario: Scenario, remote: RemoteImage | None
) -> None:
    pulled_from_candidate(scenario)
    del scenario.registries.images[SOURCE]
    if remote:
        scenario.registries.images[SOURCE] = remote
    done = scenario.publish(FIRST, registries=scenario.registries_with_buildx())
    assert scenario.states == [TargetState.PUSHED]
    assert done.notices == []


def test_publish__restores_a_tag_of_another_image(scenario: Scenario) -> None:
    scenario.engine.images[OTHER] = {}
    scenario.engine.tags[FIRST] = OTHER
    scenario.publish(FIRST)
    assert scenario.engine.tags[FIRST] == OTHER


def test_publish__keeps_the_only_tag(scenario: Scenario) -> None:
    scenario.engine.tags.clear()
    scenario.publish(FIRST)
    assert scenario.engine.tags == {FIRST: IMAGE}


@pytest.mark.parametrize(
    "number, verdict",
    [(signal.SIGTERM, Verdict.CANCELLED), (signal.SIGALRM, Verdict.TIMED_OUT)],
    ids=str,
)
def test_publish__interrupted(scenario: Scenario, number: signal.Signals, verdict: Verdict) -> None:
    class InterruptingRegistries(FakeRegistries):
        def push(self, reference: str, *, out: Sink) -> Process:
            process = super().push(reference, out=out)
            signal.raise_signal(number)
            return process

    done = scenario.publish(
        FIRST, SECOND, registries=InterruptingRegistries(engine=scenario.engine)
    )
    assert done.verdict is verdict
    assert scenario.problem.message.startswith("The publication was")
    assert scenario.states == [TargetState.INTERRUPTED, TargetState.NOT_TRIED]
    assert done.digests == {}
    assert scenario.engine.tags == {"rehearsed/app:latest": IMAGE}


def test_publish__fails_when_the_engine_refuses_a_command(scenario: Scenario) -> None:
    class RefusingEngine(MemoryEngine):
        def tag(self, image: str, reference: str) -> None:
            raise EngineError(f"no tag {reference} for {image}")

    engine = RefusingEngine(images=scenario.engine.images, tags=scenario.engine.tags)
    done = scenario.publish(FIRST, registries=FakeRegistries(engine=engine))
    assert done.verdict is Verdict.ENGINE_FAILED


def test_publish__shows_no_password_from_the_output_of_the_client(scenario: Scenario) -> None:
    words = "Put https://me:hunter2@one.example/v2/x?sig=topsecret: denied"
    scenario.registries.errors["push", FIRST] = [words]
    done = scenario.publish(FIRST)
    for text in (scenario.log, scenario.problem.message, done.targets[0].reason):
        assert "hunter2" not in text
        assert "topsecret" not in text
        assert "one.example/v2/x?***" in text
