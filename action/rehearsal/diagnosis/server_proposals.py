"""What to paste so that the app's own server is found, stays, and is reached."""

import re
from pathlib import PurePosixPath

from rehearsal.diagnosis.missing_modules import find_missing_module, is_last_error
from rehearsal.diagnosis.node_packages import node_package
from rehearsal.diagnosis.own_modules import has_python_module, own_module_lines
from rehearsal.diagnosis.proposal_context import Context
from rehearsal.regex import regex
from rehearsal.source.app_shape import find_app_word
from rehearsal.source.changes import Change
from rehearsal.source.code_search import SUFFIXES, TEST_PATH, bind_in_code
from rehearsal.source.gunicorn_settings import gunicorn_settings
from rehearsal.source.image_layout import find_in_image
from rehearsal.source.known_packages import is_known, package_of
from rehearsal.source.packages import add_package
from rehearsal.source.python_app import app_to_serve, server_command
from rehearsal.source.servers import bind_to_all

HAS_THREADS = ("--threads", "-k", "--worker-class", "gthread")
# What sends a server into the background.
BACKGROUND = regex(r"--daemon(?:ize)?(?:=\S+)?|-D|&")


def bind_all(context: Context) -> str:
    """Return how to let the server listen on all addresses.

    That is said in its command or, for a server that takes no address there, in its code: in a file
    that the command names, else in one that the image has.
    """
    kind = context.find("listeners", r"^(loopback|ipv6-only) ")
    shape = context.shape
    if not kind:
        return ""
    if shape.server and shape.server.added:
        change = bind_to_all(shape.command, context.port) if shape.command else None
        return context.describe([change])
    words = shape.command.texts if shape.command else shape.running
    names = {PurePosixPath(word).name for word in words}
    own = [
        path
        for path in shape.project.below(".")
        if PurePosixPath(path).suffix in SUFFIXES and not TEST_PATH.search(path)
    ]
    named = [path for path in own if PurePosixPath(path).name in names]
    copied = (path for path in own if _is_in_image(context, path))
    port = context.find("listeners", rf"^{kind} \S+:(\d+)$")
    change = bind_in_code(shape.project, named, kind, port)
    return context.describe([change or bind_in_code(shape.project, copied, kind, port)])


def _is_in_image(context: Context, path: str) -> bool:
    """Whether a stage of the Dockerfile copies a file in; what it compiles may be in another."""
    dockerfile = context.shape.dockerfile
    relative = context.in_build_context(path)
    stages = dockerfile.stages if dockerfile else ()
    return any(dockerfile and find_in_image(dockerfile, stage, relative) for stage in stages)


def listen_on_port(context: Context) -> str:
    """Return how to let the server listen on the port that the rehearsal asks.

    It comes after another way, unless the Dockerfile names that port in EXPOSE.
    """
    port = context.find("listeners", r"^other-port \S+:(\d+)$")
    shape, command = context.shape, context.shape.command
    if not port or not command:
        return ""
    ending = re.compile(rf"(?P<before>(?:.*[:=])?){port}")
    for index, word in enumerate(command.texts):
        if found := ending.fullmatch(word):
            changed = command.replace(index, f"{found['before']}{context.port}")
            exposed = (
                shape.dockerfile and shape.stage and shape.dockerfile.last(shape.stage, "EXPOSE")
            )
            is_meant = exposed and re.search(rf"(?<!\d){context.port}(?!\d)", exposed.text)
            return context.describe([changed], "" if is_meant else "or ")
    return ""


def threads(context: Context) -> str:
    """Return how to give gunicorn threads, unless it has them."""
    shape = context.shape
    is_silent = context.find("answer", r"^(no answer within)")
    if shape.server_name != "gunicorn" or not shape.command or not is_silent:
        return ""
    configured = gunicorn_settings(shape.project, shape.command.texts)
    if any(word.startswith(HAS_THREADS) for word in shape.command.texts) or re.search(
        r"^(?:threads|worker_class)\b", configured, re.MULTILINE
    ):
        return ""
    return context.describe([shape.command.insert_after(shape.last, "--threads", "4")])


def foreground(context: Context) -> str:
    """Return how to let the command stay: the server in the foreground, or a server at all."""
    shape = context.shape
    if not shape.server:
        return context.describe([_serve(context)])
    for index, word in enumerate(shape.command.texts if shape.command else ()):
        if shape.command and index > shape.last and BACKGROUND.fullmatch(word):
            return context.describe([shape.command.remove(index)])
    return ""


def _serve(context: Context) -> Change | None:
    """Return the CMD for an image whose command is no server, None if it is unknown."""
    shape = context.shape
    words = server_command(shape, context.port)
    if not words or not shape.dockerfile or not shape.stage or shape.stage.last("ENTRYPOINT"):
        return None
    strings = ", ".join(f'"{word}"' for word in words)
    path, text = shape.dockerfile.path, f"CMD [{strings}]"
    own = shape.stage.last("CMD")
    if own and own.line != own.last_line:
        return None
    if own:
        return Change(path=path, text=text, instead=own.line)
    return Change(path=path, text=text, after=shape.stage.instructions[-1].last_line)


def right_app(context: Context) -> str:
    """Return the app that the repository has, if the command names another one."""
    shape = context.shape
    words = shape.command.texts if shape.command else list(shape.running)
    index = find_app_word(words, shape.last) if shape.server else -1
    app = app_to_serve(shape) if index >= 0 else ""
    # Servers look for `application` in a module without a name after it.
    return "" if words[index : index + 1] in ([app], [app.removesuffix(":application")]) else app


def app_path(context: Context) -> str:
    """Return the command with the app that the repository has."""
    shape = context.shape
    right = right_app(context)
    if not right or not shape.command:
        return ""
    return context.describe([shape.command.replace(shape.app_word, right)])


def missing_package(context: Context) -> str:
    """Return how to add the package whose module is missing, unless the project has the module."""
    shape = context.shape
    missing = find_missing_module(context.facts)
    if not missing or not shape.dockerfile or own_module_lines(context):
        return ""
    if missing.is_node:
        return node_package(context, missing)
    if not is_known(missing.name) or not is_last_error(context.facts, missing):
        return ""
    if has_python_module(context, missing.name):
        return ""
    package = package_of(missing.name)
    changes = add_package(shape.dockerfile, shape.project, package, stage=shape.stage)
    return context.describe(changes)


def pinned_requirements(context: Context) -> str:
    """Return the file to which a missing package is added, if each of its lines pins a version."""
    dockerfile, project = context.shape.dockerfile, context.shape.project
    missing = find_missing_module(context.facts)
    if not dockerfile or not missing or missing.is_node or not missing_package(context):
        return ""
    for change in add_package(dockerfile, project, missing.name):
        if isinstance(change, Change) and change.path.endswith((".txt", ".in")):
            lines = [line for line in project.read(change.path).splitlines() if line.strip()]
            packages = [line for line in lines if re.match(r"\s*\w", line)]
            if packages and all("==" in line for line in packages):
                return context.place(change.path)
    return ""
