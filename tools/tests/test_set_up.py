"""What set-up decides. Made-up programs on PATH stand in for the machine's own."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

_TOOLS = Path(__file__).parents[1]
_PARTS = (
    "say",
    "docker",
    "packages",
    "python",
    "node",
    "engine",
    "image",
    "e2e_programs",
    "services",
    "grid",
)
_OFFICIAL = "python:3.13-slim"
_OWN = "localhost/python:3.13-slim"


@dataclass(frozen=True, kw_only=True)
class Shell:
    """A shell that knows set-up's functions, and finds made-up programs first."""

    folder: Path

    def program(self, name: str, script: str, place: str = "bin") -> Path:
        path = self.folder / place / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/bash\n{script}\n")
        path.chmod(0o755)
        return path

    def run(self, script: str, *places: str) -> subprocess.CompletedProcess[str]:
        sources = "\n".join(f"source {_TOOLS}/{part}.sh" for part in _PARTS)
        folders = [str(self.folder / place) for place in places or ("bin",)]
        return subprocess.run(
            ["bash", "-c", f"set -euo pipefail\n{sources}\ncache=$PWD log=$PWD/log\n{script}"],
            cwd=self.folder,
            env={"PATH": ":".join([*folders, "/usr/bin:/bin"]), "HOME": str(self.folder)},
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(folder=tmp_path)


_WITHOUT_BUILDX = (
    'case $1 in buildx) exit 1 ;; --version) echo "Docker version {}, build x" ;; esac'
)


@pytest.mark.parametrize(
    "first, second, chosen",
    [
        pytest.param(
            _WITHOUT_BUILDX.format("28.2.2"), "exit 0", "second", id="buildx comes second"
        ),
        pytest.param("exit 0", "exit 0", "first", id="both have buildx"),
        pytest.param(
            _WITHOUT_BUILDX.format("28.2.2"),
            _WITHOUT_BUILDX.format("20.10.24+dfsg1"),
            "second",
            id="an old client has BuildKit built in",
        ),
    ],
)
def test_docker_that_builds__chooses(shell: Shell, first: str, second: str, chosen: str) -> None:
    shell.program("docker", first, "first")
    shell.program("docker", second, "second")
    answer = shell.run("docker_that_builds", "first", "second")
    assert answer.stdout == f"{shell.folder}/{chosen}/docker\n"


def test_docker_that_builds__none(shell: Shell) -> None:
    shell.program("docker", _WITHOUT_BUILDX.format("28.2.2"))
    # Only the made-up client may be found.
    answer = shell.run('PATH=$PWD/bin; docker_that_builds || echo "none"')
    assert answer.stdout == "none\n"


# An engine whose images are files, so that pulling can add one.
_ENGINE = """
case "$1 $2" in
"image inspect") [[ -e images/${5//[:\\/]/_} ]] ;;
"pull --quiet") [[ -e registry ]] && touch "images/${3//[:\\/]/_}" ;;
*) exit 3 ;;
esac
"""


@pytest.mark.parametrize(
    "present, registry, chosen",
    [
        pytest.param([_OFFICIAL], False, _OFFICIAL, id="the official image is here"),
        pytest.param([], True, _OFFICIAL, id="a registry answers"),
        pytest.param([_OWN], True, _OFFICIAL, id="a registry comes before our own"),
        pytest.param([_OWN], False, _OWN, id="only our own"),
    ],
)
def test_image__chooses(shell: Shell, present: list[str], registry: bool, chosen: str) -> None:
    shell.program("docker", _ENGINE)
    (shell.folder / "images").mkdir()
    for name in present:
        (shell.folder / "images" / name.replace(":", "_").replace("/", "_")).touch()
    if registry:
        (shell.folder / "registry").touch()
    done = shell.run("setup_image")
    assert (shell.folder / "python-image").read_text() == f"{chosen}\n", done.stdout


@pytest.mark.parametrize(
    "root, answer",
    [
        pytest.param("true", "  - mmdebstrap, which builds small Debian systems: ", id="root"),
        pytest.param("false", "only root builds a base image here", id="not root"),
    ],
)
def test_image__needs_mmdebstrap_where_no_registry_answers(
    shell: Shell, root: str, answer: str
) -> None:
    shell.program("docker", _ENGINE)
    ended = shell.run(
        f"is_root() {{ {root}; }}; can_install() {{ false; }}; has_mmdebstrap() {{ false; }}\n"
        "setup_image"
    )
    assert ended.returncode == 1
    assert answer in ended.stdout
    assert "PYTHON_IMAGE" in ended.stdout
    assert not (shell.folder / "python-image").exists()


def test_image__keeps_what_was_chosen_while_it_is_there(shell: Shell) -> None:
    shell.program("docker", _ENGINE)
    (shell.folder / "images").mkdir()
    (shell.folder / "images" / _OWN.replace(":", "_").replace("/", "_")).touch()
    (shell.folder / "registry").touch()
    (shell.folder / "python-image").write_text(_OWN)
    assert (shell.run("setup_image").stdout, (shell.folder / "python-image").read_text()) == (
        "",
        _OWN,
    )


# An engine whose images are files with what they are made from.
_ENGINE_OF_SERVICES = """
case "$1 $2" in
"image inspect") cat "images/${5//[:\\/]/_}" ;;
"load --quiet") mkdir -p images; cp -r "$4"/* images/; echo loaded >>told ;;
"save --output") cp -r images "$3"; echo saved >>told ;;
*) exit 3 ;;
esac
"""
_MAKE_SERVICES = """
make_services() {
    mkdir -p images
    for image in "${service_images[@]}"; do echo "$1" >"images/${image//[:\\/]/_}"; done
    echo made >>told
}
"""


def test_services__are_made_once_and_loaded_where_an_engine_lacks_them(shell: Shell) -> None:
    shell.program("docker", _ENGINE_OF_SERVICES)

    def told() -> list[str]:
        (shell.folder / "told").write_text("")
        done = shell.run(f"{_MAKE_SERVICES}services_saved=$cache/saved; setup_services")
        assert done.returncode == 0, done.stdout
        return (shell.folder / "told").read_text().split()

    assert told() == ["made", "saved"]
    assert told() == []
    shutil.rmtree(shell.folder / "images")
    assert told() == ["loaded"]
    # Another checkout, of the same files.
    shutil.rmtree(shell.folder / "saved")
    (shell.folder / "saved.of").unlink()
    assert told() == ["saved"]
    # This one has changed.
    (shell.folder / "saved.of").write_text("other files\n")
    for image in (shell.folder / "images").iterdir():
        image.write_text("other files\n")
    shutil.rmtree(shell.folder / "saved")
    assert told() == ["made", "saved"]


def test_services__are_made_by_root_alone(shell: Shell) -> None:
    shell.program("docker", _ENGINE_OF_SERVICES)
    ended = shell.run("services_saved=$cache/saved; is_root() { false; }; setup_services")
    assert ended.returncode == 1
    assert "sudo tools/set-up services" in ended.stdout


_PYTHON = {"certificate authorities", "Python 3.11 or newer", "git"}
_BROWSER = {"Chromium or Chrome", "chromedriver"}
_DOCKER = {
    "certificate authorities",
    "a docker client and engine",
    "a docker client that can build with BuildKit",
}
_E2E = {"Firefox", "mmdebstrap", "make", "curl", "jq"}


@pytest.mark.parametrize(
    "target, needs",
    [
        ("environment", _PYTHON),
        ("rehearse", _PYTHON | _BROWSER | _DOCKER),
        ("run", _DOCKER),
        ("screenshots", _PYTHON | _BROWSER | _DOCKER),
        ("setup", _PYTHON | _BROWSER | _DOCKER | _E2E),
    ],
)
def test_packages__each_target_asks_for_its_own(shell: Shell, target: str, needs: set[str]) -> None:
    """A machine that has nothing, on which set-up may install nothing."""
    tools = shell.folder / "tools"
    shutil.copytree(_TOOLS, tools, ignore=shutil.ignore_patterns("tests", "*.py"))
    shutil.copy(_TOOLS.parent / "Makefile", shell.folder)
    packages = tools / "packages.sh"
    checks = re.findall(r"^(has_\w+)\|", packages.read_text(), re.MULTILINE)
    with packages.open("a") as script:
        script.writelines(f"{name}() {{ false; }}\n" for name in ("is_root", *checks))
    ended = shell.run(f"make {target}")
    assert ended.returncode == 2, ended.stdout
    # Each line is `- what it is, with a remark: where to get it`.
    assert set(re.findall(r"^  - ([^,:]+)", ended.stdout, re.MULTILINE)) == needs


def test_set_up__an_unknown_part(shell: Shell) -> None:
    ended = shell.run(f"{_TOOLS}/set-up browser browsers")
    assert ended.returncode == 1
    assert "there is no part called browsers; the parts are: python dev browser" in ended.stdout


_LACKS_FIREFOX = """
needs='
has_git|git|python e2e|git|your package manager
has_curl|curl|own-image|curl|your package manager
has_firefox|Firefox|python e2e|firefox-esr firefox-l10n?|your package manager, or firefox.com
'
has_curl() { false; }
has_git() { true; }
has_firefox() { false; }
"""


@pytest.mark.parametrize(
    "root, distribution, advice",
    [
        pytest.param("false", "debian", "apt install firefox-esr\n", id="not root"),
        pytest.param("true", "fedora", "your package manager, or firefox.com", id="not Debian"),
        pytest.param("true", "ubuntu", "your package manager, or firefox.com", id="only a snap"),
    ],
)
def test_packages__explains_what_it_may_not_install(
    shell: Shell, root: str, distribution: str, advice: str
) -> None:
    shell.program("apt-get", "echo apt-get must not run; exit 9")
    ended = shell.run(
        f"{_LACKS_FIREFOX} is_root() {{ {root}; }}; distribution() {{ echo {distribution}; }}\n"
        "require_packages docker e2e"
    )
    assert ended.returncode == 1
    assert f"  - Firefox: {advice}" in ended.stdout
    assert "git" not in ended.stdout
    assert "curl" not in ended.stdout
    assert ("sudo tools/set-up docker e2e" in ended.stdout) is (root == "false")
    assert "must not run" not in ended.stdout


def test_packages__installs_only_what_is_missing(shell: Shell) -> None:
    # An archive that knows no firefox-l10n, as some releases know no docker-cli.
    shell.program("apt-cache", "exit 1")
    shell.program("apt-get", 'echo "$*" >>asked; [[ $1 != install ]] || touch firefox-is-here')
    done = shell.run(
        f"{_LACKS_FIREFOX} has_firefox() {{ [[ -e firefox-is-here ]]; }}\n"
        "is_root() { true; }; distribution() { echo debian; }; require_packages e2e"
    )
    assert done.returncode == 0, done.stdout
    update, install = (shell.folder / "asked").read_text().splitlines()
    assert update == "update"
    assert install.endswith(" firefox-esr")
    assert "git" not in install


_PACKAGES = """
case "$*" in
indextargets*) cat archive 2>/dev/null ;;
*"download docker-registry") echo "$*" >"$HOME/asked"; touch docker-registry_1.deb ;;
esac
"""


@pytest.mark.parametrize(
    "archive, alone",
    [
        pytest.param("https://deb.example.org/debian/\n", True, id="Debian"),
        pytest.param("https://archive.example.org/ubuntu/\n", False, id="Ubuntu"),
    ],
)
def test_fetch__from_another_suite_only_where_there_is_a_debian_archive(
    shell: Shell, archive: str, alone: bool
) -> None:
    (shell.folder / "archive").write_text(archive)
    shell.program("apt-get", _PACKAGES)
    shell.program("dpkg", 'mkdir -p "$3/usr/bin"; touch "$3/usr/bin/docker-registry"')
    done = shell.run("fetch docker-registry trixie usr/bin/docker-registry $PWD/there/registry")
    assert done.returncode == 0, done.stdout
    assert (shell.folder / "there/registry").exists()
    assert ("Dir::Etc::SourceList" in (shell.folder / "asked").read_text()) is alone


def test_quietly__shows_the_end_of_what_failed(shell: Shell) -> None:
    ended = shell.run("quietly bash -c 'seq 100; exit 7'")
    assert ended.returncode == 7
    assert "\n99\n100\n" in ended.stdout
    assert "\n50\n" not in ended.stdout
    assert "this failed (exit 7)" in ended.stdout


def test_clear_leftovers__of_a_dead_engine(shell: Shell) -> None:
    (shell.folder / "docker.pid").write_text("1")
    done = shell.run("engine_pid_file=$PWD/docker.pid; clear_leftovers")
    assert "left by an engine that is gone" in done.stdout
    assert not (shell.folder / "docker.pid").exists()


def test_clear_leftovers__not_of_a_living_one(shell: Shell) -> None:
    # The name of the process tells an engine from another program that got its number since.
    (shell.folder / "bin").mkdir()
    (shell.folder / "bin/dockerd").symlink_to("/usr/bin/sleep")
    done = shell.run(
        "dockerd 30 >/dev/null & echo $! >docker.pid\n"
        "engine_pid_file=$PWD/docker.pid; sleep 0.1; clear_leftovers; kill $!"
    )
    assert done.stdout == ""
    assert (shell.folder / "docker.pid").exists()


def test_in_turn__stops_at_the_first_failure_and_names_it(shell: Shell) -> None:
    for name in ("in-turn", "say.sh"):
        shutil.copy(_TOOLS / name, shell.folder)
    for name, ending in (("unit", "true"), ("lint", "false"), ("e2e", "true")):
        shell.program(name, f"echo running {name}; {ending}", ".")
    ended = shell.run("./in-turn unit lint e2e")
    lines = ended.stdout.splitlines()
    assert ended.returncode == 1
    assert "running unit" in lines
    assert "running e2e" not in lines
    assert lines[-1].endswith("To repeat only this part: make lint")


def test_grid__its_image_is_made_when_what_it_is_made_from_changes(shell: Shell) -> None:
    shell.program("docker", "cat label")
    make = 'make_grid_image() { echo "$1" >label; echo made >>told; }'
    script = f"install_node_packages() {{ :; }}; {make}; setup_grid"

    def told() -> list[str]:
        (shell.folder / "told").write_text("")
        done = shell.run(script)
        assert done.returncode == 0, done.stdout
        return (shell.folder / "told").read_text().split()

    assert told() == ["made"]
    assert told() == []
    shell.program("chromedriver", "echo of another version")
    assert told() == ["made"]
