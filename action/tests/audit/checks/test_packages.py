from collections.abc import Mapping
from pathlib import Path

import pytest

from rehearsal.audit.check import CheckSkipped, Note
from rehearsal.audit.checks.packages import pinned
from rehearsal.audit.observations import Observations, PythonPackages, RequirementsFile

from ..test_markers import ENVIRONMENT
from ..test_requirements import FILES, VERSIONS
from .found import failures


def seen(
    *lines: str,
    installed: Mapping[str, str],
    constraints: tuple[str, ...] = (),
    included: tuple[str, ...] = (),
) -> Observations:
    files = (
        RequirementsFile(path="/app/requirements.txt", lines=lines),
        RequirementsFile(path="/app/base.txt", lines=included),
        RequirementsFile(path="/app/constraints.txt", lines=constraints, is_constraint=True),
    )
    return Observations(
        packages=PythonPackages(files=files, installed=installed, environment=ENVIRONMENT)
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_pinned__files_of_real_tools_pass(file: Path) -> None:
    lines = file.read_text().splitlines()
    assert not failures(pinned, seen(*lines, installed=VERSIONS))
    (failure,) = failures(pinned, seen(*lines, installed=VERSIONS | {"django": "5.2.20"}))
    assert failure.part == "different"
    assert failure.evidence[0].lower().startswith("django==5.2.19")
    assert failure.evidence[0].endswith(", installed is 5.2.20")


@pytest.mark.parametrize("line", ["Django", "django>=5", "django==5.*", "django[argon2] ~= 5.2"])
def test_pinned__unpinned(line: str) -> None:
    (failure,) = failures(
        pinned, seen(line, "gunicorn==23.0", installed={"Django": "5.2", "gunicorn": "23.0.0"})
    )
    assert failure.part == "unpinned"
    assert failure.message == "/app/requirements.txt names no exact version of one package."
    assert failure.evidence == (f"{line} (installed: 5.2)",)


def test_pinned__absent() -> None:
    (failure,) = failures(pinned, seen("a==1", "b==1", "c==1", installed={"a": "1"}))
    assert (failure.part, failure.evidence) == ("absent", ("b==1", "c==1"))
    assert failure.message == "The image lacks 2 packages of /app/requirements.txt."


@pytest.mark.parametrize(
    "line",
    [
        "tzdata==2026.1; sys_platform == 'win32'",
        "b>=1; python_version < '3'",
        "b>=1; what_is_this == '1'",
        "-e .",
        "a @ https://files.example/a-1.zip",
        "a==1.0.0",
        "A===1",
    ],
)
def test_pinned__no_finding(line: str) -> None:
    assert not failures(pinned, seen("a==1", line, installed={"a": "1.0"}))


def test_pinned__one_line_for_each_python() -> None:
    lines = ("a==1; python_version < '3.12'", "a==2; python_version >= '3.12'")
    assert not failures(pinned, seen(*lines, installed={"a": "2"}))
    (failure,) = failures(pinned, seen(*lines, installed={"a": "1"}))
    assert failure.part == "different"


def test_pinned__by_a_constraint() -> None:
    assert not failures(
        pinned, seen("a", "b==2", constraints=("A==1.0", "c==3"), installed={"a": "1", "b": "2"})
    )
    (failure,) = failures(pinned, seen("a", constraints=("a==1",), installed={"a": "2"}))
    assert failure.part == "different"
    (failure,) = failures(pinned, seen("a", constraints=("a<2",), installed={"a": "1"}))
    assert failure.part == "unpinned"


def test_pinned__reads_what_is_included() -> None:
    (failure,) = failures(pinned, seen("a==1", included=("b==1",), installed={"a": "1", "b": "2"}))
    assert failure.evidence == ("b==1, installed is 2",)


def test_pinned__notes_what_is_not_named() -> None:
    found = list(pinned.find(seen("a==1", installed={"a": "1", "b": "2", "C_d": "3", "pip": "24"})))
    assert found == [
        Note(
            "/app/requirements.txt does not name 2 of the installed packages.",
            evidence=("b==2", "c-d==3"),
        )
    ]


@pytest.mark.parametrize(
    "observed, reason",
    [
        (Observations(), "could not be asked"),
        (Observations(packages=PythonPackages(why_unknown="no file")), "no file"),
        (seen("a==1", "b==1", installed={"c": "1"}), "has none of the packages"),
    ],
)
def test_pinned__not_known(observed: Observations, reason: str) -> None:
    with pytest.raises(CheckSkipped, match=reason):
        failures(pinned, observed)
