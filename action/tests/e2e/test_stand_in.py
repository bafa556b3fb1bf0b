"""The stand-in for actions/upload-artifact, held to what the real action documents."""

from .act import UPLOAD_ARTIFACT, Act
from .repository import Repository
from .workflow import workflow

FILES = """
- run: |
    mkdir -p out/deep out/.hidden
    echo one >out/one.txt
    echo two >out/deep/two.log
    echo no >out/deep/no.tmp
    echo dotted >out/.hidden/dotted.txt
"""


def upload(identity: str, **inputs: str) -> str:
    lines = [
        f"- uses: {UPLOAD_ARTIFACT}",
        f"  id: {identity}",
        "  continue-on-error: true",
        "  with:",
    ]
    lines += [f"    {name.replace('_', '-')}: {value}" for name, value in inputs.items()]
    return "\n".join(lines)


def test_stand_in__takes_what_the_real_one_takes(tiny: Repository, act: Act) -> None:
    run = act.push(
        tiny,
        workflow(
            FILES,
            upload("folder", name="folder", path="out"),
            upload("file", name="file", path="out/deep/two.log"),
            upload("lines", name="lines", path='"out/**/*.txt\\nout/deep\\n!out/**/*.tmp"'),
            upload("hidden", name="hidden", path="out", include_hidden_files="true"),
            upload("again", name="file", path="out/one.txt"),
            upload("over", name="folder", path="out/one.txt", overwrite="true"),
            upload("nothing", name="nothing", path="nowhere"),
            upload("error", name="error", path="nowhere", if_no_files_found="error"),
            upload("wrong", name="wrong", path="out", if_no_files_found="shrug"),
        ),
    )
    found = {
        name: {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
        for name, folder in run.artifacts.items()
    }
    assert found == {
        "folder": {"one.txt"},
        "file": {"two.log"},
        "lines": {"one.txt", "deep/two.log"},
        "hidden": {"one.txt", "deep/two.log", "deep/no.tmp", ".hidden/dotted.txt"},
    }
    assert {name for name, step in run.steps.items() if step.outcome == "failure"} == {
        "again",
        "error",
        "wrong",
    }
    outputs = run.steps["lines"].outputs
    assert len(outputs["artifact-digest"]) == 64
    assert outputs["artifact-url"].endswith(f"/artifacts/{outputs['artifact-id']}")
    assert not run.steps["nothing"].outputs
