"""Everything to paste that fits the app in front, by the names of the placeholders."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial

from rehearsal.diagnosis import (
    build_proposals,
    database_proposals,
    django_proposals,
    django_static,
    own_modules,
    program_proposals,
    server_proposals,
    service_proposals,
    suite_proposals,
)
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.faults import attempt
from rehearsal.diagnosis.proposal_context import Context
from rehearsal.outside.files import list_folders, read_dockerfile, read_text
from rehearsal.source.app_shape import AppShape, find_app_shape
from rehearsal.source.dockerfile import parse_dockerfile
from rehearsal.source.project_files import ProjectFiles
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

# As deep as projects have their settings, scripts and code.
SEARCH_DEPTH = 6
# The variables that these settings read have placeholders, too.
READ_FROM_VARIABLES = {"hosts": "ALLOWED_HOSTS", "redirect": "SECURE_SSL_REDIRECT"}
AT_START = (Verdict.BUILD_FAILED, Verdict.CRASHED, Verdict.NOT_READY, Verdict.SETUP_FAILED)
STARTING = (Verdict.MISCONFIGURED, Verdict.CRASHED, Verdict.SETUP_FAILED)
ANSWERING = (Verdict.NOT_READY, Verdict.TESTS_FAILED)
NEEDING_SERVERS = (
    Verdict.SETUP_FAILED,
    Verdict.CRASHED,
    Verdict.NOT_READY,
    Verdict.TESTS_FAILED,
    Verdict.TIMED_OUT,
)
PROPOSALS: Mapping[str, tuple[tuple[Verdict, ...], Callable[[Context], str]]] = {
    "bind_all": ((Verdict.NOT_READY,), server_proposals.bind_all),
    "listen_on_port": ((Verdict.NOT_READY,), server_proposals.listen_on_port),
    "threads": ((Verdict.NOT_READY,), server_proposals.threads),
    "foreground": ((Verdict.CRASHED,), server_proposals.foreground),
    "app_path": (AT_START, server_proposals.app_path),
    "own_module": (AT_START, own_modules.own_module),
    "missing_program": (STARTING, program_proposals.missing_program),
    "missing_package": (AT_START, server_proposals.missing_package),
    "build_variable": ((Verdict.BUILD_FAILED,), build_proposals.build_variable),
    "requirements_option": ((Verdict.BUILD_FAILED,), build_proposals.requirements_option),
    "own_database": ((*AT_START, Verdict.TESTS_FAILED), database_proposals.own_database),
    "database_service": (NEEDING_SERVERS, service_proposals.database_service),
    "redis_service": (NEEDING_SERVERS, service_proposals.redis_service),
    "service_password": ((Verdict.SETUP_FAILED,), service_proposals.service_password),
    "collectstatic": (ANSWERING, django_static.collectstatic),
    "whitenoise": (ANSWERING, django_static.whitenoise),
    "serve_static": (ANSWERING, django_static.serve_static),
    "logging": (ANSWERING, django_proposals.logging),
    "allowed_hosts": (ANSWERING, django_proposals.allowed_hosts),
    "ssl_redirect": (ANSWERING, django_proposals.ssl_redirect),
    "tests_package": ((Verdict.TESTS_FAILED,), suite_proposals.tests_package),
    "csrf_origins": ((Verdict.TESTS_FAILED,), django_proposals.csrf_origins),
}
# Values of other placeholders, by their names.
PARTS: Mapping[str, Callable[[Context], str]] = {
    "server": lambda context: context.shape.server_name,
    "right_app": server_proposals.right_app,
    "manage": django_static.manage_command,
    "tests_module": suite_proposals.own_module,
    "tests_requirements": suite_proposals.installed_by,
    "refused_host": django_proposals.host_refused_in_tests,
    "pinned_requirements": server_proposals.pinned_requirements,
}


def find_context(facts: Facts, checkout: SourceTree, workflow: str = "") -> Context | None:
    """Return what proposals are made from, None for a working directory outside the checkout.

    `workflow` is the path of the workflow file in the checkout, or empty.
    """
    folder = checkout.relative(checkout.directory)
    if not folder:
        return None
    return Context(
        facts=facts,
        shape=_app_shape(facts, checkout, workflow),
        folder=folder,
        build_context=_build_context(checkout),
        workflow=workflow,
    )


def propose(context: Context, faults: list[str]) -> Iterator[str]:
    """Yield lines `NAME TEXT`; a proposal of several lines has its name in each of them.

    A fault in one of them is added to `faults`.
    """
    for name, (verdicts, proposal) in PROPOSALS.items():
        if context.facts.verdict in verdicts:
            text = attempt(faults, partial(proposal, context), "")
            yield from (f"{name} {line}" for line in (text.split("\n") if text else ()))


def locate_parts(context: Context, faults: list[str]) -> Iterator[str]:
    """Yield lines `NAME VALUE`: the app's server, its settings, and what these read.

    A fault in one of them is added to `faults`.
    """
    for name, part in PARTS.items():
        if found := attempt(faults, partial(part, context), ""):
            yield f"{name} {found}"
    yield from attempt(faults, lambda: tuple(_read_settings(context)), ())


def _read_settings(context: Context) -> Iterator[str]:
    django = context.shape.django
    if not django:
        return
    yield f"settings {context.place(django.settings)}"
    if django_static.has_base_path(django):
        yield "base-dir Path"
    if django_static.has_whitenoise(django):
        yield "static_server WhiteNoise"
    for name, setting in READ_FROM_VARIABLES.items():
        if found := django.find(setting):
            module, assignment = found
            if assignment.variable:
                yield f"{name}_variable {assignment.variable}"
            if assignment.condition:
                yield f"{name}_condition {assignment.condition}"
            yield f"{name}_line {context.place(module.path)}:{assignment.line}"
    given = context.find("inputs", r"^allowed-hosts (\w+)$")
    read = {each.name for module in django.modules for each in module.readings}
    if given and given not in read:
        yield f"unread_hosts {given}"


def _app_shape(facts: Facts, checkout: SourceTree, workflow: str) -> AppShape:
    text = read_dockerfile(checkout.top, checkout.dockerfile)
    path = os.path.relpath(checkout.top / checkout.dockerfile, checkout.directory)
    container = facts.text("container")
    running = re.search(r"^command (.+)$", container, re.MULTILINE)
    settings = re.search(r"^settings module (.+)$", container, re.MULTILINE)
    given = "command given" in facts.lines.get("inputs", ())
    return find_app_shape(
        _project_files(checkout),
        parse_dockerfile(text, path) if text else None,
        target=checkout.target,
        running=running[1] if running else "",
        settings=settings[1] if settings else "",
        workflow=_workflow(checkout, workflow) if given else None,
        build_context=_build_context(checkout),
    )


def _build_context(checkout: SourceTree) -> str:
    return os.path.relpath(checkout.context or checkout.directory, checkout.directory)


def _workflow(checkout: SourceTree, path: str) -> tuple[str, str]:
    """Return the workflow's path from the working directory, and its text."""
    file = checkout.top / path
    text = read_text(file) if path else None
    return os.path.relpath(file, checkout.directory), text or ""


def _project_files(checkout: SourceTree) -> ProjectFiles:
    @cache
    def read(path: str) -> str:
        return read_text(checkout.directory / path) or ""

    folders = list_folders(checkout.directory, SEARCH_DEPTH)
    return ProjectFiles(
        folders={
            folder: tuple(filter(str.isprintable, names))
            for folder, names in folders.items()
            if folder.isprintable()
        },
        read=read,
    )
