import ast
from pathlib import Path

import pytest

from rehearsal.audit.observations import ContainerProcess, ProgramOutput
from rehearsal.pipeline.audit.app_python import (
    ALARMED,
    BEGINNING,
    MARK,
    NoAnswerError,
    ask_python,
    told_in,
    why_silent,
)
from rehearsal.pipeline.audit.django_project import SCRIPT as DJANGO
from rehearsal.pipeline.audit.python_packages import SCRIPT as PACKAGES
from rehearsal.pipeline.stages.ask_again import SCRIPT as ASK_AGAIN

from ...fakes import FakeEngine, FakeProcess
from .subjects import subject_of

NO_LIMIT = {"HostConfig": {"Memory": 0}}
MISSING = b'OCI runtime exec failed: exec failed: "python": executable file not found in $PATH'


def interpreters(engine: FakeEngine) -> list[str]:
    return [call[2] for call in engine.calls if call[0] == "execute"]


@pytest.mark.parametrize("script", [DJANGO, PACKAGES], ids=["django", "packages"])
def test_script__runs_on_the_oldest_python(script: str) -> None:
    ast.parse(BEGINNING + script, feature_version=(3, 8))


def test_ask_again__runs_on_the_oldest_python() -> None:
    ast.parse(ASK_AGAIN, feature_version=(3, 8))


def test_ask_python__what_it_told(tmp_path: Path) -> None:
    lines = f'the app prints\n{MARK}{{"a": 1}}\n{MARK}no\n{MARK}[1]\n{MARK}{{"b": 2}}\n{"[" * 9999}'
    engine = FakeEngine(states=[NO_LIMIT], process=FakeProcess(0), output=lines.encode())
    told, output = ask_python(subject_of(engine, tmp_path), "tell(a=1)")
    assert told == [{"a": 1}, {"b": 2}]
    assert output.exit_code == 0
    assert engine.calls[-1] == ("execute", "c0ffee", "python", "-c", f"{BEGINNING}tell(a=1)")


@pytest.mark.parametrize(
    "commands, first",
    [
        (["tini", "/venv/bin/python3.13 /venv/bin/gunicorn app:app"], "/venv/bin/python3.13"),
        (["/usr/bin/python3 /usr/bin/supervisord", "/v/bin/python app.py"], "/v/bin/python"),
        (["gunicorn: master [app]", "python app.py", "/usr/bin/pythonize"], "python"),
        ([], "python"),
    ],
)
def test_ask_python__the_python_of_the_app(tmp_path: Path, commands: list[str], first: str) -> None:
    engine = FakeEngine(states=[NO_LIMIT], process=FakeProcess(0))
    processes = tuple(ContainerProcess(user="1", pid=1, command=each) for each in commands)
    ask_python(subject_of(engine, tmp_path, processes=processes), "")
    assert interpreters(engine) == [first]


def test_ask_python__none(tmp_path: Path) -> None:
    engine = FakeEngine(states=[NO_LIMIT], process=FakeProcess(127), output=MISSING)
    with pytest.raises(NoAnswerError, match="the image has no Python"):
        ask_python(subject_of(engine, tmp_path), "")
    assert interpreters(engine) == ["python", "python3"]


def test_ask_python__not_under_a_memory_limit(tmp_path: Path) -> None:
    engine = FakeEngine(states=[{"HostConfig": {"Memory": 64 << 20}}])
    with pytest.raises(NoAnswerError, match="memory limit"):
        ask_python(subject_of(engine, tmp_path), "")
    assert not interpreters(engine)


@pytest.mark.parametrize(
    "output, reason",
    [
        (ProgramOutput(exit_code=None), "its Python took longer than 30 s"),
        (ProgramOutput(exit_code=ALARMED), "its Python took longer than 30 s"),
        (
            ProgramOutput(exit_code=1, lines=("x", "no", "")),
            "its Python ended with exit code 1: no",
        ),
        (ProgramOutput(exit_code=137), "its Python ended with exit code 137: "),
    ],
)
def test_why_silent(output: ProgramOutput, reason: str) -> None:
    assert why_silent(output) == reason


def test_told_in__what_could_not_be_written_down_is_left_out() -> None:
    lines = (MARK + '{"a": "\\ud800"}', MARK + '{"b": "\\ud83d\\ude00"}')
    assert list(told_in(lines)) == [{"b": "\U0001f600"}]
