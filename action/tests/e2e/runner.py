"""Run the action's own steps as GitHub's runner does, without act: quicker, and open to signals.

Only the steps with `run:` run, each as `bash` runs them on GitHub; the upload is left to act.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .commands import Shown, understand
from .machine import clean_environment
from .repository import Repository

_EXPRESSION = re.compile(r"\$\{\{\s*(?P<text>.+?)\s*\}\}")
_FILES = ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")


@dataclass(frozen=True, kw_only=True)
class Rehearsed:
    """What a use of the action left. `evidence` is where the rehearsal says it is."""

    exit_code: int
    seconds: float
    outputs: Mapping[str, str]
    clean_up: Mapping[str, str]
    summary: str
    raw_log: str
    shown: Shown
    evidence: Path | None
    folder: Path = field(repr=False)

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
        """Return all that leaves the runner: the log, the outputs, the summary, the evidence."""
        found = {
            "the log": self.log.encode(),
            "the outputs": json.dumps(dict(self.outputs), ensure_ascii=False).encode(),
            "the summary": self.summary.encode(),
        }
        for file in self.evidence.rglob("*") if self.evidence else ():
            if file.is_file():
                found[str(file)] = file.read_bytes()
        return found


@dataclass(frozen=True, kw_only=True)
class Runner:
    """A runner with a workspace and temporary folders of its own; `token` is the run's number."""

    folder: Path
    token: str

    def use(
        self,
        repository: Repository,
        inputs: Mapping[str, str] | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        timeout: float = 120,
    ) -> Rehearsed:
        """Use `./action` in a repository; `environment` is the calling step's `env:`.

        `timeout` is in seconds, for each step. Raises subprocess.TimeoutExpired.
        """
        place = self.folder / f"use-{len(list(self.folder.glob('use-*')))}"
        (place / "temp").mkdir(parents=True)
        action = yaml.safe_load((repository.root / "action/action.yml").read_text())
        given = {name: each.get("default", "") for name, each in action["inputs"].items()}
        context = _Context(inputs=given | dict(inputs or {}), outputs={})
        started = time.monotonic()
        log, exit_code, summary = "", 0, ""
        for number, step in enumerate(step for step in action["runs"]["steps"] if "run" in step):
            if exit_code and "always()" not in step.get("if", ""):
                continue
            left = _run_step(
                step,
                context,
                cwd=repository.root,
                environment=self._environment(place, repository) | dict(environment or {}),
                files=place / f"step-{number}",
                timeout=timeout,
            )
            log, summary, exit_code = (
                log + left.log,
                summary + left.summary,
                exit_code or left.exit_code,
            )
            context.outputs[step["id"]] = left.outputs
        print(f"{log[-6000:]}\nthe action exited {exit_code}; its files: {place}", file=sys.stderr)
        outputs = {name: context.fill(each["value"]) for name, each in action["outputs"].items()}
        evidence = Path(outputs.get("evidence-path") or "nowhere")
        return Rehearsed(
            exit_code=exit_code,
            seconds=time.monotonic() - started,
            outputs=outputs,
            clean_up=context.outputs.get("clean-up", {}),
            summary=summary,
            raw_log=log,
            shown=understand(log.splitlines()),
            evidence=evidence if evidence.is_dir() else None,
            folder=place,
        )

    def _environment(self, place: Path, repository: Repository) -> dict[str, str]:
        return clean_environment() | {
            "CI": "true",
            "GITHUB_ACTION_PATH": str(repository.root / "action"),
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_JOB": "rehearse",
            "GITHUB_REPOSITORY": "example/superlists",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_RUN_ID": self.token,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_WORKSPACE": str(repository.root),
            "REHEARSAL_E2E": self.token,
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
) -> _Left:
    assert step["shell"] == "bash", "runner.py knows no other shell"
    files.mkdir()
    for name in _FILES:
        (files / name).touch()
    script = files / "script.sh"
    script.write_text(step["run"])
    env = {name: context.fill(value) for name, value in step.get("env", {}).items()}
    with (files / "log").open("wb") as log:
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=cwd,
            env={**environment, **env, **{name: str(files / name) for name in _FILES}},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
    return _Left(
        exit_code=done.returncode,
        log=(files / "log").read_text(errors="replace"),
        outputs=_read_file_command((files / "GITHUB_OUTPUT").read_text()),
        summary=(files / "GITHUB_STEP_SUMMARY").read_text(),
    )


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
