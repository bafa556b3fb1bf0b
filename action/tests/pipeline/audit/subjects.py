"""Make subjects of the audit, with a fake engine; run our programs for the app's Python."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from rehearsal.audit.observations import ContainerProcess
from rehearsal.evidence.folder import Evidence
from rehearsal.outside.folder import Folder
from rehearsal.outside.github import Console
from rehearsal.pipeline.audit.app_python import BEGINNING, told_in
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.pipeline.context import RunContext
from rehearsal.redaction.redactor import Redactor

from ...fakes import PLAN, FakeEngine, fake_container


def subject_of(
    engine: FakeEngine, folder: Path, *, processes: tuple[ContainerProcess, ...] = ()
) -> Subject:
    evidence = Evidence(Folder(folder), Redactor())
    return Subject(
        plan=PLAN,
        context=RunContext(
            engine=engine,
            console=Console({}),
            evidence=evidence,
            env={},
            label="dress-rehearsal=77-1-c0ffee00",
            image_tag="app",
        ),
        container=fake_container(),
        log=evidence.log("container.log"),
        image="sha256:1",
        processes=processes,
    )


def run_script(script: str, folder: Path) -> list[dict[str, Any]]:
    """Run a program for the app's Python in a folder of this machine; return what it tells.

    It does not look for the process of an app: here that would be anybody's.
    """
    search = "folder, command = app_process()"
    assert search in BEGINNING
    program = BEGINNING.replace(search, 'folder, command = "", ""') + script
    result = subprocess.run(
        [sys.executable, "-B", "-c", program],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return list(told_in(result.stdout.splitlines()))
