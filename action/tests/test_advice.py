"""The obeyer of pastes itself, which the scenarios of faults use."""

from pathlib import Path

import pytest

from .advice import Scenario, is_known, obey

WITH = "# in ci.yml, under the step's with:, add:"


def obeyed(paste: str, tmp_path: Path, **inputs: str) -> Scenario:
    return obey(paste, Scenario(root=tmp_path, inputs=inputs))


def test_obey__an_input_that_the_step_lacks(tmp_path: Path) -> None:
    assert obeyed(f"{WITH}\nport: '9000'", tmp_path).inputs == {"port": "9000"}
    with pytest.raises(AssertionError, match="already"):
        obeyed(f"{WITH}\nport: '9000'", tmp_path, port="80")


def test_obey__a_line_of_an_input(tmp_path: Path) -> None:
    heading = "# in ci.yml, in the step's input env, add this line"
    paste = f"{heading}, or change that of B to it (after env: |):\nB=2"
    assert obeyed(paste, tmp_path, env="A=1\nB=1").inputs == {"env": "B=2\nA=1"}
    paste = "# in ci.yml, in the step's input secrets, add this line (after secrets: |):\nKEY"
    assert obeyed(paste, tmp_path, secrets="A").inputs == {"secrets": "KEY\nA"}


def test_obey__the_first_alternative(tmp_path: Path) -> None:
    paste = (
        f"{WITH}\nsecrets: KEY\n\n"
        "# and also, under the step's env:, add:\nKEY: ${{ secrets.KEY }}\n\n"
        "# instead, if it is not secret, in ci.yml, under the step's with:, add:\nenv: KEY=VALUE"
    )
    scenario = obeyed(paste, tmp_path)
    assert scenario.inputs == {"secrets": "KEY"}
    assert list(scenario.environment) == ["KEY"]


def test_obey__lines_are_counted_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM a\nCOPY . .\nCMD a\n")
    obeyed(
        "# in Dockerfile, after line 2, add:\nRUN b\nRUN c\n\n"
        "# and in Dockerfile, instead of line 3, write:\nCMD d\n\n"
        "# and in Dockerfile, at the end, add:\n# e",
        tmp_path,
    )
    assert (tmp_path / "Dockerfile").read_text() == "FROM a\nCOPY . .\nRUN b\nRUN c\nCMD d\n# e\n"


def test_obey__several_lines_become_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\n2\n3\n4\n")
    obeyed(
        "# in a, instead of lines 2 to 3, write:\nx\n\n# and in a, after line 4, add:\n5", tmp_path
    )
    assert (tmp_path / "a").read_text() == "1\nx\n4\n5\n"


def test_obey__a_part_of_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<p>\n<form method="post"><p>\n')
    tag = '<form method="post">'
    obeyed(f"# in a.html:2, instead of {tag}, write:\n{tag}{{% csrf_token %}}", tmp_path)
    assert (tmp_path / "a.html").read_text() == f"<p>\n{tag}{{% csrf_token %}}<p>\n"
    with pytest.raises(AssertionError):
        obeyed("# in a.html:1, instead of <form>, write:\n<form>", tmp_path)


def test_obey__commands(tmp_path: Path) -> None:
    obeyed("# on your own machine; commit what it writes:\ntouch made", tmp_path)
    assert (tmp_path / "made").exists()


def test_obey__what_nobody_can_do(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="to the letter"):
        obeyed("# in the Dockerfile, somewhere:\nRUN a", tmp_path)
    assert not is_known("# in the Dockerfile, somewhere:")
    assert is_known("# instead, if it is not secret, in ci.yml, under the step's with:, add:")
    assert is_known("# or in a/b.html, after line 3, add:")
