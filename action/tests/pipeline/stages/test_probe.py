import pytest

from rehearsal.config.plan import ProbePlan
from rehearsal.outside.http_probe import Answer
from rehearsal.pipeline.stages import probe
from rehearsal.pipeline.stages.probe import (
    ATTEMPT_TIMEOUT,
    LAST_ATTEMPT,
    LONGEST_PAUSE,
    SHORTEST_PAUSE,
    ContainerExitedError,
    FindCause,
    HopelessCause,
    Ready,
    leads_to_https,
    wait_until_ready,
)
from rehearsal.pipeline.timeline_recorder import TimelineRecorder
from rehearsal.verdict import RehearsalError, Verdict

from ...fakes import FakeClock, probe_plan

OK = Answer(status=200)
BUSY = Answer(status=503)
REFUSED = Answer(error="connection refused")


def redirect(target: str, status: int = 301) -> Answer:
    return Answer(status=status, headers={"location": target})


class App:
    """Answers in turn, the last one for ever; each takes `seconds`, or the time it is given."""

    def __init__(self, clock: FakeClock, *answers: Answer, seconds: float = 0.001) -> None:
        self.clock = clock
        self.answers = list(answers)
        self.seconds = seconds
        self.limits: list[float] = []
        self.dies_at = float("inf")
        self.timeline = TimelineRecorder()
        self.suspect: FindCause = lambda: None

    def ask(self, timeout: float) -> Answer:
        self.limits.append(timeout)
        self.clock.work(min(self.seconds, timeout))
        if self.seconds > timeout:
            return Answer(error=f"no answer within {timeout:.0f} s")
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def ended(self) -> bool:
        return self.clock() >= self.dies_at

    def wait(self, plan: ProbePlan | None = None, *, started: float = 100.0) -> Ready:
        return wait_until_ready(
            plan or probe_plan(),
            self.ask,
            started=started,
            ended=self.ended,
            clock=self.clock,
            sleep=self.clock.sleep,
            timeline=self.timeline,
            find_cause=self.suspect,
        )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.mark.parametrize(
    "answers, attempts",
    [
        pytest.param([OK], 1, id="at once"),
        pytest.param([BUSY, BUSY, OK], 3, id="busy, then ready"),
        pytest.param([REFUSED, REFUSED, OK], 3, id="refused, then ready"),
        pytest.param([REFUSED, BUSY, redirect("/login", 302)], 3, id="a redirect within the app"),
        pytest.param([Answer(error="an answer that is not HTTP"), OK], 2, id="garbage first"),
    ],
)
def test_wait__until_an_answer_is_accepted(
    clock: FakeClock, answers: list[Answer], attempts: int
) -> None:
    ready = App(clock, *answers).wait()
    assert ready.attempts == attempts
    assert ready.answer == answers[-1]


def test_wait__counts_from_the_containers_start(clock: FakeClock) -> None:
    assert App(clock, OK, seconds=0.25).wait(started=98.0).seconds == 2.25


def test_wait__only_what_was_asked_for_is_ready(clock: FakeClock) -> None:
    plan = probe_plan(statuses=(range(401, 402),))
    assert App(clock, OK, Answer(status=401)).wait(plan).attempts == 2


def test_wait__a_response_of_three_seconds_is_fine(clock: FakeClock) -> None:
    app = App(clock, OK, seconds=3.0)
    assert app.wait().attempts == 1
    assert app.limits == [ATTEMPT_TIMEOUT]


def test_wait__raises_at_once_when_the_container_ends(clock: FakeClock) -> None:
    app = App(clock, REFUSED)
    app.dies_at = 101.0
    with pytest.raises(ContainerExitedError):
        app.wait()
    assert 1.0 <= clock() - 100.0 <= 1.0 + 2 * SHORTEST_PAUSE


def test_wait__never_sleeps_beside_a_corpse(clock: FakeClock) -> None:
    app = App(clock, REFUSED)
    app.dies_at = 0.0
    with pytest.raises(ContainerExitedError):
        app.wait()
    assert clock.pauses == []


@pytest.mark.parametrize(
    "answer, seen",
    [
        pytest.param(REFUSED, str(REFUSED), id="refused"),
        pytest.param(Answer(status=400), "HTTP status 400", id="host not allowed"),
        pytest.param(
            redirect("https://localhost/"),
            "HTTP status 301, a redirect to https://localhost/, where a rehearsal has no TLS",
            id="https redirect",
        ),
    ],
)
def test_wait__says_what_it_saw_last_when_it_gives_up(
    clock: FakeClock, answer: Answer, seen: str
) -> None:
    app = App(clock, answer)
    with pytest.raises(RehearsalError) as caught:
        app.wait(probe_plan(path="/healthz", timeout=7))
    problem = caught.value.problem
    assert problem.verdict is Verdict.NOT_READY
    assert problem.message == (
        f"GET /healthz got no answer that counts as ready within 7 s ({len(app.limits)} attempts). "
        f"The last one: {seen}."
    )
    for name in ("port", "ready-path", "ready-status", "ready-timeout"):
        assert name in problem.hint
    assert 7 <= clock() - 100 <= 7 + LONGEST_PAUSE


def test_wait__the_last_attempt_ends_with_the_timeout(clock: FakeClock) -> None:
    app = App(clock, OK, seconds=1000)
    with pytest.raises(RehearsalError):
        app.wait(probe_plan(timeout=25))
    assert app.limits[:2] == [10, 10]
    assert app.limits[2] < 5
    assert clock() - 100 <= 25.1


def test_wait__the_last_attempt_is_long_enough_for_an_answer(clock: FakeClock) -> None:
    app = App(clock, BUSY, seconds=0.5)
    with pytest.raises(RehearsalError, match="503"):
        app.wait(probe_plan(timeout=2))
    assert app.limits[-1] == LAST_ATTEMPT


def test_wait__the_timeout_counts_from_the_first_question(clock: FakeClock) -> None:
    """A setup command before it may have taken longer than the whole of it."""
    assert App(clock, BUSY, OK).wait(probe_plan(timeout=5), started=0.0).attempts == 2


def test_wait__pauses_are_short_first_and_bounded(clock: FakeClock) -> None:
    with pytest.raises(RehearsalError):
        App(clock, BUSY).wait(probe_plan(timeout=120))
    assert clock.pauses[0] == SHORTEST_PAUSE
    assert clock.pauses == sorted(clock.pauses)
    assert max(clock.pauses) == LONGEST_PAUSE
    waited = 0.0
    for pause in clock.pauses:
        waited += pause
        assert pause <= max(SHORTEST_PAUSE, probe.PATIENCE * waited * 1.2)


def test_wait__asks_hundreds_of_times_a_minute_and_not_thousands(clock: FakeClock) -> None:
    app = App(clock, BUSY)
    with pytest.raises(RehearsalError):
        app.wait()
    assert 200 < len(app.limits) < 1000


REDIRECTS = [
    ("https://localhost/", "", 301, True),
    ("https://localhost:8443/x", "", 308, True),
    ("HTTPS://LOCALHOST/", "", 302, True),
    ("http://localhost/login", "", 302, False),
    ("/login", "", 302, False),
    ("https://login.example/", "", 302, False),
    ("https://localhost/", "", 200, False),
    ("https://example.org/", "Example.org", 301, True),
    ("https://example.org/", "example.org:8888", 301, True),
    ("https://localhost/", "example.org", 301, False),
    ("https://[::1", "", 301, False),
    ("https://localhost/", "[", 301, False),
    ("", "", 301, False),
]


@pytest.mark.parametrize("target, host, status, leads", REDIRECTS)
def test_leads_to_https__on_the_same_host(target: str, host: str, status: int, leads: bool) -> None:
    plan = probe_plan(headers={"Host": host} if host else {})
    assert leads_to_https(plan, redirect(target, status)) is leads


def test_wait__an_https_redirect_is_never_ready_though_its_status_is_accepted(
    clock: FakeClock,
) -> None:
    assert App(clock, redirect("https://localhost/"), OK).wait().attempts == 2


NO_HOST = HopelessCause(cause="disallowed-host", sure_after=2.0)
ELSEWHERE = HopelessCause(cause="wrong-port", sure_after=10.0)
BAD_REQUEST = Answer(status=400)
MISSING = Answer(status=404)


@pytest.mark.parametrize(
    "answer, suspicion, least, most",
    [
        pytest.param(BAD_REQUEST, NO_HOST, 2.0, 2.5, id="a wrong host"),
        pytest.param(MISSING, HopelessCause(cause="x", sure_after=10), 10, 10.5, id="no such page"),
        pytest.param(REFUSED, ELSEWHERE, 11.0, 12.0, id="another port, seen after a second"),
    ],
)
def test_wait__ends_early_when_waiting_cannot_help(
    clock: FakeClock, answer: Answer, suspicion: HopelessCause, least: float, most: float
) -> None:
    app = App(clock, answer)
    app.suspect = lambda: suspicion
    with pytest.raises(RehearsalError) as caught:
        app.wait()
    assert caught.value.problem.verdict is Verdict.NOT_READY
    assert "waiting longer cannot help" in caught.value.problem.message
    assert least <= clock() - 100 <= most


@pytest.mark.parametrize(
    "answer",
    [BUSY, REFUSED, Answer(error="no answer within 10 s", timed_out=True)],
    ids=["503", "refused", "silence"],
)
def test_wait__what_may_still_change_is_waited_for(clock: FakeClock, answer: Answer) -> None:
    app = App(clock, answer)
    with pytest.raises(RehearsalError):
        app.wait(probe_plan(timeout=30))
    assert clock() - 100 >= 30


def test_wait__a_warm_up_that_answers_400_and_404_first_becomes_ready(clock: FakeClock) -> None:
    """A suspicion has to hold without a break: another answer begins it anew."""
    app = App(clock, *[BAD_REQUEST, MISSING] * 80, OK, seconds=0.05)
    app.suspect = lambda: NO_HOST
    assert app.wait().seconds > 10


def test_wait__a_suspicion_that_passes_is_forgotten(clock: FakeClock) -> None:
    app = App(clock, REFUSED)
    app.suspect = lambda: ELSEWHERE if clock() < 105 else None
    with pytest.raises(RehearsalError, match="within 60 s"):
        app.wait()


def test_wait__looks_closer_a_few_times_only(clock: FakeClock) -> None:
    looks: list[float] = []
    app = App(clock, REFUSED)
    app.suspect = lambda: looks.append(clock() - 100)
    with pytest.raises(RehearsalError):
        app.wait()
    assert 5 <= len(looks) <= 8
    assert looks[0] >= probe.FIRST_LOOK


def test_wait__an_app_that_starts_within_a_second_is_not_looked_at(clock: FakeClock) -> None:
    looks: list[float] = []
    app = App(clock, *[REFUSED] * 50, OK)
    app.suspect = lambda: looks.append(clock())
    app.wait()
    assert looks == []


def test_wait__tells_the_moments(clock: FakeClock) -> None:
    busy = Answer(status=503, first_byte=0.2)
    app = App(clock, REFUSED, busy, busy, Answer(status=200, first_byte=0.1), seconds=0.25)
    app.wait(started=90.0)
    moments = [(each.name, each.seconds, each.detail) for each in app.timeline.timeline.milestones]
    assert [name for name, _, _ in moments] == ["first byte", "first answer", "ready"]
    assert moments[0][1] == pytest.approx(10.46)
    assert moments[1][1] == pytest.approx(10.51)
    assert moments[1][2] == "HTTP status 503"
    assert moments[2][2] == "HTTP status 200"
    sights = [(each.text, each.times) for each in app.timeline.timeline.answers]
    assert sights == [(str(REFUSED), 1), ("HTTP status 503", 2), ("HTTP status 200", 1)]
