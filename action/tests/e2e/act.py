"""Run a workflow for real, with act in host mode, and read back all that it left."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import artifacts, pinned_actions
from .machine import (
    ACTION,
    buildx_plugin,
    clean_environment,
    free_port,
    node_modules,
    own_caches,
    tool,
)
from .repository import CALLER, Repository
from .workflow_commands import Annotation

# On a busy machine act loses what a step prints right before it ends, three times of a hundred. Its
# own calls of bash begin with -e, or with --noprofile where a step names its shell.
_SLOW_BASH = """\
#!/bin/sh
case "$1" in -e | --noprofile) ;; *) exec {bash} "$@" ;; esac
{bash} "$@"
code=$?
sleep 0.3
exit $code
"""
_ANNOTATING = {"error", "warning", "notice"}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step as the steps after it see it."""

    outcome: str
    conclusion: str
    outputs: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Need:
    """One job as the jobs after it see it."""

    result: str
    outputs: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a job's last step found: the steps by id, the jobs it needs, the evidence's copy."""

    job: str
    steps: Mapping[str, Step]
    needs: Mapping[str, Need]
    evidence: Path | None


@dataclass(frozen=True, kw_only=True)
class ActRun:
    """One finished run of act."""

    exit_code: int
    seconds: float
    entries: tuple[Mapping[str, Any], ...]
    records: tuple[Record, ...]
    artifacts: Mapping[str, Path]
    builds: tuple[Mapping[str, Any], ...]
    folder: Path = field(repr=False)
    attempt: int = 1

    @property
    def steps(self) -> Mapping[str, Step]:
        """The steps of the only job that was recorded."""
        assert len(self.records) == 1, f"{len(self.records)} jobs were recorded\n{self.tail()}"
        return self.records[0].steps

    def of_job(self, job: str) -> tuple[Record, ...]:
        """Return the records of one job, one for each leg of its matrix."""
        return tuple(record for record in self.records if record.job == job)

    @property
    def log(self) -> str:
        """What the steps printed, commands to the runner included, masks left out."""
        return "\n".join(
            str(entry.get("raw", entry["msg"])).rstrip("\n")
            for entry in self._public_entries()
            if entry.get("raw_output") or "raw" in entry
        )

    @property
    def everything_logged(self) -> bytes:
        """Every byte that act wrote, save the lines that ask the runner to mask a value."""
        return "\n".join(
            json.dumps(entry, ensure_ascii=False) for entry in self._public_entries()
        ).encode()

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        return tuple(
            Annotation(level=entry["command"], text=entry["arg"], properties=entry["kvPairs"] or {})
            for entry in self.entries
            if entry.get("command") in _ANNOTATING
        )

    @property
    def summary(self) -> str:
        """The job summaries; act reads a composite action's twice, which shows here once."""
        contents = [entry["content"] for entry in self.entries if entry.get("command") == "summary"]
        return "\n".join(dict.fromkeys(contents))

    def tail(self, lines: int = 60) -> str:
        """The end of the steps' log, for a reader of a failed scenario."""
        shown = [
            f"{'.'.join(entry.get('stepID', ()))}| {entry['msg'].rstrip()}"
            for entry in self.entries
        ]
        return "\n".join(shown[-lines:])

    def _public_entries(self) -> Iterator[Mapping[str, Any]]:
        return (entry for entry in self.entries if entry.get("command") != "add-mask")


@dataclass(frozen=True, kw_only=True)
class Act:
    """act, with folders and ports of its own; `run_id` is the run's number."""

    folder: Path
    run_id: str

    def push(
        self,
        repository: Repository,
        workflow: str,
        *,
        secrets: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        others: Mapping[str, Repository] | None = None,
        programs: Iterable[Path] = (),
        tag: str = "",
        pull_request: Mapping[str, Any] | None = None,
        again: "ActRun | None" = None,
        job: str = "rehearse",
        timeout: float = 600,
    ) -> ActRun:
        """Commit `workflow` to the repository, push, and wait for the end of `job`.

        `others` are repositories that workflows name, by OWNER/NAME@REF. `programs` come first on
        the steps' PATH. With `tag` the push is one of this tag; with `pull_request` the event is
        one, and this is what it tells. `again` is a run whose jobs are all run again: this is its
        next attempt, which finds its artifacts. Values are not masked by act, so that one which
        leaks is seen. `timeout` is in seconds. Raises TimeoutError with the log's tail.
        """
        place = self.folder / f"act-{len(list(self.folder.glob('act-*')))}"
        records, builds, server = place / "records", place / "builds", place / "artifacts"
        records.mkdir(parents=True)
        builds.mkdir()
        # Without a folder for the run, act's server cannot tell that it has no artifact yet.
        (server / self.run_id).mkdir(parents=True)
        if again:
            shutil.copytree(again.folder / "artifacts", server, dirs_exist_ok=True)
        attempt = again.attempt + 1 if again else 1
        file = repository.write(".github/workflows/scenario.yml", workflow)
        repository.commit("The workflow of this scenario")
        event: dict[str, Any] = {}
        if tag:
            repository.git("tag", tag)
            event["ref"] = f"refs/tags/{tag}"
        if pull_request:
            event["pull_request"] = pull_request
        name = "pull_request" if pull_request else "push"
        command = [
            *(str(tool("act")), name, "--json", "--insecure-secrets", "--no-cache-server"),
            *("--workflows", str(file), "--job", job),
            *("--platform", "ubuntu-latest=-self-hosted"),
            *("--platform", "ubuntu-24.04=-self-hosted"),
            *_in_their_place(pinned_actions.lay_out(place / "stand_ins")),
            *_in_their_place({name: each.root for name, each in (others or {}).items()}),
            *("--artifact-server-path", str(server), "--artifact-server-addr", "127.0.0.1"),
            *("--artifact-server-port", str(free_port())),
            *("--secret-file", str(_file_of(secrets, place / "secrets.yml"))),
            *("--var-file", str(_file_of(variables, place / "variables.yml"))),
            *("--eventpath", str(_file_of(event, place / "event.json"))),
            *("--env", f"GITHUB_RUN_ID={self.run_id}", "--env", f"GITHUB_RUN_ATTEMPT={attempt}"),
        ]
        started = time.monotonic()
        with (place / "log.jsonl").open("wb") as log:
            known = {name.partition("@")[0]: each for name, each in (others or {}).items()}
            known[CALLER] = repository
            settings = self._environment(place, known, programs) | dict(environment or {})
            exit_code = _run(command, repository, settings, log, timeout)
        run = ActRun(
            exit_code=-1 if exit_code is None else exit_code,
            seconds=time.monotonic() - started,
            entries=tuple(_entries(place / "log.jsonl")),
            records=tuple(_records(records)),
            artifacts=artifacts.unpack(server, place / "unpacked"),
            builds=tuple(json.loads(file.read_text()) for file in sorted(builds.iterdir())),
            folder=place,
            attempt=attempt,
        )
        print(f"{run.tail()}\nact exited {exit_code}; its files: {place}")
        if exit_code is None:
            raise TimeoutError(f"act was still running after {timeout} s")
        return run

    def _environment(
        self, place: Path, known: Mapping[str, Repository], programs: Iterable[Path]
    ) -> dict[str, str]:
        first = place / "bin"
        first.mkdir()
        for program in (tool("node"), *programs):
            (first / program.name).symlink_to(program)
        (first / "bash").write_text(_SLOW_BASH.format(bash=tool("bash")))
        (first / "bash").chmod(0o755)
        temporary = place / "tmp"
        temporary.mkdir()
        own = {
            "PATH": f"{first}:{os.environ['PATH']}",
            "NODE_PATH": str(node_modules()),
            **own_caches(place),
            "BUILDS": str(place / "builds"),
            "BUILDX_PLUGIN": str(buildx_plugin()),
            "RECORDS": str(place / "records"),
            "REHEARSAL_E2E": self.run_id,
            "SECRETS_FILE": str(place / "secrets.yml"),
            "TESTS_PATH": str(ACTION),
            "REPOSITORIES": json.dumps({name: str(each.root) for name, each in known.items()}),
            "TMPDIR": str(temporary),
            "XDG_CONFIG_HOME": str(place / "config"),
        }
        return clean_environment() | own


def _in_their_place(folders: Mapping[str, Path]) -> Iterator[str]:
    for name, folder in folders.items():
        yield from ("--local-repository", f"{name}={folder}")


def _run(
    command: list[str],
    repository: Repository,
    environment: Mapping[str, str],
    log: Any,
    timeout: float,
) -> int | None:
    with subprocess.Popen(
        command,
        cwd=repository.root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as act:
        try:
            return act.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(act.pid, signal.SIGKILL)
            return None


def _entries(log: Path) -> Iterator[Mapping[str, Any]]:
    for line in log.read_text(errors="replace").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            yield {"msg": line}


def _records(folder: Path) -> Iterator[Record]:
    for record in sorted(folder.iterdir()):
        steps = json.loads((record / "steps.json").read_text())
        needs = json.loads((record / "needs.json").read_text())
        evidence = record / "evidence"
        yield Record(
            job=record.name.partition(".")[0],
            steps={name: Step(**step) for name, step in steps.items()},
            needs={name: Need(**need) for name, need in needs.items()},
            evidence=evidence if evidence.exists() else None,
        )


def _file_of(values: Mapping[str, Any] | None, file: Path) -> Path:
    file.write_text(json.dumps(dict(values or {})))  # JSON is YAML, and any value fits in it.
    return file
