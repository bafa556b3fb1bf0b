import re
from pathlib import Path

import pytest

from rehearsal.config.parser import make_plan
from rehearsal.config.rehearsal_plan import ProbePlan
from rehearsal.diagnosis.hopeless_cause import HopelessCause
from rehearsal.evidence.log_window import LogWindow
from rehearsal.outside.http_response import Answer
from rehearsal.pipeline.stages import probe
from rehearsal.pipeline.stages.probe import (
    ATTEMPT_TIMEOUT,
    LAST_ATTEMPT_TIMEOUT,
    MAX_PAUSE,
    MIN_PAUSE,
    Ready,
    leads_to_https,
    request_headers,
    wait_until_ready,
)
from rehearsal.pipeline.stages.stuck_detector import FindCause, StuckDetector
from rehearsal.pipeline.timeline_recorder import TimelineRecorder
from rehearsal.verdict import RehearsalError, Verdict

from ...fakes import FakeClock, probe_plan

OK = Answer(status=200)
BUSY = Answer(status=503)
REFUSED = Answer(error="connection refused")


def redirect(target: str, status: int = 301) -> Answer:
    return Answer(status=status, headers={"location": target})


class SilentWindow(LogWindow):
    """The log of an app that logs nothing."""

    def __init__(self) -> None:
        pass

    def open(self) -> None:
        pass

    def is_silent(self, requests: int) -> bool:  # noqa: ARG002
        return True


class App:
    """Gives these answers in turn, the last one for ever; each takes `seconds` at most."""

    def __init__(self, clock: FakeClock, *answers: Answer, seconds: float = 0.001) -> None:
        self.clock = clock
        self.answers = list(answers)
        self.seconds = seconds
        self.limits: list[float] = []
        self.exits_at = float("inf")
        self.restarts = False
        self.timeline = TimelineRecorder()
        self.find_cause: FindCause = lambda: None

    def send_request(self, timeout: float) -> Answer:
        self.limits.append(timeout)
        self.clock.advance(min(self.seconds, timeout))
        if self.seconds > timeout:
            return Answer(error=f"no answer within {timeout:.0f} s")
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def follow_end(self) -> bool:
        if self.clock() < self.exits_at:
            return False
        self.exits_at = float("inf")
        if not self.restarts:
            raise RehearsalError(Verdict.CRASHED, "gone")
        return True

    def wait(self, plan: ProbePlan | None = None, *, started: float = 100.0) -> Ready:
        return wait_until_ready(
            plan or probe_plan(),
            self.send_request,
            started=started,
            follow_end=self.follow_end,
            clock=self.clock,
            sleep=self.clock.sleep,
            timeline=self.timeline,
            detector=StuckDetector(
                self.find_cause,
                SilentWindow(),
                patient=False,
                report=lambda _: None,
            ),
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
def test_wait_until_ready__accepted_answer(
    clock: FakeClock, answers: list[Answer], attempts: int
) -> None:
    ready = App(clock, *answers).wait()
    assert ready.attempts == attempts
    assert ready.answer == answers[-1]


def test_wait_until_ready__seconds_since_the_start(clock: FakeClock) -> None:
    assert App(clock, OK, seconds=0.25).wait(started=98.0).seconds == 2.25


def test_wait_until_ready__accepted_statuses_only(clock: FakeClock) -> None:
    plan = probe_plan(statuses=(range(401, 402),))
    assert App(clock, OK, Answer(status=401)).wait(plan).attempts == 2


def test_wait_until_ready__slow_response(clock: FakeClock) -> None:
    app = App(clock, OK, seconds=3.0)
    assert app.wait().attempts == 1
    assert app.limits == [ATTEMPT_TIMEOUT]


def test_wait_until_ready__container_exits(clock: FakeClock) -> None:
    app = App(clock, REFUSED)
    app.exits_at = 101.0
    with pytest.raises(RehearsalError, match="gone"):
        app.wait()
    assert 1.0 <= clock() - 100.0 <= 1.0 + 2 * MIN_PAUSE


def test_wait_until_ready__no_pause_after_the_container_exited(clock: FakeClock) -> None:
    app = App(clock, REFUSED)
    app.exits_at = 0.0
    with pytest.raises(RehearsalError, match="gone"):
        app.wait()
    assert clock.pauses == []


def test_wait_until_ready__a_restart_does_not_extend_the_timeout(clock: FakeClock) -> None:
    app = App(clock, REFUSED)
    app.exits_at, app.restarts = 104.0, True
    with pytest.raises(RehearsalError, match="within 7 s") as caught:
        app.wait(probe_plan(timeout=7))
    assert f"({len(app.limits)} attempts)" in caught.value.problem.message
    assert clock() - 100 < 8


@pytest.mark.parametrize(
    "answer, description",
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
def test_wait_until_ready__timeout_message(
    clock: FakeClock, answer: Answer, description: str
) -> None:
    app = App(clock, answer)
    with pytest.raises(RehearsalError) as caught:
        app.wait(probe_plan(path="/healthz", timeout=7))
    problem = caught.value.problem
    assert problem.verdict is Verdict.NOT_READY
    assert problem.message == (
        f"GET /healthz got no answer that counts as ready within 7 s ({len(app.limits)} attempts). "
        f"The last one: {description}."
    )
    for name in ("port", "ready-path", "ready-status", "ready-timeout"):
        assert name in problem.hint
    assert 7 <= clock() - 100 <= 7 + MAX_PAUSE


def test_wait_until_ready__last_attempt_ends_with_the_timeout(clock: FakeClock) -> None:
    app = App(clock, OK, seconds=1000)
    with pytest.raises(RehearsalError):
        app.wait(probe_plan(timeout=25))
    assert app.limits[:2] == [10, 10]
    assert app.limits[2] < 5
    assert clock() - 100 <= 25.1


def test_wait_until_ready__minimum_for_the_last_attempt(clock: FakeClock) -> None:
    app = App(clock, BUSY, seconds=0.5)
    with pytest.raises(RehearsalError, match="503"):
        app.wait(probe_plan(timeout=2))
    assert app.limits[-1] == LAST_ATTEMPT_TIMEOUT


def test_wait_until_ready__timeout_since_the_first_request(clock: FakeClock) -> None:
    """A setup command may have taken longer than the timeout."""
    assert App(clock, BUSY, OK).wait(probe_plan(timeout=5), started=0.0).attempts == 2


def test_wait_until_ready__pauses_grow(clock: FakeClock) -> None:
    with pytest.raises(RehearsalError):
        App(clock, BUSY).wait(probe_plan(timeout=120))
    assert clock.pauses[0] == MIN_PAUSE
    assert clock.pauses == sorted(clock.pauses)
    assert max(clock.pauses) == MAX_PAUSE
    waited = 0.0
    for pause in clock.pauses:
        waited += pause
        assert pause <= max(MIN_PAUSE, probe.PAUSE_SHARE * waited * 1.2)


def test_wait_until_ready__number_of_attempts(clock: FakeClock) -> None:
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


@pytest.mark.parametrize("target, host, status, expected", REDIRECTS)
def test_leads_to_https__same_host_only(
    target: str, host: str, status: int, expected: bool
) -> None:
    plan = probe_plan(headers={"Host": host} if host else {})
    assert leads_to_https(plan, redirect(target, status)) is expected


@pytest.mark.parametrize(
    "target, expected",
    [
        ("https://10.0.0.5/", True),
        ("https://10.0.0.5:8443/x", True),
        ("https://localhost/", False),
        ("https://[fd00::2]/", False),
    ],
)
def test_leads_to_https__with_publish_address(target: str, expected: bool) -> None:
    plan = probe_plan(host="10.0.0.5")
    assert leads_to_https(plan, redirect(target, 301)) is expected
    assert leads_to_https(probe_plan(host="[fd00::2]"), redirect("https://[fd00::2]/", 301))


def test_wait_until_ready__https_redirect_is_not_ready(
    clock: FakeClock,
) -> None:
    assert App(clock, redirect("https://localhost/"), OK).wait().attempts == 2


def test_request_headers__as_a_browser_sends_them() -> None:
    headers = request_headers(probe_plan(), 49153)
    assert headers["Host"] == "localhost:49153"
    assert headers["Accept"].startswith("text/html,")
    assert headers["Accept"].endswith("*/*;q=0.8")
    assert headers["Accept-Encoding"] == "identity"
    assert request_headers(probe_plan(host="[::1]"), 49153)["Host"] == "[::1]:49153"


@pytest.mark.parametrize(
    "name", ["host", "USER-AGENT", "accept", "accept-Encoding", "connection", "X-Other"]
)
def test_request_headers__given_ones_replace_others(name: str) -> None:
    plan = make_plan({"image": "app", "ready-headers": f"{name}: mine"}, environ={}, top=Path())
    headers = request_headers(plan.probe, 49153)
    found = [value for each, value in headers.items() if each.lower() == name.lower()]
    assert found == ["mine"]


@pytest.mark.parametrize(
    "answer, words",
    [
        (Answer(status=404), "were all answered with HTTP status 404."),
        (
            Answer(error="connection reset without an answer"),
            "all failed; the last one: connection reset without an answer.",
        ),
    ],
    ids=["answered", "cut off"],
)
@pytest.mark.parametrize("certain", [True, False])
def test_wait_until_ready__gives_up_early(
    clock: FakeClock, certain: bool, answer: Answer, words: str
) -> None:
    # What came before in another form does not count.
    app = App(clock, BUSY, answer)
    app.find_cause = lambda: HopelessCause(id="x", title="X", give_up_after=5, certain=certain)
    with pytest.raises(RehearsalError) as caught:
        app.wait()
    assert caught.value.problem.verdict is Verdict.NOT_READY
    found = re.fullmatch(
        r"Gave up early: (\d+) requests GET / in (\d\.\d) s (.*)", caught.value.problem.message
    )
    assert found
    assert int(found[1]) == app.timeline.timeline.answers[-1].times
    assert found[3] == words
    assert "ready-timeout" in caught.value.problem.hint
    assert 5.0 <= clock() - 100 <= 6.5


@pytest.mark.parametrize(
    "answer",
    [BUSY, REFUSED, Answer(error="no answer within 10 s", timed_out=True)],
    ids=["503", "refused", "silence"],
)
def test_wait_until_ready__waits_for_the_whole_timeout(clock: FakeClock, answer: Answer) -> None:
    app = App(clock, answer)
    with pytest.raises(RehearsalError):
        app.wait(probe_plan(timeout=30))
    assert clock() - 100 >= 30


def test_wait_until_ready__records_the_timeline(clock: FakeClock) -> None:
    busy = Answer(status=503, first_byte=0.2)
    app = App(clock, REFUSED, busy, busy, Answer(status=200, first_byte=0.1), seconds=0.25)
    app.wait(started=90.0)
    milestones = [
        (each.name, each.seconds, each.detail) for each in app.timeline.timeline.milestones
    ]
    assert [name for name, _, _ in milestones] == ["first byte", "first answer", "ready"]
    assert milestones[0][1] == pytest.approx(10.46)
    assert milestones[1][1] == pytest.approx(10.51)
    assert milestones[1][2] == "HTTP status 503"
    assert milestones[2][2] == "HTTP status 200"
    answers = [(each.text, each.times) for each in app.timeline.timeline.answers]
    assert answers == [(str(REFUSED), 1), ("HTTP status 503", 2), ("HTTP status 200", 1)]
