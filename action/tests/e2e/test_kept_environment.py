"""The tests' virtual environment is kept, with real installers, and never trusted unchecked."""

import os
import signal
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from . import leftovers
from .deadlines import quickest
from .machine import CHECKOUT
from .repository import Repository
from .runner import LocalRun, Meanwhile, Runner, RunningStep

UV = CHECKOUT / ".cache/suites/bin/uv"
# Small packages, the second from an included file.
REQUIREMENTS = {"wanted.txt": "# for the tests\n-r more.txt\ntblib==3.2.2\n", "more.txt": "h11\n"}
# What the tests import, and whether an evil module has been planted in the meantime.
SUITE = """
import os, sys, unittest, h11, tblib

class Packages(unittest.TestCase):
    def test_are_those_of_the_environment(self):
        for module in (h11, tblib):
            self.assertTrue(module.__file__.startswith(sys.prefix), module.__file__)
        self.assertIn("/venv/bin/python", sys.executable)
        self.assertNotIn("planted", sys.modules)
        # As in every Python of the tests, also where PYTHONPATH is ignored.
        self.assertIn(os.environ["REHEARSAL_PACKAGES"], sys.path)
"""
COMMAND = "python -I -m unittest discover -s packages"
INPUTS = {"test-requirements": "wanted.txt", "test-command": COMMAND, "evidence": "always"}


@dataclass(frozen=True, kw_only=True)
class Laptop:
    """A machine of its own for each scenario, with or without uv."""

    runner: Runner
    repository: Repository
    has_uv: bool

    @property
    def caches(self) -> Path:
        return self.runner.folder / "caches"

    @property
    def environment(self) -> Mapping[str, str]:
        own = {"XDG_CACHE_HOME": str(self.caches)}
        if not self.has_uv:
            return own | {"PATH": _without_uv()}
        # Where pip has settings of its own, as it may have on this machine, uv is not used.
        pip = {name: "" for name in os.environ if name.startswith("PIP_")}
        cache = {"UV_CACHE_DIR": str(CHECKOUT / ".cache/uv"), "PIP_CONFIG_FILE": os.devnull}
        return own | pip | cache | {"PATH": f"{UV.parent}:{os.environ['PATH']}"}

    def rehearse(
        self, command: str = COMMAND, *, meanwhile: Meanwhile = lambda _: None, **more: str
    ) -> str:
        """Rehearse and return what is told of the environment."""
        run = self.start(command, meanwhile=meanwhile, **more)
        assert run.exit_code == 0, run.output.decode()
        return log_of(run)

    def start(
        self, command: str = COMMAND, *, meanwhile: Meanwhile = lambda _: None, **more: str
    ) -> LocalRun:
        return self.runner.run_locally(
            self.repository,
            INPUTS | {"test-command": command},
            environment={**self.environment, **more},
            flags=["--no-workflow"],
            meanwhile=meanwhile,
        )

    @property
    def kept(self) -> list[Path]:
        """The folders in the cache, once all that goes on in the background has ended."""
        leftovers.of_processes(self.runner.run_id)
        return sorted((self.caches / "dress-rehearsal/venvs").glob("*"))


def _without_uv() -> str:
    places = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(place for place in places if not Path(place, "uv").exists())


def log_of(run: LocalRun) -> str:
    (log,) = run.temp.glob("rehearsal-*/evidence/test-setup.log")
    return log.read_text()


@pytest.fixture(params=["pip", "uv"])
def laptop(request: pytest.FixtureRequest, tiny: Repository, runner: Runner) -> Laptop:
    for path, text in REQUIREMENTS.items():
        tiny.write(path, text)
    tiny.write("packages/test_packages.py", SUITE)
    return Laptop(runner=runner, repository=tiny, has_uv=request.param == "uv")


with_pip = pytest.mark.parametrize("laptop", ["pip"], indirect=True)
with_uv = pytest.mark.parametrize("laptop", ["uv"], indirect=True)
# In seconds, after Ctrl-C. The contract says 3.0, which a quiet machine keeps.
VERDICT_TOLD = 6.0
REUSED = "The requirements have not changed: "


def test_kept__is_used_again(laptop: Laptop) -> None:
    first = laptop.rehearse()
    assert ("Resolved " in first) is laptop.has_uv
    assert ("Collecting " in first) is not laptop.has_uv
    (kept,) = laptop.kept
    second = laptop.rehearse()
    assert second == f"{REUSED}{kept}/venv is used again.\n"
    assert laptop.kept == [kept]


@with_pip
def test_kept__other_requirements(laptop: Laptop) -> None:
    laptop.rehearse()
    laptop.repository.write("more.txt", "h11==0.16.0\n")
    assert "h11-0.16.0" in laptop.rehearse()
    assert len(laptop.kept) == 2
    laptop.repository.write("more.txt", REQUIREMENTS["more.txt"])
    assert laptop.rehearse().startswith(REUSED)


HASHED = """
h11==0.16.0 --hash=sha256:63cf8bbe7522de3bf65932fda1d9c2772064ffb3dae62d55932da54b31cb6c86
tblib==3.2.2 --hash=sha256:26bdccf339bcce6a88b2b5432c988b266ebbe63a4e593f6b578b1d2e723d2b76
"""


def test_kept__requirements_with_hashes(laptop: Laptop) -> None:
    laptop.repository.write("wanted.txt", HASHED)
    laptop.rehearse(f"pip --version\n{COMMAND}")
    assert laptop.rehearse().startswith(REUSED)
    laptop.repository.write("wanted.txt", HASHED.replace("63cf", "0000"))
    run = laptop.start()
    assert run.exit_code == 19, run.output.decode()
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in log_of(run)


# Tests that leave a module which every Python of the environment runs when it starts.
PLANT = """
site=$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo "raise SystemExit('planted')" >"$site/planted.py"
echo 'import planted' >"$site/planted.pth"
"""
# The same by a compiled module: Python takes it if it does not have to compare it.
PLANT_COMPILED = """
python - <<'END'
import importlib.util, py_compile
source = importlib.util.find_spec("h11").origin
open("evil.py", "w").write("raise SystemExit('planted')")
target = importlib.util.cache_from_source(source).replace(".pyc", ".opt-1.pyc")
py_compile.compile("evil.py", target, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
END
"""  # noqa: E501


@with_uv
def test_kept__not_what_tests_have_planted(laptop: Laptop) -> None:
    laptop.rehearse(f"{COMMAND}\n{PLANT}")
    (planted,) = laptop.kept
    told = laptop.rehearse()
    assert f"{planted}/venv is made anew: 'lib/python" in told
    assert "planted.pth' was added." in told
    (new,) = laptop.kept
    assert new != planted


@with_uv
def test_kept__not_what_tests_have_compiled(laptop: Laptop) -> None:
    optimized = COMMAND.replace("-I", "-I -O")
    laptop.rehearse(f"{COMMAND}\n{PLANT_COMPILED}")
    assert laptop.start(f"{PLANT_COMPILED}\n{optimized}").exit_code, "else this proves nothing"
    assert laptop.rehearse(optimized).startswith(REUSED)


@with_pip
def test_kept__a_suite_that_installs_more(laptop: Laptop) -> None:
    """It works as ever, with a new environment each time."""
    command = f"! python -c 'import sniffio'\npip install --quiet sniffio\n{COMMAND}"
    laptop.rehearse(command)
    assert "sniffio" in laptop.rehearse(command)


@with_uv
def test_kept__pip_where_uv_cannot_install(laptop: Laptop) -> None:
    laptop.repository.write("wanted.txt", "no-such-package-of-anybody==9.9.9\n")
    run = laptop.start()
    assert run.exit_code == 19, run.output.decode()
    assert "uv could not install them, so pip tries." in log_of(run)
    assert "package no-such-package-of-anybody==9.9.9 cannot be found" in run.output.decode()
    assert laptop.kept == []


@with_pip
@pytest.mark.parametrize("line", ["-e .", "./packages"])
def test_kept__not_what_is_installed_from_a_folder(laptop: Laptop, line: str) -> None:
    project = (
        '[project]\nname = "packages-of-mine"\nversion = "1"\n[tool.setuptools]\npy-modules=[]'
    )
    laptop.repository.write("pyproject.toml", project)
    laptop.repository.write("packages/pyproject.toml", project)
    laptop.repository.write("wanted.txt", f"tblib==3.2.2\nh11\n{line}\n")
    for _ in range(2):
        told = laptop.rehearse(COMMAND.replace("-I", ""))
        assert "No virtual environment is kept: wanted.txt, line 3, is no name" in told
        assert "packages-of-mine" in told
    assert laptop.kept == []


# Both go on until the other one's tests run, too.
TOGETHER = """
touch "$MINE"
for _ in $(seq 2400); do [ -e "$OTHER" ] && break; sleep 0.05; done
[ -e "$OTHER" ]
"""


@with_uv
def test_kept__two_at_once(laptop: Laptop, workdir: Path) -> None:
    laptop.rehearse()
    names = {"MINE": str(workdir / "one"), "OTHER": str(workdir / "two")}
    swapped = {"MINE": names["OTHER"], "OTHER": names["MINE"]}
    with ThreadPoolExecutor() as both:
        logs = [
            *both.map(
                lambda env: laptop.rehearse(f"{TOGETHER}\n{COMMAND}", **env), (names, swapped)
            )
        ]
    assert all(log.startswith(REUSED) for log in logs)
    assert len(laptop.kept) == 1


@with_pip
def test_kept__two_that_make_it_at_once(laptop: Laptop) -> None:
    with ThreadPoolExecutor() as both:
        for run in [both.submit(laptop.rehearse) for _ in range(2)]:
            run.result()
    assert laptop.rehearse().startswith(REUSED)


def never_ends(laptop: Laptop) -> str:
    """Return a PATH with a uv that makes half an environment, and then waits."""
    script = laptop.runner.folder / "half/uv"
    script.parent.mkdir()
    mark = laptop.runner.folder / "half/made"
    # $7 is the Python of the environment.
    script.write_text(f'#!/bin/sh\ntouch "${{7%/bin/python}}/half" "{mark}"\nsleep 600\n')
    script.chmod(0o755)
    return f"{script.parent}:{laptop.environment['PATH']}"


def wait_until_half_made(laptop: Laptop, step: RunningStep) -> None:
    step.wait_until(lambda _: (laptop.runner.folder / "half/made").exists())
    assert list((laptop.caches / "dress-rehearsal/venvs").glob("*/venv/half"))


@with_uv
def test_kept__nothing_that_a_killed_rehearsal_made(laptop: Laptop) -> None:
    def kill(step: RunningStep) -> None:
        wait_until_half_made(laptop, step)
        step.send(signal.SIGKILL)

    assert laptop.start(PATH=never_ends(laptop), meanwhile=kill).exit_code == -signal.SIGKILL
    assert laptop.kept == []
    laptop.rehearse()
    assert len(laptop.kept) == 1


@pytest.mark.alone
@with_uv
def test_kept__ctrl_c_while_it_is_made(laptop: Laptop) -> None:
    path = never_ends(laptop)

    def measure() -> float:
        seconds: list[float] = []

        def interrupt(step: RunningStep) -> None:
            wait_until_half_made(laptop, step)
            started = time.monotonic()
            step.send(signal.SIGINT)
            assert step.ends_within(30)
            seconds.append(time.monotonic() - started)

        run = laptop.start(PATH=path, meanwhile=interrupt)
        assert b"verdict:  cancelled" in run.output
        assert laptop.kept == []
        return seconds[0]

    assert quickest(measure, VERDICT_TOLD) < VERDICT_TOLD


@with_pip
def test_test_cache__on_a_runner_only_where_asked(laptop: Laptop) -> None:
    def use(event: str, **inputs: str) -> str:
        environment = {**laptop.environment, "GITHUB_EVENT_NAME": event}
        given = INPUTS | {name.replace("_", "-"): value for name, value in inputs.items()}
        used = laptop.runner.use(laptop.repository, given, environment=environment)
        assert used.outputs["verdict"] == "passed"
        return used.file("test-setup.log") + used.file("summary.md")

    use("push")
    assert laptop.kept == []
    use("push", test_cache="true")
    (kept,) = laptop.kept
    assert REUSED in use("schedule", test_cache="true")
    for event in ("workflow_run", "pull_request"):
        told = use(event, test_cache="true")
        assert REUSED not in told
        assert "The virtual environment of the tests is not kept: on " in told
    assert laptop.kept == [kept]
