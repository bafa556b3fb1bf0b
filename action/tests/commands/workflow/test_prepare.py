import csv
import io
import json
import stat
from pathlib import Path

import pytest

from rehearsal.commands.workflow.prepare import prepare
from rehearsal.verdict import Misconfigured

from .conftest import Job

HUSH = "hush-planted"
PEM = f'-----BEGIN KEY-----\n{HUSH}, "quoted"\n-----END KEY-----'


def prepared(job: Job, **given: object) -> None:
    inputs = {name.replace("_", "-"): value for name, value in given.items()}
    job.environ["REHEARSAL_INPUTS"] = json.dumps(inputs)
    assert prepare(job.environ, job.console) == 0


def refusal(job: Job, **given: object) -> Misconfigured:
    with pytest.raises(Misconfigured) as caught:
        prepared(job, **given)
    return caught.value


def lines(job: Job, name: str) -> list[str]:
    """Read an output as docker/build-push-action reads its lists."""
    return [item for (item,) in csv.reader(io.StringIO(job.outputs[name], newline=""))]


def test_prepare__a_bare_folder(job: Job) -> None:
    prepared(job)
    outputs = job.outputs
    assert outputs["legs"] == "1"
    assert outputs["minutes"] == "75"
    assert outputs["tag"] == "rehearsed/dress-rehearsal:77-2"
    assert outputs["context"] == str(Path.cwd())
    assert outputs["dockerfile"] == str(Path.cwd() / "Dockerfile")
    assert (outputs["build-args"], outputs["secret-files"]) == ("", "")
    assert "verdict" not in outputs
    assert not job.summary


def test_prepare__types_as_github_hands_them_over(job: Job) -> None:
    prepared(job, port=8000.0, shards=2, cache=False, timeout=61, audit_active=False)
    assert (job.outputs["legs"], job.outputs["minutes"]) == ("2", "17")


def test_prepare__paths_start_where_the_action_starts_them(job: Job) -> None:
    place = Path.cwd() / "web/docker"
    place.mkdir(parents=True)
    (place / "Prod").touch()
    prepared(job, working_directory="web", context="..", dockerfile="docker/Prod", target="app")
    outputs = job.outputs
    assert outputs["context"] == str(Path.cwd())
    assert outputs["dockerfile"] == str(place / "Prod")
    assert outputs["target"] == "app"


def test_prepare__build_arguments_arrive_as_they_are(job: Job) -> None:
    prepared(job, build_args='A=1,2\nB={"x": "y"}\nC<<END\none\n\n"two"\nEND\nGITHUB_RUN_ID')
    assert lines(job, "build-args") == [
        "A=1,2",
        'B={"x": "y"}',
        'C=one\n\n"two"',
        "GITHUB_RUN_ID=77",
    ]


def test_prepare__build_secrets_are_files_of_this_user_alone(job: Job) -> None:
    job.environ["BUILD_SECRETS"] = f"TOKEN={HUSH}\nPEM<<END\n{PEM}\nEND"
    prepared(job)
    folder = Path(job.outputs["secrets-folder"])
    assert folder.parent == job.folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = dict(item.split("=") for item in lines(job, "secret-files"))
    assert {name: Path(file).read_text() for name, file in files.items()} == {
        "TOKEN": HUSH,
        "PEM": PEM,
    }
    assert {stat.S_IMODE(Path(file).stat().st_mode) for file in files.values()} == {0o600}
    assert f"::add-mask::{HUSH}\n" in job.log
    assert HUSH not in "".join(job.outputs.values())


def test_prepare__container_secrets_are_masked_and_go_no_further(job: Job) -> None:
    job.environ["CONTAINER_SECRETS"] = f"KEY={HUSH}"
    prepared(job)
    assert f"::add-mask::{HUSH}\n" in job.log
    assert HUSH not in "".join(job.outputs.values())
    assert not list(Path(job.outputs["secrets-folder"]).iterdir())


@pytest.mark.parametrize(
    "given, names",
    [
        pytest.param({"port": 0}, "The input port is '0'", id="port"),
        pytest.param({"shards": 0}, "The input shards is '0'", id="shards"),
        pytest.param({"image": "x"}, "There is no input named 'image'", id="left-out"),
        pytest.param({"artifact-name": "a.b"}, "The input artifact-name is 'a.b'", id="artifact"),
        pytest.param({"context": "none"}, "The input context is 'none'", id="context"),
        pytest.param({"image-retention-days": 0}, "image-retention-days is '0'", id="days"),
        pytest.param({"audit": "warn"}, "The input audit does not work", id="not-yet"),
    ],
)
def test_prepare__wrong_inputs_are_named(job: Job, given: dict[str, object], names: str) -> None:
    problem = refusal(job, **given)
    assert names in problem.message
    assert job.outputs == {"verdict": "misconfigured"}
    assert job.summary.startswith("## Dress rehearsal: misconfigured\n")


@pytest.mark.parametrize("source", ["container-secrets", "build-secrets"])
@pytest.mark.parametrize(
    "text, what",
    [
        pytest.param("KEY=", "The secret KEY in {} is empty.", id="empty"),
        pytest.param("A=1\n\nKEY", "{}, line 3: a name alone", id="bare-name"),
        pytest.param(f"KEY={PEM}", "{}, line 2: expected", id="broken-pem"),
        pytest.param("KEY<<END\nx", "{}, line 1: the value", id="never-closed"),
    ],
)
def test_prepare__secrets_that_hold_nothing(job: Job, source: str, text: str, what: str) -> None:
    job.environ[source.upper().replace("-", "_")] = text
    problem = refusal(job)
    assert problem.message.startswith(what.format(source))
    assert f"under {source}" in problem.hint or f"{source}: KEY=" in problem.hint
    assert HUSH not in problem.message + problem.hint + job.summary + job.log


def test_prepare__a_random_value_is_offered_for_the_container_alone(job: Job) -> None:
    job.environ["CONTAINER_SECRETS"] = "KEY="
    assert "generate-secrets" in refusal(job).hint
    job.environ.update(CONTAINER_SECRETS="", BUILD_SECRETS="KEY=")
    assert "generate-secrets" not in refusal(job).hint


@pytest.mark.parametrize("text", ["KEY=", "KEY", ""])
def test_prepare__what_is_generated_may_be_missing(job: Job, text: str) -> None:
    job.environ["CONTAINER_SECRETS"] = text
    prepared(job, generate_secrets="KEY")
    assert job.outputs["legs"] == "1"


def test_prepare__a_generated_name_helps_no_build_secret(job: Job) -> None:
    job.environ["BUILD_SECRETS"] = "KEY="
    assert (
        "The secret KEY in build-secrets is empty." in refusal(job, generate_secrets="KEY").message
    )


def test_prepare__no_other_input_can_have_the_secrets(job: Job) -> None:
    job.environ["CONTAINER_SECRETS"] = f"KEY={HUSH}"
    assert "CONTAINER_SECRETS has no value" in refusal(job, env="CONTAINER_SECRETS").message
