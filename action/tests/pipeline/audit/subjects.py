"""Make subjects of the audit, with a fake engine."""

from pathlib import Path

from rehearsal.audit.observations import ContainerProcess
from rehearsal.evidence.folder import Evidence
from rehearsal.outside.folder import Folder
from rehearsal.outside.github import Console
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
