"""On a laptop nobody waits for what is removed: the last line comes first, also after Ctrl-C."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from rehearsal.pipeline.older_evidence import KEPT_MARK, MARK

from . import leftovers
from .deadlines import quickest
from .repository import Repository
from .runner import LocalRun, Runner, RunningStep

# Each holds a deadline of the contract.
pytestmark = pytest.mark.alone

# In seconds: from the container's end to the last line, and from Ctrl-C to the verdict. The
# contract says 0.5 and 3.0, which a quiet machine keeps; a busy one takes longer.
AFTER_THE_END = 2.0
AFTER_CTRL_C = 6.0
# As many files as a virtual environment has, or a suite with traces leaves.
LEAVES_FILES = """
python3 - <<'END'
import os
for number in range(300):
    os.makedirs(f"{os.environ['REHEARSAL_EVIDENCE']}/../left/{number}")
    for name in range(100):
        open(f"{os.environ['REHEARSAL_EVIDENCE']}/../left/{number}/{name}", "w").close()
END
"""


def ended(run_id: str, started: float) -> float:
    """Return when the container of a run ended, as its engine says, in seconds since 1970."""
    told = leftovers.engine(
        *("events", "--since", str(int(started)), "--until", str(int(time.time()) + 1)),
        *("--filter", f"label=dress-rehearsal={run_id}", "--filter", "event=die"),
        *("--format", "{{.TimeNano}}"),
    )
    return int(told.split()[0]) / 1e9


@pytest.mark.parametrize("policy", ["never", "always"])
def test_last_line__does_not_wait_for_what_is_removed(
    policy: str, tiny: Repository, runner: Runner
) -> None:
    inputs = {"test-command": f"{LEAVES_FILES}\npython3 -m unittest checks.Page"}

    def measure() -> float:
        ids: list[str] = []

        def meanwhile(step: RunningStep) -> None:
            step.wait_until(lambda step: list(step.temp.glob("rehearsal-*")))
            ids.extend(path.name.removeprefix("rehearsal-") for path in step.temp.iterdir())

        started = time.time()
        run = runner.run_locally(
            tiny, inputs | {"evidence": policy}, flags=["--no-workflow"], meanwhile=meanwhile
        )
        assert run.output.endswith(b"verdict:  passed\n"), run.output.decode()
        seconds = (run.temp / "../log").stat().st_mtime - ended(ids[0], started)
        assert names_below(run) == ([] if policy == "never" else ["evidence", KEPT_MARK])
        return seconds

    assert quickest(measure, AFTER_THE_END) < AFTER_THE_END


def names_below(run: LocalRun) -> list[str]:
    """Return what is left in the folder of the run, once it is removed in the background."""
    return sorted(path.name for path in run.temp.glob("rehearsal-*/*"))


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When somebody presses Ctrl-C: as soon as `log` of the evidence holds `words`."""

    log: str
    words: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    edits: tuple[tuple[str, str, str], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    def has_come(self, step: RunningStep) -> bool:
        return self.words in step.file(self.log)


# An app that does not hear SIGTERM.
STAYS = (
    ("app.py", r"^    signal\.signal\(.*$", "    signal.signal(signal.SIGTERM, stay)"),
    ("app.py", "^def main", "def stay(*_): print('staying', flush=True)\n\n\ndef main"),
)
LARGE = "head -c 300000000 /dev/zero >$REHEARSAL_EVIDENCE/video.webm"
DEAF = """
python3 -c 'if True:
    import signal, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("deaf", flush=True)
    time.sleep(600)
'
"""
# A package whose build goes on and on, and needs none of an index.
ENDLESS = {
    "endless/pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "endless"\n'
    'backend-path = ["."]\n',
    "endless/endless.py": "import time\n\ntime.sleep(600)\n",
    "endless.txt": "./endless\n",
}
MOMENTS = {
    "building": Moment(
        log="build.log",
        words=" building\n",
        edits=(("Dockerfile", r"^(COPY .*)$", r"\1\nRUN echo building && sleep 600"),),
    ),
    "before the app": Moment(log="before.log", words="deaf", inputs={"before-command": DEAF}),
    "setting up": Moment(log="setup.log", words="deaf", inputs={"setup-command": DEAF}),
    "waiting": Moment(log="container.log", words="GET /", inputs={"env": "TINY_STATUS=503"}),
    "installing": Moment(
        log="test-setup.log",
        words="Processing ./endless",
        inputs={"test-requirements": "endless.txt", "test-command": "true"},
        files=ENDLESS,
    ),
    "testing": Moment(
        log="tests/output.log",
        words="deaf",
        inputs={"test-command": f"{LEAVES_FILES}\n{LARGE}\n{DEAF}"},
        edits=STAYS,
    ),
    "auditing": Moment(
        log="audit/*.log",
        words="GET /",
        inputs={"test-command": "python3 -m unittest checks.Page", "audit-active": "true"},
    ),
    "stopping": Moment(
        log="container.log",
        words="staying",
        inputs={"test-command": "python3 -m unittest checks.Page"},
        edits=STAYS,
    ),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c(moment: str, tiny: Repository, runner: Runner) -> None:
    pressed = MOMENTS[moment]
    for edit in pressed.edits:
        tiny.replace(*edit)
    for path, text in pressed.files.items():
        tiny.write(path, text)

    def measure() -> float:
        seconds: list[float] = []

        def interrupt(step: RunningStep) -> None:
            step.wait_until(pressed.has_come)
            started = time.monotonic()
            step.press_ctrl_c()
            assert step.ends_within(60)
            seconds.append(time.monotonic() - started)

        run = runner.run_locally(
            tiny,
            pressed.inputs,
            flags=["--no-workflow"],
            meanwhile=interrupt,
            on_terminal=True,
        )
        assert b"verdict:  cancelled" in run.output
        assert names_below(run) == ["evidence", MARK]
        return seconds[0]

    assert quickest(measure, AFTER_CTRL_C) < AFTER_CTRL_C
