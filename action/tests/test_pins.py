"""One pin for each action of others, here and where the end-to-end tests take its place."""

import re
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
FILES = [
    *(TOP / ".github/workflows").glob("*.yml"),
    *(TOP / "docs/examples").glob("*.yml"),
    *(path for path in (TOP / "action").rglob("action.yml") if "tests" not in path.parts),
]
PIN = re.compile(r"uses: ([\w-]+/[\w-]+)@([0-9a-f]{40})")
KNOWN = re.compile(r'"([\w-]+/[\w-]+)@([0-9a-f]{40})"')
# The end-to-end tests run no job that uses it.
NEVER_RUN = {"actions/setup-python"}


def test_pins__each_action_has_one() -> None:
    used = {pin for file in FILES for pin in PIN.findall(file.read_text(encoding="utf-8"))}
    pinned = TOP / "action/tests/e2e/pinned_actions.py"
    stand_ins = KNOWN.findall(pinned.read_text(encoding="utf-8"))
    # Where one was moved and not the other, act would look for the action on GitHub.
    assert {name for name, _ in used ^ {*stand_ins}} == NEVER_RUN
    assert len({name for name, _ in used}) == len(used)
