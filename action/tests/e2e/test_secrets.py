"""Planted secrets: the app gets them, prints them, and they are nowhere in what leaves."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from .leftovers import engine
from .planted import SECRETS, find
from .repository import Repository
from .runner import Runner
from .verdicts import assert_ended

# The app prints all, and the tests fail, so that everything is kept and shown.
INPUTS = {
    "env": f"TINY_PRINTS={' '.join(SECRETS)}",
    "secrets": "\n".join(SECRETS),
    "test-command": "python3 -m unittest checks.Wrong checks.Prints",
}


def recording_clients(folder: Path) -> str:
    """Return a PATH on which every docker client writes down its arguments first."""
    path = os.environ["PATH"].split(os.pathsep)
    clients = [client for place in path if (client := Path(place, "docker")).exists()]
    for number, client in enumerate(clients):
        script = folder / f"clients/{number}/docker"
        script.parent.mkdir(parents=True)
        record = f'printf "%s\\n" "$@" >>{folder}/arguments'
        script.write_text(f'#!/bin/sh\n{record}\nexec {client} "$@"\n')
        script.chmod(0o755)
    return os.pathsep.join([*(f"{folder}/clients/{n}" for n in range(len(clients))), *path])


def in_the_grammar_of_secrets(secrets: Mapping[str, str]) -> str:
    return "\n".join(f"{name}<<END\n{value}\nEND" for name, value in secrets.items())


@pytest.mark.parametrize("inline", [False, True], ids=["by-name", "in-the-input"])
def test_secrets__are_nowhere_in_what_leaves(
    inline: bool, tiny: Repository, runner: Runner
) -> None:
    secrets = {name: value.rstrip("\n") if inline else value for name, value in SECRETS.items()}
    given = {"secrets": in_the_grammar_of_secrets(secrets)} if inline else {}
    environment = {"PATH": recording_clients(runner.folder)} | ({} if inline else secrets)
    rehearsed = runner.use(tiny, INPUTS | given, environment=environment)
    assert_ended(rehearsed, "tests-failed")
    for name in SECRETS:
        assert f"{name} is ***" in rehearsed.file("container.log"), "the app got and printed it"
    everything = rehearsed.everything() | {
        "the client's arguments": (runner.folder / "arguments").read_bytes(),
        "the image": engine("image", "inspect", rehearsed.outputs["image-id"]).encode(),
    }
    assert b"create" in everything["the client's arguments"]
    assert not find(secrets, everything)
    masked = set(rehearsed.shown.masks)
    assert {"plain-and-long-enough-4711", *SECRETS["TINY_PEM"].splitlines()[1:-1]} <= masked


def test_secrets__the_tests_do_not_get_them(tiny: Repository, runner: Runner) -> None:
    shown = {"GITHUB_TOKEN": "ghs_planted", "ACTIONS_RUNTIME_TOKEN": "planted-runtime-token"}
    rehearsed = runner.use(tiny, INPUTS, environment=SECRETS | shown)
    assert_ended(rehearsed, "tests-failed")
    names = {line.partition("=")[0] for line in rehearsed.file("tests/output.log").splitlines()}
    assert {"REHEARSAL_URL", "TEST_SERVER", "GITHUB_RUN_ID"} <= names
    assert not names & {*SECRETS, *shown, "REHEARSAL_INPUTS", "GITHUB_OUTPUT", "GITHUB_ENV"}


def test_build_secrets__reach_the_build_and_stay_out_of_the_image(
    tiny: Repository, runner: Runner
) -> None:
    # The run's number keeps an earlier run's layer from being used in its place.
    tiny.replace(
        "Dockerfile",
        r"^(COPY .*)$",
        rf"\1\nRUN --mount=type=secret,id=TINY_PLAIN cat /run/secrets/* # {runner.token}",
    )
    secret = {"TINY_PLAIN": SECRETS["TINY_PLAIN"]}
    rehearsed = runner.use(tiny, {"build-secrets": "TINY_PLAIN"}, environment=secret)
    assert_ended(rehearsed, "passed")
    assert "***" in rehearsed.file("build.log"), "the build got and printed it"
    image = rehearsed.outputs["image-id"]
    history = engine("history", "--no-trunc", image) + engine("image", "inspect", image)
    assert not find(secret, rehearsed.everything() | {"the image": history.encode()})


def test_secrets__the_container_gets_every_byte(tiny: Repository, runner: Runner) -> None:
    tiny.write("expected.json", json.dumps(SECRETS))
    tiny.replace("Dockerfile", r"^(COPY .*)$", r"\1\nCOPY expected.json /expected.json")
    compare = (
        "import json, os; expected = json.load(open('/expected.json'))\n"
        "wrong = [name for name in expected if os.environ[name] != expected[name]]\n"
        "raise SystemExit(f'{wrong} arrived changed' if wrong else 0)"
    )
    setup = f"python - <<'END'\n{compare}\nEND"
    inputs = {"secrets": INPUTS["secrets"], "setup-command": setup}
    assert_ended(runner.use(tiny, inputs, environment=SECRETS), "passed")


def test_secrets__too_short_to_be_replaced_is_warned_about(
    tiny: Repository, runner: Runner
) -> None:
    rehearsed = runner.use(tiny, {"secrets": "TINY_SHORT=abc"})
    assert_ended(rehearsed, "passed")
    warnings = [each.text for each in rehearsed.shown.annotations if each.level == "warning"]
    assert any("TINY_SHORT" in text for text in warnings)
    assert "abc" not in rehearsed.shown.masks


def test_secrets__generated_for_the_run(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(
        tiny,
        {
            "generate-secrets": "TINY_KEY",
            "env": "TINY_PRINTS=TINY_KEY",
            "test-command": "python3 -m unittest checks.Wrong",
        },
    )
    assert_ended(rehearsed, "tests-failed")
    assert "TINY_KEY is ***" in rehearsed.file("container.log")
    assert len(rehearsed.shown.masks) == 1
    assert len(rehearsed.shown.masks[0]) >= 32
