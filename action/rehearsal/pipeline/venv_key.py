"""What decides what is in a virtual environment: two with equal keys are made alike."""

import json
import platform
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from rehearsal.outside.installer import Installer
from rehearsal.source.requirements import Requirements

KEY_LENGTH = 20


def venv_key(
    requirements: Requirements, installer: Installer, env: Mapping[str, str], *, own: Iterable[str]
) -> str:
    """Return a name for all environments that are made of the same things on this machine.

    `own` is what we add to each. Raises OSError if this Python cannot be read.
    """
    program = Path(sys.executable).resolve()
    status = program.stat()
    parts = {
        "requirements": requirements.texts,
        "variables": {name: env.get(name) for name in sorted(requirements.variables)},
        "installer": [bool(installer.uv), installer.settings],
        "python": [sys.version, sys.executable, sys.prefix, sys.base_prefix, str(program)],
        "build": [status.st_size, status.st_mtime_ns],
        "platform": [sysconfig.get_platform(), *platform.libc_ver()],
        "own": [*own],
    }
    return sha256(json.dumps(parts).encode()).hexdigest()[:KEY_LENGTH]
