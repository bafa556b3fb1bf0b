"""The words are those of real engines and shells."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.missing_programs import MissingProgram, find_missing_program
from rehearsal.diagnosis.rules import diagnose
from rehearsal.diagnosis.source_scan import scan_source
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

REFUSED = (
    "The engine refused to run the container: failed to create shim task: OCI runtime create "
    "failed: runc create failed: unable to start container process: {}: unknown"
)
NOT_FOUND = 'exec: "{}": executable file not found in $PATH'
NO_FILE = 'exec: "./start.sh": stat ./start.sh: no such file or directory'
NOT_EXECUTABLE = 'exec: "/start.sh": permission denied'


def facts(text: str, source: str = "container.log") -> Facts:
    verdict = Verdict.MISCONFIGURED if source == "problem" else Verdict.CRASHED
    return Facts(verdict=verdict, lines={source: tuple(text.splitlines())})


@pytest.mark.parametrize(
    "text, program",
    [
        (REFUSED.format(NOT_FOUND.format("gunicorn")), MissingProgram(name="gunicorn")),
        (REFUSED.format(NO_FILE), MissingProgram(name="./start.sh")),
        (
            "The engine refused to run the container: crun: executable file `gunicorn` not found",
            MissingProgram(name="gunicorn"),
        ),
        (REFUSED.format(NOT_EXECUTABLE), MissingProgram(name="/start.sh", denied=True)),
    ],
)
def test_find_missing_program__refused(text: str, program: MissingProgram) -> None:
    known = facts(text, "problem")
    assert find_missing_program(known) == program
    assert [each.id for each in diagnose(known, CAUSES)] == ["missing-program"]


def test_missing_program__that_the_input_command_names() -> None:
    known = facts(REFUSED.format(NOT_FOUND.format("gunicorm")), "problem")
    lines = {**known.lines, "inputs origin": ("given command",)}
    (found,) = diagnose(replace(known, lines=lines), CAUSES)
    assert found.hint.startswith("The input command names it: correct that.")
    assert "given command" not in found.matching_lines


@pytest.mark.parametrize(
    "line, program",
    [
        ("sh: 1: gunicorn: not found", MissingProgram(name="gunicorn")),
        ("/bin/sh: 1: gunicorn: not found", MissingProgram(name="gunicorn")),
        ("sh: gunicorn: not found", MissingProgram(name="gunicorn")),
        ("bash: line 1: gunicorn: command not found", MissingProgram(name="gunicorn")),
        ("/start.sh: line 3: gunicorn: command not found", MissingProgram(name="gunicorn")),
        ("/start.sh: 3: exec: gunicorn: not found", MissingProgram(name="gunicorn")),
        ("sh: 1: /start.sh: not found", MissingProgram(name="/start.sh")),
        ("sh: 0: cannot open /nope.sh: No such file", MissingProgram(name="/nope.sh")),
        ("exec /start.sh: no such file or directory", MissingProgram(name="/start.sh")),
        ("env: \u2018bash\u2019: No such file or directory", MissingProgram(name="bash")),
        ("/usr/bin/env: 'bash\\r': No such file or directory", MissingProgram(name="bash\\r")),
        (
            "python: can't open file '/src/nope.py': [Errno 2] No such file or directory",
            MissingProgram(name="/src/nope.py"),
        ),
        ("sh: 1: /start.sh: Permission denied", MissingProgram(name="/start.sh", denied=True)),
        ("exec /start.sh: exec format error", MissingProgram(name="/start.sh", no_format=True)),
    ],
)
def test_find_missing_program__at_the_end_of_a_log(line: str, program: MissingProgram) -> None:
    assert find_missing_program(facts(f"starting\n{line}\n")) == program
    assert find_missing_program(facts(f"{line}\na\nb\nc\nd")) is None


@pytest.mark.parametrize(
    "text",
    ["", "Not Found: /a", "12:00: page not found", "INFO:     index.html: not found"],
)
def test_find_missing_program__none(text: str) -> None:
    assert find_missing_program(facts(text)) is None


PYTHON = {
    "Dockerfile": "FROM a\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n",
    "requirements.txt": "django\n",
}
NODE = {"Dockerfile": "FROM a\nCOPY . .\n", "package.json": '{"dependencies": {"next": "1"}}'}
SHELL = {"Dockerfile": "FROM a\nCOPY {} /\n", "start.sh": "#!/bin/sh\ntrue\n"}


def diagnosed(folder: Path, files: Mapping[str, str], known: Facts) -> Diagnosis:
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    checkout = SourceTree(top=folder, directory=folder, dockerfile="Dockerfile")
    known = replace(known, lines={**known.lines, **scan_source(known, checkout)})
    (found,) = diagnose(known, CAUSES)
    assert found.id == "missing-program"
    return found


@pytest.mark.parametrize(
    "files, program, paste",
    [
        (PYTHON, "gunicorn", "# in requirements.txt, at the end, add:\ngunicorn"),
        (PYTHON, "waitress-serve", "# in requirements.txt, at the end, add:\nwaitress"),
        (PYTHON, "htop", ""),
        (NODE, "next", "RUN npm install --omit=dev"),
        (NODE, "pm2", ""),
    ],
)
def test_missing_program__of_a_package(
    tmp_path: Path, files: Mapping[str, str], program: str, paste: str
) -> None:
    found = diagnosed(tmp_path, files, facts(f"sh: 1: {program}: not found"))
    assert found.title == f"The image has no program {program}"
    assert found.paste.endswith(paste) if paste else not found.paste


@pytest.mark.parametrize(
    "copied, script, line, told",
    [
        ("a.py", "", NO_FILE, ("lacks ./start.sh", "add:\nCOPY start.sh /start.sh")),
        (
            "start.sh", "#!/bin/sh\r\n", "exec /start.sh: no such file or directory",
            ("its lines end as on Windows", "sed -i 's/\\r$//' start.sh"),
        ),
        (
            "start.sh", "", NOT_EXECUTABLE,
            ("it is not executable", "chmod +x start.sh\ngit add --chmod=+x start.sh"),
        ),
        (
            "start.sh", "echo hi\n", "exec /start.sh: exec format error",
            ("nor says what runs it", "start.sh, instead of line 1, write:\n#!/bin/sh\necho hi"),
        ),
        ("start.sh", "", "exec /start.sh: no such file or directory", ("no program /start.sh", "")),
    ],
)  # fmt: skip
def test_missing_program__a_script(
    tmp_path: Path, copied: str, script: str, line: str, told: tuple[str, str]
) -> None:
    title, paste = told
    files = {**SHELL, "Dockerfile": SHELL["Dockerfile"].format(copied)}
    files["start.sh"] = script or SHELL["start.sh"]
    refused = line.startswith("exec: ")
    known = facts(REFUSED.format(line), "problem") if refused else facts(line)
    found = diagnosed(tmp_path, files, known)
    assert title in found.title
    assert found.paste.endswith(paste) if paste else not found.paste
