import pytest

from rehearsal.source.copy_line import add_copy
from rehearsal.source.dockerfile import parse_dockerfile

FOLDERS = {"shop", "lists", "src", "src/shop", "src/lists"}
STAGES = """\
FROM python AS build
WORKDIR /src
COPY manage.py ./
COPY --chown=app shop shop
RUN true
FROM python
COPY --from=build /src /site
WORKDIR /site
"""


@pytest.mark.parametrize(
    "dockerfile, path, after, text",
    [
        ("FROM a\nWORKDIR /app\nCOPY shop shop\nUSER b\n", "lists", 3, "COPY lists lists"),
        ("FROM a\nWORKDIR /app\nCOPY shop ./shop/\n", "lists", 3, "COPY lists lists"),
        ("FROM a\nCOPY app.py /app.py\n", "lists", 2, "COPY lists /lists"),
        ("FROM a\nCOPY app.py /srv/main.py\n", "util.py", 2, "COPY util.py /srv/util.py"),
        ("FROM a\nCOPY app.py manage.py /srv/\n", "lists", 2, "COPY lists /srv/lists"),
        ('FROM a\nCOPY ["app.py", "/srv/"]\n', "lists", 2, "COPY lists /srv/lists"),
        ("FROM a\nCOPY src/shop /srv/shop\n", "src/lists", 2, "COPY src/lists /srv/lists"),
        ("FROM a\nCOPY shop /srv\n", "lists", 2, "COPY lists /srv/lists"),
        (STAGES, "lists", 4, "COPY --chown=app lists lists"),
    ],
)
def test_add_copy(dockerfile: str, path: str, after: int, text: str) -> None:
    parsed = parse_dockerfile(dockerfile)
    file = path if path.endswith(".py") else f"{path}/a.py"
    found = add_copy(parsed, "", path, file, FOLDERS.__contains__)
    assert found is not None
    assert (found.path, found.after, found.text) == ("Dockerfile", after, text)


@pytest.mark.parametrize(
    "dockerfile",
    ["FROM a\n", STAGES.replace("/src /site", "/src/shop /site/shop"), "# nothing\n"],
    ids=["no copy", "one folder of a stage", "no stage"],
)
def test_add_copy__nowhere(dockerfile: str) -> None:
    parsed = parse_dockerfile(dockerfile)
    assert add_copy(parsed, "", "lists", "lists/a.py", FOLDERS.__contains__) is None
