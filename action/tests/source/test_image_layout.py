import pytest

from rehearsal.source.dockerfile import Stage, parse_dockerfile
from rehearsal.source.image_layout import find_in_image, place_for_run, workdir_of

BOOK = """\
FROM python:3.13-slim
RUN python -m venv /venv
ENV PATH="/venv/bin:$PATH"
COPY requirements.txt requirements.txt
RUN pip install -r requirements.txt
COPY src /src
WORKDIR /src
ENV DJANGO_DEBUG_FALSE=1
RUN adduser --uid 1234 nonroot
USER nonroot
CMD gunicorn --bind :8888 shop.wsgi:application
"""
TWO_STAGES = """\
FROM python:3.13 AS build
WORKDIR /app
COPY requirements.txt .
RUN pip install --prefix=/venv -r requirements.txt
COPY . .
FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH
COPY --from=build /venv /venv
COPY --from=build /app /srv/site
WORKDIR /srv/site
USER app
CMD ["gunicorn", "shop.wsgi"]
"""
USER_FIRST = """\
FROM python
USER app
WORKDIR /code
COPY {flags}. /code
CMD ["python", "manage.py", "runserver"]
"""
UV = """\
FROM ghcr.io/astral-sh/uv:python3.13-bookworm-slim
WORKDIR /app
RUN --mount=type=bind,source=uv.lock,target=uv.lock \\
    uv sync --locked --no-install-project
COPY . /app
RUN --mount=type=cache,target=/root/.cache/uv \\
    uv sync --locked
ENV PATH="/app/.venv/bin:$PATH"
ENTRYPOINT []
CMD ["uvicorn", "main:app"]
"""


def final(text: str) -> Stage:
    stage = parse_dockerfile(text).final()
    assert stage
    return stage


@pytest.mark.parametrize(
    "text, path, found",
    [
        (BOOK, "src/manage.py", "/src/manage.py"),
        (BOOK, "requirements.txt", "/requirements.txt"),
        (BOOK, "README", ""),
        (TWO_STAGES, "manage.py", "/srv/site/manage.py"),
        (UV, "src/manage.py", "/app/src/manage.py"),
        ("FROM a\nWORKDIR /app\nCOPY manage.py run ./\n", "manage.py", "/app/manage.py"),
        ("FROM a\nWORKDIR /app\nCOPY manage.py /app\n", "manage.py", "/app/manage.py"),
        ("FROM a\nCOPY manage.py /m.py\n", "manage.py", "/m.py"),
        ('FROM a\nCOPY ["src", "/a b/"]\n', "src/manage.py", "/a b/manage.py"),
        ("FROM a\nARG HOME=/app\nCOPY *.py ${HOME}/\n", "manage.py", "/app/manage.py"),
        ("FROM a AS b\nCOPY . /x\nFROM b\nWORKDIR /x\n", "manage.py", "/x/manage.py"),
        ("FROM a\nCOPY --from=other /x /x\nCOPY\n", "manage.py", ""),
        ("FROM a AS b\nCOPY --from=b . /x\n", "manage.py", ""),
    ],
)
def test_find_in_image(text: str, path: str, found: str) -> None:
    placed = find_in_image(parse_dockerfile(text), final(text), path)
    assert (placed.path if placed else "") == found


def test_find_in_image__stage_that_copied_it() -> None:
    placed = find_in_image(parse_dockerfile(TWO_STAGES), final(TWO_STAGES), "manage.py")
    assert placed
    assert placed.stage.name == "build"


@pytest.mark.parametrize(
    "text, folder",
    [
        (BOOK, "/src"),
        (TWO_STAGES, "/srv/site"),
        ("FROM a\n", "/"),
        ("FROM a\nWORKDIR /a\nWORKDIR b\n", "/a/b"),
    ],
)
def test_workdir_of(text: str, folder: str) -> None:
    assert workdir_of(parse_dockerfile(text), final(text)) == folder


@pytest.mark.parametrize(
    "text, stage, line, folder, user",
    [
        (BOOK, "stage-0", 7, "/src", ""),
        (TWO_STAGES, "build", 5, "/app", ""),
        (TWO_STAGES, "stage-1", 10, "/srv/site", ""),
        (UV, "stage-0", 8, "/app", ""),
        (USER_FIRST.format(flags=""), "stage-0", 4, "/code", "app"),
        (USER_FIRST.format(flags="--chown=app:app "), "stage-0", 4, "/code", ""),
        ("FROM a\nCMD a\n", "stage-0", 1, "/", ""),
    ],
)
def test_place_for_run(text: str, stage: str, line: int, folder: str, user: str) -> None:
    dockerfile = parse_dockerfile(text)
    found = dockerfile.stage(stage)
    assert found
    place = place_for_run(dockerfile, found)
    assert (place.line, place.folder, place.user) == (line, folder, user)
