"""The audit of superlists: how long it takes to look at what each check needs.

A check only compares what was seen, which takes no time; several checks share a look. The layers of
the image are read beside the other looks, and the further containers run beside each other.
"""

import re
from collections.abc import Iterator

from bench.measure import Row, limit_rounds
from bench.programs import PYTHON, ROOT, run
from bench.superlists_copy import FLAGS, copied

ROUNDS = 2
# What is looked at, and the checks that need it.
LOOKS: dict[str, tuple[str, tuple[str, ...]]] = {
    "pages": (
        "requests to the app",
        (
            "debug", "host-check", "logging", "static-files", "static-caching", "headers",
            "error-pages",
        ),
    ),
    "processes": ("its processes", ("dev-server", "non-root")),
    "healthcheck": ("its health check", ("healthcheck",)),
    "django": ("programs in the container", ("deploy-check", "migrations")),
    "packages": ("its packages", ("pinned",)),
    "idle": ("idle connections", ("idle-connection",)),
    "layers": ("the image's layers", ("secret-in-image", "stray-files")),
    "starts": ("all further containers", ("secret-required", "confined", "read-only", "restart")),
    "start-plain": ("a container that is restarted", ("restart",)),
    "start-confined": ("a container with fewer rights", ("confined",)),
    "start-read-only": ("a container that is read-only", ("read-only",)),
    "start-without-DJANGO_SECRET_KEY": ("a container without its secret", ("secret-required",)),
    "start-empty-DJANGO_SECRET_KEY": ("a container whose secret is empty", ("secret-required",)),
    "stop": ("the stop during a request", ("graceful-stop",)),
    "checks": ("all checks of what was seen", ()),
}  # fmt: skip


def rows() -> Iterator[Row]:
    """Yield a row for each look, all of the same rehearsals."""
    seconds: dict[str, list[float]] = {name: [] for name in LOOKS}
    with copied() as project:
        flags = [*FLAGS, "--audit", "enforce", "--audit-active", "true"]
        flags += ["--build-args", f"PYTHON_IMAGE={project.base_image}"]
        command = [PYTHON, ROOT / "bench/timed_audit.py", "rehearse", *flags]
        # The first one builds the image.
        for number in range(limit_rounds(ROUNDS) + 1):
            text = run(command, cwd=project.path, environ=project.environ)[1]
            found = {name: float(each) for name, each in re.findall(r"look (\S+) (\S+)", text)}
            for name in seconds if number else ():
                seconds[name].append(found[name])
    for name, (title, checks) in LOOKS.items():
        shown = f"The audit looks at {title}" if checks else f"The audit: {title}"
        named = f" ({', '.join(checks)})" if checks else ""
        yield Row(
            id=f"audit-{name.removesuffix('-DJANGO_SECRET_KEY')}", title=f"{shown}{named}",
            unit="s", values={"rehearse": seconds[name]},
        )  # fmt: skip
