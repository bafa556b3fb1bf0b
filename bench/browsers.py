"""Superlists' three stories, in several ways of driving a browser."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from bench.app_container import build, running
from bench.measure import Contender, Row, row
from bench.programs import PEER_PYTHON, PYTHON, ROOT, number_in, run
from bench.superlists_copy import Project, copied

SECONDS = 70
_PLAYWRIGHT = ROOT / "bench/stories_playwright"
_CAPTURE = {
    "PYTHONPATH": f"{ROOT}/action/rehearsal_capture/python_path:{ROOT}/action",
    "REHEARSAL_TRACE": "on-failure",
}


def rows() -> Iterator[Row]:
    """Measure what the runner itself says that the tests took."""
    with copied() as shared, copied() as own:
        base = own.path / "functional_tests/base.py"
        base.write_text(base.read_text().replace("shared_browser = True", "shared_browser = False"))
        build(shared.path, shared.base_image, "bench-superlists")
        with running("bench-superlists") as (_, port):
            yield row(
                "stories", "Superlists' three stories, Chromium", "s",
                [
                    Contender(name="one browser, user contexts, trace",
                              run=partial(_stories, shared, port, _CAPTURE)),
                    Contender(name="without trace", run=partial(_stories, shared, port, {})),
                    Contender(name="a browser for each test", run=partial(_stories, own, port, {})),
                    Contender(name="pytest-playwright", run=partial(_playwright, port),
                              command="pytest bench/stories_playwright"),
                ], SECONDS, goal="3 s; 1.1 of pytest-playwright",
            )  # fmt: skip


def _stories(project: Project, port: int, capture: Mapping[str, str], number: int) -> float:
    evidence = project.path.parent / f"evidence-{number}"
    environ = {
        **project.environ,
        "TEST_SERVER": f"localhost:{port}",
        "REHEARSAL_URL": f"http://localhost:{port}",
        "REHEARSAL_EVIDENCE": str(evidence),
        "REHEARSAL_JUNIT": str(evidence / "junit"),
        "REHEARSAL_TRACE": "off",
        **capture,
    }
    command = [PYTHON, "manage.py", "test", "functional_tests"]
    return number_in(
        r"Ran 3 tests in ([0-9.]+)s", run(command, cwd=project.path, environ=environ)[1]
    )


def _playwright(port: int, _: int) -> float:
    command: list[str | Path] = [PEER_PYTHON, "-m", "pytest", "-p", "no:cacheprovider", _PLAYWRIGHT]
    environ = {"TEST_SERVER": f"localhost:{port}", "PYTHONPATH": ""}
    text = run(command, cwd=_PLAYWRIGHT, environ=environ)[1]
    return number_in(r"3 passed in ([0-9.]+)s", text)
