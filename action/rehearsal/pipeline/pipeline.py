"""The script of a rehearsal: the stages in their order, and what is undone after them."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.config import child_environment
from rehearsal.config.plan import Plan
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log import Log
from rehearsal.outside import http_probe
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.github import Console
from rehearsal.outside.signals import interruptible
from rehearsal.pipeline.stages import container as containers
from rehearsal.pipeline.stages import observations
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.image import Image, build_image, find_image
from rehearsal.pipeline.stages.setup import run_setup
from rehearsal.pipeline.stages.stop import stop_container
from rehearsal.pipeline.stages.suite import Preparation, run_tests
from rehearsal.pipeline.stages.test_count import count_notices
from rehearsal.pipeline.stages.wait import ReadinessWaiter
from rehearsal.results.rehearsal import Rehearsal
from rehearsal.verdict import RehearsalError, Verdict

# The folder that holds this package and rehearsal_testing, which tests may import.
PACKAGES = Path(__file__).resolve().parents[2]
# After failed tests, in seconds: for how long the app is asked whether it lives, and how late a
# client may learn on a busy machine that its container has ended.
LAST_QUESTION = 2.0
LATE_END = 3.0


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """What a rehearsal works with.

    `env` is the environment of whatever runs the project's code. `label` (name=value) marks the
    containers and volumes it makes; `tag` names the image it builds; `keep` leaves the container
    up.
    """

    engine: Engine
    console: Console
    evidence: Evidence
    env: Mapping[str, str] = field(repr=False)
    label: str
    tag: str
    keep: bool = False


def rehearse(plan: Plan, context: RunContext, record: Rehearsal) -> None:
    """Go through all stages and leave nothing behind; `record` says how it went.

    A `RehearsalError` ends up in the record. What is undone is undone after cancellation and time-out
    have been disarmed: nothing interrupts it.
    """
    record.shard = plan.suite.shard
    with ExitStack() as undo:
        undo.callback(context.evidence.drop_staging)
        try:
            with interruptible(plan.timeout):
                Pipeline(plan=plan, context=context, record=record, undo=undo).run()
        except RehearsalError as problem:
            record.problems.append(problem)
        except EngineError as refusal:
            record.problems.append(
                RehearsalError(
                    Verdict.ENGINE_FAILED,
                    f"The engine refused what it should do next: {refusal}",
                    hint="Something else on this machine may have removed what the rehearsal "
                    "started; run it again.",
                )
            )


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """One rehearsal under way: each method is a stage, or part of one.

    `created` are the containers that the engine is known to have made.
    """

    plan: Plan
    context: RunContext
    record: Rehearsal
    undo: ExitStack
    created: list[str] = field(default_factory=list)

    def run(self) -> None:
        plan, record = self.plan, self.record
        record.facts["inputs"] = observations.of_inputs(plan.container)
        host_port = plan.container.host_port
        if host_port and not http_probe.is_free(host_port):
            raise containers.port_taken(host_port)
        preparation = self.prepare()
        with record.stage("build"):
            image = self.find_or_build()
            record.image, record.image_id = image.reference, image.id
        self.undo.callback(self.remove_containers)
        log = self.context.evidence.log("container.log", timed=True)
        self.undo.callback(self.close, log)
        with record.stage("start"):
            container = self.start(image, log)
        if plan.container.setup_command:
            with record.stage("setup"), self.streamed_log("setup", "setup.log") as setup_log:
                run_setup(plan.container.setup_command, container, self.context.engine, setup_log)
                record.timeline.record_milestone("set up", time.monotonic() - container.started)
                if container.ended:
                    raise containers.crash_error(
                        container, self.context.engine, log, when="before it was ready"
                    )
        with record.stage("ready"):
            self.wait(container, log)
        if not plan.suite.command:
            record.notices.append("No test was asked for: test-command is empty.")
            return
        with record.stage("test"):
            if preparation:
                preparation.wait()
            self.test(container, log, bin_folder=preparation.bin if preparation else None)

    def prepare(self) -> Preparation | None:
        """Start making the tests' virtual environment; it goes on while the image builds."""
        requirements = self.plan.suite.requirements
        if not requirements:
            return None
        evidence = self.context.evidence
        log = evidence.log("test-setup.log", echo=self.context.console.background_output)
        self.undo.callback(log.close)
        # pip, ended half-way, leaves what it was unpacking: there it goes with the rest.
        env = {**self.context.env, "TMPDIR": str(evidence.staging_folder("tmp"))}
        preparation = Preparation(requirements, evidence.staging_folder("venv"), env=env, log=log)
        self.undo.callback(preparation.end)
        return preparation

    def find_or_build(self) -> Image:
        plan, hands = self.plan, self.context
        if plan.image:
            return find_image(plan.image, hands.engine)
        id_file = hands.evidence.staging / "image-id"
        with self.streamed_log(f"build {plan.build.dockerfile.name}", "build.log") as log:
            return build_image(plan.build, hands.engine, tag=hands.tag, id_file=id_file, log=log)

    def start(self, image: Image, log: Log) -> Container:
        plan, hands = self.plan, self.context
        name = containers.container_name(hands.label)
        identity = containers.create_container(
            plan.container,
            hands.engine,
            image=image.id,
            name=name,
            label=hands.label,
            directory=plan.directory,
        )
        self.created.append(identity)
        container = containers.start_container(identity, plan.container, hands.engine, log)
        timeline = self.record.timeline
        timeline.record_milestone("created", 0.0)
        timeline.record_milestone("running", time.monotonic() - container.started)
        self.undo.callback(self.detach, container)
        self.undo.callback(self.stop, container)
        return container

    def detach(self, container: Container) -> None:
        """End the client that is attached; it would pass any other signal on to the container."""
        if self.record.kept:
            container.attached.kill()
        else:
            container.attached.end()

    def wait(self, container: Container, log: Log) -> None:
        record = self.record
        vigil = ReadinessWaiter(
            plan=self.plan,
            container=container,
            engine=self.context.engine,
            log=log,
            observations=record.facts,
            timeline=record.timeline,
        )
        ready = vigil.wait()
        record.ready_seconds = ready.seconds
        self.context.console.say(
            f"ready {ready.seconds:.2f} s after its start: {self.plan.probe.path} gave "
            f"{ready.answer}"
        )

    def test(self, container: Container, log: Log, *, bin_folder: Path | None) -> None:
        plan, evidence = self.plan, self.context.evidence
        traces, junit = evidence.staging_folder("traces"), evidence.staging_folder("junit")
        stale = self.own_reports({})
        env = child_environment.for_tests(
            self.context.env,
            plan.suite,
            port=container.port,
            evidence=traces,
            junit=junit,
            packages=self.packages(),
            bin_folder=bin_folder,
        )
        try:
            with self.streamed_log("test", "tests/output.log") as output:
                self.record.results, problems = run_tests(
                    plan.suite,
                    container,
                    env=env,
                    directory=plan.directory,
                    log=output,
                    reports=lambda: [*sorted(junit.glob("*.xml")), *self.own_reports(stale)],
                )
            self.record.problems += problems
            self.record.notices += count_notices(plan.suite, self.record.results)
            if container.ended_by_now() or (problems and self.ends_late(container)):
                raise containers.crash_error(
                    container,
                    self.context.engine,
                    log,
                    when="during the tests",
                    failed=self.record.results.failed,
                )
        finally:
            evidence.copy_folder(traces, "tests")
            evidence.copy_folder(junit, "tests/junit")
            for report in self.own_reports(stale):
                name = "_".join(report.relative_to(plan.directory).parts)
                evidence.copy(report, "tests/junit", name)

    def ends_late(self, container: Container) -> bool:
        """Whether the app died, and the client learns it later than the test that failed by it.

        On a busy machine that takes a second. One that its restart policy brings back answers
        again, so there an answer proves nothing.
        """
        if not containers.has_restart_policy(self.plan.container):
            answer = http_probe.get(
                container.port,
                self.plan.probe.path,
                {"Host": f"localhost:{container.port}", **self.plan.probe.headers},
                timeout=LAST_QUESTION,
                unwanted=lambda: container.ended,
            )
            if answer.status:
                return False
        return container.ended_by_now(LATE_END)

    def packages(self) -> Path:
        """Return the folder on the tests' PYTHONPATH: ours, but not a whole installation."""
        if (PACKAGES / "__main__.py").is_file():
            return PACKAGES
        folder = self.context.evidence.staging_folder("packages")
        (folder / "rehearsal_testing").symlink_to(PACKAGES / "rehearsal_testing")
        return folder

    def own_reports(self, stale: Mapping[Path, int]) -> dict[Path, int]:
        """Return the JUnit files that the suite wrote where it likes to, and when.

        Those that lay there before, unchanged, tell of some other run.
        """
        pattern = self.plan.suite.reports
        found = sorted(self.plan.directory.glob(pattern)) if pattern else []
        times = {path: path.stat().st_mtime_ns for path in found if path.is_file()}
        return {path: time for path, time in times.items() if stale.get(path) != time}

    def stop(self, container: Container) -> None:
        """Stop the container as production would, and keep what the engine knew of it."""
        record, hands = self.record, self.context
        cancelled = record.verdict is Verdict.CANCELLED
        try:
            if hands.keep and not cancelled:
                volumes = hands.engine.volume_names(hands.label)
                record.kept, record.removal = containers.keep_running(
                    container, hands.label, volumes
                )
            else:
                with record.stage("stop"):
                    notice = self.stop_gracefully(container, in_haste=cancelled)
                if notice:
                    record.notices.append(notice)
            found = container.inspected or hands.engine.inspect(container.id)
            record.facts.setdefault("container", observations.of_container(found))
            known = containers.without_secrets(found, self.plan.container)
            text = json.dumps(known, indent=2, ensure_ascii=False)
            hands.evidence.write("container.json", text)
        except (RehearsalError, EngineError) as error:
            self.note(error)

    def stop_gracefully(self, container: Container, *, in_haste: bool) -> str:
        """Stop it with patience, unless we are cancelled, or become so meanwhile."""
        try:
            if not in_haste:
                with interruptible():
                    return stop_container(container, self.context.engine, in_haste=False)
        except RehearsalError as problem:
            if problem.verdict is not Verdict.CANCELLED:
                raise
            self.record.problems.append(problem)
        return stop_container(container, self.context.engine, in_haste=True)

    def close(self, log: Log) -> None:
        log.close()
        self.record.container_tail = log.tail(containers.EXCERPT)

    def remove_containers(self) -> None:
        """Remove what was made; the engine is asked what that is where it is not known for sure."""
        if self.record.kept:
            return
        engine = self.context.engine
        try:
            if self.created and not containers.makes_volumes(self.plan.container):
                engine.remove(self.created)
            else:
                engine.remove_labelled(self.context.label)
        except (RehearsalError, EngineError) as error:
            self.note(error)

    def note(self, error: RehearsalError | EngineError) -> None:
        """Keep an error of the clean-up from hiding why the rehearsal ended."""
        if isinstance(error, RehearsalError):
            self.record.problems.append(error)
        else:
            self.record.notices.append(f"The engine refused to clean up: {error}")

    @contextmanager
    def streamed_log(self, title: str, name: str) -> Iterator[Log]:
        """Open a log that is shown as it is written."""
        console, evidence = self.context.console, self.context.evidence
        with console.group(title), console.raw_output() as show:
            log = evidence.log(name, echo=show)
            try:
                yield log
            finally:
                log.close()
