"""Planted secrets: app, build and tests tell everything they know, and nothing of it leaves."""

import json
import re
import stat
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from .contract import assert_verdict
from .leftovers import engine, saved_image
from .planted_secrets import SECRETS, assert_no_leak, files, make_secrets
from .process_watch import ProcessWatch, watch_processes
from .repository import Repository, repository_of
from .runner import ActionResult, Runner
from .workflow_commands import lines_of, parse_step_logs

SHORT = {"PLANTED_SHORT": "q7Z"}
LEAKY_APP = {
    "build-secrets": "PLANTED_BUILD",
    "test-command": "python3 -m unittest leaky_app_tests",
    "test-reports": "outside/**/*.xml",
}
# Every process that may hold a secret: the action's own two steps (and a shim before Python, where
# there is one), what hands the secrets on, and the app. `runc init` becomes the app.
MAY_HOLD = re.compile(
    r"(?P<steps>with the inputs: (?!.*leaky_app_tests).*)"
    r"|(?P<create>\S*docker create .*)"
    r"|(?P<app>contained: (python -u /leaky_app\.py serve|\S*runc init|\S*docker-init .*)?)"
)
MAY_BUILD = re.compile(r"\S*docker build .*|\S*docker-buildx? .*")
SAFE_PATH = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")


@pytest.fixture
def secrets(run_id: str) -> dict[str, str]:
    return make_secrets(run_id)


@pytest.fixture
def build_secret(run_id: str) -> dict[str, str]:
    return {"PLANTED_BUILD": make_secrets(f"build-{run_id}")["PLANTED_ODD"]}


@pytest.mark.alone
def test_leaky_app__is_nowhere_in_what_leaves(
    leaky_app: Repository, runner: Runner, secrets: dict[str, str], build_secret: dict[str, str]
) -> None:
    everyone = secrets | build_secret
    inputs = LEAKY_APP | {
        "build-args": f"RUN={runner.run_id}",
        "secrets": "\n".join((*secrets, *SHORT)),
    }
    started = time.time()
    with watch_processes(everyone) as watched:
        rehearsed = runner.use(leaky_app, inputs, environment=everyone | SHORT)
    assert_verdict(rehearsed, "tests-failed")
    assert_all_was_said(rehearsed, secrets, build_secret)
    assert_no_leak(everyone, rehearsed.everything())
    assert_no_leak(everyone, {"the process list": b"\n".join(watched.command_lines)})
    assert_no_leak(everyone, image_of(rehearsed), files(rehearsed.folder / "temp"))
    assert_no_leak(everyone, temporary_files(since=started, besides=runner.folder))
    assert_held_where_needed(watched, secrets, build_secret)
    assert_safe(rehearsed)
    assert_masked(rehearsed, secrets, build_secret)
    warnings = [each.text for each in rehearsed.shown.annotations if each.level == "warning"]
    assert any("PLANTED_SHORT" in text and "too short" in text for text in warnings)
    assert "q7Z" not in rehearsed.shown.masks


def assert_all_was_said(
    rehearsed: ActionResult, secrets: Mapping[str, str], build_secret: Mapping[str, str]
) -> None:
    """Hold it against what the fixtures print, or nothing would be proved by what is not there."""
    container_log, build_log = rehearsed.file("container.log"), rehearsed.file("build.log")
    output = rehearsed.file("tests/output.log")
    page = rehearsed.file("tests/page.html")
    assert "all has been said" in container_log
    assert "all has been said" in build_log
    for name in secrets:
        for form in ("plain", "json", "html", "url", "repr", "exception", "base64, 2 before"):
            said = re.findall(rf"^{name} in {form}: .*", container_log, re.MULTILINE)
            assert said, f"{name} was to be said as {form}"
            assert "***" in said[0] or form == "exception", said
            assert f"{name} in {form}: " in output
    # Each is said in three ways and in 25 forms or more.
    assert container_log.count("***") >= len(secrets) * 25 * 3
    assert page.count("***") > len(secrets) * 20
    for name in build_secret:
        assert f"{name} in repr: '***" in build_log
        assert not any(secret in build_log for secret in secrets), "the build has no business here"
    assert "REHEARSAL_URL" not in build_log


def assert_held_where_needed(
    watched: ProcessWatch, secrets: Mapping[str, str], build_secret: Mapping[str, str]
) -> None:
    kinds: set[str] = set()
    for words, names in watched.holders.items():
        if found := MAY_HOLD.fullmatch(words):
            kinds |= {kind for kind, text in found.groupdict().items() if text is not None}
            assert found["steps"] or not names & set(build_secret), words
        else:
            assert MAY_BUILD.fullmatch(words), f"{words} held {names}"
            assert not names & set(secrets), f"{words} held {names}"
    assert kinds == {"steps", "create", "app"}, "watching saw too little to prove anything"


def assert_safe(rehearsed: ActionResult) -> None:
    """Everything kept is a regular file with a name that any file system and the upload take."""
    assert rehearsed.evidence is not None
    kept = list(rehearsed.evidence.rglob("*"))
    for path in kept:
        mode = path.lstat().st_mode
        assert stat.S_ISREG(mode) or stat.S_ISDIR(mode), f"{path} is no file"
        name = str(path.relative_to(rehearsed.evidence))
        assert SAFE_PATH.fullmatch(name), f"{name!r} is not safe"
        assert all(len(part) <= 100 for part in path.parts)
    texts = [path.read_text(errors="replace") for path in kept if path.is_file()]
    assert not any("root:x:0:0" in text for text in texts)
    for number in range(21):
        assert texts.count(f"the file of name {number}\n") == 1, f"file {number} was lost"
    for name in ("a b", "a?b", "a_b"):
        assert f"this is {name!r}\n" in texts
    assert "pwned" not in [each.text for each in rehearsed.shown.annotations]
    assert not list(rehearsed.folder.rglob("pwned"))


def assert_masked(
    rehearsed: ActionResult, secrets: Mapping[str, str], build_secret: Mapping[str, str]
) -> None:
    """A later step that prints a secret has GitHub's own masks against it, and PEM's armour."""
    in_json = json.dumps(dict(secrets), ensure_ascii=False)
    printed = "\n".join([*secrets.values(), *build_secret.values(), in_json])
    shown = rehearsed.shown.masked(printed)
    assert_no_leak({**secrets, **build_secret}, {"a later step": shown.encode()})
    assert "-----BEGIN PRIVATE KEY-----" in shown
    assert all(len(mask) >= 4 for mask in rehearsed.shown.masks)
    assert set(rehearsed.shown.obeyed) >= {"add-mask", "stop-commands", "error", "warning"}


def image_of(rehearsed: ActionResult) -> dict[str, bytes]:
    image = rehearsed.outputs["image-id"]
    return saved_image(image) | {
        "the image's history": engine("history", "--no-trunc", image).encode(),
        "the image's configuration": engine("image", "inspect", image).encode(),
    }


def temporary_files(*, since: float, besides: Path) -> dict[str, bytes]:
    """Read what was written below the machine's temporary folder since then."""
    return dict(_written(besides.parent, since=since, besides=besides))


def _written(folder: Path, *, since: float, besides: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.iterdir():
        try:
            found = path.lstat()
            if stat.S_ISDIR(found.st_mode) and path != besides and found.st_mtime >= since:
                yield from _written(path, since=since, besides=besides)
            elif stat.S_ISREG(found.st_mode) and found.st_mtime >= since:
                # A test of the evidence may have left a sparse file of any size.
                with path.open("rb") as file:
                    yield str(path), str(path).encode() + file.read(16 << 20)
        except OSError:
            continue  # Somebody else's, and gone.


def test_leaky_app__on_a_laptop_prints_no_mask_and_no_command(
    workdir: Path, runner: Runner, secrets: dict[str, str], build_secret: dict[str, str]
) -> None:
    # Outside GitHub the image is named after the folder: it must not be that of another scenario.
    leaky_app = repository_of("leaky_app", workdir / f"leaky_app-{runner.run_id}")
    everyone = secrets | build_secret
    inputs = LEAKY_APP | {"build-args": f"RUN={runner.run_id}", "secrets": "\n".join(secrets)}
    local = runner.run_locally(leaky_app, inputs, environment=everyone)
    assert local.exit_code == 13, local.output.decode(errors="replace")[-3000:]
    shown = parse_step_logs(lines_of(local.output.decode(errors="surrogateescape")))
    assert not shown.obeyed
    assert b"add-mask" not in local.output
    kept = files(local.temp)
    assert any(name.endswith("evidence/container.log") for name in kept)
    assert_no_leak(everyone, kept | {"the output": local.output})


def test_residue__is_taken_out_before_the_upload(
    tiny: Repository, runner: Runner, secrets: dict[str, str]
) -> None:
    def plant(temp: Path) -> None:
        (evidence,) = temp.glob("rehearsal-*/evidence")
        (evidence / "residue.log").write_text(f"left by a child: {secrets['PLANTED_ODD']}\nmore\n")
        (evidence / "passwd.txt").symlink_to("/etc/passwd")
        (evidence / "etc").symlink_to("/etc")
        (evidence / secrets["PLANTED_ODD"]).write_text("named after a secret\n")
        (evidence / "new\nline").mkdir()
        (evidence / "new\nline" / "::error::pwned").write_text("in a folder of an odd name\n")
        (evidence / "clean.log").write_text("nothing is wrong with this one\n")

    inputs = {"secrets": "\n".join(secrets), "test-command": "python3 -m unittest checks.Wrong"}
    rehearsed = runner.use(tiny, inputs, environment=secrets, between=plant)
    assert_verdict(rehearsed, "tests-failed")
    assert rehearsed.evidence is not None
    assert rehearsed.file("residue.log") == "left by a child: ***\nmore\n"
    assert rehearsed.file("clean.log") == "nothing is wrong with this one\n"
    assert_no_leak(secrets, rehearsed.everything())
    for path in rehearsed.evidence.rglob("*"):
        assert not path.is_symlink()
        assert SAFE_PATH.fullmatch(str(path.relative_to(rehearsed.evidence))), path
    warned = "\n".join(a.text for a in rehearsed.shown.annotations if a.level == "warning")
    assert "residue.log" in warned
    assert "passwd.txt" in warned
    assert "clean.log" not in warned


@pytest.mark.parametrize("inputs_are_lost", [False, True], ids=["as-planned", "plan-is-lost"])
def test_residue__with_what_the_plan_needs_gone(
    inputs_are_lost: bool, tiny: Repository, runner: Runner, secrets: dict[str, str]
) -> None:
    # The tests may have removed what the inputs name: then the last sweep still knows the secrets.
    def plant(temp: Path) -> None:
        (evidence,) = temp.glob("rehearsal-*/evidence")
        (evidence / "residue.log").write_text(secrets["PLANTED_PLAIN"])
        if inputs_are_lost:
            (tiny.root / "Dockerfile").unlink()

    inputs = {"secrets": "\n".join(secrets), "evidence": "always"}
    rehearsed = runner.use(tiny, inputs, environment=secrets, between=plant)
    assert rehearsed.outputs["verdict"] == "passed"
    assert_no_leak(secrets, rehearsed.everything())


def in_the_grammar_of_secrets(secrets: Mapping[str, str]) -> str:
    return "\n".join(f"{name}<<END\n{value}\nEND" for name, value in secrets.items())


def test_secrets__written_into_the_input(
    tiny: Repository, runner: Runner, secrets: dict[str, str]
) -> None:
    values = {name: value.rstrip("\n") for name, value in secrets.items()}
    inputs = {
        "env": f"TINY_PRINTS={' '.join(values)}",
        "secrets": in_the_grammar_of_secrets(values),
        "test-command": "python3 -m unittest checks.Wrong checks.Prints",
    }
    rehearsed = runner.use(tiny, inputs)
    assert_verdict(rehearsed, "tests-failed")
    for name in values:
        assert f"{name} is ***" in rehearsed.file("container.log"), "the app got and printed it"
    assert_no_leak(values, rehearsed.everything())


def test_secrets__the_tests_do_not_get_them(tiny: Repository, runner: Runner) -> None:
    shown = {"GITHUB_TOKEN": "ghs_planted", "ACTIONS_RUNTIME_TOKEN": "planted-runtime-token"}
    inputs = {
        "secrets": "\n".join(SECRETS),
        "test-command": "python3 -m unittest checks.Wrong checks.Prints",
    }
    rehearsed = runner.use(tiny, inputs, environment=SECRETS | shown)
    assert_verdict(rehearsed, "tests-failed")
    names = {line.partition("=")[0] for line in rehearsed.file("tests/output.log").splitlines()}
    assert {"REHEARSAL_URL", "TEST_SERVER", "GITHUB_RUN_ID"} <= names
    assert not names & {*SECRETS, *shown, "REHEARSAL_INPUTS", "GITHUB_OUTPUT", "GITHUB_ENV"}


def test_secrets__the_container_gets_every_byte(tiny: Repository, runner: Runner) -> None:
    tiny.write("expected.json", json.dumps(SECRETS))
    tiny.replace("Dockerfile", r"^(COPY .*)$", r"\1\nCOPY expected.json /expected.json")
    compare = (
        "import json, os; expected = json.load(open('/expected.json'))\n"
        "wrong = [name for name in expected if os.environ[name] != expected[name]]\n"
        "raise SystemExit(f'{wrong} arrived changed' if wrong else 0)"
    )
    setup = f"python - <<'END'\n{compare}\nEND"
    inputs = {"secrets": "\n".join(SECRETS), "setup-command": setup}
    assert_verdict(runner.use(tiny, inputs, environment=SECRETS), "passed")


def test_secrets__generated_for_the_run(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(
        tiny,
        {
            "generate-secrets": "TINY_KEY",
            "env": "TINY_PRINTS=TINY_KEY",
            "test-command": "python3 -m unittest checks.Wrong",
        },
    )
    assert_verdict(rehearsed, "tests-failed")
    assert "TINY_KEY is ***" in rehearsed.file("container.log")
    assert len(rehearsed.shown.masks) == 1
    assert len(rehearsed.shown.masks[0]) >= 32
