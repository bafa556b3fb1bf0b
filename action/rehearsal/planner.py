"""The planner: every input read and checked once, before anything is started."""

import re
import secrets as randomness
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from rehearsal.inputs import Inputs, shown
from rehearsal.plan import BuildPlan, ContainerPlan, Plan, ProbePlan, SuitePlan
from rehearsal.secret import CLIENT_NAMES, NAME, Secret, parse_variables
from rehearsal.verdict import Misconfigured

# What names of secrets end in; SECRET_KEY_FILE and TOKEN_LIFETIME are none.
LIKE_A_SECRET = re.compile(
    r"(^|_)(SECRET|SECRET_KEY|TOKEN|PASSWORD|PASSWD|PRIVATE_KEY|API_KEY|ACCESS_KEY)\Z",
    re.IGNORECASE,
)
# A comma or a quote would say more to --mount than where the volume is.
VOLUME = re.compile(r'([A-Za-z0-9][A-Za-z0-9_.-]*|[/.~][^:,"]*):/[^:,"]*(:ro|:rw)?')
# Names are tokens (RFC 9110, 5.6.2); values are sent as Latin-1.
HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*:([\t -~\xa0-\xff]*)")
# What a rehearsal has to decide: how it finds the container again, reaches it and hears it.
OUR_OPTIONS = frozenset({
    "--name", "--rm", "--detach", "--tty", "--interactive", "--publish", "--publish-all", "--env",
    "--env-file", "--label", "--label-file", "--log-driver", "--attach", "--cidfile", "--network",
    "--net", "--help",
})  # fmt: skip
# Short options can stand together, and the last can carry its value: -itd, -p8080:80, -eNAME.
OUR_SHORT_OPTIONS = re.compile(r"-[ditP]*[ditPpela]")


def make_plan(given: Mapping[str, object], *, environ: Mapping[str, str], top: Path) -> Plan:
    """Read and check the inputs.

    `environ` is the calling step's environment, `top` the folder that relative paths start from.
    Raises `Misconfigured`, which names the input, what was found and what is allowed.
    """
    inputs = Inputs.of(given)
    directory = _folder(inputs, "working-directory", top)
    return Plan(
        directory=directory,
        image=inputs.matching("image", r"[A-Za-z0-9][A-Za-z0-9._:/@-]*", "an image's name or ID"),
        build=_build(inputs, environ, directory),
        container=_container(inputs, environ),
        probe=_probe(inputs),
        suite=_suite(inputs, environ, directory),
        timeout=inputs.number("timeout", 1, 86400, "seconds"),
        evidence=inputs.choice("evidence", ("on-failure", "always", "never")),
        artifact_name=inputs.matching(
            "artifact-name", r"[A-Za-z0-9._-]{1,200}", "made of letters, digits, '.', '_' and '-'"
        ),
        retention_days=inputs.number("retention-days", 1, 400, "days"),
    )


def entrusted(given: Mapping[str, object], environ: Mapping[str, str]) -> tuple[Secret, ...]:
    """Return the secrets that the inputs hold, as far as they can be read.

    Where there is no plan there are secrets all the same: before it is made, when it cannot be,
    and after the tests have removed a file that it names.
    """
    found: list[Secret] = []
    for source in ("secrets", "build-secrets"):
        with suppress(Misconfigured):
            text = str(given.get(source) or "")
            items = parse_variables(text, source=source, environ=environ).items()
            found += [Secret(name=name, value=value) for name, value in items if value]
    return tuple(found)


def _build(inputs: Inputs, environ: Mapping[str, str], directory: Path) -> BuildPlan:
    if inputs.text("image"):
        context, dockerfile = directory, directory / "Dockerfile"
    else:
        context = _folder(inputs, "context", directory)
        dockerfile = _dockerfile(inputs, directory, context)
    return BuildPlan(
        context=context,
        dockerfile=dockerfile,
        target=inputs.matching("target", r"[A-Za-z0-9][A-Za-z0-9._-]*", "the name of a stage"),
        platform=inputs.matching("platform", r"[a-z0-9]+(/[a-z0-9]+){0,2}", "like linux/amd64"),
        args=_variables(inputs, "build-args", environ),
        secrets=_secrets(inputs, "build-secrets", environ),
        cache_from=_cache(inputs, "cache-from"),
        cache_to=_cache(inputs, "cache-to"),
    )


def _dockerfile(inputs: Inputs, directory: Path, context: Path) -> Path:
    value = inputs.text("dockerfile")
    places = [context / value] if value == "Dockerfile" else [directory / value, context / value]
    for place in places:
        if _is_file(place):
            return place.resolve()
    raise inputs.wrong(
        "dockerfile",
        f"a file; looked for {' and '.join(map(shown, dict.fromkeys(places)))}",
        "Check out the repository before this step, or name the file in dockerfile "
        "(and its folder in context).",
    )


def _container(inputs: Inputs, environ: Mapping[str, str]) -> ContainerPlan:
    generated = _generated(inputs)
    secrets = _secrets(inputs, "secrets", environ, generated)
    env = _variables(inputs, "env", environ)
    for name in env:
        if name in {secret.name for secret in secrets}:
            raise Misconfigured(
                f"{name} stands both in env and in secrets.", advice=f"Keep {name} in one of them."
            )
        if LIKE_A_SECRET.search(name):
            raise Misconfigured(
                f"env: {name} looks like a secret, and values in env are not kept out of logs and "
                "evidence.",
                advice=f"Move {name} to secrets (or to generate-secrets, where any value will do).",
            )
    return ContainerPlan(
        port=inputs.number("port", 1, 65535),
        host_port=inputs.number("host-port", 1, 65535) if inputs.text("host-port") else 0,
        env=env,
        secrets=secrets,
        generated=frozenset(s.name for s in secrets if s.value == generated.get(s.name)),
        command=inputs.lines("command"),
        volumes=_volumes(inputs),
        network=inputs.matching(
            "network",
            r"(?!(host|none)\Z)[A-Za-z0-9][A-Za-z0-9_.-]*",
            "the name of a network that ports can be published from (not host, not none)",
        ),
        options=_options(inputs),
        setup_command=inputs.block("setup-command").strip(),
    )


def _options(inputs: Inputs) -> tuple[str, ...]:
    for line in inputs.lines("run-options"):
        option, space, _ = line.partition(" ")
        option, equals, _ = option.partition("=")
        if option in OUR_OPTIONS or OUR_SHORT_OPTIONS.match(option):
            raise inputs.wrong(
                "run-options",
                f"without {option}, which a rehearsal sets itself",
                "Use the inputs port, host-port, env, secrets, network and command for these.",
            )
        if option.startswith("-") and space and not equals:
            raise inputs.wrong(
                "run-options",
                "one argument a line",
                f"Write {option}=VALUE, or the value on a line of its own after {option}.",
            )
    return inputs.lines("run-options")


def _secrets(
    inputs: Inputs,
    source: str,
    environ: Mapping[str, str],
    generated: Mapping[str, str] | None = None,
) -> tuple[Secret, ...]:
    found = parse_variables(inputs.block(source), source=source, environ=environ)
    for name in generated or ():
        found[name] = found.get(name) or (generated or {})[name]
    for name, value in found.items():
        if CLIENT_NAMES.match(name):
            raise Misconfigured(
                f"{source}: {name} cannot be a secret; the engine's client reads it itself.",
                advice="Give it another name, or set it under env if it is not secret.",
            )
        if value is None:
            raise _unset(inputs, source, name)
        if not value.strip():
            raise Misconfigured(
                f"The secret {name} is empty.",
                advice="Pull requests from forks and from Dependabot are given no secrets. "
                f"Where any value will do, list {name} in generate-secrets, and a random one is "
                f"made for the run. Otherwise set it: {name}: ${{{{ secrets.{name} }}}} in the "
                f"step's env:, and {name} under {source}.",
            )
    return tuple(Secret(name=name, value=value or "") for name, value in found.items())


def _unset(inputs: Inputs, source: str, name: str) -> Misconfigured:
    """Return the error for a bare name that is not set; it may be a word of a broken value."""
    lines = inputs.block(source).splitlines()
    number = next(number for number, line in enumerate(lines, start=1) if line.strip() == name)
    return Misconfigured(
        f"{source}, line {number}: the step's env: has no such variable (the line itself is not "
        "shown, it may be part of a secret).",
        advice="Set it there, NAME: ${{ secrets.NAME }}, and leave its NAME here. If this is a "
        "line of a value, the value has several: they work in env: alone.",
    )


def _generated(inputs: Inputs) -> dict[str, str]:
    """Return a random value for each name in generate-secrets."""
    names = inputs.lines("generate-secrets")
    if not all(map(NAME.match, names)):
        raise inputs.wrong("generate-secrets", "names of variables, one a line")
    return {name: randomness.token_urlsafe(48) for name in names}


def _cache(inputs: Inputs, name: str) -> tuple[str, ...]:
    for line in inputs.lines(name):
        if "type=gha" in line.replace(" ", "").split(","):
            raise inputs.wrong(
                name,
                "a cache that a step of a composite action can reach; type=gha is not",
                "GitHub gives its cache's token to JavaScript actions alone. Build with "
                "docker/build-push-action (load: true) in an earlier step, and name its image in "
                "the input image.",
            )
        if line.startswith("-"):
            raise inputs.wrong(name, "like type=registry,ref=NAME, one a line")
    return inputs.lines(name)


def _variables(inputs: Inputs, name: str, environ: Mapping[str, str]) -> dict[str, str]:
    found = parse_variables(inputs.block(name), source=name, environ=environ)
    for variable, value in found.items():
        if value is None:
            raise Misconfigured(
                f"{name}: {variable} has no value, and the step's env: has none either.",
                advice=f"Write {variable}=value, or set {variable} in the step's env:.",
            )
    return {variable: value or "" for variable, value in found.items()}


def _volumes(inputs: Inputs) -> tuple[str, ...]:
    for line in inputs.lines("volumes"):
        if not VOLUME.fullmatch(line):
            raise inputs.wrong(
                "volumes",
                "NAME:/path or /host/path:/path, with :ro behind it or not, one a line, and no "
                "comma or double quote in it",
            )
    return inputs.lines("volumes")


def _probe(inputs: Inputs) -> ProbePlan:
    return ProbePlan(
        path=inputs.matching("ready-path", r"/[!-~]*", "a path that begins with /") or "/",
        statuses=_statuses(inputs),
        headers=_headers(inputs),
        timeout=inputs.number("ready-timeout", 1, 3600, "seconds"),
    )


def _statuses(inputs: Inputs) -> tuple[range, ...]:
    value = inputs.matching(
        "ready-status",
        r"[1-5][0-9]{2}(-[1-5][0-9]{2})?(\s*,\s*[1-5][0-9]{2}(-[1-5][0-9]{2})?)*",
        "statuses and ranges like 200-399 or 200,401",
    )
    pairs = [part.strip().partition("-") for part in (value or "200-399").split(",")]
    ranges = tuple(range(int(low), int(high or low) + 1) for low, _, high in pairs)
    if not all(ranges):
        raise inputs.wrong("ready-status", "ranges with the lower status first, like 200-399")
    return ranges


def _headers(inputs: Inputs) -> dict[str, str]:
    headers = {}
    for line in inputs.lines("ready-headers"):
        header = HEADER.fullmatch(line)
        if not header:
            raise inputs.wrong("ready-headers", "lines like Name: value")
        # One spelling a name: "host" has to take the place of our Host, not to stand beside it.
        headers[header[1].title()] = header[2].strip()
    return headers


def _suite(inputs: Inputs, environ: Mapping[str, str], directory: Path) -> SuitePlan:
    command = inputs.block("test-command").strip()
    suite = directory / "functional_tests"
    if not command and (directory / "manage.py").is_file() and suite.is_dir():
        command = "python manage.py test functional_tests"
    requirements = directory / (inputs.text("test-requirements") or suite / "requirements.txt")
    if inputs.text("test-requirements") and not _is_file(requirements):
        raise inputs.wrong("test-requirements", f"a file; looked for {shown(requirements)}")
    return SuitePlan(
        command=command,
        requirements=requirements.resolve() if command and requirements.is_file() else None,
        env=_variables(inputs, "test-env", environ),
        timeout=inputs.number("test-timeout", 1, 86400, "seconds"),
        reports=_reports(inputs, directory),
        shard=_shard(inputs),
        selenium_url=inputs.matching("selenium-url", r"https?://\S+", "a URL"),
    )


def _reports(inputs: Inputs, directory: Path) -> str:
    pattern = inputs.text("test-reports")
    try:
        next(directory.glob(pattern or "*"), None)
    except (ValueError, NotImplementedError):
        raise inputs.wrong(
            "test-reports", "a glob below the working directory, like reports/**/*.xml"
        ) from None
    return pattern


def _shard(inputs: Inputs) -> str:
    value = inputs.matching("shard", r"[1-9][0-9]{0,3}/[1-9][0-9]{0,3}", "like 1/4")
    index, _, count = value.partition("/")
    if value and int(index) > int(count):
        raise inputs.wrong("shard", "from 1/N to N/N, like 1/4")
    return value


def _folder(inputs: Inputs, name: str, start: Path) -> Path:
    place = start / inputs.text(name)
    try:
        folder = place.resolve()
        found = folder.is_dir()
    except (OSError, RuntimeError):  # A name too long; links in a circle.
        folder, found = place, False
    if not found:
        raise inputs.wrong(
            name,
            f"a folder; looked for {shown(folder)}",
            "Check out the repository before this step.",
        )
    return folder


def _is_file(place: Path) -> bool:
    try:
        return place.is_file()
    except OSError:
        return False
