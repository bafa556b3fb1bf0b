"""Set-up on a bare Debian: the machine that works already is no proof."""

import time
from collections.abc import Iterator

import pytest

from .bare_debian import BareDebian, bare_debian

# What set-up promises, as a shell finds it once the environment is first on PATH.
_PROMISED = (
    "docker",
    "dockerd",
    "chromium",
    "chromedriver",
    "firefox-esr",
    "geckodriver",
    "git",
    "make",
    "mmdebstrap",
    "python3",
    "node",
    "npm",
    "act",
    "actionlint",
    "check-jsonschema",
    "hadolint",
    "lint-imports",
    "mypy",
    "pytest",
    "ruff",
    "shellcheck",
    "zizmor",
)
# One worker makes the Debian that these tests share.
pytestmark = pytest.mark.xdist_group("bare-debian")

_TOOLS_ONLY = "tools/set-up dev browser docker e2e"
# A base image needs a registry or a mirror, which the engine's empty network has not.
_WITH_ENGINE = "export PYTHON_IMAGE=not-asked-for; make setup"


@pytest.fixture(scope="module")
def debian() -> Iterator[BareDebian]:
    with bare_debian() as machine:
        bare = machine.run("command -v python3 docker chromium make git curl")
        assert bare.stdout == "", "this Debian is not bare"
        done = machine.run(_TOOLS_ONLY)
        assert done.returncode == 0, done.stdout
        yield machine


def test_setup__bare_debian__has_every_tool(debian: BareDebian) -> None:
    # One shell for all, as entering the system costs more than the questions.
    answers = debian.run(
        f"""
        PATH=$PWD/.venv/bin:$PATH
        for program in {" ".join(_PROMISED)}; do
            question=--version
            [ $program != lint-imports ] || question=--help
            words=$($program $question 2>&1 </dev/null) && echo "$program: answers" && continue
            echo "$program: exit $?, $words"
        done
        """
    ).stdout.splitlines()
    assert answers == [f"{program}: answers" for program in _PROMISED]


def test_setup__second_run__changes_nothing(debian: BareDebian) -> None:
    debian.run("touch /srv/before")
    started = time.monotonic()
    again = debian.run(_TOOLS_ONLY)
    seconds = time.monotonic() - started
    changed = debian.run("find / -xdev -newer /srv/before -type f -not -name '*.pyc'")
    assert (again.returncode, again.stdout, changed.stdout) == (0, "", "")
    # A quiet machine needs a fraction of a second.
    assert seconds < 20


def test_setup__engine__is_started_and_comes_back_after_an_unclean_end(
    debian: BareDebian,
) -> None:
    run = debian.run(
        f"""
        set -e
        {_WITH_ENGINE}
        echo "first engine: $(docker version --format '{{{{.Server.Version}}}}')"
        kill -KILL $(cat /var/run/docker.pid)
        sleep 1
        docker version >/dev/null 2>&1 && echo 'the engine should be dead here'
        {_WITH_ENGINE}
        echo "second engine: $(docker version --format '{{{{.Server.Version}}}}')"
        SECONDS=0; {_WITH_ENGINE}; echo "third run: $SECONDS s"
        make stop-engine
        docker version >/dev/null 2>&1 || echo 'and then it is gone'
        """,
        alone=True,
    )
    said = run.stdout
    assert run.returncode == 0, said
    assert "should be dead" not in said, said
    assert "first engine: 2" in said, said
    assert "removing /var/run/docker.pid, left by an engine that is gone" in said, said
    assert "second engine: 2" in said, said
    assert said.count("starting the engine") == 2, said
    assert "stop it with: make stop-engine" in said, said
    assert "and then it is gone" in said, said
