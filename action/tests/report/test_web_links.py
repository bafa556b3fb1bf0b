import pytest

from rehearsal.report import web_links
from rehearsal.results.origin import Origin

REPOSITORY = "https://github.example:8443/owner/my.app"
COMMIT, HEAD = "c0ffee" * 6 + "c0ff", "beef" * 10
PUSH = Origin(
    repository="owner/my.app",
    commit=COMMIT,
    ref="refs/heads/a/b c",
    branch="a/b c",
    run=f"{REPOSITORY}/actions/runs/77",
    attempt=2,
)
PULL_REQUEST = Origin(
    repository="owner/my.app",
    commit=COMMIT,
    branch="main",
    pull_request=12,
    head_commit=HEAD,
    run=f"{REPOSITORY}/actions/runs/77",
)


def test_web_links__of_a_push() -> None:
    assert web_links.repository_url(PUSH) == REPOSITORY
    assert web_links.run_url(PUSH) == f"{REPOSITORY}/actions/runs/77/attempts/2"
    assert web_links.branch_url(PUSH) == f"{REPOSITORY}/tree/a/b%20c"
    assert web_links.commit_url(PUSH) == f"{REPOSITORY}/commit/{COMMIT}"
    assert web_links.pull_request_url(PUSH) == ""
    assert web_links.short_commit(PUSH) == "c0ffeec"


def test_web_links__of_a_pull_request() -> None:
    assert web_links.pull_request_url(PULL_REQUEST) == f"{REPOSITORY}/pull/12"
    assert web_links.branch_url(PULL_REQUEST) == "", "it may be a branch of a fork"
    assert web_links.commit_url(PULL_REQUEST) == f"{REPOSITORY}/commit/{HEAD}"
    assert web_links.run_url(PULL_REQUEST) == f"{REPOSITORY}/actions/runs/77"
    # The lines are those of what was checked out.
    assert f"/blob/{COMMIT}/" in web_links.source_url(PULL_REQUEST, "a.py", 3)


@pytest.mark.parametrize(
    "run",
    [
        "",
        "http://github.example/o/n/actions/runs/1",
        "https://github.example/o/n/actions/runs/1/../../..",
        "https://user@github.example/o/n/actions/runs/1",
        "javascript:alert(1)//o/n/actions/runs/1",
        'https://github.example/o/n"onload=/actions/runs/1',
    ],
)
def test_web_links__none_for_another_address(run: str) -> None:
    origin = Origin(commit=COMMIT, branch="main", pull_request=1, run=run, attempt=1)
    makers = ("repository", "run", "branch", "commit", "pull_request")
    assert [getattr(web_links, f"{name}_url")(origin) for name in makers] == [""] * len(makers)
    assert web_links.source_url(origin, "a.py", 1) == ""


@pytest.mark.parametrize(
    "file, line, path",
    [
        ("app/views.py", 7, "app/views.py#L7"),
        ("./a.py", 0, "a.py"),
        ("a b#?.py", 1, "a%20b%23%3F.py#L1"),
        ('a\udc80"<.py', 1, "a%3F%22%3C.py#L1"),
    ],
)
def test_source_url(file: str, line: int, path: str) -> None:
    assert web_links.source_url(PUSH, file, line) == f"{REPOSITORY}/blob/{COMMIT}/{path}"


@pytest.mark.parametrize("file", ["", "/src/app.py", "../a.py", "a/../../b.py"])
def test_source_url__of_files_in_the_checkout_only(file: str) -> None:
    assert web_links.source_url(PUSH, file, 1) == ""


def test_source_url__needs_a_commit() -> None:
    origin = Origin(commit="main/..", run=PUSH.run)
    assert web_links.source_url(origin, "a.py", 1) == ""
