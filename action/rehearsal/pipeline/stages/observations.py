"""What a rehearsal observed, as lines for the diagnosis and as evidence."""

import html
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from rehearsal.config.rehearsal_plan import ContainerPlan, ProbePlan
from rehearsal.outside.http_response import Answer
from rehearsal.outside.listeners import Listener
from rehearsal.outside.machine_memory import memory_mib, shared_memory_mib
from rehearsal.pipeline.stages.probe import describe_answer
from rehearsal.regex import regex

MIB = 1 << 20
MAX_BODY_LINES = 20
HEALTH_PREFIX = "health "
NO_LISTENER = "none"
# The pages that would count as ready where the requested one does not, one `STATUS PATH` a line.
OTHER_PAGES = "other pages"
# What the page links to, and what the app answers, one `STATUS PATH` or `served PATH` a line.
PAGE_LINKS = "page links"
# The pages on which tests failed, one `TITLE at ADDRESS` a line, and the browser's console there.
FINAL_PAGE = "final page"
# The pages that lead to https, one `PATH to ADDRESS` a line.
HTTPS_REDIRECTS = "https redirects"
BROWSER_CONSOLE = "console"
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
HEADLESS_FIREFOX = "MOZ_HEADLESS"
TITLE = regex(r"<title[^>]{0,200}>([^<]{0,1000})</title", re.IGNORECASE)
MAX_TITLE_LENGTH = 200
MAX_CONSOLE_LINES = 20
# How a message in console.log begins that has an address: `TIME LEVEL: ADDRESS`.
MESSAGE_ADDRESS = regex(r"\S+ \w+: (?P<scheme>https?)://[^/\s]*?(?::(?P<port>\d+))?/")
# The names in env that a diagnosis needs. Others are not kept: a line of env may be a part of a
# value that was broken into lines.
MODULE_NAME = regex(r"\w{1,100}(?:\.\w{1,100}){0,9}")
ALLOWED_HOSTS = regex(r"\w*ALLOWED_?HOSTS?\w*\Z")


def input_lines(plan: ContainerPlan) -> tuple[str, ...]:
    """Return which of some inputs are given, and the names of variables for allowed hosts."""
    given = {
        "setup-command": plan.setup_command,
        "network": plan.network,
        "command": plan.command,
    }
    lines = (f"{name} {'given' if value else 'none'}" for name, value in given.items())
    names = filter(ALLOWED_HOSTS.match, plan.env)
    return (*lines, *(f"allowed-hosts {name}" for name in names))


def request_lines(probe: ProbePlan, port: int, host: str) -> tuple[str, ...]:
    """Return what the probe requests: the container's port, the path and the Host header."""
    return f"port {port}", f"path {probe.path}", f"host {host}"


def answer_lines(probe: ProbePlan, answer: Answer) -> tuple[str, ...]:
    """Return an answer in one line, then how its body begins."""
    return (describe_answer(probe, answer), *answer.body.splitlines()[:MAX_BODY_LINES])


def suite_environment_lines(
    env: Mapping[str, str], command: str, exit_code: int | None, requirements: str = ""
) -> tuple[str, ...]:
    """Return what the tests' environment has for a browser, and how the test command ended.

    A command that names Xvfb makes a display of its own. `requirements` is the path of the file
    with the tests' packages from the working directory.
    """
    shared = shared_memory_mib()
    facts = {
        "no display": not any(map(env.get, DISPLAYS)) and "xvfb" not in command.lower(),
        HEADLESS_FIREFOX: HEADLESS_FIREFOX in env,
        "root": os.geteuid() == 0,
        f"memory {memory_mib()} MiB": True,
        f"shared memory {shared} MiB": shared,
        f"requirements {requirements}": requirements and requirements.isprintable(),
        f"exit code {exit_code}": exit_code,
    }
    return tuple(line for line, is_so in facts.items() if is_so)


def page_line(page: str, address: str) -> str:
    """Return title and address of a page, empty if nothing is known of it.

    Both were redacted before: a long title is cut.
    """
    found = TITLE.search(page)
    title = " ".join(html.unescape(found[1]).split())[:MAX_TITLE_LENGTH] if found else ""
    known = (title or "no title") if page or address else ""
    return f"{known} at {address}" if address else known


def console_lines(text: str, port: int) -> tuple[str, ...]:
    """Return the last messages of a browser's console, which was redacted before.

    Left out is what the files of other sites say: what has an address, but not the app's `port`.
    """
    lines = (line for line in text.splitlines() if line.strip())
    own = (line for line in lines if _port_of(line) in ("", str(port)))
    return tuple(own)[-MAX_CONSOLE_LINES:]


def _port_of(message: str) -> str:
    """Return the port in the address of a message, empty if it has no address."""
    found = MESSAGE_ADDRESS.match(message)
    return (found["port"] or found["scheme"]) if found else ""


def listener_lines(
    listeners: Iterable[Listener] | None, port: int, *, tls: bool
) -> tuple[str, ...]:
    """Return the sockets that listen in the container, and whether they can be reached at `port`.

    `None` means unknown, and gives no line. `tls` says that the server at `port` speaks TLS.
    """
    if listeners is None:
        return ()
    return tuple(f"{_reachability(each, port, tls)} {each}" for each in listeners) or (NO_LISTENER,)


def container_lines(inspected: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what `docker inspect` says of a container: how it ended, its limits and mounts."""
    state, config, host = (inspected.get(part) or {} for part in ("State", "Config", "HostConfig"))
    restarts = inspected.get("RestartCount") or 0
    policy = (host.get("RestartPolicy") or {}).get("Name") or "no"
    memory = host.get("Memory") or 0
    health = state.get("Health") or {}
    command = [inspected.get("Path") or "", *(inspected.get("Args") or ())]
    lines = [
        f"command {' '.join(command)}",
        f"user {config.get('User') or 'root'}",
        f"memory limit {f'{memory // MIB} MiB' if memory else 'none'}",
        *_doubled_limits(host),
        f"restart policy {policy}",
        *(["read-only root"] if host.get("ReadonlyRootfs") else []),
        *(_mount_line(each) for each in inspected.get("Mounts") or ()),
    ]
    variables = (entry.partition("=") for entry in config.get("Env") or ())
    lines += [
        f"settings module {value}"
        for name, _, value in variables
        if name == "DJANGO_SETTINGS_MODULE" and MODULE_NAME.fullmatch(value)
    ]
    if state.get("Status") in {"exited", "dead", "restarting"}:
        lines.append(f"exit code {state.get('ExitCode')}")
    if state.get("OOMKilled"):
        lines.append("killed for memory")
    if restarts:
        lines.append(f"restarted {restarts} time{'s' if restarts > 1 else ''}")
    if health.get("Status"):
        last = ((health.get("Log") or [{}])[-1].get("Output") or "").strip().splitlines()
        lines.append(f"{HEALTH_PREFIX}{health['Status']}" + (f": {last[-1]}" if last else ""))
    return tuple(line.rstrip() for line in lines)


def container_variables(inspected: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables that a container got; some of them are secrets."""
    config = inspected.get("Config") or {}
    parts = (entry.partition("=") for entry in config.get("Env") or ())
    return {name: value for name, _, value in parts}


def _doubled_limits(host: Mapping[str, Any]) -> Iterator[str]:
    """Yield options that double the limit of memory; that of swap is never below it."""
    memory, swap = (host.get(name) or 0 for name in ("Memory", "MemorySwap"))
    if memory:
        yield f"twice that --memory={2 * memory // MIB}m"
    if memory and 0 < swap < 2 * memory:
        yield f"swap too --memory-swap={2 * memory // MIB}m"


def _mount_line(mount: Mapping[str, Any]) -> str:
    kind = "read-only" if mount.get("RW") is False else mount.get("Type") or "volume"
    return f"mount {kind} {mount.get('Destination') or ''}"


def without_secrets(inspected: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return what `docker inspect` says of a container, with the values of `names` as ***."""
    config = inspected.get("Config") or {}
    entries = ((entry, entry.partition("=")[0]) for entry in config.get("Env") or ())
    env = [f"{name}=***" if name in names else entry for entry, name in entries]
    return {**inspected, "Config": {**config, "Env": env}}


def _reachability(listener: Listener, port: int, tls: bool) -> str:
    if listener.port != port:
        return "other-port"
    if listener.loopback:
        return "loopback"
    if listener.ipv6_only:
        return "ipv6-only"
    return "speaks-tls" if tls else "reachable"
