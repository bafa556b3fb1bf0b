import subprocess
from pathlib import Path

import pytest

from rehearsal.evidence.rerun_text import command_flag
from rehearsal.pipeline.rerun import with_reruns
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.tests import Failure
from rehearsal.source.source_tree import SourceTree

from ..fakes import secret

SUITE = "python manage.py test functional_tests"
NAME = "functional_tests.test_cart.CartTest.test_adds"


def reruns(
    folder: Path,
    command: str = SUITE,
    *,
    name: str = NAME,
    shard: str = "",
    flags_only: bool = False,
) -> list[str]:
    test = FailedTestEvidence(failure=Failure(name=name, message=""))
    index = with_reruns(
        EvidenceIndex(failed=(test,), flaky=(test,)),
        command,
        SourceTree(top=folder, directory=folder),
        Redactor([secret()]).redact,
        shard=shard,
        flags_only=flags_only,
    )
    assert not index.flaky[0].rerun
    return [each.rerun for each in index.failed]


def test_with_reruns__the_local_command_with_the_test(tmp_path: Path) -> None:
    command = f'rehearse --test-command "python manage.py test {NAME}"'
    assert reruns(tmp_path) == [command]
    assert reruns(tmp_path, shard="2/4") == [f"{command} --shard 1/1"]
    assert reruns(tmp_path, shard="1/1") == [command]
    flag = f'--test-command "python manage.py test {NAME}"'
    assert reruns(tmp_path, flags_only=True) == [flag]


def test_with_reruns__a_file_of_the_working_directory(tmp_path: Path) -> None:
    assert reruns(tmp_path, "pytest", name="test_cart.test_adds") == [""]
    (tmp_path / "test_cart.py").touch()
    expected = 'rehearse --test-command "pytest test_cart.py::test_adds"'
    assert reruns(tmp_path, "pytest", name="test_cart.test_adds") == [expected]
    assert reruns(tmp_path, "pytest", name="x" * 5000 + ".test_adds") == [""]


def test_with_reruns__a_command_with_a_secret_is_not_shown(tmp_path: Path) -> None:
    assert reruns(tmp_path, f"{SUITE} --settings {secret().value}") == [""]
    assert reruns(tmp_path, "npx mocha", name=f"shows {secret().value}") == [""]


def test_with_reruns__what_is_too_long_when_it_is_quoted_is_not_shown(tmp_path: Path) -> None:
    assert len(reruns(tmp_path, "npx mocha", name="x" * 900)[0]) > 900
    assert reruns(tmp_path, "npx mocha", name="'" * 300) == [""]


@pytest.mark.parametrize(
    "command", ["pytest 'a b'", 'pytest "$X/a"', "pytest 'it'\"'\"'s'", r"x '\d`$'", "go 'a!'"]
)
def test_command_flag__a_shell_gives_the_command_back(command: str) -> None:
    script = f"printf '%s|' {command_flag(command)}"
    printed = subprocess.run(["bash", "-c", script], capture_output=True, check=True, text=True)
    assert printed.stdout == f"--test-command|{command}|"
