"""How long it takes to learn that an app will never be ready."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.app_container import build, started
from bench.measure import Contender, Row, row
from bench.programs import PYTHON, ROOT, run
from bench.superlists_copy import Project, copied

ROUNDS = 3
# In seconds: what wait-on is told, since it waits for ever otherwise.
PATIENCE = 10
_ENDS = 'CMD ["python3", "-c", "raise SystemExit(3)"]'
_REFUSES = (
    'ENV DJANGO_DEBUG_FALSE=1\nCMD ["gunicorn", "--bind", ":8888", "superlists.wsgi:application"]'
)


def rows() -> Iterator[Row]:
    """Measure an app that ends at once, and one that refuses the host."""
    with copied() as project, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        build(project.path, project.base_image, "bench-superlists")
        for name, title, line in (
            ("ends", "The container ends at its start", _ENDS),
            ("refuses", "Each answer is 400: Django does not allow the host", _REFUSES),
        ):
            image = f"bench-{name}"
            context = Path(folder) / name
            context.mkdir()
            (context / "Dockerfile").write_text(f"FROM bench-superlists\n{line}\n")
            run(["docker", "build", "--quiet", "--tag", image, context])
            yield row(
                f"verdict-{name}", f"Time to the verdict: {title}", "s",
                [
                    Contender(name="rehearse", run=partial(_ours, project, image)),
                    Contender(name="wait-on", run=partial(_wait_on, image),
                              command=f"docker run …; wait-on --timeout {PATIENCE * 1000} URL"),
                ], ROUNDS, goal="0.25 s after its end" if name == "ends" else "5 s",
            )  # fmt: skip


def _ours(project: Project, image: str, _: int) -> float:
    command = [
        PYTHON, "-I", ROOT / "action", "rehearse", "--no-workflow", "--image", image, "--port",
        "8888", "--env", "DJANGO_ALLOWED_HOST=example.com", "--env", "DJANGO_SECRET_KEY=x",
        "--not-secret", "DJANGO_SECRET_KEY", "--test-command", "true", "--test-requirements",
        "none", "--audit", "off",
    ]  # fmt: skip
    return run(command, cwd=project.path, environ=project.environ, allowed=range(1, 64))[0]


def _wait_on(image: str, _: int) -> str:
    with started(image, {"DJANGO_ALLOWED_HOST": "example.com"}) as (_begun, _name, port):
        command = ["wait-on", "--timeout", str(PATIENCE * 1000), f"http-get://localhost:{port}"]
        run(command, allowed=(1,))
    # How long it took says only what it was told.
    return f"no verdict: it waits for its time-out, here {PATIENCE} s"
