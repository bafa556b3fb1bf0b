"""What the inputs give to a rehearsal, and this machine to its tests."""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import field

from rehearsal.config import child_environment
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.dataclass import dataclass
from rehearsal.outside.files import read_text
from rehearsal.outside.machine_programs import find_browsers, has_display, look_for_modules
from rehearsal.source.known_packages import SUITE_MODULES
from rehearsal.source.requirements import read_requirements
from rehearsal.source.suite_files import suite_python


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What this machine has for the tests: the browsers (`firefox`, `chrome`), and a display.

    `missing_modules` returns which of `SUITE_MODULES` the Python that runs the tests does not find.
    It is known only if that Python is on PATH, and no file lists its packages.
    """

    browsers: frozenset[str] = frozenset()
    display: bool = False
    missing_modules: Callable[[], frozenset[str]] = frozenset


@dataclass(frozen=True, kw_only=True)
class SuiteGiven:
    """What the inputs give to the tests.

    `requirements` is the text of the requirements file and of the files that it includes, None if
    there is no such file; `file` is its path from the working directory. With `is_open` the file
    installs more packages than these texts list. With `remote_browser` the browsers run on another
    machine.
    """

    command: str = ""
    variables: frozenset[str] = frozenset()
    requirements: str | None = None
    file: str = ""
    is_open: bool = False
    remote_browser: bool = False


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the plan of a rehearsal gives.

    `variables` are the container's variables in the inputs. `image_variables` are all variables of
    the container, empty if it was never created. The values of both may be secrets. `commands` are
    the scripts that run in the container or before it. `host` is the host that the tests open,
    without a port. With `services` a service runs beside the app. With `volumes` the container has
    data of earlier runs. `machine` is None if this machine does not run the tests.
    """

    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    image_variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    setup_command: str = ""
    commands: str = ""
    host: str = "localhost"
    services: bool = False
    volumes: bool = False
    tests: SuiteGiven = field(default_factory=SuiteGiven)
    machine: Machine | None = None


def given_by(plan: Plan, environ: Mapping[str, str], at_end: ExitStack) -> Given:
    """Return what a plan gives, and what the tests find on this machine.

    `environ` is the environment of the rehearsal. `at_end` ends what looks for modules.
    """
    container, companions = plan.container, plan.companions
    secrets = {each.name: each.value for each in container.secrets}
    workers = (word for worker in companions.workers for word in worker.command)
    env = child_environment.for_children(environ, (secret.name for secret in plan.secrets))
    env |= plan.suite.env
    return Given(
        variables={**container.env, **secrets},
        setup_command=container.setup_command,
        commands="\n".join(
            (container.setup_command, companions.before_command, *container.command, *workers)
        ),
        host=plan.probe.host,
        services=bool(companions.services),
        volumes=bool(container.volumes),
        tests=_tests(plan, env),
        machine=Machine(
            browsers=find_browsers(env),
            display=has_display(env),
            missing_modules=_missing_modules(plan, env, at_end),
        ),
    )


def _missing_modules(
    plan: Plan, env: Mapping[str, str], at_end: ExitStack
) -> Callable[[], frozenset[str]]:
    """Start to look for the modules; return what waits for those that are missing.

    A Python takes 0.03 s to start, and longer through pyenv. An app that ends at once is diagnosed
    in little more time than that.
    """
    python = suite_python(plan.suite.command)
    if plan.suite.requirements:
        return frozenset
    return look_for_modules(python, [*SUITE_MODULES], plan.directory, env, at_end)


def _tests(plan: Plan, env: Mapping[str, str]) -> SuiteGiven:
    suite, grid = plan.suite, any(each.on_host_network for each in plan.companions.services)
    file = suite.requirements
    read = read_requirements(file, read_text) if file else None
    return SuiteGiven(
        command=suite.command,
        variables=frozenset(env),
        requirements="\n".join(read.texts) if read else None,
        file=os.path.relpath(file, plan.directory.resolve()) if file else "",
        is_open=bool(read and read.undescribed),
        remote_browser=bool(suite.selenium_url) or grid or "SELENIUM_REMOTE_URL" in env,
    )
