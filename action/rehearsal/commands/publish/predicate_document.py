"""What the predicate of our attestations holds; action/predicate.schema.json comes from it."""

from typing import Annotated

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.results.digest_format import DIGEST
from rehearsal.results.json_fields import Json
from rehearsal.results.origin import Origin

REFERENCE = regex(r"^(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9])[A-Za-z0-9._:/@-]{0,511}$")


@dataclass(frozen=True, kw_only=True)
class Image:
    """The image that was rehearsed, and where it was published."""

    id: Annotated[
        str,
        "The ID of the image that was rehearsed: the digest of its configuration, or with the "
        "containerd image store the digest of its manifest.",
        Json(pattern=DIGEST.pattern),
    ]
    digests: Annotated[
        dict[str, Annotated[str, Json(pattern=DIGEST.pattern)]],
        "The digest of the manifest for each published reference, from the output digests of "
        "action/publish.",
        Json(minProperties=1, propertyNames={"pattern": REFERENCE.pattern}),
    ]


@dataclass(frozen=True, kw_only=True)
class Tests:
    """How many tests ran, how many failed, and how many were flaky."""

    ran: Annotated[int | None, "How many tests ran; null when that is not known."]
    failures: Annotated[int, "How many tests failed.", Json(const=0)]
    flaky: Annotated[int, "How many tests passed only when they were run again."]


@dataclass(frozen=True, kw_only=True)
class Suite:
    """What tested the image."""

    command_sha256: Annotated[
        str,
        "The SHA-256 of the input test-command; empty without one.",
        Json(pattern="^([0-9a-f]{64})?$"),
    ]
    shards: Annotated[int, "How many shards ran. All of them passed.", Json(minimum=1)]
    browsers: Annotated[
        tuple[Annotated[str, Json(minLength=1)], ...],
        "The browsers that the tests were told to use; empty when none was named.",
        Json(uniqueItems=True),
    ]


@dataclass(frozen=True, kw_only=True)
class Probe:
    """The request that the app had to answer."""

    path: Annotated[str, "The requested path, without its query."]
    status: Annotated[str, "The statuses that counted as ready, like 200-399."]
    answer: Annotated[str, "The answer that was accepted, like HTTP status 200."]
    seconds: Annotated[
        float | None,
        "Seconds from the start of the container to that answer; of several shards the slowest.",
    ]


@dataclass(frozen=True, kw_only=True)
class Run:
    """Which rehearsal it was."""

    name: Annotated[str, "The name of the rehearsal."]
    tool: Annotated[
        str,
        "The program and its version.",
        Json(pattern=r"^dress-rehearsal [0-9]+\.[0-9]+\.[0-9]+$"),
    ]
    started: Annotated[
        str,
        "When it started, in UTC.",
        Json(
            format="date-time",
            pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class Audit:
    """The production audit: the ids of its findings, by how they ended."""

    mode: Annotated[str, "What a failed check did: warn or enforce."]
    active: Annotated[bool, "Whether checks were allowed to start further containers."]
    passed: Annotated[tuple[str, ...], "The checks that passed."]
    failed: Annotated[tuple[str, ...], "The findings that failed; none if the mode is enforce."]
    waived: Annotated[tuple[str, ...], "The findings that failed and were waived."]
    skipped: Annotated[tuple[str, ...], "The checks that could not be made."]


@dataclass(frozen=True, kw_only=True)
class Predicate:
    """All that an attestation says about an image."""

    verdict: Annotated[
        str, "The verdict of the rehearsal. Only a pass is attested.", Json(const="passed")
    ]
    image: Annotated[Image, "The image."]
    tests: Annotated[Tests | None, "The tests; null when there was no test command."]
    suite: Annotated[Suite, "The test suite."]
    probe: Annotated[Probe, "How the image was checked to be ready."]
    audit: Annotated[Audit | None, "The production audit; null when there was none."]
    rehearsal: Annotated[Run, "The rehearsal."]
    origin: Annotated[Origin | None, "The workflow run of the rehearsal; null outside GitHub."]
