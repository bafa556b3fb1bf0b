"""Images of earlier rehearsals on a machine that is used again."""

import json
from pathlib import Path

from .contract import assert_verdict
from .leftovers import engine
from .repository import Repository
from .runner import ActionResult, Runner

WEEK = 7 * 86400


def test_keep_images__removes_old_ones_that_nobody_uses(
    tiny: Repository, runner: Runner, workdir: Path, run_id: str
) -> None:
    record = workdir / "state/dress-rehearsal/images.jsonl"

    def rehearse(number: int) -> ActionResult:
        tiny.replace("Dockerfile", r"^(FROM .*)$", rf"\1\nENV BUILD={run_id}-{number}")
        rehearsed = runner.use(
            tiny,
            {"keep-images": "7", "test-command": "true"},
            environment={"XDG_STATE_HOME": str(workdir / "state")},
        )
        assert_verdict(rehearsed, "passed")
        return rehearsed

    def is_there(rehearsed: ActionResult) -> bool:
        return bool(engine("image", "ls", "--quiet", "--no-trunc", rehearsed.outputs["image"]))

    def make_old() -> None:
        images = [json.loads(line) for line in record.read_text().splitlines()]
        lines = (json.dumps({**image, "built": image["built"] - WEEK}) for image in images)
        record.write_text("".join(f"{line}\n" for line in lines))

    old, used = rehearse(1), rehearse(2)
    # The harness removes what has this name.
    container = engine("create", "--name", f"uses-{run_id}", used.outputs["image"]).strip()
    try:
        make_old()
        new = rehearse(3)
        assert (is_there(old), is_there(used), is_there(new)) == (False, True, True)
    finally:
        engine("rm", container)
