"""Read the inputs services and service-ready."""

import re
from collections.abc import Mapping

from rehearsal.config.inputs import Inputs, quoted
from rehearsal.config.named_lines import (
    COMPANION_NAME,
    NO_COMMENTS,
    NamedLine,
    is_quoted,
    read_named_lines,
    unknown_name_hint,
)
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError

# As the engine reads a reference. Source: https://pkg.go.dev/github.com/distribution/reference
_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?"
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
IMAGE = regex(
    rf"(?:{_DOMAIN}/)?{_COMPONENT}(?:/{_COMPONENT})*"
    r"(?::\w[\w.-]{0,127})?(?:@[A-Za-z0-9+._-]+:[0-9a-fA-F]{32,})?\Z",
    re.ASCII,
)
FORM = "NAME=IMAGE, like postgres=postgres:17"
READY_FORM = "NAME=PORT or NAME=COMMAND, like rabbit=5672"
# 5672/tcp, :5672, "5672", tcp:5672, localhost:5672: meant as a port, but not one.
PORT_LIKE = regex(r"[\"']?(\w[\w.-]*:|:)?[+-]?[0-9]+(/\w+)?[\"']?\Z")
URL = regex(r"\w+://\S+\Z")
# The first line of a service in a compose file, or of all.
COMPOSE_KEY = regex(r"[\w.-]+:\Z")
LAST_PORT = 65535
# A service of a compose file. Source: the schema in https://github.com/compose-spec/compose-spec.
COMPOSED_NAME = regex(r"[a-zA-Z0-9._-]+\Z")


def read_images(inputs: Inputs) -> dict[str, NamedLine]:
    """Return the lines of services by name; the text of each is an image.

    Raises `MisconfiguredError`.
    """
    _check_form(inputs)
    lines = read_named_lines(inputs, "services", FORM)
    for each in lines.values():
        if not IMAGE.match(each.text):
            # What stands there may be the line of another input, with a password in a URL.
            shown = "this" if "://" in each.text or "@" in each.text else quoted(each.text)
            raise MisconfiguredError(
                f"services, line {each.line}: {shown} is not the name of an image.",
                hint=image_hint(each.text),
            )
    return lines


def read_ready(
    inputs: Inputs, services: Mapping[str, object], *, composed: bool
) -> tuple[dict[str, int], dict[str, str]]:
    """Return the ports, and the commands, that say when a service is ready, by its name.

    With `composed` a compose file may have more services than are known yet. Raises
    `MisconfiguredError`.
    """
    ports: dict[str, int] = {}
    commands: dict[str, str] = {}
    lines = read_named_lines(
        inputs, "service-ready", READY_FORM, names=COMPOSED_NAME if composed else COMPANION_NAME
    )
    for name, each in lines.items():
        where = f"service-ready, line {each.line}"
        if name not in services and not composed:
            raise MisconfiguredError(
                f"{where}: there is no service named {name}.", hint=unknown_name_hint(services)
            )
        if re.fullmatch(r"[0-9]{1,5}", each.text) and 0 < int(each.text) <= LAST_PORT:
            ports[name] = int(each.text)
        elif PORT_LIKE.match(each.text):
            raise MisconfiguredError(
                f"{where}: the port of {name} has to be a whole number from 1 to {LAST_PORT}.",
                hint=f"Write {name}=PORT with the TCP port in the container and nothing else, or "
                f"{name}=COMMAND.",
            )
        elif URL.match(each.text):
            raise MisconfiguredError(
                f"{where}: a URL is no port and no command of {name}.",
                hint=f"Write {name}=PORT, or a command that asks for the URL, like {name}=curl -f "
                "URL if its image has curl.",
            )
        elif is_quoted(each.text):
            raise MisconfiguredError(
                f"{where}: all of the command of {name} is in quotes, so it would be one word.",
                hint="Remove the quotes: sh -c gets the whole line as it is.",
            )
        else:
            commands[name] = each.text
    return ports, commands


def _check_form(inputs: Inputs) -> None:
    """Raise `MisconfiguredError` for a line of a compose file, and for an image without a name."""
    for number, line in inputs.numbered_lines("services"):
        if COMPOSE_KEY.match(line):
            raise MisconfiguredError(
                f"services, line {number}: this is not {FORM}.",
                hint="A compose file's own syntax does not work here. Write NAME=IMAGE, and its "
                "variables in service-env; or name the compose file in compose-file, and its "
                "services in compose-services.",
            )
        if "=" not in line and IMAGE.match(line):
            name = re.split(r"[:@]", line.rpartition("/")[2])[0]
            raise MisconfiguredError(
                f"services, line {number}: {quoted(line)} has no NAME= before the image.",
                hint=f"Write {name}={line} if its host name is to be {name}.",
            )


def image_hint(text: str) -> str:
    """Say what to write instead of a text that is not the name of an image."""
    bare = text.strip("\"'")
    hints = (
        (re.search(r"\s#", text), NO_COMMENTS),
        (IMAGE.match(bare), f"Remove the quotes: {bare}"),
        ("://" in text, "Write the image without https:// or another scheme before it."),
        (
            re.search(r"[\s,]", text),
            "Write one NAME=IMAGE a line and nothing after it; variables stand in service-env.",
        ),
        (
            IMAGE.match(bare.lower()),
            "The name of an image has no capital letters, only its tag may.",
        ),
        ("$" in text, "Nothing replaces variables here; ${{ … }} works."),
    )
    return next(
        (hint for found, hint in hints if found),
        "Write it as docker pull takes it, like postgres:17 or ghcr.io/owner/app:1.2.",
    )
