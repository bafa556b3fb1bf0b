"""What engines say when they refuse a container. Every message was printed by the real engine."""

from dataclasses import replace

import pytest

from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.pipeline.stages.engine_refusal import PORT_TAKEN, refusal_error

from ...fakes import PLAN

RUNC = "OCI runtime create failed: runc create failed: unable to start container process:"
USERLAND_PROXY = (
    "driver failed programming external connectivity on endpoint cool_lewin (90c1): Error starting "
    "userland proxy: listen tcp4 127.0.0.1:21999: bind: address already in use"
)
# From 28 on.
HOST_PORT = (
    "failed to set up container networking: driver failed programming external connectivity on "
    "endpoint nervous_rosalind (f763): failed to bind host port for "
    "127.0.0.1:21999:172.17.0.2:80/tcp: address already in use"
)
USAGE = (
    "\n\nUsage:  docker create [OPTIONS] IMAGE [COMMAND] [ARG...]\n\n"
    "Run 'docker create --help' for more information"
)
GIVEN: dict[str, object] = {
    "volumes": ("/x:/data",),
    "network": "n1",
    "command": ("/no/such/program",),
    "run_options": ("--ip=10.9.8.7",),
}


def plan(**changes: object) -> ContainerPlan:
    return replace(PLAN.container, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "message, blamed",
    [
        pytest.param("network n1 not found", "network", id="20.10.24 and 26.1.5: network"),
        pytest.param(
            "failed to set up container networking: network n1 not found",
            "network",
            id="28.5.2: network",
        ),
        pytest.param(
            "invalid config for network bridge: invalid endpoint settings:\n* user specified IP "
            "address is supported on user defined networks only",
            "network",
            id="28.5.2: address",
        ),
        pytest.param(
            "user specified IP address is supported on user defined networks only",
            "run-options",
            id="20.10.24: address",
        ),
        pytest.param(
            'invalid mount config for type "bind": bind source path does not exist: /x',
            "volumes",
            id="all: mount",
        ),
        pytest.param("unknown flag: --no", "run-options", id="26.1.5: option"),
        pytest.param(f"unknown flag: --no{USAGE}", "run-options", id="28.5.2: option"),
        pytest.param(
            f'invalid argument "b" for "--shm-size" flag: invalid size: \'b\'{USAGE}',
            "run-options",
            id="28.5.2: argument",
        ),
        pytest.param(
            f'failed to create shim task: {RUNC} exec: "/no/such/program": stat /no/such/program: '
            "no such file or directory: unknown",
            "command",
            id="20.10.24: program",
        ),
        pytest.param(
            f"failed to create task for container: failed to create shim task: {RUNC} error during "
            'container init: exec: "/no/such/program": stat /no/such/program: no such file or '
            "directory",
            "command",
            id="28.5.2: program",
        ),
        pytest.param(
            'invalid CapAdd: unknown capability: "CAP_NOPE"', "run-options", id="all: capability"
        ),
        # Not `network`: from 28 on every failure of this kind speaks of networking.
        pytest.param(HOST_PORT, "run-options", id="28.5.2: a port"),
    ],
)
def test_refusal_error__names_the_input(message: str, blamed: str) -> None:
    problem = refusal_error(message, plan(**GIVEN)).problem
    assert problem.hint == f"Look at the input {blamed}."
    assert "Usage" not in problem.message


@pytest.mark.parametrize("message", [USERLAND_PROXY, HOST_PORT], ids=["20.10.24, 26.1.5", "28.5.2"])
def test_refusal_error__a_taken_port(message: str) -> None:
    assert PORT_TAKEN.search(message)
    problem = refusal_error(message, plan(**GIVEN, host_port=21999)).problem
    assert "port 21999 on 127.0.0.1 is already allocated" in problem.message


@pytest.mark.parametrize("message", ["network n1 not found", "exec: x", "unknown flag: --x"])
def test_refusal_error__blames_no_input_that_was_not_given(message: str) -> None:
    hint = refusal_error(message, plan()).problem.hint
    assert "input" not in hint
    assert ("CMD and ENTRYPOINT" in hint) is ("exec" in message)
