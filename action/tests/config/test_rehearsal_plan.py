import re
from pathlib import Path

import pytest

from rehearsal.config import parser
from rehearsal.config.extract_secrets import extract_secrets
from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.input_table import INPUTS
from rehearsal.config.parser import make_plan
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.verdict import MisconfiguredError, Problem, Verdict

from ..fakes import probe_plan

SECRET = "hush-planted"
CLIENT_VARIABLES = ["PATH", "HOME", "DOCKER_HOST", "LD_PRELOAD", "HTTPS_PROXY", "SSL_CERT_FILE"]


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """Return a folder with a Dockerfile and nothing else."""
    (tmp_path / "Dockerfile").touch()
    return tmp_path


@pytest.fixture
def project(top: Path) -> Path:
    """Return a folder laid out like superlists."""
    (top / "manage.py").touch()
    (top / "functional_tests").mkdir()
    (top / "functional_tests" / "requirements.txt").touch()
    return top


def plan_of(top: Path, environ: dict[str, str] | None = None, /, **given: str) -> Plan:
    inputs = {name.replace("_", "-"): value for name, value in given.items()}
    return make_plan(inputs, environ=environ or {}, top=top)


def refusal(top: Path, environ: dict[str, str] | None = None, /, **given: str) -> Problem:
    with pytest.raises(MisconfiguredError) as caught:
        plan_of(top, environ, **given)
    return caught.value.problem


def text_of(problem: Problem) -> str:
    return "\n".join((problem.message, problem.hint, *problem.excerpt))


def test_plan__defaults_for_a_bare_folder(top: Path) -> None:
    plan = plan_of(top)
    assert (plan.directory, plan.image) == (top, "")
    assert (plan.build.context, plan.build.dockerfile) == (top, top / "Dockerfile")
    assert (plan.build.target, plan.build.platform, plan.build.args) == ("", "", {})
    assert (plan.container.port, plan.container.host_port) == (0, 0)
    assert (plan.container.address, plan.probe.host) == ("127.0.0.1", "localhost")
    assert (plan.container.env, plan.container.secrets, plan.container.command) == ({}, (), ())
    assert (plan.probe.path, plan.probe.timeout, plan.probe.headers) == ("/", 60, {})
    assert plan.probe.statuses == (range(200, 400),)
    assert not plan.probe.timeout_given
    assert (plan.suite.command, plan.suite.requirements) == ("", None)
    assert (plan.suite.timeout, plan.timeout, plan.retention_days) == (1800, 3600, 7)
    assert (plan.evidence_policy, plan.evidence_limit) == ("on-failure", 500)
    assert plan.artifact_name == ""


def test_plan__defaults_for_a_folder_like_superlists(project: Path) -> None:
    suite = plan_of(project).suite
    assert suite.command == "python manage.py test functional_tests"
    assert suite.requirements == project / "functional_tests" / "requirements.txt"


@pytest.mark.parametrize("missing", ["manage.py", "functional_tests"])
def test_plan__no_default_tests_without_manage_py_or_functional_tests(
    top: Path, missing: str
) -> None:
    if missing == "manage.py":
        (top / "functional_tests").mkdir()
    else:
        (top / "manage.py").touch()
    assert plan_of(top).suite.command == ""


def test_plan__no_requirements(project: Path) -> None:
    given = {"test-command": "true", "test-requirements": " none "}
    assert make_plan(given, environ={}, top=project).suite.requirements is None
    (project / "none").touch()
    assert make_plan(given, environ={}, top=project).suite.requirements is None
    given["test-requirements"] = "./none"
    assert make_plan(given, environ={}, top=project).suite.requirements == project / "none"


def test_plan__default_requirements_with_a_given_test_command(project: Path) -> None:
    suite = plan_of(project, test_command="pytest\necho done\n").suite
    assert suite.command == "pytest\necho done"
    assert suite.requirements == project / "functional_tests" / "requirements.txt"


def test_plan__every_input_is_in_the_plan(project: Path) -> None:
    (project / "docker").mkdir()
    (project / "docker" / "app.Dockerfile").touch()
    (project / "wants.txt").touch()
    plan = plan_of(
        project.parent,
        {"FROM_STEP": "inherited", "TOKEN": SECRET},
        working_directory=project.name,
        context="docker",
        dockerfile="docker/app.Dockerfile",
        target="final",
        platform="linux/arm64/v8",
        build_args="A=1\nFROM_STEP",
        port="80",
        host_port="8080",
        publish_address="127.0.0.2",
        env="B=two words\nFROM_STEP",
        command="gunicorn\n--workers\n2",
        secrets=f"TOKEN\nPLAIN={SECRET}-2",
        volumes="data:/data\n./conf:/conf:ro",
        network="backend",
        setup_command="migrate\nload\n",
        ready_path="/healthz?deep=1",
        ready_status="200, 401, 500-503",
        ready_headers="Host: example.org\nX-Probe:1",
        ready_timeout="5",
        test_command="pytest",
        test_requirements="wants.txt",
        test_env="C=3",
        test_timeout="10",
        test_retries="2",
        trace="always",
        trace_pictures="false",
        test_reports="reports/**/*.xml",
        shard="2/4",
        selenium_url="http://grid:4444/wd/hub",
        timeout="100",
        evidence="always",
        artifact_name="what-it_left.1",
        evidence_limit="0",
        retention_days="30",
    )
    assert plan.directory == project
    assert plan.build.context == project / "docker"
    assert plan.build.dockerfile == project / "docker" / "app.Dockerfile"
    assert (plan.build.target, plan.build.platform) == ("final", "linux/arm64/v8")
    assert plan.build.args == {"A": "1", "FROM_STEP": "inherited"}
    assert (plan.container.port, plan.container.host_port) == (80, 8080)
    assert (plan.container.address, plan.probe.host) == ("127.0.0.2", "127.0.0.2")
    assert plan.container.env == {"B": "two words", "FROM_STEP": "inherited"}
    assert plan.container.command == ("gunicorn", "--workers", "2")
    assert {s.name: s.value for s in plan.secrets} == {"TOKEN": SECRET, "PLAIN": f"{SECRET}-2"}
    assert plan.container.volumes == ("data:/data", "./conf:/conf:ro")
    assert (plan.container.network, plan.container.setup_command) == ("backend", "migrate\nload")
    assert (plan.probe.path, plan.probe.timeout) == ("/healthz?deep=1", 5)
    assert plan.probe.timeout_given
    assert plan.probe.statuses == (range(200, 201), range(401, 402), range(500, 504))
    assert plan.probe.headers == {"Host": "example.org", "X-Probe": "1"}
    assert (plan.suite.command, plan.suite.env, plan.suite.timeout) == ("pytest", {"C": "3"}, 10)
    assert plan.suite.requirements == project / "wants.txt"
    assert (plan.suite.reports_glob, plan.suite.shard) == ("reports/**/*.xml", "2/4")
    assert plan.suite.retries == 2
    assert (plan.suite.trace, plan.suite.trace_pictures) == ("always", False)
    assert plan.suite.selenium_url == "http://grid:4444/wd/hub"
    assert (plan.timeout, plan.evidence_policy, plan.retention_days) == (100, "always", 30)
    assert (plan.artifact_name, plan.evidence_limit) == ("what-it_left.1", 0)


# For each input: values that are refused, and a part of what the error says is allowed.
WRONG = {
    "image": (["--help", "a b", "$(touch pwned)", "a\nb", "é"], "image's name"),
    "context": (["nowhere", "Dockerfile", "a" * 5000], "a folder; looked for"),
    "working-directory": (["nowhere", "::error::", "a" * 5000], "a folder; looked for"),
    "dockerfile": (["nowhere.Dockerfile", ".", "a" * 5000], "a file; looked for"),
    "target": (["-x", "a b", "a;b"], "name of a stage"),
    "platform": (["linux amd64", "--all", "Linux/amd64", "a/b/c/d"], "like linux/amd64"),
    "port": (["0", "65536", "http", "8888/tcp", "-1"], "from 1 to 65535"),
    "publish-address": (
        ["0.0.0.0", "::", "localhost", "10.0.0.0/8", "127.0.0.1:80", "[::1]", "fe80::1%eth0",  # noqa: S104
         "224.0.0.1", "127.1"],
        "not 0.0.0.0 or ::",
    ),
    "host-port": (["0", "65536", "127.0.0.1:80"], "from 1 to 65535"),
    "volumes": (
        ["data", "data:data", "/a", ":/a", "-v:/a", "-v /:/host", "a:/b:rx", "a:/b:ro:ro", "a b:/c",
         'a:/b"c', "x,readonly:/y", "/a:/b,volume-driver=z", "a:/b,type=bind"],
        "NAME:/path or /host/path:/path",
    ),
    "network": (["--net", "a b", "container:x", "host", "none"], "network"),
    "generate-secrets": (["A=1", "9A", "a b"], "names of variables"),
    "ready-path": (["healthz", "http://x/", "/a b", "/é", "/a\nHost: evil"], "begins with /"),
    "ready-status": (["", "ok", "600", "99", "2xx", "200-", "399-200", "200;401"][1:], "200-399"),
    "ready-timeout": (["-1", "3601", "1m", "1.5"], "seconds from 0 to 3600"),
    "test-requirements": (["nowhere.txt", ".", "a" * 5000], "a file; looked for"),
    "test-timeout": (["0", "86401", "half an hour"], "seconds from 1 to 86400"),
    "test-retries": (["", "-1", "11", "twice"], "re-runs from 0 to 10"),
    "trace": (["", "on", "Always", "never"], "on-failure, retry, always, off"),
    "trace-pictures": (["", "off", "no"], "true, false"),
    "test-reports": (["/tmp/*.xml", "reports/**x/*.xml"], "a glob below"),
    "shard": (["0/4", "1", "1/0", "a/b", "5/4", "1/4/4"], "like 1/4"),
    "selenium-url": (["grid:4444", "ftp://grid", "http://a b", "Grid"], "a URL, or the NAME"),
    "timeout": (["0", "86401", ""], "seconds from 1 to 86400"),
    "evidence": (["", "true", "Always"], "on-failure, always, never"),
    "artifact-name": (["a/b", "a b", "x" * 201, 'a"b'], "letters, digits"),
    "evidence-limit": (["-1", "10001", "1.5", "500MB"], "MB from 0 to 10000"),
    "retention-days": (["0", "401", "7d"], "days from 1 to 400"),
}  # fmt: skip


@pytest.mark.parametrize(
    "name, value, allowed",
    [
        pytest.param(name, value, allowed, id=f"{name}={ascii(value)[:30]}")
        for name, (values, allowed) in WRONG.items()
        for value in values
    ],
)
def test_plan__refuses_a_wrong_value(top: Path, name: str, value: str, allowed: str) -> None:
    problem = refusal(top, **{name: value})
    assert problem.verdict is Verdict.MISCONFIGURED
    assert re.match(rf"The input {name}(, line \d+,)? is ", problem.message)
    shown = repr(value.strip())[1:50].rstrip("'") in problem.message
    assert shown is not INPUTS[name].type.confidential
    assert allowed in problem.message
    assert problem.hint


@pytest.mark.parametrize(
    "trace, evidence, refused",
    [
        ("always", "never", True),
        ("always", "on-failure", False),
        ("always", "always", False),
        ("on-failure", "never", False),
    ],
)
def test_plan__traces_of_all_tests_need_evidence(
    top: Path, trace: str, evidence: str, refused: bool
) -> None:
    if refused:
        problem = refusal(top, trace=trace, evidence=evidence)
        assert "on-failure, retry or off if evidence is never" in problem.message
        assert "evidence: always" in problem.hint
    else:
        plan = plan_of(top, trace=trace, evidence=evidence)
        assert (plan.suite.trace, plan.evidence_policy) == (trace, evidence)


@pytest.mark.parametrize("value", ["no colon", ": value", "a b: c", "Ж: 1", "X: €", "X: a\x01b"])
def test_plan__invalid_headers_are_not_shown(top: Path, value: str) -> None:
    """A probe may need an Authorization header."""
    problem = refusal(top, ready_headers=f"X-Key: {SECRET}\n{value}")
    assert "The input ready-headers, line 2, is (not shown" in problem.message
    assert SECRET not in text_of(problem)


@pytest.mark.parametrize("name", ["secrets", "build-secrets", "env", "test-env", "build-args"])
@pytest.mark.parametrize(
    "text",
    [
        f"{SECRET} {SECRET}",
        f"KEY=1\n{SECRET}+/",
        f"KEY<<END\n{SECRET}",
        f"KEY={SECRET}\nKEY={SECRET}",
        f"A=1\n{SECRET.replace('-', '')}",
    ],
    ids=["words", "broken key", "never closed", "twice", "bare"],
)
def test_plan__errors_about_variables_show_line_numbers_but_no_content(
    top: Path, name: str, text: str
) -> None:
    problem = refusal(top, **{name: text})
    assert (
        f"{name}, line {1 if text.count(chr(10)) == 0 or '<<' in text else 2}:" in problem.message
    )
    assert SECRET not in text_of(problem)
    assert SECRET.replace("-", "") not in text_of(problem)


@pytest.mark.parametrize("name", ["env", "test-env", "build-args"])
def test_plan__a_bare_name_without_a_value_is_an_error(top: Path, name: str) -> None:
    problem = refusal(top, **{name: "A=1\nUNSET"})
    assert problem.message.startswith(f"{name}, line 2: the step's env: has no such variable")
    assert "UNSET" not in text_of(problem)
    assert "NAME=value" in problem.hint


# The names of real programs: Elasticsearch, .NET Aspire, Spring, OpenTelemetry.
ODD_NAMES = """discovery.type=single-node
services__storage-service__http__0=http://storage:2227
spring.datasource.url=jdbc:postgresql://db/app
a/b:c=1"""


@pytest.mark.parametrize("name", ["env", "test-env"])
def test_plan__takes_the_names_that_the_engine_takes(top: Path, name: str) -> None:
    plan = plan_of(top, **{name: ODD_NAMES})
    found = plan.container.env if name == "env" else plan.suite.env
    assert found == dict(line.split("=", 1) for line in ODD_NAMES.splitlines())


@pytest.mark.parametrize("name", ["secrets", "build-secrets", "build-args"])
def test_plan__takes_plain_names_only_where_others_are_a_mistake(top: Path, name: str) -> None:
    """The end of a broken base64 value looks like a variable, and no Dockerfile reads `a.b`."""
    assert f"{name}, line 1: expected NAME" in refusal(top, **{name: "hush+/hush="}).message


@pytest.mark.parametrize(
    "secrets, environ",
    [
        ("KEY", {"KEY": ""}),
        ("KEY=", {}),
        ("KEY= ", {}),
        ("KEY==", {}),
        ("KEY<<END\n\nEND", {}),
    ],
    ids=["empty in the environment", "empty", "white space", "end of base64", "empty block"],
)
def test_plan__an_empty_secret_is_an_error_that_says_why(
    top: Path, secrets: str, environ: dict[str, str]
) -> None:
    """What stands before the `=` may be the end of a secret that was broken into lines."""
    problem = refusal(top, environ, secrets=secrets)
    name = "KEY" if environ else "NAME"
    assert problem.message == (
        "The secret KEY is empty." if environ else "secrets, line 1: the secret is empty."
    )
    for word in ("forks", "Dependabot", "generate-secrets", f"{name}: ${{{{ secrets.{name} }}}}"):
        assert word in problem.hint
    assert environ or "KEY" not in text_of(problem)


@pytest.mark.parametrize("source", ["secrets", "build-secrets"])
def test_plan__a_bare_name_that_is_not_set_is_not_shown(top: Path, source: str) -> None:
    problem = refusal(top, **{source: "KEY=correct\nhorse"})
    assert f"{source}, line 2" in problem.message
    assert "horse" not in text_of(problem)
    assert "env:" in problem.message


SECRET_LIKE = ["DJANGO_SECRET_KEY", "TOKEN", "github_token", "DB_PASSWORD", "app.token",
               "xpack.security.password", "OpenAI__ApiKey", "x-api-key", "clientSecret",
               "Auth__ClientSecret", "apiToken"]  # fmt: skip


@pytest.mark.parametrize("name", [*SECRET_LIKE, "DB_PASSWORD ", '"API_TOKEN"', "TOKEN\t"])
@pytest.mark.parametrize("value", ["planted", ""])
def test_plan__refuses_a_name_like_a_secrets_in_env(top: Path, name: str, value: str) -> None:
    problem = refusal(top, env=f"A=1\n{name}={value}")
    assert problem.message.startswith("env, line 2: the name looks like a secret's")
    assert "generate-secrets" in problem.hint
    assert "list the name in not-secret" in problem.hint
    assert name not in text_of(problem)
    assert "planted" not in text_of(problem)


@pytest.mark.parametrize("name", SECRET_LIKE)
def test_plan__takes_a_name_like_a_secrets_that_is_listed_in_not_secret(
    top: Path, name: str
) -> None:
    container = plan_of(top, env=f"{name}=seen", not_secret=f"\n  {name}  ").container
    assert (container.env, container.secrets) == ({name: "seen"}, ())


@pytest.mark.parametrize(
    "inputs, said",
    [
        ({"env": "DB_PASSWORD=x"}, "not-secret lists 'DB_PASWORD', and env has no variable"),
        ({}, "not-secret lists 'DB_PASWORD', and env has no variable"),
        ({"secrets": "DB_PASWORD=x"}, "not-secret lists 'DB_PASWORD', which is a secret."),
        ({"generate-secrets": "DB_PASWORD"}, "not-secret lists 'DB_PASWORD', which is a secret."),
    ],
    ids=["misspelt", "no env", "in secrets", "in generate-secrets"],
)
def test_plan__refuses_a_name_in_not_secret(top: Path, inputs: dict[str, str], said: str) -> None:
    problem = refusal(top, **inputs, not_secret="DB_PASWORD")
    assert said in problem.message
    assert problem.hint


def test_plan__not_secret_is_about_the_names_that_it_lists(top: Path) -> None:
    problem = refusal(top, env="A_TOKEN=1\nB_TOKEN=2", not_secret="A_TOKEN")
    assert problem.message.startswith("env, line 2: the name looks like a secret's")


@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY_FILE", "TOKEN_LIFETIME", "tokenLifetime", "KEYBOARD", "PASSWORDLESS", "Detoken"],
)
def test_plan__accepts_names_in_env_that_only_resemble_a_secrets(top: Path, name: str) -> None:
    assert plan_of(top, env=f"{name}=").container.env == {name: ""}


def test_plan__an_unset_secret_is_generated(top: Path) -> None:
    first, second = (plan_of(top, secrets="KEY", generate_secrets="KEY\nOTHER") for _ in "12")
    assert [secret.name for secret in first.secrets] == ["KEY", "OTHER"]
    assert all(len(secret.value) >= 50 for secret in first.secrets)
    values = {secret.value for plan in (first, second) for secret in plan.secrets}
    assert len(values) == 4


def test_plan__a_given_secret_is_not_generated(top: Path) -> None:
    (secret,) = plan_of(top, {"KEY": SECRET}, secrets="KEY", generate_secrets="KEY").secrets
    assert secret.value == SECRET


@pytest.mark.parametrize("name", CLIENT_VARIABLES)
@pytest.mark.parametrize("how", ["secrets", "generate-secrets"])
def test_plan__refuses_a_secret_whose_name_the_client_reads(top: Path, name: str, how: str) -> None:
    given = f"{name}={SECRET}" if how == "secrets" else name
    problem = refusal(top, **{how: given})
    said = {
        "secrets": "secrets, line 1: this cannot be",
        "generate-secrets": "does not read itself",
    }
    assert said[how] in problem.message
    assert SECRET not in text_of(problem)


def test_plan__refuses_a_name_in_both_env_and_secrets(top: Path) -> None:
    problem = refusal(top, env=f"A=1\nKEY={SECRET}", secrets=f"KEY={SECRET}")
    assert problem.message == "env, line 2: secrets has the same name."
    assert SECRET not in text_of(problem)


def test_plan__no_values_in_its_repr(top: Path) -> None:
    plan = plan_of(
        top,
        secrets=f"A={SECRET}",
        env=f"B={SECRET}",
        build_args=f"C={SECRET}",
        test_env=f"D={SECRET}",
        ready_headers=f"Authorization: {SECRET}",
    )
    assert SECRET not in repr(plan)


def test_plan__no_dockerfile_is_needed_with_an_image(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, image="registry.example:5000/app@sha256:0123", context="nowhere")
    assert plan.image == "registry.example:5000/app@sha256:0123"


def test_plan__dockerfile_in_the_context(top: Path) -> None:
    (top / "web").mkdir()
    (top / "web" / "Dockerfile").touch()
    (top / "web" / "prod.Dockerfile").touch()
    assert plan_of(top, context="web").build.dockerfile == top / "web" / "Dockerfile"
    plan = plan_of(top, context="web", dockerfile="prod.Dockerfile")
    assert plan.build.dockerfile == top / "web" / "prod.Dockerfile"


def test_plan__a_missing_dockerfile_says_where_it_was_looked_for(tmp_path: Path) -> None:
    problem = refusal(tmp_path)
    assert str(tmp_path / "Dockerfile") in problem.message
    assert "Check out the repository" in problem.hint


@pytest.mark.parametrize(
    "files, line",
    [
        (["src/Dockerfile", "src/manage.py"], "working-directory: src"),
        (["src/web/Dockerfile", "src/web/app/"], "working-directory: src/web"),
        (["docker/Dockerfile", "docker/entrypoint.sh", "app.py"], "dockerfile: docker/Dockerfile"),
        (["z/Dockerfile", "a/b/Dockerfile"], "dockerfile: z/Dockerfile"),
        (["node_modules/x/Dockerfile", ".devcontainer/Dockerfile"], ""),
    ],
)
def test_plan__a_dockerfile_below_is_named(tmp_path: Path, files: list[str], line: str) -> None:
    for name in files:
        path = tmp_path / name
        (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            path.touch()
    hint = refusal(tmp_path).hint
    assert (hint.splitlines()[-1] if "with:" in hint else "") == line
    if line:
        name, value = line.split(": ")
        assert plan_of(tmp_path, **{name: value}).build.dockerfile == tmp_path / files[0]


def test_plan__refuses_a_circular_link_as_a_folder(top: Path) -> None:
    (top / "round").symlink_to("round")
    assert "The input context is 'round'" in refusal(top, context="round").message


@pytest.mark.parametrize("spelling", ["host", "HOST", "Host"])
def test_plan__header_names_have_one_spelling(top: Path, spelling: str) -> None:
    """Two Host headers in one request are an error to every server."""
    plan = plan_of(top, ready_headers=f"{spelling}: example.org")
    assert plan.probe.headers == {"Host": "example.org"}


@pytest.mark.parametrize("name", ["ready-path", "ready-status", "ready-timeout"])
def test_plan__an_empty_input_means_the_default(top: Path, name: str) -> None:
    probe = plan_of(top, **{name: ""}).probe
    assert (probe.path, probe.statuses, probe.timeout) == ("/", (range(200, 400),), 60)


@pytest.mark.parametrize(
    "status, good",
    [(199, False), (200, True), (302, True), (399, True), (400, False), (500, False), (0, False)],
)
def test_accepts__by_default_200_to_399(status: int, good: bool) -> None:
    assert probe_plan().accepts(status) is good


# Whatever an input holds: it is refused, or it reaches no shell of ours.
HOSTILE = ["$(touch pwned)", '"; touch pwned; "', "`touch pwned`", "a\nb", "::set-output name=x::y",
           "-v /:/host", "../../..", "\x1b[2J", "\u202e"]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["image", "context", "dockerfile", "target", "platform", "port", "network", "volumes"],
)
@pytest.mark.parametrize("value", ["\n".join(HOSTILE), "--privileged"], ids=["all", "an option"])
def test_plan__hostile_input_is_refused_where_not_any_text_is_right(
    top: Path, name: str, value: str
) -> None:
    message = refusal(top, **{name: value}).message
    assert re.match(rf"The input {name}(, line \d+,)? is ", message)


def outcome(top: Path, name: str, value: str) -> Plan | Problem:
    try:
        return plan_of(top, **{name: value})
    except MisconfiguredError as error:
        return error.problem


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_plan__hostile_input_is_refused_or_harmless(top: Path, name: str) -> None:
    for value in HOSTILE:
        found = outcome(top, name, value)
        if isinstance(found, Problem):
            assert not {"\x1b", "\u202e", "\n"} & set(found.message)
    assert not (top / "pwned").exists()


@pytest.mark.parametrize(
    "line, option",
    [
        ("--name=web", "--name"),
        ("--rm", "--rm"),
        ("-d", "-d"),
        ("-it", "-t"),
        ("-p8080:80", "-p"),
        ("--publish", "--publish"),
        ("-eTOKEN", "-e"),
        (f"-eTOKEN={SECRET}", "-e"),
        (f"-dite{SECRET}", "-e"),
        ("--env-file=.env", "--env-file"),
        (f"--env=X={SECRET}", "--env"),
        (f"--env X={SECRET}", "--env"),
        ("--label=a=b", "--label"),
        ("--log-driver", "--log-driver"),
        ("--network=host", "--network"),
    ],
)
def test_plan__refuses_reserved_run_options(top: Path, line: str, option: str) -> None:
    problem = refusal(top, run_options=f"--init\n{line}")
    assert "run-options, line 2" in problem.message
    assert f"without {option}," in problem.message
    assert SECRET not in text_of(problem)


@pytest.mark.parametrize(
    "line, instead",
    [
        ("-eA=b", "in env, and secrets in secrets"),
        ("-p80:80", "in port"),
        ("--net=x", "in network"),
    ],
)
def test_plan__says_which_input_to_use_instead(top: Path, line: str, instead: str) -> None:
    assert instead in refusal(top, run_options=line).hint


@pytest.mark.parametrize("line", [f"--header {SECRET}", f"-x{SECRET} y", f"-x {SECRET}"])
def test_plan__never_shows_the_value_of_an_option(top: Path, line: str) -> None:
    assert SECRET not in text_of(refusal(top, run_options=line))


@pytest.mark.parametrize(
    "lines",
    [
        "--memory=512m\n--init",
        "--user\napp",
        "-u\napp",
        "-m512m",
        "--add-host=db:127.0.0.1",
        "-v/x",
    ],
)
def test_plan__accepts_other_run_options(top: Path, lines: str) -> None:
    assert plan_of(top, run_options=lines).container.run_options == tuple(lines.split())


def test_plan__run_options_are_one_argument_a_line(top: Path) -> None:
    problem = refusal(top, run_options="--memory 512m")
    assert "one argument a line" in problem.message
    assert "--memory=VALUE" in problem.hint
    assert plan_of(top, run_options="--health-cmd=a b").container.run_options == (
        "--health-cmd=a b",
    )


def test_plan__build_secrets_are_secrets(top: Path) -> None:
    plan = plan_of(top, {"TOKEN": SECRET}, build_secrets="TOKEN")
    assert [secret.value for secret in plan.build.secrets] == [SECRET]
    assert plan.secrets == plan.build.secrets
    assert SECRET not in repr(plan)
    problem = refusal(top, build_secrets="TOKEN=")
    assert problem.message == "build-secrets, line 1: the secret is empty."
    assert "generate-secrets" not in problem.hint


@pytest.mark.parametrize("name", ["cache-from", "cache-to"])
def test_plan__caches_need_buildx(top: Path, name: str) -> None:
    plan = plan_of(top, **{name: "type=registry,ref=localhost:5000/app:cache"})
    assert plan.build.needs_buildx
    assert not plan_of(top).build.needs_buildx
    problem = refusal(top, **{name: "type=gha,mode=max"})
    assert name in problem.message
    assert "docker/build-push-action" in problem.hint
    assert f"{name}, line 1," in refusal(top, **{name: "--output=x"}).message


def test_plan_of__errors_show_no_secret_of_the_environment(top: Path) -> None:
    """A bare name is not needed: the workflow may put ${{ env.DB_PASSWORD }} into any input."""
    environ = {"DB_PASSWORD": SECRET, "MODE": "visible", "N": "hush"}
    for value, shown in ((SECRET, False), ("visible", True), ("hush", False)):
        request = GivenInputs(
            inputs={"network": f"-{value}"},
            environ=environ,
            top=top,
            extra_secrets={"N": "hush"},
        )
        with pytest.raises(MisconfiguredError) as caught:
            parser.plan_of(request)
        assert caught.value.problem.verdict is Verdict.MISCONFIGURED
        assert "The input network is" in caught.value.problem.message
        assert (value in text_of(caught.value.problem)) is shown


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="alone"),
        pytest.param({"port": "none", "context": "gone"}, id="beside-invalid-inputs"),
        pytest.param({"build-secrets": "not a name"}, id="beside-an-invalid-list"),
        pytest.param({"no-such-input": "x"}, id="beside-an-unknown-input"),
    ],
)
def test_extract_secrets__as_far_as_they_can_be_read(given: dict[str, str]) -> None:
    found = extract_secrets({"secrets": "A\nB=two\nUNSET\nEMPTY=", **given}, {"A": "one"})
    assert [(secret.name, secret.value) for secret in found] == [("A", "one"), ("B", "two")]
