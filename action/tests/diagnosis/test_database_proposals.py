from pathlib import Path

import pytest

from rehearsal.verdict import Verdict

from .test_proposals import BOOK, proposals

USER = "RUN useradd nonroot\nUSER nonroot\n"
SQLITE = """
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": NAME,
    }
}
"""


def own_database(folder: Path, name: str, *, user: str = USER, **facts: str) -> str:
    settings = BOOK["src/shop/settings.py"] + SQLITE.replace("NAME,", f"{name},")
    dockerfile = BOOK["Dockerfile"].replace("ENV DJANGO", f"{user}ENV DJANGO")
    files = {**BOOK, "Dockerfile": dockerfile, "src/shop/settings.py": settings}
    found = proposals(folder, files, Verdict.SETUP_FAILED, **facts)
    return found.get("own_database", "")


@pytest.mark.parametrize(
    "name, where",
    [
        pytest.param('BASE_DIR / "db.sqlite3"', "/src", id="in the project"),
        pytest.param('BASE_DIR / "data/db.sqlite3"', "/src/data", id="in a folder of it"),
        pytest.param('"/var/data/db.sqlite3"', "/var/data", id="absolute"),
    ],
)
def test_own_database(tmp_path: Path, name: str, where: str) -> None:
    assert own_database(tmp_path, name) == (
        f"# in Dockerfile, after line 7, add:\nRUN install -d -o nonroot {where}"
    )


@pytest.mark.parametrize(
    "name, user, facts",
    [
        pytest.param('os.environ["DB"]', USER, {}, id="from a variable"),
        pytest.param('BASE_DIR / "db"', "USER root\n", {}, id="root"),
        pytest.param('BASE_DIR / "db"', "", {}, id="no user"),
        pytest.param('BASE_DIR / "db"', USER, {"container": "user 1001"}, id="another user"),
        pytest.param('BASE_DIR / "db"', USER, {"origin": "given volumes"}, id="a mount"),
    ],
)
def test_own_database__not_known(
    tmp_path: Path, name: str, user: str, facts: dict[str, str]
) -> None:
    assert own_database(tmp_path, name, user=user, **facts) == ""
