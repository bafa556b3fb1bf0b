import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from rehearsal import cli

from .fake_docker import IMAGE_ID, FakeDocker

ACTION = Path(__file__).resolve().parents[1]
SECRET = "planted-secret-value"
PEM = "-----BEGIN KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n-----END KEY-----\n"


@dataclass
class Job:
    """A job on a runner: a project to rehearse, an engine, and the files of the runner."""

    folder: Path
    docker: FakeDocker

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def environ(self) -> dict[str, str]:
        return {"PATH": self.docker.path, "HOME": str(self.folder), "RUNNER_TEMP": str(self.temp)}

    @property
    def temp(self) -> Path:
        return self.folder / "temp"

    @property
    def github(self) -> dict[str, str]:
        files = {f"GITHUB_{name}": str(self.folder / name) for name in ("OUTPUT", "STEP_SUMMARY")}
        ours = {"GITHUB_ACTIONS": "true", "GITHUB_JOB": "unit", "REHEARSAL_INPUTS": "{}"}
        return {**self.environ, **files, **ours}

    @property
    def outputs(self) -> dict[str, str]:
        pairs = re.findall(r"^([a-z-]+)<<(\S+)\n(.*?)\n?\2$", (self.folder / "OUTPUT").read_text(),
                           re.MULTILINE | re.DOTALL)  # fmt: skip
        return {name: value for name, _, value in pairs}

    def files(self) -> dict[str, bytes]:
        """Return the files in the temporary folder, by their paths below the run's folder."""
        files = (path for path in self.temp.rglob("*") if path.is_file())
        return {
            "/".join(path.relative_to(self.temp).parts[1:]): path.read_bytes() for path in files
        }

    def start(self, *argv: str, **environ: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-I", str(ACTION), *argv],
            cwd=self.project,
            env={**self.github, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, *argv: str, **environ: str) -> tuple[int, str]:
        process = self.start(*argv, **environ)
        try:
            out, _ = process.communicate(timeout=120)
        finally:
            process.kill()
        return process.returncode, out.decode()


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    job = Job(folder=tmp_path, docker=FakeDocker(tmp_path))
    job.project.mkdir()
    job.temp.mkdir()
    (job.project / "Dockerfile").touch()
    monkeypatch.chdir(job.project)
    return job


def wait_until(condition: Callable[[], object], seconds: float = 10) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "the condition did not become true"
        time.sleep(0.01)


def test_rehearse__passed(job: Job) -> None:
    (job.project / "check.sh").write_text(
        'echo "$TEST_SERVER"; echo "Ran 2 tests in 0.1s"; echo OK'
    )
    code, log = job.run(
        "rehearse", "--secrets", "KEY", "--test-command", "bash check.sh", "--evidence", "always",
        "--setup-command", "echo migrated", KEY="abc",
    )  # fmt: skip
    assert (code, job.outputs["verdict"]) == (0, "passed"), log
    assert job.outputs["image-id"] == IMAGE_ID
    assert (job.outputs["tests"], job.outputs["failures"]) == ("2", "0")
    assert float(job.outputs["ready-seconds"]) < 30
    kept = job.files()
    assert re.match(rb"localhost:\d+\n", kept["evidence/tests/output.log"])
    assert b"Listening" in kept["evidence/container.log"]
    assert b"migrated" in kept["evidence/setup.log"]
    assert json.loads(kept["evidence/container.json"])["Config"]["Env"] == ["KEY=***"]
    assert json.loads(kept["evidence/verdict.json"])["verdict"] == "passed"
    digest = sha256(kept["evidence/verdict.json"]).hexdigest()
    assert job.outputs["verdict-digest"] == f"sha256:{digest}"
    assert not job.docker.has_container
    assert not any(name.startswith("staging") for name in kept)


def test_rehearse__verdict_has_origin_and_request(job: Job) -> None:
    command = f"true {SECRET}"
    code, log = job.run(
        "rehearse", "--test-command", command, "--ready-path", f"/?key={SECRET}", "--shard", "2/4",
        "--test-env", "BROWSER=firefox",
        GITHUB_SERVER_URL="https://github.example", GITHUB_REPOSITORY="o/n", GITHUB_RUN_ID="7",
        GITHUB_RUN_ATTEMPT="3", GITHUB_SHA="c0ffee", GITHUB_REF="refs/heads/main",
    )  # fmt: skip
    assert code == 0, log
    (found,) = (
        json.loads(content)
        for name, content in job.files().items()
        if name == "evidence/verdict.json"
    )
    assert found["origin"] == {
        "repository": "o/n",
        "commit": "c0ffee",
        "ref": "refs/heads/main",
        "run": "https://github.example/o/n/actions/runs/7",
        "attempt": 3,
        "branch": "main",
        "pull-request": 0,
        "head-commit": "",
        "changed": False,
    }
    assert found["request"] == {
        "test-command-sha256": sha256(command.encode()).hexdigest(),
        "browser": "firefox",
        "ready-path": "/",
        "ready-status": "200-399",
    }
    assert (found["shard"], found["shards"]) == ("2/4", None)


def test_rehearse__only_the_container_gets_the_secret(job: Job) -> None:
    """Build, setup command and tests print their whole environment."""
    job.docker.set("build-says", f"#2 {SECRET}\n")
    job.docker.set("last", SECRET)
    print_all = f"env; cat /proc/$PPID/cmdline; echo {SECRET[:8]}'{SECRET[8:]}'; touch {job.docker.state}/die; curl -s $TEST_SERVER; exit 1"  # noqa: E501
    code, log = job.run(
        "rehearse", "--secrets", "KEY\nPEM", "--test-command", print_all, "--setup-command", "env",
        KEY=SECRET, PEM=PEM, REHEARSAL_INPUTS="{}", GITHUB_TOKEN="token-of-the-runner",
    )  # fmt: skip
    assert code != 0
    environment = (job.docker.state / "environment").read_text()
    assert f"KEY={SECRET}" in environment
    assert "MIIEvQIBADAN" in environment
    masks, _, rest = log.partition("::stop-commands::")
    assert f"::add-mask::{SECRET}\n::add-mask::MIIEvQIBADAN\n" in masks
    everything = {
        "log": rest,
        "outputs": (job.folder / "OUTPUT").read_text(),
        "summary": (job.folder / "STEP_SUMMARY").read_text(),
        "calls": "\n".join(job.docker.calls),
        **{name: data.decode(errors="replace") for name, data in job.files().items()},
    }
    for place, text in everything.items():
        for value in (SECRET, "MIIEvQIBADAN", "token-of-the-runner"):
            assert value not in text, place
    tests = job.files()["evidence/tests/output.log"].decode()
    assert "***" in tests
    for name in ("KEY=", "PEM=", "GITHUB_TOKEN", "REHEARSAL_INPUTS", "GITHUB_OUTPUT"):
        assert name not in re.sub(r"^#2.*$", "", tests)


def test_rehearse__outside_github(job: Job) -> None:
    code, log = job.run("--secrets", f"KEY={SECRET}", GITHUB_ACTIONS="")
    assert code == 0
    assert "::" not in log
    assert SECRET not in log
    assert job.files() == {}
    assert "verdict:  passed" in log.splitlines()[-1]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # It still runs.
@pytest.mark.parametrize("policy", ["always", "never"])
def test_rehearse__files_that_take_long_to_remove(
    job: Job, policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are gone at last, though the rehearsal does not wait for it."""
    monkeypatch.setattr("rehearsal.commands.rehearse.MOMENT", 0)
    argv = ["--no-workflow", "--test-command", "echo x >$REHEARSAL_EVIDENCE/x.png"]
    assert cli.main([*argv, "--evidence", policy], job.environ) == 0

    def are_gone() -> bool:
        # By name: a file that is just being removed cannot be read.
        return not any(job.temp.glob("*/staging*"))

    wait_until(are_gone if policy == "always" else lambda: not any(job.temp.iterdir()))
    assert ("evidence/tests/x.png" in job.files()) is (policy == "always")


def test_rehearse__warns_of_a_secret_that_is_an_ordinary_word(job: Job) -> None:
    code, log = job.run("rehearse", "--secrets", "KEY", KEY="taskmaster", GITHUB_ACTOR="taskmaster")
    assert code == 0, log
    said = "The secret KEY holds an ordinary word."
    assert f"::warning title=Dress rehearsal%3A warning::{said}" in log
    assert log.count(said) == 1
    assert said in (job.folder / "STEP_SUMMARY").read_text()
    (warning,) = json.loads(job.files()["evidence/verdict.json"])["warnings"]
    assert warning.startswith(said)
    assert "taskmaster" not in log.replace("::add-mask::taskmaster", "")


# What engine 20.10 says if another program takes the port that it chose.
PORT_LOST = (
    "driver failed programming external connectivity on endpoint x: Error starting userland proxy: "
    "listen tcp4 127.0.0.1:49160: bind: address already in use"
)


def test_rehearse__a_port_that_the_engine_lost_is_tried_again(job: Job) -> None:
    job.docker.set("start-says", PORT_LOST)
    job.docker.set("lost-starts", "2")
    code, log = job.run("rehearse")
    assert (code, job.outputs["verdict"]) == (0, "passed"), log
    assert sum(call.startswith("start ") for call in job.docker.calls) == 3
    assert "already in use" not in log


# For each fault: files of the fake docker, inputs, then verdict, exit code and annotation.
FAULTS = {
    "build": ({"build-exit": "1", "build-says": "#9 ERROR: no such pin\n"}, {},
              ("build-failed", 10, "could not be built from Dockerfile")),
    "crash": ({"crash": "KeyError: 'DJANGO_SECRET_KEY'\n"}, {},
              ("crashed", 11, "before it was ready")),
    "never ready": ({"status": "400"}, {"ready-timeout": "1"},
                    ("not-ready", 12, "HTTP status 400")),
    "tests fail": ({},
                   {"test-command": "echo Ran 2 tests in 1s; echo 'FAILED (failures=1)'; false"},
                   ("tests-failed", 13, "1 of 2 tests failed")),
    "tests hang": ({}, {"test-command": "sleep 60", "test-timeout": "1"},
                   ("timed-out", 17, "still running after 1 s")),
    "no engine": ({"gone": ""}, {}, ("engine-failed", 20, "does not answer")),
    "refused": ({"create-says": "network nowhere not found"}, {"network": "nowhere"},
                ("misconfigured", 2, "network nowhere not found")),
    "port lost": ({"start-says": PORT_LOST, "lost-starts": "9"}, {},
                  ("engine-failed", 20, "chose a free port 3 times")),
    "host port lost": ({"start-says": PORT_LOST, "lost-starts": "9"}, {"host-port": "49160"},
                       ("misconfigured", 2, "The input host-port is 49160")),
    "input": ({}, {"port": "http"}, ("misconfigured", 2, "The input port is 'http'")),
    "dies in tests": ({"last": "Segmentation fault"},
                      {"test-command": "touch $STATE/die; curl -s $TEST_SERVER; sleep 0.5; false"},
                      ("crashed", 11, "during the tests")),
    "dies in tests, reported late": ({"last": "Segmentation fault", "lag": "1.5"},
                                 {"test-command": "touch $STATE/die; curl -s $TEST_SERVER; false"},
                                 ("crashed", 11, "during the tests: exit code 3")),
    "dies in tests that pass": ({"last": "Segmentation fault", "lag": "1.5"},
                            {"test-command": "touch $STATE/die; curl -s $TEST_SERVER || true"},
                            ("crashed", 11, "during the tests: exit code 3")),
    "removed in tests": ({}, {"test-command": "docker rm x; sleep 0.3"},
                         ("engine-failed", 20, "No such container")),
    "engine goes in tests": ({}, {"test-command": "touch $STATE/gone; exit 1"},
                             ("engine-failed", 20, "does not answer")),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_rehearse__faults(job: Job, fault: str) -> None:
    behaviour, given, (verdict, exit_code, words) = FAULTS[fault]
    for name, text in behaviour.items():
        job.docker.set(name, text)
    code, log = job.run("rehearse", REHEARSAL_INPUTS=json.dumps(given), STATE=str(job.docker.state))
    outputs = job.outputs
    assert (outputs["verdict"], code) == (verdict, exit_code), log
    (annotation,) = re.findall(
        rf"^::error title=Dress rehearsal%3A {verdict}::(.*)$", log, re.MULTILINE
    )
    assert words in annotation
    assert f"❌ Dress rehearsal: {verdict}" in (job.folder / "STEP_SUMMARY").read_text()
    assert json.loads(job.files()["evidence/verdict.json"])["verdict"] == verdict
    assert Path(outputs["evidence-path"]).is_dir()
    if not (job.docker.state / "gone").exists():
        assert not job.docker.has_container


def test_rehearse__names_the_container_that_a_lost_engine_keeps(job: Job) -> None:
    code, log = job.run("rehearse", "--test-command", f"touch {job.docker.state}/gone; false")
    assert code == 20
    (folder,) = job.temp.glob("rehearsal-*")
    run = folder.name.removeprefix("rehearsal-")
    command = f"docker ps --all --quiet --filter label=dress-rehearsal={run} "
    assert f"The container dress-{folder.name} may be left" in log
    everything = (
        log,
        (job.folder / "STEP_SUMMARY").read_text(),
        *(job.files()[f"evidence/{name}"].decode() for name in ("verdict.json", "index.html")),
    )
    assert all(command in text for text in everything)


def test_rehearse__ignores_reports_of_an_earlier_run(job: Job) -> None:
    reports = job.project / "reports"
    reports.mkdir()
    text = "<testsuite><testcase name='a'/></testsuite>"
    (reports / "stale.xml").write_text(text)
    given = {"test-reports": "reports/*.xml", "evidence": "always"}
    for command, verdict, tests in (
        ("true", "no-tests", ""),
        (f'echo "{text}" > reports/fresh.xml', "passed", "1"),
    ):
        inputs = json.dumps({**given, "test-command": command})
        cli.main(["rehearse"], {**job.github, "REHEARSAL_INPUTS": inputs})
        assert (job.outputs["verdict"], job.outputs["tests"]) == (verdict, tests)
    kept = [name for name in job.files() if "junit" in name]
    assert kept == ["evidence/tests/junit/reports_fresh.xml"]


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '"x"', "{'port': 1}", "null"],
    ids=["cut off", "list", "text", "Python", "null"],
)
def test_rehearse__inputs_are_no_json_object(
    job: Job, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["rehearse"], {**job.github, "REHEARSAL_INPUTS": text}) == 2
    assert "REHEARSAL_INPUTS is not a JSON object." in capsys.readouterr().out
    assert job.outputs["verdict"] == "misconfigured"


def test_rehearse__an_unknown_input(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    environ = {**job.github, "REHEARSAL_INPUTS": json.dumps({"prot": "80"})}
    assert cli.main(["rehearse"], environ) == 2
    assert "There is no input named 'prot'. Did you mean port?" in capsys.readouterr().out
    assert job.outputs["verdict"] == "misconfigured"


def test_rehearse__flags_override_json(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    inputs = json.dumps({"port": "1", "timeout": "an hour"})
    environ = {**job.github, "REHEARSAL_INPUTS": inputs}
    assert cli.main(["rehearse", "--timeout", "60", "--port", "http"], environ) == 2
    assert "The input port is 'http'" in capsys.readouterr().out


@pytest.mark.parametrize("platform, name", [("darwin", "macOS"), ("win32", "Windows")])
def test_main__another_system_than_linux(
    platform: str, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert cli.main(["rehearse"], {}) == 2
    told = capsys.readouterr().out
    assert f"Dress Rehearsal needs Linux, and this is {name}." in told
    assert "virtual machine" in told


def test_main__own_fault_is_error_70(
    job: Job, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(f"a bug that quotes {SECRET}")

    monkeypatch.setattr("rehearsal.commands.rehearse.rehearse", fail)
    environ = {**job.github, "KEY": SECRET}
    assert cli.main(["rehearse", "--secrets", "KEY"], environ) == 70
    assert job.outputs["verdict"] == "error"
    log = capsys.readouterr().out
    assert "RuntimeError: a bug that quotes ***" in log
    assert "Traceback" in log
    assert "/issues" in log
    kept = job.files()
    assert b"RuntimeError" in kept["evidence/verdict.json"]
    printed = log.replace(f"::add-mask::{SECRET}", "")
    assert SECRET not in printed + "".join(data.decode() for data in kept.values())


def test_main__full_disk_changes_no_verdict(
    job: Job, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    job.docker.set("crash", "KeyError: 'DJANGO_SECRET_KEY'\n")
    monkeypatch.setattr("rehearsal.evidence.folder.write_all", full)
    assert cli.main(["rehearse"], job.github) == 11
    assert job.outputs["verdict"] == "crashed"
    assert "verdict.json could not be kept: No space left on device" in capsys.readouterr().out


def test_main__failed_report_changes_no_verdict(
    job: Job, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise RuntimeError("a bug of ours in a report")

    job.docker.set("crash", "KeyError: 'DJANGO_SECRET_KEY'\n")
    monkeypatch.setattr("rehearsal.commands.finish.page", fail)
    assert cli.main(["rehearse"], job.github) == 11
    assert job.outputs["verdict"] == "crashed"
    assert b"crashed" in job.files()["evidence/verdict.json"]
    log = capsys.readouterr().out
    assert "A report could not be written" in log
    assert "verdict:  crashed" in log


@pytest.mark.parametrize("temp", ["{}/nowhere", "{}/file", "", None])
def test_rehearse__without_a_temp_folder_is_misconfigured(
    job: Job, capsys: pytest.CaptureFixture[str], temp: str | None
) -> None:
    (job.folder / "file").touch()
    environ = {**job.github, "RUNNER_TEMP": (temp or "").format(job.folder)}
    if temp is None:
        del environ["RUNNER_TEMP"]
    assert cli.main(["rehearse"], environ) == 2
    log = capsys.readouterr().out
    told = f"RUNNER_TEMP is {environ['RUNNER_TEMP']}, where" if temp else "RUNNER_TEMP is not set,"
    assert f"::error title=Dress rehearsal%3A misconfigured::{told}" in log
    assert job.outputs["verdict"] == "misconfigured"
    for name in ("evidence-path", "artifact-name", "tests"):
        assert job.outputs[name] == ""
    summary = (job.folder / "STEP_SUMMARY").read_text().replace("\\", "")
    assert told in summary
    assert "index.html" not in summary, "there is none"
    environ["REHEARSAL_OUTPUTS"] = json.dumps(job.outputs)
    assert cli.main(["clean-up"], environ) == 0
    assert capsys.readouterr().out == ""


def test_rehearse__a_full_temp_folder_is_misconfigured(
    job: Job, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    assert cli.main(["rehearse"], job.github) == 2
    assert "No space left on device.%0AFree room on that disk" in capsys.readouterr().out
    assert job.outputs["verdict"] == "misconfigured"
    assert list(job.temp.iterdir()) == [], "the folder of the run is removed"


def test_rehearse__cancelled(job: Job) -> None:
    process = job.start("rehearse", "--test-command", f"touch {job.folder}/testing; sleep 60")
    wait_until((job.folder / "testing").exists)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    log = process.communicate(timeout=120)[0].decode()
    assert time.monotonic() - started < 30
    assert process.returncode == 18, log
    assert job.outputs["verdict"] == "cancelled"
    assert not job.docker.has_container
    assert "stop -t 1 c0ffee" in job.docker.calls
    assert b"Listening" in job.files()["evidence/container.log"]


def test_clean_up__after_sigkill(job: Job) -> None:
    pid_file = job.folder / "browser"
    script = f"setsid sleep 60 >/dev/null 2>&1 & echo $! > {pid_file}; sleep 60"
    process = job.start("rehearse", "--test-command", script)
    wait_until(lambda: pid_file.exists() and pid_file.read_text().strip())
    process.kill()
    process.communicate()
    code, log = job.run("clean-up", REHEARSAL_OUTPUTS=json.dumps(job.outputs))
    assert code == 0, log
    assert not job.docker.has_container
    outputs = job.outputs
    assert (outputs["verdict"], outputs["upload"]) == ("cancelled", "true")
    assert Path(outputs["evidence-path"], "container.log").is_file()
    assert not any(name.startswith("staging") for name in job.files())
    browser = Path(f"/proc/{pid_file.read_text().strip()}/stat")
    wait_until(lambda: not browser.exists() or " Z " in browser.read_text())


@pytest.mark.parametrize(
    "replaced, command",
    [
        ("evidence", "ln -s $FOREIGN"),
        ("evidence", "true"),
        ("staging", "ln -s $FOREIGN"),
        ("staging", "cp -r $FOREIGN"),
        ("", "ln -s $FOREIGN"),
        ("", "cp -r $FOREIGN"),
    ],
)
def test_rehearse__tests_replace_its_folders(job: Job, replaced: str, command: str) -> None:
    foreign = job.folder / "foreign"
    for inner in ("evidence", "traces"):
        (foreign / inner).mkdir(parents=True)
        (foreign / inner / "private.txt").write_text("foreign")
    before = sorted(foreign.rglob("*"))
    script = f"place=$(realpath $REHEARSAL_EVIDENCE/../../{replaced}); mv $place $place.moved"
    code, log = job.run(
        "rehearse", "--test-command", f"{script}; {command} $place; echo replaced; exit 1",
        FOREIGN=str(foreign),
    )  # fmt: skip
    assert (code, "\nreplaced\n" in log) == (13, True), log
    code, log = job.run("clean-up", REHEARSAL_OUTPUTS=json.dumps(job.outputs))
    assert (code, job.outputs["upload"]) == (0, "true"), log
    kept = Path(job.outputs["evidence-path"])
    found = json.loads((kept / "verdict.json").read_text())
    assert found["verdict"] == "tests-failed"
    assert "put something else in its place" in str(found["notices"])
    assert not list(kept.rglob("private.txt"))
    assert sorted(foreign.rglob("*")) == before


def test_clean_up__ends_a_running_helper(job: Job) -> None:
    process = job.start("rehearse", "--test-command", f"touch {job.folder}/testing; sleep 60")
    wait_until((job.folder / "testing").exists)
    code, log = job.run("clean-up", REHEARSAL_OUTPUTS=json.dumps(job.outputs))
    process.communicate(timeout=120)
    assert (code, process.returncode) == (0, 18), log
    assert job.outputs["upload"] == "true"
    assert not job.docker.has_container


def test_clean_up__leaves_a_running_helper_that_is_not_its_own(job: Job) -> None:
    process = job.start("rehearse", "--test-command", f"touch {job.folder}/testing; sleep 60")
    wait_until((job.folder / "testing").exists)
    code, log = job.run("clean-up")
    assert (code, log) == (0, "")
    assert process.poll() is None
    assert job.docker.has_container
    process.terminate()
    process.communicate(timeout=120)


def test_version() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ACTION), "--version"],
        capture_output=True,
        text=True,
        check=True,
        env={},
    )
    assert re.fullmatch(r"dress-rehearsal \d+\.\d+\.\d+\n", done.stdout)
