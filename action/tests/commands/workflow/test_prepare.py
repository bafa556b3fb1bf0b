import csv
import io
import json
import stat
from pathlib import Path

import pytest

from rehearsal.commands.workflow.prepare import prepare
from rehearsal.verdict import MisconfiguredError, Problem

from .conftest import Job

SECRET = "planted-secret"
PEM = f'-----BEGIN KEY-----\n{SECRET}, "quoted"\n-----END KEY-----'


def run_prepare(job: Job, **inputs: object) -> None:
    named = {name.replace("_", "-"): value for name, value in inputs.items()}
    job.environ["REHEARSAL_INPUTS"] = json.dumps(named)
    assert prepare(job.environ, job.console) == 0


def prepare_error(job: Job, **inputs: object) -> Problem:
    with pytest.raises(MisconfiguredError) as caught:
        run_prepare(job, **inputs)
    return caught.value.problem


def list_output(job: Job, name: str) -> list[str]:
    """Parse an output as docker/build-push-action parses its list inputs."""
    return [item for (item,) in csv.reader(io.StringIO(job.outputs[name], newline=""))]


def test_prepare__default_inputs(job: Job) -> None:
    run_prepare(job)
    outputs = job.outputs
    assert (outputs["shards"], outputs["browsers"], outputs["spelling"]) == ("1", "1", "hex")
    assert outputs["timeout-minutes"] == "75"
    assert outputs["tag"] == "rehearsed/dress-rehearsal:77-2"
    assert outputs["context"] == str(Path.cwd())
    assert outputs["dockerfile"] == str(Path.cwd() / "Dockerfile")
    assert (outputs["build-args"], outputs["secret-files"]) == ("", "")
    assert "verdict" not in outputs
    assert not job.summary


def test_prepare__accepts_the_types_of_github(job: Job) -> None:
    run_prepare(job, port=8000.0, shards=2, cache=False, timeout=61, audit_active=False)
    assert (job.outputs["shards"], job.outputs["timeout-minutes"]) == ("1,2", "17")


def test_prepare__resolves_paths_as_the_action_does(job: Job) -> None:
    folder = Path.cwd() / "web/docker"
    folder.mkdir(parents=True)
    (folder / "Prod").touch()
    run_prepare(job, working_directory="web", context="..", dockerfile="docker/Prod", target="app")
    outputs = job.outputs
    assert outputs["context"] == str(Path.cwd())
    assert outputs["dockerfile"] == str(folder / "Prod")
    assert outputs["target"] == "app"


def test_prepare__build_arguments_keep_special_characters(job: Job) -> None:
    run_prepare(job, build_args='A=1,2\nB={"x": "y"}\nC<<END\none\n\n"two"\nEND\nGITHUB_RUN_ID')
    assert list_output(job, "build-args") == [
        "A=1,2",
        'B={"x": "y"}',
        'C=one\n\n"two"',
        "GITHUB_RUN_ID=77",
    ]


def test_prepare__build_secrets_are_files_that_only_this_user_can_read(job: Job) -> None:
    job.environ["BUILD_SECRETS"] = f"TOKEN={SECRET}\nPEM<<END\n{PEM}\nEND"
    run_prepare(job)
    folder = Path(job.outputs["secrets-folder"])
    assert folder.parent == job.folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = dict(item.split("=") for item in list_output(job, "secret-files"))
    assert {name: Path(file).read_text() for name, file in files.items()} == {
        "TOKEN": SECRET,
        "PEM": PEM,
    }
    assert {stat.S_IMODE(Path(file).stat().st_mode) for file in files.values()} == {0o600}
    assert f"::add-mask::{SECRET}\n" in job.log
    assert SECRET not in "".join(job.outputs.values())


def test_prepare__container_secrets_are_masked_and_not_in_outputs(job: Job) -> None:
    job.environ["CONTAINER_SECRETS"] = f"KEY={SECRET}"
    run_prepare(job)
    assert f"::add-mask::{SECRET}\n" in job.log
    assert SECRET not in "".join(job.outputs.values())
    assert not list(Path(job.outputs["secrets-folder"]).iterdir())


ACCOUNT = json.dumps({"type": "service_account", "private_key": PEM}, indent=2)


def test_prepare__secrets_of_several_lines_and_names_of_browsers_occur_in_no_output(
    job: Job,
) -> None:
    job.environ["CONTAINER_SECRETS"] = (
        f"ACCOUNT<<END\n{ACCOUNT}\nEND\nBACKEND=firefox\nPEM<<EOF\n{PEM}\nEOF"
    )
    run_prepare(job, shards=3, browsers='["chrome", "firefox"]', artifact_name="BACKEND")
    outputs = [job.outputs[name] for name in ("shards", "browsers", "timeout-minutes", "spelling")]
    assert outputs == ["1,2,3", "1,2", "75", "hex"]
    assert "warning" not in job.log


def test_prepare__warns_of_short_lines_and_spells_the_digest_in_letters(job: Job) -> None:
    job.environ["CONTAINER_SECRETS"] = "PORTS<<END\n443\n8080\nEND"
    run_prepare(job)
    assert job.outputs["spelling"] == "letters"
    (warning,) = (line for line in job.log.splitlines() if line.startswith("::warning"))
    assert "by chance: line 2 of container-secrets. GitHub drops such outputs" in warning
    assert "443" not in warning


@pytest.mark.parametrize(
    "line, output", [("1,", "shards"), ("2", "image-attempt")], ids=["list", "attempt"]
)
def test_prepare__refuses_a_secret_that_would_hide_what_later_jobs_need(
    job: Job, line: str, output: str
) -> None:
    job.environ["BUILD_SECRETS"] = f"LIST<<END\n[\n{line}\n9\n]\nEND"
    problem = prepare_error(job, **({"shards": 3} if output == "shards" else {}))
    assert (
        f"line 3 of build-secrets can occur in the output {output} of this job" in problem.message
    )
    assert job.outputs == {"verdict": "misconfigured"}
    assert "jq -c" in job.summary


@pytest.mark.parametrize(
    "inputs, message",
    [
        pytest.param({"port": 0}, "The input port is '0'", id="port"),
        pytest.param({"shards": 0}, "The input shards is '0'", id="shards"),
        pytest.param({"image": "x"}, "There is no input named 'image'", id="excluded"),
        pytest.param({"artifact-name": "a.b"}, "The input artifact-name is 'a.b'", id="artifact"),
        pytest.param({"context": "none"}, "The input context is 'none'", id="context"),
        pytest.param({"image-retention-days": 0}, "image-retention-days is '0'", id="days"),
        pytest.param({"audit": "on"}, "The input audit is 'on'; it has to be one of", id="audit"),
    ],
)
def test_prepare__names_an_invalid_input(job: Job, inputs: dict[str, object], message: str) -> None:
    problem = prepare_error(job, **inputs)
    assert message in problem.message
    assert job.outputs == {"verdict": "misconfigured"}
    assert job.summary.startswith("## Dress rehearsal: misconfigured\n")


@pytest.mark.parametrize("source", ["container-secrets", "build-secrets"])
@pytest.mark.parametrize(
    "text, message",
    [
        pytest.param("KEY=", "{}, line 1: the secret is empty.", id="empty"),
        pytest.param("A=1\nKEY==", "{}, line 2: the secret is empty.", id="end-of-base64"),
        pytest.param("A=1\n\nKEY", "{}, line 3: a name without a value", id="bare-name"),
        pytest.param(f"KEY={PEM}", "{}, line 2: expected", id="broken-pem"),
        pytest.param("KEY<<END\nx", "{}, line 1: the value", id="never-closed"),
    ],
)
def test_prepare__rejects_a_secret_without_a_value(
    job: Job, source: str, text: str, message: str
) -> None:
    job.environ[source.upper().replace("-", "_")] = text
    problem = prepare_error(job)
    assert problem.message.startswith(message.format(source))
    assert f"under {source}" in problem.hint or f"{source}: NAME=" in problem.hint
    assert SECRET not in problem.message + problem.hint + job.summary + job.log


def test_prepare__suggests_a_random_value_only_for_container_secrets(job: Job) -> None:
    job.environ["CONTAINER_SECRETS"] = "KEY="
    assert "generate-secrets" in prepare_error(job).hint
    job.environ.update(CONTAINER_SECRETS="", BUILD_SECRETS="KEY=")
    assert "generate-secrets" not in prepare_error(job).hint


@pytest.mark.parametrize("text", ["KEY=", "KEY", ""])
def test_prepare__a_generated_secret_needs_no_value(job: Job, text: str) -> None:
    job.environ["CONTAINER_SECRETS"] = text
    run_prepare(job, generate_secrets="KEY")
    assert job.outputs["shards"] == "1"


DATABASE = {"services": "db=postgres:17", "service_env": "db.KEY\ndb.POSTGRES_DB=app"}


def test_prepare__a_service_gets_a_value_of_container_secrets(job: Job) -> None:
    job.environ["CONTAINER_SECRETS"] = f"KEY={SECRET}"
    run_prepare(job, **DATABASE)
    assert f"::add-mask::{SECRET}\n" in job.log
    assert SECRET not in "".join(job.outputs.values())


@pytest.mark.parametrize(
    "text, given", [("", {"generate_secrets": "KEY"}), ("KEY=", {"generate_secrets": "KEY"}),
                    ("", {"env": "KEY=x"})],
)  # fmt: skip
def test_prepare__a_service_gets_another_value_of_the_app(
    job: Job, text: str, given: dict[str, str]
) -> None:
    job.environ["CONTAINER_SECRETS"] = text
    run_prepare(job, **DATABASE, **given)
    assert job.outputs["shards"] == "1"


def test_prepare__a_service_without_a_value(job: Job) -> None:
    problem = prepare_error(job, **DATABASE)
    assert problem.message.startswith("service-env, line 1: KEY has no value")
    assert "in container-secrets for a job that calls rehearsal.yml" in problem.hint


def test_prepare__a_build_secret_is_not_generated(job: Job) -> None:
    job.environ["BUILD_SECRETS"] = "KEY="
    assert (
        "build-secrets, line 1: the secret is empty."
        in prepare_error(job, generate_secrets="KEY").message
    )


def test_prepare__other_inputs_cannot_read_the_secret_variables(job: Job) -> None:
    job.environ["CONTAINER_SECRETS"] = f"KEY={SECRET}"
    problem = prepare_error(job, env="CONTAINER_SECRETS")
    assert problem.message.startswith("env, line 1: the step's env: has no such variable")
