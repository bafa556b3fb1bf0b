"""A published version keeps its content, where the publisher asks for that."""

from pathlib import Path

from .registry import Registry, build_small_image
from .repository import Repository
from .runner import ActionResult, Runner


def test_overwrite__false_keeps_what_is_there(
    tiny: Repository, runner: Runner, registry: Registry, workdir: Path, run_id: str
) -> None:
    first = build_small_image(workdir / "first", run_id, "first")
    second = build_small_image(workdir / "second", run_id, "second")
    version, moving = (f"{registry.host}/{run_id}/app:{tag}" for tag in ("1.2.3", "latest"))

    def publish(image: str, to: str, overwrite: str = "false") -> ActionResult:
        inputs = {"image-id": image, "to": to, "overwrite": overwrite}
        return runner.use(tiny, inputs, action="action/publish")

    def holds(tag: str) -> tuple[str, ...]:
        """Return the digests of the manifest and of the configuration: one of them is the ID."""
        return registry.holds(f"{run_id}/app", tag) or ()

    assert publish(first, version).exit_code == 0
    # A run that is repeated finds its own work, and goes on.
    assert publish(first, version).exit_code == 0
    assert first in holds("1.2.3")

    refused = publish(second, f"{moving}\n{version}")
    assert refused.exit_code == 16
    assert refused.outputs["verdict"] == "publish-failed"
    assert f"Nothing was pushed. {version} holds sha256:" in refused.errors
    assert "Publish under a new version" in refused.errors
    assert first in holds("1.2.3")
    assert not holds("latest"), "not even what stands before it in the list is pushed"

    one_moves = publish(second, f"{version}-1\n{moving}", overwrite="latest")
    assert one_moves.exit_code == 0
    assert publish(first, f"{version}-2\n{moving}", overwrite="latest").exit_code == 0
    assert first in holds("latest")
    assert publish(first, f"{version}-1\n{moving}", overwrite="latest").exit_code == 16
    assert second in holds("1.2.3-1")

    assert publish(second, version, overwrite="true").exit_code == 0
    assert second in holds("1.2.3")
