import pytest

from rehearsal.commands.publish.registry_errors import (
    OTHER_REASON,
    REASONS,
    find_reason,
    one_line,
    strip_credentials,
)

# Messages of docker 20.10 and 28 and of registries, each with the name of its reason.
MESSAGES = {
    'Get "https://nohost.invalid/v2/": dial tcp: lookup nohost.invalid on 10.0.0.2:53: no such '
    "host": "no such host",
    'Get "http://localhost:5999/v2/": dial tcp 127.0.0.1:5999: connect: connection refused': (
        "not reachable"
    ),
    'Get "https://r.example/v2/": x509: certificate signed by unknown authority': (
        "no secure connection"
    ),
    'Get "https://r.example/v2/": http: server gave HTTP response to HTTPS client': (
        "no secure connection"
    ),
    'Get "https://r.example/v2/": net/http: TLS handshake timeout': "timed out",
    'Get "https://r.example/v2/": dial tcp 10.9.9.9:443: i/o timeout': "timed out",
    "manifest did not answer within 60 s": "timed out",
    "no basic auth credentials": "not logged in",
    "unauthorized: authentication required": "not logged in",
    "unauthorized: incorrect username or password": "not logged in",
    "denied: requested access to the resource is denied": "denied",
    "denied: permission_denied: write_package": "denied",
    "error from registry: unexpected status from POST request: 403 Forbidden": "denied",
    "error parsing HTTP 405 response body: invalid character 'M' looking for beginning of value: "
    '"Method not allowed\\n"': "read-only",
    "tag invalid: The image tag '1' already exists in the 'app' repository and cannot be "
    "overwritten because the repository is immutable.": "tag cannot be changed",
    "toomanyrequests: You have reached your pull rate limit.": "rate limit",
    "name unknown: The repository with name 'app' does not exist in the registry": (
        "no such repository"
    ),
    "received unexpected HTTP status: 502 Bad Gateway": "broke off",
    'Put "http://localhost:5000/v2/app/blobs/uploads/1": EOF': "broke off",
    "write tcp 127.0.0.1:1->127.0.0.1:2: write: broken pipe": "broke off",
    "filesystem: write /var/lib/registry: no space left on device": "no room",
    "sha256:4014030000000000000000000000000000000000000000000000000000000000": "refused",
    'Get "https://localhost/v2/denied/unauthorized/manifests/1": the dog ate it': "refused",
    "The push refers to repository [localhost:5000/denied]": "refused",
}


@pytest.mark.parametrize("message, name", MESSAGES.items(), ids=lambda text: text[-30:])
def test_find_reason__of_real_messages(message: str, name: str) -> None:
    assert find_reason(message).name == name


@pytest.mark.parametrize(
    "reference, message, name",
    [
        (
            "ghcr.io/o/quota-service:1",
            "manifest for ghcr.io/o/quota-service:1 not found: it went",
            "refused",
        ),
        ("app:403", 'the tag of "app:403" is odd', "refused"),
        (
            "forbidden/app:1",
            "docker.io/forbidden/app: the repository does not exist",
            "no such repository",
        ),
        ("r.example/denied:1", "denied: requested access to the resource is denied", "denied"),
        ("denied:1", "denied: requested access to the resource is denied", "denied"),
        ("localhost:5000/eof:1", "localhost:5000/eof: the dog ate it", "refused"),
    ],
    ids=lambda text: text[:20],
)
def test_find_reason__ignores_the_reference(reference: str, message: str, name: str) -> None:
    assert find_reason(message, reference).name == name


def test_reasons__each_has_an_example_and_a_hint() -> None:
    names = [reason.name for reason in (*REASONS, OTHER_REASON)]
    assert {*MESSAGES.values()} == {*names}
    assert len({*names}) == len(names)
    assert all(reason.hint.endswith(".") for reason in (*REASONS, OTHER_REASON))


@pytest.mark.parametrize(
    "message, shown",
    [
        ("https://me:hunter2@r.example/v2/", "https://***@r.example/v2/"),
        ('"https://r.example/v2/x?_state=abc&sig=d": EOF', '"https://r.example/v2/x?***": EOF'),
        ("Authorization: Bearer eyJhbGciOiJ9.x.y", "Authorization: Bearer ***"),
        ("Authorization: Basic bWU6aHVudGVyMg==", "Authorization: Basic ***"),
        ("no basic auth credentials", "no basic auth credentials"),
        ("layer 5f70bf18a086: Pushed", "layer 5f70bf18a086: Pushed"),
    ],
    ids=str,
)  # fmt: skip
def test_strip_credentials__removes_passwords_signatures_and_tokens(
    message: str, shown: str
) -> None:
    assert strip_credentials(message) == shown


def test_one_line__is_one_line_of_limited_length() -> None:
    text = one_line("first\n" + "x" * 5000 + "\nlast")
    assert "\n" not in text
    assert text.endswith("last")
    assert len(text) == 600


# Printed by docker 28.5.2 with containerd's image store; 20.10.24 prints the error alone.
BROKEN_PUSH = """\
The push refers to repository [localhost:44655/4489763117/half]
88d92a84ae9c: Pushed
fa61a2ed5a96: Waiting
unknown: failed commit on ref "layer-sha256:9f04": unexpected status from PUT request to \
http://localhost:44655/v2/4489763117/half/blobs/uploads/10d5?_state=x: 502 Bad Gateway
"""


def test_one_line__without_the_progress_of_a_push() -> None:
    assert find_reason(BROKEN_PUSH).name == "broke off"
    assert one_line(BROKEN_PUSH) == (
        'unknown: failed commit on ref "layer-sha256:9f04": unexpected status from PUT request to '
        "http://localhost:44655/v2/4489763117/half/blobs/uploads/10d5?*** 502 Bad Gateway"
    )
