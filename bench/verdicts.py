"""How long it takes to learn that an app will never be ready."""

import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.app_container import build, started
from bench.measure import Contender, Row, row
from bench.programs import PYTHON, ROOT, run
from bench.superlists_copy import Project, copied

# Of a row; wait-on takes half of it.
SECONDS = 25
# In seconds: the time-out for wait-on, which has none by itself.
PATIENCE = 8
_ENDS = 'CMD ["python3", "-c", "raise SystemExit(3)"]'
_REFUSES = (
    'ENV DJANGO_DEBUG_FALSE=1\nCMD ["gunicorn", "--bind", ":8888", "superlists.wsgi:application"]'
)


def rows() -> Iterator[Row]:
    """Measure an app that ends at once, and one that refuses the host."""
    with copied() as project, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        build(project.path, project.base_image, "bench-superlists")
        for name, title, line, event, goal in (
            ("ends", "From the end of the container to the verdict", _ENDS, "die", "0.25 s"),
            ("refuses", "From the start to the verdict: Django does not allow the host", _REFUSES,
             "start", "5 s"),
        ):  # fmt: skip
            image = f"bench-{name}"
            context = Path(folder) / name
            context.mkdir()
            (context / "Dockerfile").write_text(f"FROM bench-superlists\n{line}\n")
            run(["docker", "build", "--quiet", "--tag", image, context])
            yield row(
                f"verdict-{name}", title, "s",
                [
                    Contender(name="rehearse", run=partial(_ours, project, image, event)),
                    Contender(name="wait-on", run=partial(_wait_on, image),
                              command=f"docker run …; wait-on --timeout {PATIENCE * 1000} URL"),
                ], SECONDS, goal=goal,
            )  # fmt: skip


def _ours(project: Project, image: str, event: str, _: int) -> float:
    """Return the time from an event of the container until the verdict is in its file."""
    command = [
        PYTHON, "-I", ROOT / "action", "rehearse", "--no-workflow", "--image", image, "--port",
        "8888", "--env", "DJANGO_ALLOWED_HOST=example.com", "--env", "DJANGO_SECRET_KEY=x",
        "--not-secret", "DJANGO_SECRET_KEY", "--test-command", "true", "--test-requirements",
        "none", "--audit", "off",
    ]  # fmt: skip
    begun = time.time()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        environ = {**project.environ, "TMPDIR": folder}
        run(command, cwd=project.path, environ=environ, allowed=range(1, 64))
        (verdict,) = Path(folder).rglob("verdict.json")
        written = verdict.stat().st_mtime
    # A rehearsal starts the container by the image's id.
    identity = run(["docker", "image", "inspect", "--format", "{{.Id}}", image])[1].strip()
    filters = ["--filter", f"event={event}", "--filter", f"image={identity}"]
    events = run(["docker", "events", "--since", f"{begun:.6f}", "--until", f"{time.time():.6f}",
                  *filters, "--format", "{{.TimeNano}}"])[1]  # fmt: skip
    return written - int(events.split()[0]) / 1e9


def _wait_on(image: str, _: int) -> str:
    with started(image, {"DJANGO_ALLOWED_HOST": "example.com"}) as (_begun, _name, port):
        command = ["wait-on", "--timeout", str(PATIENCE * 1000), f"http-get://localhost:{port}"]
        run(command, allowed=(1,))
    # Its time is that of its time-out.
    return f"no verdict: it waits for its time-out, here {PATIENCE} s"
