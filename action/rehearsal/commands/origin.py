"""Read the origin of a rehearsal from the environment, and summarize its plan."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.inputs import given_names
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.config.workflow_inputs import BROWSER_NAME, BROWSER_VARIABLE
from rehearsal.diagnosis.paste import InputsOrigin
from rehearsal.outside.git import current_ref, has_changes, head_commit
from rehearsal.outside.github_event import read_event
from rehearsal.regex import regex
from rehearsal.results.json_fields import MAX_NUMBER
from rehearsal.results.origin import Origin, RequestSummary

CHECKOUT_OF_WORKFLOW = ".dress-rehearsal"
BRANCH = "refs/heads/"
COMMIT = regex(r"[0-9a-f]{7,64}")


def read_origin(environ: Mapping[str, str]) -> Origin:
    """Return repository, commit and run, from the variables that GitHub sets for a job."""
    repository, run = environ.get("GITHUB_REPOSITORY", ""), environ.get("GITHUB_RUN_ID", "")
    attempt = environ.get("GITHUB_RUN_ATTEMPT", "")
    server = environ.get("GITHUB_SERVER_URL", "")
    known = server and repository and run
    ref = environ.get("GITHUB_REF", "")
    number, head = _pull_request(read_event(environ))
    return Origin(
        repository=repository,
        commit=environ.get("GITHUB_SHA", ""),
        ref=ref,
        run=f"{server}/{repository}/actions/runs/{run}" if known else "",
        attempt=int(attempt) if attempt.isascii() and attempt.isdigit() else 0,
        branch=environ.get("GITHUB_HEAD_REF") or _branch(ref),
        pull_request=number,
        head_commit=head,
    )


def checkout_origin(directory: Path, environ: Mapping[str, str]) -> Origin:
    """Return what git knows of the checkout that a folder is in; nothing outside of one."""
    commit = head_commit(directory, environ)
    if not commit:
        return Origin()
    ref = current_ref(directory, environ)
    return Origin(
        commit=commit,
        ref=ref,
        branch=_branch(ref),
        is_changed=has_changes(directory, environ),
    )


def _branch(ref: str) -> str:
    return ref.removeprefix(BRANCH) if ref.startswith(BRANCH) else ""


def _pull_request(event: Mapping[str, Any]) -> tuple[int, str]:
    """Return the number of the event's pull request and its last commit, as far as it has one."""
    found = event.get("pull_request")
    if not isinstance(found, dict):
        return 0, ""
    number, head = found.get("number"), found.get("head")
    commit = head.get("sha") if isinstance(head, dict) else ""
    return (
        number if isinstance(number, int) and 0 < number <= MAX_NUMBER else 0,
        commit if isinstance(commit, str) and COMMIT.fullmatch(commit) else "",
    )


def workflow_path(environ: Mapping[str, str]) -> str:
    """Return the path of the workflow file in the checkout, empty for another repository's."""
    # OWNER/NAME/.github/workflows/FILE@REF
    name = f"{environ.get('GITHUB_REPOSITORY', '')}/"
    path = environ.get("GITHUB_WORKFLOW_REF", "").partition("@")[0]
    return path.removeprefix(name) if name != "/" and path.startswith(name) else ""


def inputs_origin(request: GivenInputs, environ: Mapping[str, str], *, local: bool) -> InputsOrigin:
    """Return where the inputs came from; `local` says that no runner of GitHub started this."""
    # Where rehearsal.yml checks out the action, see there.
    is_called = Path(environ.get("GITHUB_ACTION_PATH", "")).parent.name == CHECKOUT_OF_WORKFLOW
    return InputsOrigin(
        workflow=request.file or workflow_path(environ),
        given=given_names(request.inputs),
        flags_only=local and not request.file,
        is_call=request.is_call or is_called,
    )


def summarize_request(plan: Plan) -> RequestSummary:
    """Return the parts of a plan that verdict.json may contain."""
    command, probe = plan.suite.command, plan.probe
    browser = plan.suite.env.get(BROWSER_VARIABLE, "")
    return RequestSummary(
        command=sha256(command.encode()).hexdigest() if command else "",
        browser=browser if BROWSER_NAME.fullmatch(browser) else "",
        path=probe.path.partition("?")[0],
        statuses=",".join(map(_status_range, probe.statuses)),
    )


def _status_range(statuses: range) -> str:
    first, last = statuses.start, statuses.stop - 1
    return str(first) if first == last else f"{first}-{last}"
