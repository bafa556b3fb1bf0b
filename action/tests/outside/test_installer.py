from pathlib import Path

import pytest

from rehearsal.outside.installer import find_installer


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An environment with uv, and without settings for anything."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/uv").touch(mode=0o755)
    (tmp_path / "home/project").mkdir(parents=True)
    return {
        "HOME": str(tmp_path / "home"),
        "PATH": str(tmp_path / "bin"),
        "PIP_CONFIG_FILE": "/dev/null",
        "XDG_CONFIG_DIRS": str(tmp_path / "nowhere"),
    }


def uv_in(env: dict[str, str], **more: str) -> str:
    return find_installer(env | more, Path(env["HOME"], "project")).uv


def settings(env: dict[str, str], **more: str) -> tuple[str, ...]:
    return find_installer(env | more, Path(env["HOME"], "project")).settings


def test_find_installer__uv_where_it_is_on_path(env: dict[str, str]) -> None:
    assert uv_in(env) == str(Path(env["PATH"]) / "uv")
    assert uv_in(env, PATH="/nowhere") == ""
    assert uv_in(env, PATH="") == ""


@pytest.mark.parametrize(
    "name, value",
    [
        ("PIP_INDEX_URL", "https://example.com/simple"),
        ("PIP_EXTRA_INDEX_URL", "https://example.com/simple"),
        ("PIP_CONSTRAINT", "constraints.txt"),
        ("PIP_CONFIG_FILE", "/etc/own.conf"),
        ("PIP_ANYTHING_NEW", "1"),
    ],
)
def test_find_installer__pip_where_it_has_settings(
    env: dict[str, str], name: str, value: str
) -> None:
    """uv would ask another index, which may have another package of that name."""
    assert uv_in(env, **{name: value}) == ""
    assert f"{name}={value}" in settings(env, **{name: value})


def test_find_installer__settings_without_effect_on_packages(env: dict[str, str]) -> None:
    harmless = {"PIP_CACHE_DIR": "/x", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_CACHE_DIR": "/x"}
    assert uv_in(env, **harmless, PIP_INDEX_URL="")
    assert settings(env, **harmless) == ()


@pytest.mark.parametrize(
    "path", [".config/pip/pip.conf", ".pip/pip.conf", "own/pip/pip.conf", "all/pip/pip.conf"]
)
def test_find_installer__pip_where_a_file_has_settings(env: dict[str, str], path: str) -> None:
    del env["PIP_CONFIG_FILE"]
    home = Path(env["HOME"])
    env["XDG_CONFIG_DIRS"] = f"/nowhere:{home / 'all'}"
    if path.startswith("own/"):
        env["XDG_CONFIG_HOME"] = str(home / "own")
    file = home / path
    file.parent.mkdir(parents=True)
    file.write_text(" \n")
    # This machine may have settings of its own.
    assert not any("example.com" in text for text in settings(env))
    file.write_text("[global]\nindex-url = https://example.com/simple\n")
    assert uv_in(env) == ""
    assert file.read_text() in settings(env)
    assert uv_in(env, PIP_CONFIG_FILE="/dev/null"), "pip reads none of them then"


@pytest.mark.parametrize(
    "path",
    ["project/uv.toml", "project/pyproject.toml", "pyproject.toml", ".config/uv/uv.toml"],
)
def test_find_installer__settings_of_uv(env: dict[str, str], path: str) -> None:
    before = settings(env)
    file = Path(env["HOME"]) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('index-url = "https://example.com/simple"\n')
    assert {*settings(env)} - {*before} == {file.read_text()}
    assert settings(env, UV_DEFAULT_INDEX="https://x")[0] == "UV_DEFAULT_INDEX=https://x"


def test_find_installer__the_files_that_settings_name(env: dict[str, str], tmp_path: Path) -> None:
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("a==1\n")
    given = {"PIP_CONSTRAINT": f"{constraints} /nowhere/c.txt"}
    before = settings(env, **given)
    constraints.write_text("a==10\n")
    assert settings(env, **given) != before
