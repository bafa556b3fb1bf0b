import pytest

from rehearsal.source.dockerfile import Dockerfile, Stage, instructions, parse_dockerfile

TWO_STAGES = """\
# syntax=docker/dockerfile:1
ARG PYTHON=3.13
FROM python:${PYTHON} AS Build
WORKDIR /src
COPY --link pyproject.toml \\
  # what the lock file says
  uv.lock ./
RUN --mount=type=cache,target=/root/.cache \\
    pip install \\
        django

RUN <<EOF
apt-get update
CMD nothing
EOF

FROM build
ENV PATH="/venv/bin:$PATH" \\
    DJANGO_SETTINGS_MODULE=shop.settings.production
env GREETING hello world
COPY --from=build --chown=app /venv /venv
CMD ["gunicorn", \\
     "shop.wsgi"]
"""


@pytest.fixture
def parsed() -> Dockerfile:
    return parse_dockerfile(TWO_STAGES)


def final(dockerfile: Dockerfile) -> Stage:
    stage = dockerfile.final()
    assert stage
    return stage


def test_parse_dockerfile__stages(parsed: Dockerfile) -> None:
    assert [(stage.name, stage.base) for stage in parsed.stages] == [
        ("build", "python:${PYTHON}"),
        ("stage-1", "build"),
    ]


def test_parse_dockerfile__lines(parsed: Dockerfile) -> None:
    found = [
        (each.keyword, each.line, each.last_line)
        for stage in parsed.stages
        for each in stage.instructions
    ]
    assert found == [
        ("FROM", 3, 3),
        ("WORKDIR", 4, 4),
        ("COPY", 5, 7),
        ("RUN", 8, 10),
        ("RUN", 12, 15),
        ("FROM", 17, 17),
        ("ENV", 18, 19),
        ("ENV", 20, 20),
        ("COPY", 21, 21),
        ("CMD", 22, 23),
    ]


def test_parse_dockerfile__texts(parsed: Dockerfile) -> None:
    copy, run, document = parsed.stages[0].all("COPY", "RUN")
    assert copy.arguments == "pyproject.toml uv.lock ./"
    assert run.arguments == "pip install django"
    assert document.body == "apt-get update\nCMD nothing\nEOF"
    (copied,) = final(parsed).all("COPY")
    assert (copied.flag("from"), copied.flag("chown"), copied.flag("link")) == ("build", "app", "")


@pytest.mark.parametrize("text", ["", "RUN true\n", "FROM\n", "FROM a \\", "COPY <<EOF /a\n"])
def test_parse_dockerfile__odd(text: str) -> None:
    parse_dockerfile(text)


def test_dockerfile__what_counts_for_a_stage(parsed: Dockerfile) -> None:
    workdir = parsed.last(final(parsed), "WORKDIR")
    assert workdir
    assert workdir.line == 4
    assert parsed.last(final(parsed), "ENTRYPOINT") is None


@pytest.mark.parametrize("target, name", [("", "stage-1"), ("build", "build"), ("0", "build")])
def test_dockerfile__target(parsed: Dockerfile, target: str, name: str) -> None:
    stage = parsed.final(target)
    assert stage
    assert stage.name == name


def test_dockerfile__unknown_target(parsed: Dockerfile) -> None:
    assert parsed.final("nothing") is None
    assert parse_dockerfile("").final() is None


def test_dockerfile__environment(parsed: Dockerfile) -> None:
    assert parsed.environment(final(parsed)) == {
        "PATH": "/venv/bin:$PATH",
        "DJANGO_SETTINGS_MODULE": "shop.settings.production",
        "GREETING": "hello world",
    }
    assert parsed.environment(final(parsed), before=18) == {}


def test_dockerfile__environment_uses_variables() -> None:
    dockerfile = parse_dockerfile("FROM a\nARG PORT=80\nENV BIND=:$PORT HOME=${HOME:-/root} C=$D\n")
    assert dockerfile.environment(final(dockerfile)) == {
        "PORT": "80", "BIND": ":80", "HOME": "/root", "C": "$D",
    }  # fmt: skip


def test_dockerfile__stages_that_begin_with_each_other() -> None:
    dockerfile = parse_dockerfile("FROM b AS a\nFROM a AS b\n")
    assert [stage.name for stage in dockerfile.lineage(final(dockerfile))] == ["b", "a"]


def test_instructions__lines_that_other_marks_do_not_end() -> None:
    found = list(instructions("# \f\u2028\x85\r\nFROM a\r\nRUN a \\\n"))
    assert [(each.keyword, each.text, each.line) for each in found] == [
        ("FROM", "a", 2),
        ("RUN", "a", 3),
    ]
