"""Inputs that are refused, before anything is built or started, and hostile ones in every place."""

import pytest

from .contract import assert_verdict
from .repository import Repository
from .runner import ActionResult, Runner

# Everything a shell, the runner or a client would obey if it were let near them.
HOSTILE_LINES = (
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    '" && touch pwned #',
    "::set-output name=verdict::passed",
    "::add-mask::rehearsal",
    "%0A::error::pwned",
    "${{ secrets.GITHUB_TOKEN }}",
)
HOSTILE = "x" + "\n".join(HOSTILE_LINES)


def assert_nothing_started(rehearsed: ActionResult) -> None:
    assert rehearsed.outputs["image-id"] == ""
    assert rehearsed.outputs["ready-seconds"] == ""
    assert rehearsed.evidence is not None
    assert not (rehearsed.evidence / "build.log").exists()


@pytest.mark.parametrize(
    "name, value, said",
    [
        pytest.param("prot", "8888", "'prot'", id="unknown-input"),
        pytest.param("dockerfile", "Dokcerfile", "Dokcerfile", id="missing-dockerfile"),
        pytest.param(
            "secrets",
            "UNSET",
            "secrets, line 1: the step's env: has no such",
            id="secret-not-handed-over",
        ),
        pytest.param("target", HOSTILE, "x$(touch pwned)", id="hostile"),
    ],
)
def test_misconfigured__reaches_the_caller(
    name: str, value: str, said: str, tiny: Repository, runner: Runner
) -> None:
    """What is refused, and why, the tests of `rehearsal.config` prove."""
    rehearsed = runner.use(tiny, {name: value})
    assert_verdict(rehearsed, "misconfigured")
    assert said in rehearsed.errors
    assert_nothing_started(rehearsed)
    assert_harmless(rehearsed, tiny)


def test_hostile_values__where_any_text_is_right(tiny: Repository, runner: Runner) -> None:
    hostile = " ".join(HOSTILE_LINES)
    rehearsed = runner.use(
        tiny,
        {
            "build-args": f"WHATEVER={hostile}",
            "env": f"TINY_PRINTS=HOSTILE TINY_SECRET\nHOSTILE=x\\n{hostile}",
            "secrets": f"TINY_SECRET<<END\n{HOSTILE}\nEND",
            "ready-headers": f"X-Hostile: {hostile}",
            "test-env": "\n".join(f"TEST_{n}={line}" for n, line in enumerate(HOSTILE_LINES)),
            "test-command": "python3 -m unittest checks.Page checks.Prints",
        },
    )
    assert_verdict(rehearsed, "passed")
    assert_harmless(rehearsed, tiny)


def assert_harmless(rehearsed: ActionResult, repository: Repository) -> None:
    assert not list(repository.root.rglob("pwned"))
    assert not list(rehearsed.folder.rglob("pwned"))
    assert not {"set-output", "set-env"} & set(rehearsed.shown.obeyed)
    assert "rehearsal" not in rehearsed.shown.masks
    assert "pwned" not in [each.text for each in rehearsed.shown.annotations]


def test_env__every_name_that_the_engine_takes_reaches_the_container(
    tiny: Repository, runner: Runner
) -> None:
    variables = {
        "discovery.type": "single-node",
        "services__storage-service__http__0": "http://storage:2227",
        "a/b:c[0]": "x",
        "-lower": "case",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        # A throwaway word for a database of the tests; as a secret it would be masked everywhere.
        "POSTGRES_PASSWORD": "postgres",
    }
    lines = "\n".join(f"{name}={value}" for name, value in variables.items())
    rehearsed = runner.use(
        tiny,
        {
            "env": f"{lines}\nTINY_PRINTS={' '.join(variables)}",
            "not-secret": "POSTGRES_PASSWORD",
            "test-env": "spring.profile=functional",
            "test-command": "python3 -m unittest checks.Page checks.Prints",
        },
    )
    assert_verdict(rehearsed, "passed")
    log = rehearsed.file("container.log").splitlines()
    assert [f"{name} is {value}" for name, value in variables.items()] == log[: len(variables)]
    assert "spring.profile=functional" in rehearsed.file("tests/output.log").splitlines()
    assert not rehearsed.shown.masks


def test_run_options__reach_the_container(tiny: Repository, runner: Runner) -> None:
    proof = {
        "setup-command": "! touch /tmp/file && grep -q '^CapEff:.0000000000000000$' /proc/1/status"
    }
    rehearsed = runner.use(tiny, proof | {"run-options": "--read-only\n--cap-drop\nALL"})
    assert_verdict(rehearsed, "passed")
