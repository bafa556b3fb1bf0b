"""`rehearse` on a laptop: the same as the action; left up when asked; installed as a package."""

import json
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from ..wheel_texts import dangling_references
from . import leftovers
from .act import Act
from .leftovers import engine
from .machine import CHECKOUT, clean_environment, own_caches
from .planted_secrets import find
from .repository import Repository, repository_of
from .services import POSTGRES, REDIS
from .workflow import workflow

STEP = """
- uses: ./action
  id: rehearsal
  env:
    TINY_KEY: ${{ secrets.TINY_KEY }}
  with:
    secrets: TINY_KEY
    env: |
      TINY_STATUS=${{ vars.STATUS || '200' }}
      TINY_PRINTS=TINY_KEY
      TINY_BRANCH=${{ github.ref_name }}
    ready-timeout: ${{ vars.PATIENCE || '60' }}
    test-command: python3 -m unittest checks.${{ matrix.tests }}
    evidence: always
    artifact-name: of-${{ github.run_id }}-${{ matrix.unknown-here }}
"""
KEY = "planted-for-a-laptop"
SERVICES_STEP = """
- uses: ./action
  env:
    TINY_KEY: ${{ secrets.TINY_KEY }}
  with:
    network: ${{ job.container.network }}
    secrets: TINY_KEY
    # What the app and its services see of each other.
    before-command: |
      python3 - <<'END'
      import socket
      socket.create_connection(("database", 5432)).close()
      cache = socket.create_connection(("cache_1", 6379))
      cache.sendall(b"AUTH throwaway word\\r\\n")
      print(cache.recv(99))
      cache.sendall(b"AUTH throwaway\\r\\n")
      print(cache.recv(99))
      END
    test-command: python3 -m unittest checks.Page
    evidence: always
"""
SERVICES_JOB = f"""
services:
  database:
    image: {POSTGRES}
    env:
      POSTGRES_PASSWORD: ${{{{ secrets.TINY_KEY }}}}
      POSTGRES_DB: shop
    options: >-
      --health-cmd "pg_isready --username postgres --dbname shop"
      --health-interval 30s
    ports: [5432:5432]
    volumes: [VOLUME:/var/lib/postgresql/data]
  cache_1:
    image: {REDIS}
    command: --requirepass throwaway
  unused:
    image: ${{{{ vars.NOWHERE || '' }}}}
"""
# Prints the scripts that came with the tests' library, and that ours is not to be found.
FOUND = """
from importlib.util import find_spec
from pathlib import Path
folder = Path(find_spec("rehearsal_testing").origin).parent
print(*sorted(each.name for each in folder.glob("*.sh")), find_spec("rehearsal"))
"""
# What no two runs have in common, the time and the place they ran in.
OWN = {
    *("rehearsal", "started", "ready-seconds", "requirements-seconds", "readiness"),
    *("image", "artifact-name", "origin"),
}
TIMES = re.compile(r"\d+\.\d+ ?s\b|/\S+/(?=checks\.py)|localhost:\d+|\d+ attempts")


@dataclass(frozen=True)
class Laptop:
    """A shell in a repository, with a folder of its own for what is left."""

    repository: Repository
    folder: Path
    run_id: str

    @property
    def env(self) -> dict[str, str]:
        return {
            **clean_environment(),
            **own_caches(self.folder.with_name("caches")),
            "TMPDIR": str(self.folder),
            # The harness looks for it in what is left, as in every other scenario.
            "GITHUB_RUN_ID": self.run_id,
            "REHEARSAL_E2E": self.run_id,
        }

    def run(self, *argv: str, program: tuple[str, ...] = ()) -> tuple[int, str]:
        self.folder.mkdir(exist_ok=True)
        done = subprocess.run(
            [*(program or (sys.executable, "-I", "action")), *argv],
            cwd=self.repository.root,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        log = done.stdout.decode()
        print(log)
        return done.returncode, log


@pytest.fixture
def laptop(workdir: Path, run_id: str) -> Laptop:
    # On a laptop the image is named after the folder: it must not be that of another scenario.
    return Laptop(repository_of("tiny_app", workdir / f"tiny-{run_id}"), workdir / "laptop", run_id)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def essence(folder: Path) -> Any:
    """Return what verdict.json says, without times, ports and names of its own."""
    found = json.loads((folder / "verdict.json").read_text())
    for stage in found["stages"]:
        del stage["seconds"]
    kept = {name: value for name, value in found.items() if name not in OWN}
    return json.loads(TIMES.sub("…", json.dumps(kept)))


def variables(folder: Path) -> list[str]:
    return sorted(json.loads((folder / "container.json").read_text())["Config"]["Env"])


@pytest.mark.parametrize(
    "tests, status, patience, verdict, exit_code",
    [
        pytest.param("Page", "200", "60", "passed", 0, id="passes"),
        pytest.param("Wrong checks.Page", "200", "60", "tests-failed", 13, id="a-test-fails"),
        pytest.param("Page", "503", "5", "not-ready", 12, id="never-ready"),
    ],
)
def test_same_step__same_verdict_and_evidence(
    tests: str,
    status: str,
    patience: str,
    verdict: str,
    exit_code: int,
    *,
    laptop: Laptop,
    act: Act,
) -> None:
    job = f"strategy:\n  matrix:\n    tests: [{tests}]\n    unknown-here: [x]\n"
    run = act.push(
        laptop.repository,
        workflow(f"{STEP.rstrip()}\n  continue-on-error: true\n", job=job),
        secrets={"TINY_KEY": KEY},
        variables={"STATUS": status, "PATIENCE": patience},
    )
    assert run.steps["rehearsal"].outputs["verdict"] == verdict
    theirs = run.records[0].evidence
    assert theirs

    laptop.repository.write(".env", f"TINY_KEY={KEY}\nSTATUS={status}\nPATIENCE={patience}\n")
    code, log = laptop.run()
    assert code == exit_code
    assert f"verdict:  {verdict}" in log
    assert KEY not in log
    assert "::" not in log
    shown = re.search(r"^evidence: (.+)$", log, re.MULTILINE)
    assert shown
    ours = Path(shown[1])
    if rerun := re.search(r"^rerun:    rehearse (.+)$", log, re.MULTILINE):
        # The command of the failed test, obeyed to the letter, runs it alone.
        code, again = laptop.run(*shlex.split(rerun[1]))
        assert (code, "tests:    1 ran, 1 failed" in again) == (exit_code, True)
    assert bool(rerun) is (verdict == "tests-failed")

    assert files(ours) == files(theirs)
    assert essence(ours) == essence(theirs)
    for evidence in (ours, theirs):
        log = (evidence / "container.log").read_text()
        assert "TINY_KEY is ***" in log
    assert variables(ours) == variables(theirs)


def test_keep__the_app_answers_until_the_command_that_was_told(laptop: Laptop) -> None:
    laptop.repository.write(".github/workflows/ci.yml", workflow(STEP))
    code, log = laptop.run(
        "--keep",
        "--input",
        "secrets=",
        "--input",
        "test-command=true",
        "--volumes",
        f"tiny-{laptop.run_id}:/data",
    )
    assert code == 0
    kept = re.search(r"^kept: +(http://\S+) \(the app still runs\)$", log, re.MULTILINE)
    remove = re.search(r"^remove: +(.+)$", log, re.MULTILINE)
    assert kept
    assert remove
    with urlopen(kept[1], timeout=60) as answer:  # noqa: S310  (its own http URL)
        assert b"It works" in answer.read()
    subprocess.run(["bash", "-c", remove[1]], check=True, capture_output=True)


@pytest.mark.usefixtures("service_images")
def test_services_of_the_job__beside_the_app(laptop: Laptop) -> None:
    volume = f"own-data-{laptop.run_id}"
    laptop.repository.write(
        ".github/workflows/ci.yml",
        workflow(SERVICES_STEP, job=SERVICES_JOB.replace("VOLUME", volume)),
    )
    laptop.repository.write(".env", f"TINY_KEY={KEY}\n")
    code, log = laptop.run()
    assert code == 0
    assert "The ports of the job's services are not published here" in log
    shown = re.search(r"^evidence: (.+)$", log, re.MULTILINE)
    assert shown
    evidence = Path(shown[1])
    assert {file.name for file in (evidence / "services").glob("*.json")} == {
        "database.json",
        "cache_1.json",
    }
    assert (evidence / "before.log").read_text().endswith("b'+OK\\r\\n'\n")
    database = json.loads((evidence / "services/database.json").read_text())
    assert database["Config"]["Healthcheck"]["Test"][1].startswith("pg_isready")
    assert not database["HostConfig"]["PortBindings"]
    # A volume of that name may hold a developer's own data.
    assert not engine("volume", "ls", "--quiet", "--filter", f"name={volume}")
    files = {str(file): file.read_bytes() for file in evidence.rglob("*") if file.is_file()}
    assert not find({"TINY_KEY": KEY}, files | {"the log": log.encode()})


def test_installed__works_with_flags_and_names_the_extra(
    laptop: Laptop, workdir: Path, tmp_path: Path
) -> None:
    program = install(workdir / "venv", tmp_path)
    (packages,) = (workdir / "venv/lib").glob("*/site-packages")
    assert dangling_references(packages) == []
    laptop.repository.write(".github/workflows/ci.yml", workflow(STEP))
    code, log = laptop.run(program=program)
    assert code == 2
    assert "pip install 'dress-rehearsal[local]'" in log
    # What is installed beside it is not on the tests' path.
    laptop.repository.write("path.py", FOUND)
    check = "python3 path.py"
    code, log = laptop.run("--test-command", check, program=program)
    assert code == 0
    assert "needs PyYAML, which is not installed for this Python. Only the flags are used." in log
    assert "\ncleanup.sh launch_driver.sh None\n" in log


def test_flags__are_what_is_proposed(laptop: Laptop) -> None:
    """Each run obeys the last one, and there is no workflow."""
    flags = ["--env", "TINY_FAULT=elsewhere"]
    code, log = laptop.run(*flags)
    assert code == 12
    assert "# on the command line, add:\n--port 9000\n" in log
    code, log = laptop.run(*flags, "--port", "9000")
    assert code == 0
    code, log = laptop.run("--env", "TINY_FAULT=crash")
    assert "# if it is secret, on the command line, add:\n--secrets TINY_KEY\n" in log
    assert "# and also, before the command:\nexport TINY_KEY=VALUE\n" in log
    laptop.repository.write(".env", "TINY_KEY=\n")
    code, log = laptop.run("--secrets", "TINY_KEY")
    assert "If any value will do, write --generate-secrets TINY_KEY" in log
    assert not re.search(r"with:|step's|\$\{\{", log)
    code, log = laptop.run("--generate-secrets", "TINY_KEY")
    assert code == 0


def test_evidence__of_failed_runs_is_kept_three_deep(laptop: Laptop) -> None:
    flags = ["--no-workflow", "--audit", "off"]
    never_ready = ["--env", "TINY_STATUS=503", "--ready-timeout", "1"]
    kept: list[str] = []
    for number in range(1, 5):
        code, log = laptop.run(*flags, *never_ready)
        assert code == 12
        kept += re.findall(r"^evidence: .*/(rehearsal-[0-9a-f]{8})/evidence$", log, re.MULTILINE)
        removed = "The evidence of 1 earlier failed rehearsal is removed" in log
        assert removed == (number > 3)
        assert not leftovers.of_processes(laptop.run_id)
    # One that passed leaves nothing, and takes nothing away.
    assert laptop.run(*flags)[0] == 0
    assert len(kept) == 4
    assert sorted(path.name for path in laptop.folder.iterdir()) == sorted(kept[1:])
    check_show(laptop, laptop.folder / kept[-1] / "evidence")


def check_show(laptop: Laptop, evidence: Path) -> None:
    """Check that `show` finds the last evidence, and opens it or serves it."""
    page = evidence / "index.html"
    browser = laptop.folder.with_name("browser")
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" >{browser}.opened\n')
    browser.chmod(0o755)
    command = (sys.executable, "-I", "action", "show")
    own = ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION")
    env = {name: value for name, value in laptop.env.items() if name not in own}
    desk = env | {"DISPLAY": ":0", "BROWSER": str(browser)}
    subprocess.run(command, cwd=laptop.repository.root, env=desk, check=True, timeout=120)
    assert browser.with_name("browser.opened").read_text() == page.as_uri()
    with subprocess.Popen(
        command, cwd=laptop.repository.root, env=env, stdout=subprocess.PIPE, text=True
    ) as serving:
        try:
            assert serving.stdout
            # There is no display, so it is served.
            address = next(line for line in serving.stdout if line.startswith("open:")).split()[1]
            with urlopen(address, timeout=60) as answer:  # noqa: S310  (its own http URL)
                assert answer.read() == page.read_bytes()
        finally:
            serving.terminate()


def install(environment: Path, source: Path) -> tuple[str, ...]:
    """Install this checkout as a package, without its extras; return the command."""
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "action"):
        subprocess.run(["cp", "-R", str(CHECKOUT / name), str(source)], check=True)
    pip = [sys.executable, "-m", "pip"]
    quietly = ("--quiet", "--no-deps")
    # What the build itself needs is installed here already.
    build = [*pip, "wheel", *quietly, "--no-build-isolation", "--wheel-dir", str(source)]
    subprocess.run([*build, str(source)], check=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    (wheel,) = source.glob("*.whl")
    python = str(environment / "bin/python")
    subprocess.run([*pip, "--python", python, "install", *quietly, str(wheel)], check=True)
    return (str(environment / "bin/rehearse"),)
