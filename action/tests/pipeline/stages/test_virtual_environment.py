import ast
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.evidence.log import Log
from rehearsal.pipeline.stages import virtual_environment
from rehearsal.pipeline.stages.python_path import PACKAGES_FOLDER
from rehearsal.pipeline.stages.virtual_environment import PTH_SCRIPT, VenvBuilder
from rehearsal.pipeline.venv_cache import VenvCache
from rehearsal.verdict import RehearsalError, Verdict

# Settings of this machine would say what installs.
ENV = {"PATH": os.environ["PATH"], "PIP_INDEX_URL": "https://example.invalid"}


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    file = tmp_path / "my requirements.txt"
    file.write_text("a==1\n")
    return file


def test_venv_builder__paths_with_spaces(
    log: Log, tmp_path: Path, requirements: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtual_environment, "INSTALL_SCRIPT", 'printf "%s\\n" "$@" .; pwd -P')
    requirements.write_text("a==1 --hash=sha256:00ff\n")
    builder = VenvBuilder(requirements, tmp_path / "v e n v", env=ENV, log=log)
    builder.wait()
    assert builder.seconds
    assert builder.bin_folder == tmp_path / "v e n v" / "bin"
    assert log.tail(9) == (
        sys.executable,
        str(tmp_path / "v e n v"),
        str(requirements),
        "has hashes",
        ".",
        str(tmp_path.resolve()),
    )


def test_venv_builder__end(
    log: Log, tmp_path: Path, requirements: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtual_environment, "INSTALL_SCRIPT", f"touch {tmp_path}/on; sleep 60")
    builder = VenvBuilder(requirements, tmp_path / "venv", env=ENV, log=log)
    wait_until((tmp_path / "on").exists)
    started = time.monotonic()
    builder.end()
    assert time.monotonic() - started < 5
    assert builder._process
    assert builder._process.ended


def test_venv_builder__end_before_it_has_begun(
    log: Log, tmp_path: Path, requirements: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is started any more."""
    reads, goes_on = threading.Event(), threading.Event()

    def read_slowly(*_: object) -> None:
        reads.set()
        goes_on.wait(20)

    monkeypatch.setattr(virtual_environment, "read_text", read_slowly)
    monkeypatch.setattr(virtual_environment, "Process", None)
    builder = VenvBuilder(
        requirements, tmp_path / "venv", env=ENV, log=log, cache=VenvCache(tmp_path / "cache")
    )
    assert reads.wait(20)
    builder.end()
    goes_on.set()
    builder.wait()


def test_venv_builder__failed_installation(
    log: Log, tmp_path: Path, requirements: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'echo "ERROR: No matching distribution found for $3" >&2; exit 1'
    monkeypatch.setattr(virtual_environment, "INSTALL_SCRIPT", script)
    builder = VenvBuilder(requirements, tmp_path / "venv", env=ENV, log=log)
    with pytest.raises(RehearsalError) as caught:
        builder.wait()
    builder.end()
    assert caught.value.problem.verdict is Verdict.SETUP_FAILED
    assert "from my requirements.txt (exit code 1)" in caught.value.problem.message
    assert caught.value.problem.excerpt == (
        f"ERROR: No matching distribution found for {requirements}",
    )


def test_venv_builder__a_fault_of_ours(
    log: Log, tmp_path: Path, requirements: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(virtual_environment, "find_installer", fail)
    builder = VenvBuilder(requirements, tmp_path / "venv", env=ENV, log=log)
    with pytest.raises(RuntimeError, match="ours"):
        builder.wait()


def wait_until(condition: Callable[[], object], seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "the condition did not become true"
        time.sleep(0.01)


class Rehearsals:
    """Rehearsals one after the other, with one cache; installing is quick and writes a count."""

    def __init__(self, folder: Path, requirements: Path, log: Log) -> None:
        self.folder, self.requirements, self.log = folder, requirements, log
        self.cache = VenvCache(folder / "cache/venvs")
        self.staging = folder / "staging"

    def start(self) -> VenvBuilder:
        return VenvBuilder(self.requirements, self.staging, env=ENV, log=self.log, cache=self.cache)

    def run(self) -> Path:
        """Provide an environment, as for a rehearsal that has ended; return its folder."""
        builder = self.start()
        builder.wait()
        builder.end()
        return builder.bin_folder.parent

    @property
    def installed(self) -> int:
        """How often something was installed."""
        count = self.folder / "installed"
        return len(count.read_text().splitlines()) if count.exists() else 0

    @property
    def last_line(self) -> str:
        self.log.flush()
        return self.log.tail(1)[0]


@pytest.fixture
def rehearsals(
    log: Log, tmp_path: Path, requirements: Path, monkeypatch: pytest.MonkeyPatch
) -> Rehearsals:
    script = (
        'mkdir -p "$2/bin" "$2/lib/python3.11/site-packages"; echo x >"$2/bin/tool";'
        f"echo x >>{tmp_path}/installed"
    )
    monkeypatch.setattr(virtual_environment, "INSTALL_SCRIPT", script)
    monkeypatch.setattr(virtual_environment, "COMPILE_SCRIPT", ":")
    return Rehearsals(tmp_path, requirements, log)


def test_cache__is_used_again(rehearsals: Rehearsals) -> None:
    venv = rehearsals.run()
    assert venv.is_relative_to(rehearsals.cache.folder)
    assert rehearsals.run() == venv
    assert rehearsals.last_line == f"The requirements have not changed: {venv} is used again."
    assert rehearsals.installed == 1
    assert not rehearsals.staging.exists()


def test_cache__other_requirements(rehearsals: Rehearsals) -> None:
    first = rehearsals.run()
    rehearsals.requirements.write_text("a==1\n-r more.txt\n")
    (rehearsals.folder / "more.txt").write_text("b==1\n")
    second = rehearsals.run()
    (rehearsals.folder / "more.txt").write_text("b==2\n")
    third = rehearsals.run()
    assert len({first, second, third}) == rehearsals.installed == 3
    rehearsals.requirements.write_text("a==1\n")
    assert rehearsals.run() == first
    assert rehearsals.installed == 3


def test_cache__changed_by_the_tests(rehearsals: Rehearsals) -> None:
    first = rehearsals.run()
    (first / "lib/planted.pth").touch()
    second = rehearsals.run()
    assert second != first
    assert not first.exists()
    assert f"{first} is made anew: 'lib/planted.pth' was added." in rehearsals.last_line
    rehearsals.cache.sweep()
    assert [each.name for each in rehearsals.cache.folder.iterdir()] == [second.parent.name]


def test_cache__changed_while_another_rehearsal_uses_it(rehearsals: Rehearsals) -> None:
    user = rehearsals.start()
    user.wait()
    (user.bin_folder / "tool").write_text("changed")
    second = rehearsals.run()
    assert second != user.bin_folder.parent
    assert (user.bin_folder / "tool").exists()
    assert rehearsals.run() == second, "the newest is taken"
    assert rehearsals.installed == 2


@pytest.mark.parametrize("line", ["-e .", "./package", "a @ https://example.com/a.whl"])
def test_cache__not_for_what_may_change_at_any_time(rehearsals: Rehearsals, line: str) -> None:
    rehearsals.requirements.write_text(f"a==1\n{line}\n")
    assert rehearsals.run() == rehearsals.run() == rehearsals.staging
    assert "is kept: my requirements.txt, line 2, is no name with versions" in rehearsals.last_line
    assert rehearsals.installed == 2
    assert not rehearsals.cache.folder.exists()


def test_cache__that_cannot_be_written(rehearsals: Rehearsals) -> None:
    rehearsals.cache.folder.parent.touch()
    assert rehearsals.run() == rehearsals.staging
    assert "No virtual environment is kept: " in rehearsals.last_line
    assert rehearsals.installed == 1


def test_cache__a_failed_installation_leaves_nothing(
    rehearsals: Rehearsals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtual_environment, "INSTALL_SCRIPT", 'mkdir -p "$2/bin"; exit 3')
    builder = rehearsals.start()
    with pytest.raises(RehearsalError, match="exit code 3"):
        builder.wait()
    builder.end()
    rehearsals.cache.sweep()
    assert list(rehearsals.cache.folder.iterdir()) == []


def test_cache__a_cancelled_installation_leaves_nothing(
    rehearsals: Rehearsals, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = rehearsals.folder / "begun"
    script = f'mkdir -p "$2/bin"; touch "{begun}"; sleep 60'
    monkeypatch.setattr(virtual_environment, "INSTALL_SCRIPT", script)
    builder = rehearsals.start()
    wait_until(begun.exists)
    builder.end()
    rehearsals.cache.sweep()
    assert list(rehearsals.cache.folder.iterdir()) == []


def test_cache__requirements_that_change_meanwhile(
    rehearsals: Rehearsals, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = f'mkdir -p "$2/bin"; echo b==1 >>"$3"; echo x >>{rehearsals.folder}/installed'
    monkeypatch.setattr(virtual_environment, "INSTALL_SCRIPT", script)
    assert rehearsals.run() != rehearsals.run()
    rehearsals.cache.sweep()
    assert list(rehearsals.cache.folder.iterdir()) == []


def test_cache__one_that_is_too_large(
    rehearsals: Rehearsals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtual_environment, "MAX_SIZE", 1)
    builder = rehearsals.start()
    builder.wait()
    assert builder.bin_folder.is_dir()
    assert "is not kept: it has more than the 0 MB that all" in rehearsals.last_line
    builder.end()
    assert not builder.bin_folder.is_dir()


def test_cache__two_at_once(rehearsals: Rehearsals, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second does not wait for the first; later one of the two is enough."""
    wait = f"; until [ -e {rehearsals.folder}/go ]; do sleep 0.02; done"
    monkeypatch.setattr(
        virtual_environment, "INSTALL_SCRIPT", virtual_environment.INSTALL_SCRIPT + wait
    )
    both = [rehearsals.start(), rehearsals.start()]
    wait_until(lambda: rehearsals.installed == 2)
    (rehearsals.folder / "go").touch()
    for builder in both:
        builder.wait()
    venvs = {builder.bin_folder.parent for builder in both}
    assert len(venvs) == 2
    for builder in both:
        builder.end()
        assert builder.bin_folder.is_dir()
    del both, builder
    assert rehearsals.run() in venvs
    rehearsals.requirements.write_text("other==1\n")
    rehearsals.run()
    rehearsals.cache.sweep()
    assert len(list(rehearsals.cache.folder.iterdir())) == 2


WITHOUT_PIP = '"$1" -m venv --without-pip "$2"'
# How often the capture listens, and what of it is imported.
LISTENS = """
import sys
finders = [type(each).__name__ for each in sys.meta_path]
print(finders.count("_BrowserFinder"), sum("rehearsal" in name for name in sys.modules))
"""
ON = {"REHEARSAL_EVIDENCE": "/nowhere", "REHEARSAL_PACKAGES": str(PACKAGES_FOLDER)}
SITECUSTOMIZE = os.pathsep.join(
    (str(PACKAGES_FOLDER / "rehearsal_capture/python_path"), str(PACKAGES_FOLDER))
)


@pytest.fixture
def environment(
    log: Log, tmp_path: Path, requirements: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A virtual environment with the capture, and no packages."""
    monkeypatch.setattr(virtual_environment, "INSTALL_SCRIPT", WITHOUT_PIP)
    folder = tmp_path / "v e n v"
    VenvBuilder(requirements, folder, env=ENV, log=log).wait()
    return folder


def run(environment: Path, *arguments: str, **env: str) -> str:
    """Return what its Python prints."""
    done = subprocess.run(
        [environment / "bin/python", *arguments],
        env={**ENV, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("option", ["-I", "-E", "-B"])
@pytest.mark.parametrize("path", ["", SITECUSTOMIZE], ids=["no path", "path"])
def test_venv_builder__capture_listens_once(option: str, path: str, environment: Path) -> None:
    assert run(environment, option, "-c", LISTENS, PYTHONPATH=path, **ON) == "1 2"


@pytest.mark.parametrize(
    "env, expected",
    [
        pytest.param({}, "0 0", id="no evidence"),
        pytest.param({"REHEARSAL_EVIDENCE": "/nowhere"}, "0 0", id="no packages"),
        pytest.param({**ON, "REHEARSAL_EVIDENCE": ""}, "0 2", id="no folder"),
        pytest.param({**ON, "REHEARSAL_CAPTURE": "off"}, "0 2", id="off"),
    ],
)
def test_venv_builder__capture_stays_silent(
    env: dict[str, str], expected: str, environment: Path
) -> None:
    assert run(environment, "-I", "-c", LISTENS, **env) == expected


@pytest.mark.parametrize("fault", ["missing", "broken"])
def test_venv_builder__capture_that_fails_prints_nothing(
    fault: str, environment: Path, tmp_path: Path
) -> None:
    if fault == "broken":
        (tmp_path / "rehearsal_capture.py").write_text("raise RuntimeError('planted')\n")
    env = {**ON, "REHEARSAL_PACKAGES": str(tmp_path)}
    assert run(environment, "-I", "-c", "print('as ever')", **env) == "as ever"


def test_venv_builder__two_rehearsals_with_one_environment(
    environment: Path, tmp_path: Path
) -> None:
    """Each finds its own packages."""
    for name in ("one", "two"):
        package = tmp_path / name / "rehearsal_capture"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "start.py").write_text(f"def start(): print({name!r})\n")
        env = {**ON, "REHEARSAL_PACKAGES": str(tmp_path / name)}
        assert {*run(environment, "-I", "-c", "", **env).split()} == {name}


def test_pth_script__is_python_3_8() -> None:
    ast.parse(PTH_SCRIPT, feature_version=(3, 8))
