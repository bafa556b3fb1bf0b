"""Fakes of the outside world (an engine, a process, a clock), and plans for tests.

The fakes record how they were called.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from rehearsal.config.parser import make_plan
from rehearsal.config.rehearsal_plan import ContainerPlan, ProbePlan, SuitePlan
from rehearsal.dataclass import dataclass
from rehearsal.outside.engine import Engine
from rehearsal.outside.process import Process, Sink
from rehearsal.pipeline.stages.container import Container
from rehearsal.redaction.secret import Secret
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.published_port import PublishedPort
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.verdict_json import write_json
from rehearsal.verdict import RehearsalError, Verdict


class FakeClock:
    """A monotonic clock that moves only by `sleep` and `advance`."""

    def __init__(self) -> None:
        self.now = 100.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def advance(self, seconds: float) -> None:
        self.now += seconds


class FakeProcess(Process):
    """A process that has printed `output` already; with `code` None it still runs."""

    def __init__(
        self, code: int | None = 0, *, output: bytes = b"", out: Sink | None = None
    ) -> None:
        self.code = code
        self.was_ended = False
        if out and output:
            out(output)

    @property
    def ended(self) -> bool:
        return self.code is not None

    def wait(self, seconds: float | None = None) -> int | None:
        if self.code is None and seconds is None:
            raise AssertionError("this would wait for ever")
        return self.code

    def end(self, grace: float = 0.0) -> None:  # noqa: ARG002  (as in Process)
        self.was_ended = True
        if self.code is None:
            self.code = -15

    def kill(self) -> None:
        self.end()


@dataclass(frozen=True, kw_only=True)
class FakeEngine(Engine):
    """An engine with one container.

    `states` are the results of inspect, in turn. `errors` are raised by the methods of these names.
    `output` is what containers and builds print, `refusal` why no container starts, `listed` its
    processes. `images` are the names of those that it has, None for all, and `image_settings` the
    configuration of each.
    `archives` are what is copied out of the container, in turn.
    """

    client: str = "docker"
    buildx: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    states: list[dict[str, Any]] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)
    process: FakeProcess = field(default_factory=lambda: FakeProcess(None))
    output: bytes = b""
    image_id: str = "sha256:" + "1" * 64
    image_size: Any = 123_456_789
    exit_code: int | None = None
    clock: float = 0.0
    refusal: str = ""
    images: set[str] | None = None
    image_settings: dict[str, Any] = field(default_factory=dict)
    watchers: list[Sink] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    archives: list[bytes] = field(default_factory=list)

    def build(self, arguments: Sequence[str], *, secrets: Mapping[str, str], out: Sink) -> Process:
        self._called("build", *arguments)
        self.secrets.update(secrets)
        out(self.output)
        if self.process.code == 0:
            Path(arguments[arguments.index("--iidfile") + 1]).write_text(self.image_id + "\n")
        return self.process

    def create(self, arguments: Sequence[str], *, secrets: Mapping[str, str]) -> str:
        self._called("create", *arguments)
        self.secrets.update(secrets)
        return "c0ffee"

    def start(self, container: str, *, out: Sink, err: Sink) -> Process:
        self._called("start", container)
        out(b"")
        err(self.output)
        return self.process

    def execute(self, container: str, command: Sequence[str], *, out: Sink) -> Process:
        self._called("execute", container, *command)
        out(self.output)
        return self.process

    def watch_signals(self, container: str, *, out: Sink) -> Process:
        self._called("watch_signals", container)
        self.watchers.append(out)
        return FakeProcess(None)

    def copy_out(self, container: str, path: str, *, out: Sink, err: Sink) -> Process:
        self._called("copy_out", container, path)
        err(b"")
        return FakeProcess(output=self.archives.pop(0), out=out)

    def copy_in(self, container: str, path: str, archive: bytes) -> None:
        self._called("copy_in", container, path, archive)

    def inspect(self, name: str, kind: str = "container") -> dict[str, Any]:
        self._called("inspect", name, kind)
        if kind == "image":
            return {"Id": self.image_id, "Size": self.image_size, "Config": self.image_settings}
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def processes(self, container: str) -> list[str]:
        self._called("processes", container)
        return self.listed

    def has_image(self, name: str) -> bool:
        return self.images is None or name in self.images

    def pull(self, image: str, *, out: Sink) -> Process:
        self._called("pull", image)
        out(self.output)
        return self.process

    def create_network(self, name: str, label: str) -> None:
        self._called("create_network", name, label)

    def remove_labelled(self, label: str, prefix: str = "") -> None:
        self._called("remove_labelled", label, *filter(None, [prefix]))

    def why_not_started(self, container: str) -> str:
        self._called("why_not_started", container)
        return self.refusal

    def last_exit_code(self, container: str) -> int | None:
        self._called("last_exit_code", container)
        return self.exit_code

    def check(self) -> None:
        self._called("check")

    def clock_offset(self) -> float:
        return self.clock

    def stop(self, *containers: str, seconds: int) -> None:
        self._called("stop", *containers, seconds)
        for tell in self.watchers:
            tell(b"kill")
        self.process.code = 0

    def remove(self, containers: Iterable[str]) -> None:
        self._called("remove", *containers)

    def ensure_volume(self, name: str, label: str) -> None:
        self._called("ensure_volume", name, label)

    def _called(self, *call: Any) -> None:
        self.calls.append(call)
        if error := self.errors.get(str(call[0])):
            raise error


def engine_lost() -> RehearsalError:
    return RehearsalError(Verdict.ENGINE_FAILED, "The container engine does not answer: gone")


def inspect_result(
    status: str = "running",
    *,
    port: int = 0,
    code: int = 0,
    oom: bool = False,
    error: str = "",
    finished: str = "2026-11-22T18:00:00.123456789Z",
) -> dict[str, Any]:
    """Return the result of `docker inspect` for a container whose app listens on port 8888."""
    ports = {"8888/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}] if port else None}
    return {
        "State": {
            "Status": status,
            "ExitCode": code,
            "OOMKilled": oom,
            "Error": error,
            "FinishedAt": finished,
        },
        "NetworkSettings": {"Ports": ports},
    }


# Every input at its default, except the few that unit tests need otherwise.
PLAN = make_plan(
    {"image": "app", "port": "8888", "test-command": "true", "test-timeout": "30"},
    environ={},
    top=Path(__file__).parent,
)


def container_plan(**changes: Any) -> ContainerPlan:
    return replace(PLAN.container, **changes)


def probe_plan(**changes: Any) -> ProbePlan:
    return replace(PLAN.probe, **changes)


def suite_plan(**changes: Any) -> SuitePlan:
    return replace(PLAN.suite, **changes)


def write_verdict(folder: Path, **changes: Any) -> Path:
    """Write the verdict.json of a rehearsal, by default one that passed; return the folder."""
    result = RehearsalResult(**{"name": "77-1-c0ffee", "image_id": f"sha256:{'1' * 64}"} | changes)
    flaky = result.suite_results.flaky if result.suite_results else ()
    index = EvidenceIndex(flaky=tuple(FailedTestEvidence(failure=each) for each in flaky))
    text = write_json(replace(result, index=index))
    (folder / "verdict.json").write_text(text, encoding="utf-8")
    return folder


def fake_container(code: int | None = None, *, started: float = 0.0) -> Container:
    """Return a started container that still runs, or has ended with `code`."""
    return Container(
        id="c0ffee",
        published=PublishedPort("127.0.0.1", 49153),
        client=FakeProcess(code),
        started=started,
    )


def secret(name: str = "KEY", value: str = "planted-secret-value") -> Secret:
    return Secret(name=name, value=value)
