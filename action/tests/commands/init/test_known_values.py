import pytest

from rehearsal.commands.init.app_service import ComposeSetup
from rehearsal.commands.init.compose_services import ComposeService
from rehearsal.commands.init.known_values import known_values
from rehearsal.source.project_files import ProjectFiles


def known(**values: str) -> dict[str, str]:
    app = ComposeService(name="web", path="compose.yaml", environment=values)
    project = ProjectFiles(folders={}, read=lambda _: "")
    found = known_values(project, ComposeSetup(app=app), ())
    return {name: each.text for name, each in found.items()}


def test_known_values__of_a_compose_file() -> None:
    assert known(MODE="fast", DATABASE_URL="postgres://a:b@db/shop") == {
        "MODE": "fast",
        "DATABASE_URL": "postgres://a:b@db/shop",
    }


@pytest.mark.parametrize(
    "value",
    ["https://0123@o1.ingest.sentry.io/2", "http://me:pw@proxy:3128", "${{ secrets.X }}", "a\nb"],
)
def test_known_values__not_what_reaches_elsewhere_or_cannot_be_written(value: str) -> None:
    assert known(OTHER=value) == {}
