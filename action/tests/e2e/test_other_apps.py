"""Apps that are no Django rehearse with the README's five lines, as they stand."""

from pathlib import Path

import pytest

from .act import Act
from .planted_secrets import assert_no_leak
from .repository import repository_of
from .test_examples import example

SECRETS = {"DJANGO_SECRET_KEY": "planted for whatever app this is"}


@pytest.mark.parametrize("app", ["static_site", "asgi_app", "npm_app"])
def test_five_lines__do_for(app: str, workdir: Path, act: Act) -> None:
    run = act.push(
        repository_of(app, workdir / "repository"), example("rehearse.yml"), secrets=SECRETS
    )
    assert run.exit_code == 0
    outputs = run.steps["rehearsal"].outputs
    assert outputs["verdict"] == "passed"
    assert 0 < float(outputs["ready-seconds"]) < 30
    assert "was killed" not in run.summary, "it ends on SIGTERM"
    assert_no_leak(SECRETS, {"the log": run.everything_logged})
