"""Where a rehearsal ran and what was asked for, without anything confidential."""

from typing import Annotated

from rehearsal.dataclass import dataclass
from rehearsal.results.json_fields import Json


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The workflow run of a rehearsal. Outside GitHub, commit, ref and branch of the checkout."""

    repository: Annotated[str, "OWNER/NAME, or empty.", Json(verbatim=True)] = ""
    commit: Annotated[
        str,
        "The commit of the event, for a pull request the merge of it; outside GitHub the one that "
        "is checked out; or empty.",
        Json(verbatim=True),
    ] = ""
    ref: Annotated[str, "Its branch or tag, or empty.", Json(verbatim=True)] = ""
    run: Annotated[str, "The URL of the workflow run, or empty.", Json(verbatim=True)] = ""
    attempt: Annotated[int, "The attempt of the workflow run; 0 outside GitHub."] = 0
    branch: Annotated[
        str, "The branch, for a pull request its own, or empty.", Json(verbatim=True)
    ] = ""
    pull_request: Annotated[int, "The number of the pull request; 0 without one."] = 0
    head_commit: Annotated[
        str, "The last commit of the pull request's branch; empty without one.", Json(verbatim=True)
    ] = ""
    is_changed: Annotated[
        bool,
        "Whether tracked files of the checkout differ from the commit; false on GitHub.",
        Json(key="changed"),
    ] = False


@dataclass(frozen=True, kw_only=True)
class RequestSummary:
    """What the inputs asked for, without the texts that may hold a secret of the tests."""

    command: Annotated[
        str,
        "The SHA-256 of the test command, empty without one. The command itself is left out: it "
        "may hold what only the tests should know.",
        Json(key="test-command-sha256", pattern="^([0-9a-f]{64})?$", verbatim=True),
    ] = ""
    browser: Annotated[str, "The BROWSER of test-env, or empty.", Json(verbatim=True)] = ""
    path: Annotated[str, "The requested path, without its query.", Json(key="ready-path")] = ""
    statuses: Annotated[
        str,
        "The statuses that counted as ready, like 200-399.",
        Json(key="ready-status", verbatim=True),
    ] = ""
