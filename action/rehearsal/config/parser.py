"""Read and check every input once, before anything is started."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rehearsal.config.audit import read_audit
from rehearsal.config.build import read_build
from rehearsal.config.companions import read_companions
from rehearsal.config.container import read_address, read_container
from rehearsal.config.extract_secrets import extract_secrets
from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.grid import read_grid_url
from rehearsal.config.input_table import INPUTS
from rehearsal.config.inputs import Inputs, quoted
from rehearsal.config.paths import is_file, read_baseline, read_folder
from rehearsal.config.plan_warnings import plan_warnings
from rehearsal.config.rehearsal_plan import Plan, ProbePlan, ServicePlan, SuitePlan
from rehearsal.config.variables import SECRET_LIKE_NAME, read_variables, values
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import ANY_NAME, Secret
from rehearsal.regex import regex
from rehearsal.results.published_port import host_name
from rehearsal.verdict import MisconfiguredError

# The word in test-requirements for tests that need no virtual environment; ./none is a file.
NO_REQUIREMENTS = "none"
# In seconds, unless the input ready-timeout has others.
READY_TIMEOUT = 60
# Names are tokens (RFC 9110, 5.6.2); values are sent as Latin-1.
HEADER = regex(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*:([\t -~\xa0-\xff]*)")


def make_plan(
    given: Mapping[str, object],
    *,
    environ: Mapping[str, str],
    top: Path,
    job_services: tuple[ServicePlan, ...] = (),
    audit_only: bool = False,
) -> Plan:
    """Return the plan that the inputs make.

    `environ` is the calling step's environment, `top` the folder that relative paths start from.
    `job_services` are those of a workflow's job, which GitHub would start itself. With `audit_only`
    there are no tests, even where the project has some.
    Raises `MisconfiguredError`, which names the input, what was found and what is allowed.
    """
    inputs = Inputs.of(given)
    directory = read_folder(inputs, "working-directory", top)
    build = read_build(inputs, environ, directory, top)
    container = read_container(inputs, environ)
    plan = Plan(
        top=top,
        directory=directory,
        image=inputs.text("image"),
        trust_image=inputs.boolean("trust-image"),
        build=build,
        container=container,
        companions=read_companions(
            inputs,
            environ,
            container,
            build.secrets,
            directory=directory,
            job_services=job_services,
        ),
        probe=_probe(inputs),
        suite=_suite(inputs, environ, directory, audit_only=audit_only),
        audit=read_audit(
            inputs,
            (secret.name for secret in container.secrets),
            first_shard=_shard(inputs).partition("/")[0] in ("", "1"),
        ),
        timeout=inputs.number("timeout"),
        keep_images=inputs.number("keep-images"),
        evidence_policy=inputs.text("evidence"),
        evidence_limit=inputs.number("evidence-limit"),
        baseline=read_baseline(inputs, directory),
        artifact_name=inputs.text("artifact-name"),
        retention_days=inputs.number("retention-days"),
        audit_only=audit_only,
    )
    return replace(plan, warnings=plan_warnings(plan, inputs, environ))


def plan_of(request: GivenInputs) -> Plan:
    """Return the plan that a request makes.

    Raises `MisconfiguredError`. Its text shows no value that may be a secret: an input
    may quote one from the step's environment.
    """
    try:
        return make_plan(
            request.inputs,
            environ=request.environ,
            top=request.top,
            job_services=request.job_services,
            audit_only=request.audit_only,
        )
    except MisconfiguredError as error:
        secret_like = (
            Secret(name=name, value=value)
            for name, value in request.environ.items()
            if SECRET_LIKE_NAME.search(name)
        )
        redactor = Redactor([*extract_secrets(request.inputs, request.environ), *secret_like])
        problem = error.problem
        message, hint = (
            redactor.redact(request.hide(text)) for text in (problem.message, problem.hint)
        )
        raise MisconfiguredError(message, hint=hint, excerpt=problem.excerpt) from None


def _probe(inputs: Inputs) -> ProbePlan:
    timeout = inputs.number("ready-timeout")
    return ProbePlan(
        host=host_name(read_address(inputs)),
        path=inputs.text("ready-path") or "/",
        statuses=_statuses(inputs),
        headers=_headers(inputs),
        timeout=timeout or READY_TIMEOUT,
        timeout_given=timeout > 0,
    )


def _statuses(inputs: Inputs) -> tuple[range, ...]:
    value = inputs.text("ready-status") or INPUTS["ready-status"].default
    pairs = [part.strip().partition("-") for part in value.split(",")]
    ranges = tuple(range(int(low), int(high or low) + 1) for low, _, high in pairs)
    if not all(ranges):
        raise inputs.error_for("ready-status", "ranges with the lower status first, like 200-399")
    return ranges


def _headers(inputs: Inputs) -> dict[str, str]:
    headers = {}
    for number, line in inputs.numbered_lines("ready-headers"):
        header = HEADER.fullmatch(line)
        if not header:
            raise inputs.error_for("ready-headers", "lines like Name: value", line=number)
        # One spelling for each name, so that "host" replaces the probe's own Host.
        headers[header[1].title()] = header[2].strip()
    return headers


def _suite(
    inputs: Inputs, environ: Mapping[str, str], directory: Path, *, audit_only: bool
) -> SuitePlan:
    command = inputs.block("test-command").strip()
    suite = directory / "functional_tests"
    has_own = (directory / "manage.py").is_file() and suite.is_dir()
    if not command and has_own and not audit_only:
        command = "python manage.py test functional_tests"
    given = inputs.text("test-requirements")
    requirements = directory / (given or suite / "requirements.txt")
    if given not in ("", NO_REQUIREMENTS) and not is_file(requirements):
        raise inputs.error_for("test-requirements", f"a file; looked for {quoted(requirements)}")
    needs_venv = command and given != NO_REQUIREMENTS and requirements.is_file()
    return SuitePlan(
        command=command,
        requirements=requirements.resolve() if needs_venv else None,
        keeps_venv=inputs.boolean("test-cache"),
        env=values(read_variables(inputs, "test-env", environ, names=ANY_NAME)),
        timeout=inputs.number("test-timeout"),
        retries=inputs.number("test-retries"),
        capture=inputs.text("capture") == "on",
        trace=_trace(inputs),
        trace_pictures=inputs.boolean("trace-pictures"),
        reports_glob=_reports(inputs, directory),
        shard=_shard(inputs),
        selenium_url=read_grid_url(inputs),
    )


def _trace(inputs: Inputs) -> str:
    value = inputs.text("trace")
    if value == "always" and inputs.text("evidence") == "never":
        raise inputs.error_for(
            "trace",
            "on-failure, retry or off if evidence is never",
            hint="With evidence: never, no trace is kept. Set evidence: always to keep the traces "
            "of all tests.",
        )
    return value


def _reports(inputs: Inputs, directory: Path) -> str:
    pattern = inputs.text("test-reports")
    try:
        next(directory.glob(pattern or "*"), None)
    except (ValueError, NotImplementedError):
        raise inputs.error_for(
            "test-reports", "a glob below the working directory, like reports/**/*.xml"
        ) from None
    return pattern


def _shard(inputs: Inputs) -> str:
    value = inputs.text("shard")
    index, _, count = value.partition("/")
    if value and int(index) > int(count):
        raise inputs.error_for("shard", "from 1/N to N/N, like 1/4")
    return value
