import json
from pathlib import Path

import pytest

from rehearsal.outside.engine_versions import NoAnswerError, ask_versions, parse_versions
from rehearsal.results.engine_versions import EngineVersions

from .test_engine import client, path_of

# What real clients print for `version --format '{{json .}}'`, shortened to what tells them apart.
DOCKER = {
    "Client": {"Version": "28.2.2", "ApiVersion": "1.41", "DefaultAPIVersion": "1.50"},
    "Server": {
        "Platform": {"Name": ""},
        "Components": [
            {"Name": "Engine", "Version": "20.10.24+dfsg1"},
            {"Name": "containerd", "Version": "1.6.20~ds1"},
        ],
        "Version": "20.10.24+dfsg1",
    },
}
# Docker's client 28.5.2 at the socket of Podman 5.8.6.
PODMAN_SOCKET = {
    "Client": {"Version": "28.5.2+dfsg4", "ApiVersion": "1.44"},
    "Server": {
        "Platform": {"Name": "linux/amd64/debian-unknown"},
        "Components": [
            {"Name": "Podman Engine", "Version": "5.8.6"},
            {"Name": "Conmon", "Version": "conmon version 2.1.13, commit: unknown"},
        ],
        "Version": "5.8.6",
    },
}
PODMAN = {"Client": {"APIVersion": "5.8.6", "Version": "5.8.6", "OsArch": "linux/amd64"}}


@pytest.mark.parametrize(
    "shown, versions",
    [
        (DOCKER, EngineVersions(name="Docker", version="20.10.24+dfsg1", client="28.2.2")),
        (PODMAN_SOCKET, EngineVersions(name="Podman", version="5.8.6", client="28.5.2+dfsg4")),
        (PODMAN, EngineVersions(name="Podman", version="5.8.6", client="5.8.6")),
    ],
    ids=["docker", "docker at podman's socket", "podman"],
)
def test_parse_versions__of_real_clients(shown: object, versions: EngineVersions) -> None:
    assert parse_versions(json.dumps(shown)) == versions


@pytest.mark.parametrize("text", ["", "20.10.24", "[]", "{}", '{"Client": null}', '{"Client": 1}'])
def test_parse_versions__unknown_words(text: str) -> None:
    assert parse_versions(text) == EngineVersions()


def answers(tmp_path: Path, shown: object, info: str) -> str:
    script = f"""case "$1 $2" in
        "version --format") echo '{json.dumps(shown)}' ;;
        "buildx version") echo "github.com/docker/buildx 0.29.1+ds1 0.29.1+ds1-4" ;;
        "info --format") {info} ;;
    esac"""
    return str(client(tmp_path, script))


@pytest.mark.parametrize(
    "info, store",
    [
        ("""echo '[["Backing Filesystem","extfs"],["Supports d_type","true"]]'""", "classic"),
        ("""echo '[["driver-type","io.containerd.snapshotter.v1"]]'""", "containerd"),
        ("exit 1", ""),
    ],
    ids=["classic", "containerd", "no answer"],
)
def test_ask_versions__of_the_image_store(tmp_path: Path, info: str, store: str) -> None:
    versions = ask_versions(answers(tmp_path, DOCKER, info), path_of())
    assert (versions.store, versions.buildx) == (store, "0.29.1+ds1")


def test_ask_versions__podman_has_no_buildx(tmp_path: Path) -> None:
    """Its `buildx version` succeeds: it is an alias of `build`."""
    versions = ask_versions(answers(tmp_path, PODMAN, "exit 9"), path_of())
    assert (versions.name, versions.buildx, versions.store) == ("Podman", "", "")


def test_ask_versions__no_engine(tmp_path: Path) -> None:
    path = str(client(tmp_path, "echo '{\"Client\": {}}'; echo nobody there >&2; exit 1"))
    with pytest.raises(NoAnswerError, match="nobody there"):
        ask_versions(path, path_of())


def test_str__one_line() -> None:
    versions = EngineVersions(
        name="Docker", version="28.5.2", client="28.2.2", buildx="0.29.1", store="containerd"
    )
    assert str(versions) == "Docker 28.5.2 (containerd image store), client 28.2.2, buildx 0.29.1"
    assert str(EngineVersions()) == ""
