"""A job's own services on a laptop."""

import json
from typing import Any

import pytest
import yaml

from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.parser import plan_of
from rehearsal.config.rehearsal_plan import ServicePlan
from rehearsal.local.job_services import Evaluated, read_job_services
from rehearsal.local.load_inputs import LocalOptions, load_inputs
from rehearsal.local.yaml_file import YamlMapping
from rehearsal.redaction.secret import Secret
from rehearsal.verdict import MisconfiguredError, Problem

from .conftest import Project

PLANTED = "hush-planted"
STEP = "with: {network: '${{ job.container.network }}'}"
DATABASE = """\
env: {PASSWORD: '${{ secrets.DB_PASSWORD }}', TAG: 17}
strategy: {matrix: {db: [shop]}}
services:
  postgres:
    image: postgres:${{ env.TAG }}
    credentials: {username: octocat, password: '${{ secrets.NOBODY_HAS_IT }}'}
    env:
      POSTGRES_PASSWORD: ${{ env.PASSWORD }}
      POSTGRES_USER: postgres
      POSTGRES_DB: ${{ matrix.db }}
      PORT: 5432
    ports: [5432:5432]
    options: >-
      --health-cmd "pg_isready -U postgres"
      --health-interval 1s
  Redis_1: redis
  none: {image: '${{ github.event.inputs.cache }}'}"""


def load(project: Project, environ: dict[str, str] | None = None, /, **inputs: str) -> GivenInputs:
    given = {"PATH": "/usr/bin:/bin", "DB_PASSWORD": PLANTED} | (environ or {})
    return load_inputs(LocalOptions(inputs=inputs), given, project.top)


def refusal(project: Project, environ: dict[str, str] | None = None, /, **inputs: str) -> Problem:
    with pytest.raises(MisconfiguredError) as caught:
        plan_of(load(project, environ, **inputs))
    problem = caught.value.problem
    assert problem.hint
    assert PLANTED not in problem.message + problem.hint
    return problem


def service(definition: str) -> ServicePlan | None:
    """Return the service that YAML defines; texts with `SECRET` count as secrets."""

    def mapping(value: Any) -> Any:
        if isinstance(value, dict):
            return YamlMapping((key, mapping(item)) for key, item in value.items())
        return value

    def evaluate(subject: str, value: Any) -> Evaluated:
        assert "of the job's service db" in subject
        text = "" if value is None else str(value)
        return Evaluated(text.replace("SECRET", PLANTED), is_secret="SECRET" in text)

    found = read_job_services({"db": mapping(yaml.safe_load(definition))}, evaluate)
    return found[0] if found else None


def test_load_inputs__reads_the_services_of_the_job(project: Project) -> None:
    project.step(f"env: {{TAG: 1, PASSWORD: x}}\n{STEP}", job=DATABASE)
    request = load(project)
    plan = plan_of(request)
    assert plan.container.network == ""
    assert plan.companions.services == (
        ServicePlan(
            name="postgres",
            image="postgres:17",
            env={"POSTGRES_USER": "postgres", "POSTGRES_DB": "shop", "PORT": "5432"},
            secrets=(Secret(name="POSTGRES_PASSWORD", value=PLANTED),),
            options=("--health-cmd", "pg_isready -U postgres", "--health-interval", "1s"),
        ),
        ServicePlan(name="Redis_1", image="redis"),
    )
    assert request.notes == (
        (
            "The ports of the job's services are not published here: the app reaches each by its "
            "name, the tests do not."
        ),
        "The credentials of the service postgres are not used here: docker login is.",
    )


@pytest.mark.parametrize(
    "spelling", ["${{job.container.network}}", " ${{ Job.Container.NETWORK }}\n"]
)
def test_load_inputs__the_networks_spelling(project: Project, spelling: str) -> None:
    project.step(f"with: {{Network: {json.dumps(spelling)}}}", job="services: {db: x}")
    assert [each.name for each in load(project).job_services] == ["db"]


@pytest.mark.parametrize("step", ["", "with: {network: backend}"])
def test_load_inputs__services_that_the_app_cannot_reach(project: Project, step: str) -> None:
    project.step(step, job=DATABASE)
    request = load(project)
    assert request.job_services == ()
    (note,) = request.notes
    assert note.startswith("The job's services (postgres, Redis_1, none) are not started here.")


def test_load_inputs__a_network_of_ones_own_replaces_that_of_the_job(project: Project) -> None:
    project.step(STEP, job=DATABASE)
    request = load(project, network="backend")
    assert (request.inputs["network"], request.job_services) == ("backend", ())
    options = LocalOptions(set_values={"job.container.network": "backend"})
    request = load_inputs(options, {"PATH": "/usr/bin:/bin", "DB_PASSWORD": "x"}, project.top)
    assert (request.inputs["network"], request.job_services) == ("backend", ())


def test_load_inputs__the_jobs_network_without_services(project: Project) -> None:
    project.step(STEP)
    assert plan_of(load(project)).container.network == ""


def test_load_inputs__a_secret_of_a_service_without_a_value(project: Project) -> None:
    job = "services: {db: {image: x, env: {A_KEY: '${{ secrets.A_KEY }}'}}}"
    project.step(STEP, job=job)
    problem = refusal(project, **{"generate-secrets": "A_KEY"})
    assert problem.message == (
        "A_KEY in the env of the job's service db in .github/workflows/ci.yml, job web, step 2 "
        "needs secrets.A_KEY, which has no value here."
    )
    assert "export A_KEY=…" in problem.hint
    assert "generate-secrets" not in problem.hint


def test_load_inputs__a_short_secret_of_a_service(project: Project) -> None:
    """Its value alone does not show that it is one."""
    project.step(STEP, job="services: {db: {image: x, env: {A: '${{ secrets.A }}', B: abc}}}")
    (found,) = load(project, {"A": "abc"}).job_services
    assert (found.env, found.secrets) == ({"B": "abc"}, (Secret(name="A", value="abc"),))


def test_load_inputs__the_port_of_a_service(project: Project) -> None:
    project.step(
        "with:\n  network: ${{ job.container.network }}\n"
        "  env: PORT=${{ job.services.postgres.ports['5432'] }}",
        job=DATABASE,
    )
    problem = refusal(project)
    assert "needs job.services.postgres.ports.5432" in problem.message
    assert "the app reaches a service by its id" in problem.hint
    assert "--set job.services.postgres.ports.5432=VALUE" in problem.hint


def test_load_inputs__the_jobs_network_in_another_place(project: Project) -> None:
    project.step("with: {setup-command: 'docker run --net ${{ job.container.network }} x'}")
    problem = refusal(project)
    assert "needs job.container.network" in problem.message
    assert "Only the input network can have it" in problem.hint


@pytest.mark.parametrize(
    "given, said",
    [
        ({"services": "db=postgres:17"}, "Both services and network are given"),
        ({"workers": "postgres=run"}, "workers, line 1, has it, too."),
        ({"service-env": "postgres.A=1"}, "the NAME before the first dot is no service's"),
    ],
)
def test_plan__what_github_refuses_beside_a_jobs_services(
    project: Project, given: dict[str, str], said: str
) -> None:
    project.step(STEP, job=DATABASE)
    assert said in refusal(project, **given).message


def test_plan__a_service_with_the_apps_name(project: Project) -> None:
    project.step(STEP, job="services: {web: nginx}")
    assert refusal(project).message == (
        "The job's service web cannot have this name: it is the app's own name there."
    )


@pytest.mark.parametrize(
    "definition, options",
    [
        ("{options: --memory  1g --cpus=2}", ("--memory", "1g", "--cpus=2")),
        (
            r"""{options: "--health-cmd \"a 'b' \\\"c\\\"\" --tmpfs /x"}""",
            ("--health-cmd", "a 'b' \"c\"", "--tmpfs", "/x"),
        ),
        ("{options: --health-cmd 'a b'}", ("--health-cmd", "'a", "b'")),
        ("{options: --hostname x#y}", ("--hostname", "x#y")),
        ("{entrypoint: /bin/sh}", ("--entrypoint", "/bin/sh")),
        ("{volumes: ['data:/data', '/anonymous', 'cache:/cache:ro', '/x:ro']}",
         ("--volume", "/data", "--volume", "/anonymous", "--volume", "/cache", "--volume", "/x")),
        ("{volumes: ['/etc/a b:/b', '/c:/d:ro']}",
         ("--mount", "type=bind,source=/etc/a b,target=/b",
          "--mount", "type=bind,source=/c,target=/d,readonly")),
    ],
)  # fmt: skip
def test_read_job_services__options(definition: str, options: tuple[str, ...]) -> None:
    found = service(f"{{image: x, {definition[1:]}")
    assert found is not None
    assert found.options == options


def test_read_job_services__command() -> None:
    found = service('{image: x, entrypoint: sh, command: -c "a b" c}')
    assert found is not None
    assert (found.options, found.command) == (("--entrypoint", "sh"), ("-c", "a b", "c"))


@pytest.mark.parametrize("definition", ["", "{image: ''}", "{image: ' '}", "{options: --init}"])
def test_read_job_services__none_without_an_image(definition: str) -> None:
    assert service(definition) is None


@pytest.mark.parametrize(
    "definition, said, hint",
    [
        ("Postgres:17", "not the name of an image", "no capital letters"),
        ("docker://postgres", "not the name of an image", "another scheme"),
        ("{image: x, options: --name a}", "its options have --name", "Remove it."),
        ("{image: x, options: --network=host}", "its options have --network", "Remove it."),
        ("{image: x, options: -e KEY=SECRET}", "would show a secret", "under env:"),
        ("{image: x, options: -eA=planted}", "its options have -e", "the service's env:"),
        ("{image: x, options: -p 1:1}", "its options have -p", "need not be published"),
        ('{image: x, options: "--init \\"a"}', "a quote is not closed", "Close it."),
        ("{image: x, command: --password SECRET}", "would show a secret", "under env:"),
        ("{image: x, volumes: ['/a:/SECRET']}", "would show a secret", "under env:"),
        ("{image: x, volumes: ['./a:/a']}", "'./a' is neither a name", "without commas"),
        ("{image: x, volumes: ['/a,b:/a']}", "'/a,b' is neither a name", "without commas"),
        ("{image: x, env: {HTTPS_PROXY: SECRET}}", "HTTPS_PROXY cannot be a secret", "another"),
    ],
)
def test_read_job_services__refuses(definition: str, said: str, hint: str) -> None:
    with pytest.raises(MisconfiguredError) as caught:
        service(definition)
    problem = caught.value.problem
    assert problem.message.startswith("The job's service db: ")
    assert said in problem.message
    assert hint in problem.hint
    assert "planted" not in problem.message + problem.hint


def test_read_job_services__an_id_that_github_refuses() -> None:
    with pytest.raises(MisconfiguredError, match="is not an id that GitHub takes"):
        read_job_services({"1.db": "x"}, lambda subject, value: Evaluated(f"{subject}{value}"))
