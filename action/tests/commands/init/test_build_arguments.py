import pytest

from .projects import DOCKERFILE, STARTPROJECT, draft_of

COMPOSE = """\
services:
  web:
    build:
      context: .
      args: {RELEASE: "7", EXTRA: dev}
"""


def dockerfile(*lines: str) -> dict[str, str]:
    return STARTPROJECT | {"Dockerfile": "\n".join([*lines, DOCKERFILE.partition("\n")[2]])}


def test_build_arguments__with_defaults_need_nothing() -> None:
    files = dockerfile("ARG PYTHON=3.13", "FROM python:$PYTHON", "ARG PYTHON", "RUN echo $PYTHON")
    draft = draft_of(files)
    assert "build-args" not in draft.inputs()
    assert draft.notes == ()


@pytest.mark.parametrize("used", ["$RELEASE", "${RELEASE}"])
def test_build_arguments__without_a_value_are_to_do(used: str) -> None:
    draft = draft_of(dockerfile("FROM python", "ARG RELEASE", f"RUN get {used}"))
    (note,) = draft.notes
    assert note.startswith("Dockerfile:2: the build argument RELEASE has no default.")
    assert "build-args: RELEASE=VALUE" in note


@pytest.mark.parametrize("name", ["TARGETPLATFORM", "BUILDKIT_SYNTAX", "HTTP_PROXY", "UNUSED"])
def test_build_arguments__that_are_given_or_not_used(name: str) -> None:
    used = "" if name == "UNUSED" else f"RUN echo ${name}"
    assert draft_of(dockerfile("FROM python", f"ARG {name}", used)).notes == ()


def test_build_arguments__of_a_compose_file() -> None:
    files = dockerfile("FROM python", "ARG RELEASE", "ARG EXTRA=dev", "RUN get $RELEASE $EXTRA")
    draft = draft_of(files | {"compose.yaml": COMPOSE})
    assert draft.inputs()["build-args"] == "RELEASE=7"
    assert draft.notes == ()
    (why,) = (each.why for each in draft.lines if each.name == "build-args")
    assert why == "Dockerfile:2: compose.yaml builds the app with this value."
