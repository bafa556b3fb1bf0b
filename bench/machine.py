"""On which machine, and with which versions, something was measured."""

import json
import os
import platform
from importlib import metadata
from pathlib import Path

from bench.programs import PEER_PYTHON, ROOT, compose, run

_PYTHON_PEERS = ("testcontainers", "pytest-docker", "wait-for-it", "pytest-playwright")


def describe() -> dict[str, str]:
    """Return what a reader has to know to repeat the numbers."""
    return {
        "processor": f"{os.cpu_count()} x {_processor()}",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "Python": platform.python_version(),
        "engine": run(["docker", "version", "--format", "{{.Server.Version}}"])[1].strip(),
        "curl": run(["curl", "--version"])[1].split()[1],
        "sed": run(["sed", "--version"])[1].split("\n")[0].split()[-1],
        "compose": run([*compose(), "version", "--short"])[1].strip(),
        "Selenium": metadata.version("selenium"),
        "pytest-split": metadata.version("pytest-split"),
        "load at the start": f"{os.getloadavg()[0]:.1f}",
        **_peers(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _peers() -> dict[str, str]:
    lines = "import importlib.metadata as m, sys; [print(m.version(n)) for n in sys.argv[1:]]"
    versions = run([PEER_PYTHON, "-c", lines, *_PYTHON_PEERS])[1].split()
    node = json.loads((ROOT / "bench/peers/package.json").read_text())["dependencies"]
    return {**dict(zip(_PYTHON_PEERS, versions, strict=True)), **node}
