"""What `rehearse init` writes for the five shapes of projects; end-to-end tests rehearse them.

After a change that is meant: REHEARSAL_EXPECTED=1 writes the files of `expected/` anew.
"""

import os
from pathlib import Path

import pytest

from rehearsal.commands.init.compose_models import read_models
from rehearsal.commands.init.make_draft import make_draft
from rehearsal.commands.init.survey import find_survey
from rehearsal.commands.init.workflow_text import workflow_text
from rehearsal.outside.files import list_folders, read_text
from rehearsal.source.project_files import ProjectFiles

EXPECTED = Path(__file__).parent / "expected"
SHAPES = Path(__file__).parents[2] / "e2e/fixtures/shapes"


def project_in(folder: Path) -> ProjectFiles:
    return ProjectFiles(
        folders=list_folders(folder, 5), read=lambda path: read_text(folder / path) or ""
    )


@pytest.mark.parametrize("shape", sorted(each.name for each in SHAPES.iterdir()))
def test_shape__is_written_as_expected(shape: str) -> None:
    project = project_in(SHAPES / shape)
    survey = find_survey(project, read_models(SHAPES / shape, project))
    assert survey
    draft = make_draft(survey)
    assert draft.notes == ()
    _, _, step = workflow_text(draft).partition("hosts the action.\n")
    file = EXPECTED / f"{shape}.yml"
    if os.environ.get("REHEARSAL_EXPECTED"):
        file.write_text(step)
    assert step == file.read_text()
