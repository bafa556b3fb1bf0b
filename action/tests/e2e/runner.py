"""Run the action's own steps as GitHub's runner does, without act: quicker, and open to signals.

Only the steps with `run:` run, each as `bash` runs them on GitHub; the upload is left to act.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from . import leftovers
from .machine import clean_environment, own_caches
from .own_terminal import Terminal
from .repository import Repository
from .workflow_commands import StepLog, lines_of, parse_step_logs

_EXPRESSION = re.compile(r"\$\{\{\s*(?P<text>.+?)\s*\}\}")
# An audit adds seconds to each scenario that passes. Those about it, and those that run the
# README's examples through act, have it.
_WITHOUT_AUDIT = {"audit": "off"}
_FILES = ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")


@dataclass(frozen=True, kw_only=True)
class ActionResult:
    """What a use of the action left. `evidence` is where the rehearsal says it is."""

    exit_code: int
    seconds: float
    outputs: Mapping[str, str]
    clean_up: Mapping[str, str]
    summary: str
    shown: StepLog
    evidence: Path | None
    folder: Path = field(repr=False)
    repository: Repository = field(repr=False)

    @property
    def log(self) -> str:
        return "\n".join(self.shown.lines)

    @property
    def errors(self) -> str:
        """The texts of the error annotations."""
        return "\n".join(each.text for each in self.shown.annotations if each.level == "error")

    def file(self, name: str) -> str:
        """Read a file of the evidence."""
        assert self.evidence is not None, f"no evidence was kept\n{self.log}"
        return (self.evidence / name).read_text(errors="replace")

    def everything(self) -> dict[str, bytes]:
        """Return all that leaves the runner: the log, the outputs, the summary, the evidence.

        The log is what it is before a mask is laid over it: masks are for what others print.
        """
        found = {
            "the log": "\n".join(self.shown.bare).encode(errors="surrogateescape"),
            "the annotations": repr(self.shown.annotations).encode(),
            "the outputs": json.dumps(dict(self.outputs), ensure_ascii=False).encode(),
            "the outputs of the clean-up": repr(self.clean_up).encode(),
            "the summary": self.summary.encode(),
        }
        for file in self.evidence.rglob("*") if self.evidence else ():
            if file.is_file():
                found[str(file)] = str(file).encode(errors="surrogateescape") + file.read_bytes()
        return found


@dataclass(frozen=True, kw_only=True)
class RunningStep:
    """The action's first step while it runs; `temp` is the job's RUNNER_TEMP."""

    temp: Path
    _log: Path
    _bash: subprocess.Popen[bytes]
    _terminal: Terminal | None = None

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def pid(self) -> int:
        """The process that bash has become."""
        return self._bash.pid

    def file(self, name: str) -> str:
        """Read a file of the evidence as far as it is written, nothing if it is not there yet."""
        found = self.temp.glob(f"rehearsal-*/evidence/{name}")
        return "".join(file.read_text(errors="replace") for file in found)

    def wait_until(
        self, condition: Callable[["RunningStep"], object], timeout: float = 120
    ) -> None:
        """Wait until a condition holds. Raises AssertionError when the step ends first."""
        limit = time.monotonic() + timeout
        while not condition(self):
            assert self._bash.poll() is None, f"the step ended too early\n{self.log[-3000:]}"
            assert time.monotonic() < limit, f"waited {timeout} s in vain\n{self.log[-3000:]}"
            time.sleep(0.02)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the step's bash and to nothing else."""
        self._bash.send_signal(number)

    def press_ctrl_c(self) -> None:
        """Press Ctrl-C in its terminal: all processes in the foreground get SIGINT."""
        assert self._terminal
        self._terminal.type(b"\x03")

    def ends_within(self, seconds: float) -> bool:
        try:
            self._bash.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


@dataclass(frozen=True, kw_only=True)
class LocalRun:
    """What a rehearsal left that ran without GitHub; `temp` is where its temporary files go."""

    exit_code: int
    output: bytes
    temp: Path


Meanwhile = Callable[[RunningStep], None]


def cancel(step: RunningStep) -> None:
    """Cancel a step as GitHub's runner does. Source: actions/runner, ProcessInvoker.cs."""
    for number, grace in ((signal.SIGINT, 7.5), (signal.SIGTERM, 2.5), (signal.SIGKILL, 5.0)):
        step.send(number)
        if step.ends_within(grace):
            return


@dataclass(frozen=True, kw_only=True)
class Runner:
    """A runner with a workspace and temporary folders of its own; `run_id` is the run's number."""

    folder: Path
    run_id: str

    def use(
        self,
        repository: Repository,
        inputs: Mapping[str, str] | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        action: str = "action",
        timeout: float = 300,
        meanwhile: Meanwhile = lambda _: None,
        between: Callable[[Path], None] = lambda _: None,
        first_step_only: bool = False,
    ) -> ActionResult:
        """Use an action in a repository; `environment` is the calling step's `env:`.

        Without the input `audit` there is no audit.
        `meanwhile` is called while the first step runs, `between` before the second, with
        RUNNER_TEMP. `timeout` is in seconds, for each step. `first_step_only` saves the time of the
        clean-up step. Raises subprocess.TimeoutExpired.
        """
        place = self._new_place()
        folder = repository.root / action
        declared = yaml.safe_load((folder / "action.yml").read_text())
        given = {name: each.get("default", "") for name, each in declared["inputs"].items()}
        if "audit" in given:
            given |= _WITHOUT_AUDIT
        context = _Context(inputs=given | dict(inputs or {}), outputs={})
        started = time.monotonic()
        logs: list[str] = []
        exit_code, summary = 0, ""
        for number, step in enumerate(step for step in declared["runs"]["steps"] if "run" in step):
            if exit_code and "always()" not in step.get("if", ""):
                continue
            if number and first_step_only:
                break
            if number:
                between(place / "temp")
            left = _run_step(
                step,
                context,
                cwd=repository.root,
                environment=self._environment(place, repository)
                | {"GITHUB_ACTION_PATH": str(folder)}
                | dict(environment or {}),
                files=place / f"step-{number}",
                timeout=timeout,
                meanwhile=(lambda _: None) if number else meanwhile,
            )
            logs.append(left.log)
            summary, exit_code = summary + left.summary, exit_code or left.exit_code
            context.outputs[step["id"]] = left.outputs
        tail = "\n".join(line[:500] for line in "".join(logs)[-20000:].split("\n")[-80:])
        print(f"{tail}\nthe action exited {exit_code}; its files: {place}", file=sys.stderr)
        outputs = {name: context.fill(each["value"]) for name, each in declared["outputs"].items()}
        evidence = Path(outputs.get("evidence-path") or "nowhere")
        return ActionResult(
            exit_code=exit_code,
            seconds=time.monotonic() - started,
            outputs=outputs,
            clean_up=context.outputs.get("clean-up", {}),
            summary=summary,
            shown=parse_step_logs(*map(lines_of, logs)),
            evidence=evidence if evidence.is_dir() else None,
            folder=place,
            repository=repository,
        )

    def run_locally(
        self,
        repository: Repository,
        inputs: Mapping[str, str],
        *,
        environment: Mapping[str, str] | None = None,
        before: Iterable[str] = (),
        flags: Sequence[str] = (),
        timeout: float = 300,
        meanwhile: Meanwhile = lambda _: None,
        command: str = "rehearse",
        on_terminal: bool = False,
    ) -> LocalRun:
        """Rehearse as on a laptop, with nothing of GitHub's around; `before` starts the command.

        `meanwhile` is called while it runs. `command` is another sub-command with the same flags.
        With `on_terminal` it has a terminal of its own.
        """
        place = self._new_place()
        own = {
            name: value
            for name, value in self._environment(place, repository).items()
            if name != "CI" and not name.startswith(("GITHUB_", "RUNNER_"))
        }
        with ExitStack() as opened:
            log = opened.enter_context((place / "log").open("wb"))
            terminal = opened.enter_context(Terminal(log)) if on_terminal else None
            # Makes its standard input the terminal whose keys it hears.
            controlled = ("setsid", "--ctty") if terminal else ()
            program = (sys.executable, "-I", "action")
            process = subprocess.Popen(
                [*controlled, *before, *program, command, *flags, *_flags(inputs)],
                cwd=repository.root,
                env=own | dict(environment or {}) | ({"TERM": "xterm"} if terminal else {}),
                stdin=terminal.inside if terminal else subprocess.DEVNULL,
                stdout=terminal.inside if terminal else log,
                stderr=subprocess.STDOUT,
            )
            with process:
                try:
                    step = RunningStep(
                        temp=place / "temp",
                        _log=place / "log",
                        _bash=process,
                        _terminal=terminal,
                    )
                    meanwhile(step)
                    process.wait(timeout)
                except BaseException:
                    process.kill()
                    raise
        output = (place / "log").read_bytes()
        # What is large is removed after the last line; until then it holds what nobody redacted.
        leftovers.of_processes(self.run_id)
        return LocalRun(exit_code=process.returncode, output=output, temp=place / "temp")

    def _new_place(self) -> Path:
        place = Path(tempfile.mkdtemp(prefix="use-", dir=self.folder))
        (place / "temp").mkdir()
        return place

    def _environment(self, place: Path, repository: Repository) -> dict[str, str]:
        return clean_environment() | {
            **own_caches(place),
            "CI": "true",
            "GITHUB_ACTION_PATH": str(repository.root / "action"),
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_JOB": "rehearse",
            "GITHUB_REPOSITORY": "example/superlists",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_RUN_ID": self.run_id,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": repository.git("rev-parse", "HEAD").strip(),
            "GITHUB_WORKFLOW_REF": "example/superlists/.github/workflows/ci.yml@refs/heads/main",
            "GITHUB_WORKSPACE": str(repository.root),
            "REHEARSAL_E2E": self.run_id,
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(place / "temp"),
            "TMPDIR": str(place / "temp"),
        }


@dataclass(frozen=True, kw_only=True)
class _Left:
    exit_code: int
    log: str
    outputs: Mapping[str, str]
    summary: str


@dataclass(frozen=True, kw_only=True)
class _Context:
    inputs: Mapping[str, str]
    outputs: dict[str, Mapping[str, str]]

    def fill(self, text: str) -> str:
        """Replace the expressions that the action uses.

        Raises NotImplementedError for any other: add it here, or the scenario would not be true.
        """
        return _EXPRESSION.sub(lambda match: self._value(match["text"]), str(text))

    def _value(self, expression: str) -> str:
        if expression.replace(" ", "") == "toJSON(inputs)":
            return json.dumps(dict(self.inputs), indent=2)
        if expression.replace(" ", "") == "toJSON(steps.rehearse.outputs)":
            return json.dumps(dict(self.outputs.get("rehearse", {})), indent=2)
        if "||" in expression:
            alternatives = (self._value(each.strip()) for each in expression.split("||"))
            return next(filter(None, alternatives), "")
        match expression.split("."):
            case ["inputs", name]:
                return self.inputs[name]
            case ["steps", step, "outputs", name]:
                return self.outputs.get(step, {}).get(name, "")
            case ["github", name]:
                return os.environ.get(f"GITHUB_{name.upper()}", "")
        raise NotImplementedError(f"runner.py does not know the expression {expression!r}")


def _run_step(
    step: Mapping[str, Any],
    context: _Context,
    *,
    cwd: Path,
    environment: Mapping[str, str],
    files: Path,
    timeout: float,
    meanwhile: Meanwhile,
) -> _Left:
    assert step["shell"] == "bash", "runner.py knows no other shell"
    files.mkdir()
    for name in _FILES:
        (files / name).touch()
    script = files / "script.sh"
    script.write_text(step["run"])
    env = {name: context.fill(value) for name, value in step.get("env", {}).items()}
    with (files / "log").open("wb") as log:
        bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=cwd,
            env={**environment, **env, **{name: str(files / name) for name in _FILES}},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        with bash:
            try:
                meanwhile(RunningStep(temp=files.parent / "temp", _log=files / "log", _bash=bash))
                bash.wait(timeout)
            except BaseException:
                bash.kill()
                raise
    return _Left(
        exit_code=bash.returncode,
        log=(files / "log").read_bytes().decode(errors="surrogateescape"),
        outputs=_read_file_command((files / "GITHUB_OUTPUT").read_text()),
        summary=(files / "GITHUB_STEP_SUMMARY").read_text(),
    )


def _flags(inputs: Mapping[str, str]) -> list[str]:
    return [word for name, value in inputs.items() for word in (f"--{name}", value)]


def _read_file_command(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, separator, value = line.partition("=")
        if "<<" in name or not separator:
            name, _, delimiter = line.partition("<<")
            value = "\n".join(iter(lambda: next(lines), delimiter))
        found[name] = value
    return found
