import argparse
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import cast

import pytest

from rehearsal.arguments import COMMANDS, make_parser, parse
from rehearsal.commands.command import Command, CommandEntry
from rehearsal.commands.input_flags import input_flags, local_options
from rehearsal.config.input_table import INPUTS
from rehearsal.local.dotenv import parse_dotenv
from rehearsal.local.load_inputs import LocalOptions
from rehearsal.local.step_selection import StepSelector
from rehearsal.verdict import MisconfiguredError


def options_of(*argv: str) -> LocalOptions:
    return local_options(parse(argv))


def test_parse__every_input_is_a_flag() -> None:
    argv = [word for name in INPUTS for word in (f"--{name}", name)]
    assert input_flags(parse(argv)) == {name: name for name in INPUTS}


def test_parse__no_input_is_named_like_another_flag() -> None:
    others = {"workflow", "job", "step", "no-workflow", "set", "input", "plan", "keep", "version"}
    assert not others & INPUTS.keys()


def test_local_options__nothing() -> None:
    assert options_of() == LocalOptions()


def test_local_options__everything() -> None:
    assert options_of(
        "--workflow", "ci.yml", "--job", "web", "--step", "2", "--set", "matrix.a=b=c", "--set",
        "inputs.x=", "--input", "port=80", "--input", "target=a\nb", "--port", "81", "--env", "",
        "--no-workflow",
    ) == LocalOptions(
        selector=StepSelector(workflow="ci.yml", job="web", step="2"),
        set_values={"matrix.a": "b=c", "inputs.x": ""},
        inputs={"port": "81", "target": "a\nb", "env": ""},
        flags_only=True,
    )  # fmt: skip


@pytest.mark.parametrize("argv", [["--plan"], ["--keep"]], ids=str)
def test_parse__switches(argv: list[str]) -> None:
    options = parse(argv)
    assert (options.plan, options.keep) == (argv == ["--plan"], argv == ["--keep"])


@pytest.mark.parametrize(
    "argv, words",
    [
        (["--prot", "80"], "there is no flag --prot; did you mean --port?"),
        (["--work-flow=ci.yml"], "there is no flag --work-flow; did you mean --workflow?"),
        (["--secret", "KEY"], "there is no flag --secret; did you mean --secrets?"),
        (["--xyzzy"], "there is no flag --xyzzy (see rehearse --help)\n"),
        (["-p", "80"], "there is no flag -p "),
        (["--port"], "--port needs a value"),
        (["--command", "-w"], "there is no flag -w; as the value of --command, write --command=-w"),
        ([""], "an argument is empty: look for a variable that is not set"),
        (["xyzzy"], "there is no command 'xyzzy'; the commands are "),
        (["audti"], "there is no command 'audti'; did you mean audit?"),
        (["./some path"], "go there first: cd './some path' && rehearse"),
        (["ci.yml"], "to read this workflow: rehearse --workflow ci.yml"),
        (["app:1"], "to rehearse this image: rehearse --image app:1"),
        (["--plan", "audit"], "audit is a command, and has to come first: rehearse audit"),
        (["rehearse", "x"], "unexpected argument 'x'"),
        (["audit", "--prot", "80"], "there is no flag --prot; did you mean --port?"),
        (["audit", "app", "other"], "unexpected argument 'other'"),
        (["publish", "--too", "x"], "there is no flag --too; did you mean --to?"),
        (["merge", "x"], "the following arguments are required: --expect, --into"),
    ],
    ids=str,
)
def test_parse__wrong_command_line_gets_one_line(
    argv: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(argv)
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_parse__values_that_begin_with_a_hyphen() -> None:
    options = parse(["--command=-w", "--command", "-1", "--test-command", "--a flag"])
    assert input_flags(options) == {"command": "-w\n-1", "test-command": "--a flag"}


def takes_a_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", default="")


COMMAND = Command(add_arguments=takes_a_folder, run=lambda *_: 0)


@pytest.fixture
def clap(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = CommandEntry(name="clap", summary="Clap.", module="hands")
    monkeypatch.setitem(sys.modules, "hands", cast("ModuleType", SimpleNamespace(COMMAND=COMMAND)))
    monkeypatch.setattr("rehearsal.arguments.COMMANDS", {**COMMANDS, "clap": entry})


@pytest.mark.usefixtures("clap")
def test_parse__subcommand_with_flags_of_its_own() -> None:
    assert vars(parse(["clap", "--folder", "seats"])) == {"subcommand": "clap", "folder": "seats"}


@pytest.mark.usefixtures("clap")
def test_parse__subcommand_has_no_other_flags(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["clap", "--port", "80"])
    assert "there is no flag --port" in capsys.readouterr().err


@pytest.mark.usefixtures("clap")
@pytest.mark.parametrize("argv", [["--help"], ["clap", "--help"]], ids=str)
def test_parse__help_names_the_subcommand(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(argv)
    assert "Clap." in capsys.readouterr().out


@pytest.mark.parametrize(
    "argv, what, advice",
    [
        (["--input", "prot=80"], "There is no input named 'prot'. Did you mean port?", "port"),
        (["--input", "xyzzy=80"], "There is no input named 'xyzzy'.", "The inputs are: image"),
        (["--input", "port"], "--input was given 'port', and needs NAME=VALUE.", "port=VALUE"),
        (["--set", "=x"], "--set was given '', and needs NAME=VALUE.", "--set NAME=VALUE"),
    ],
    ids=str,
)  # fmt: skip
def test_local_options__wrong_pair(argv: list[str], what: str, advice: str) -> None:
    with pytest.raises(MisconfiguredError) as caught:
        options_of(*argv)
    assert caught.value.problem.message == what
    assert advice in caught.value.problem.hint


@pytest.mark.parametrize("name", COMMANDS)
def test_commands__each_has_its_module(name: str) -> None:
    assert isinstance(COMMANDS[name].load(), Command)


@pytest.mark.parametrize("command", ["watch", "clean_up"])
def test_command__imports_nothing_of_a_rehearsal(command: str) -> None:
    """Each rehearsal starts these processes, so each would pay for what is imported here."""
    modules = f"rehearsal.run_command, rehearsal.commands.{command}_command"
    found = subprocess.run(
        [sys.executable, "-c", f"import sys, {modules}; print(*sys.modules)"],
        capture_output=True, text=True, check=True, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    rooms = {name.split(".")[1] for name in found.stdout.split() if name.startswith("rehearsal.")}
    assert "outside" in rooms
    assert not rooms & {"audit", "diagnosis", "local", "report", "source"}
    assert "rehearsal.config.parser" not in found.stdout.split()


def help_of(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    with pytest.raises(SystemExit):
        parse([*command, "--help"])
    return capsys.readouterr().out


def test_parse__help_leaves_out_what_nobody_types(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(capsys)
    assert "\n  merge " in text
    assert not re.search(r"^  (workflow|watch|clean-up) ", text, re.MULTILINE)
    assert parse(["workflow", "identify"]).step == "identify"


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)], ids=str)
def test_parse__help_fits_a_terminal(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    text = help_of(capsys, *command)
    assert [line for line in text.splitlines() if len(line) > 80 and "README.md#" not in line] == []


def test_parse__help_has_a_line_for_each_input_below_its_stage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = help_of(capsys)
    assert "rehearse --plan" in text
    stages = re.split(r"^(?=\S.*:$)", text, flags=re.MULTILINE)
    for each in INPUTS.values():
        found = [stage for stage in stages if re.search(rf"^  --{each.name} ", stage, re.MULTILINE)]
        if each.github_only:
            assert not found
            continue
        (stage,) = found
        assert stage.startswith(f"{each.stage}:\n")
        (line,) = re.findall(rf"^  --{each.name} .*", stage, re.MULTILINE)
        assert line.endswith(each.help)
    assert "  --test-timeout N            seconds that the tests may take [1800]\n" in text


# Flags of test runners.
OF_OTHERS = ("--grep", "--tag")
DOCUMENT = (Path(__file__).resolve().parents[3] / "docs/laptop.md").read_text(encoding="utf-8")


def test_document__names_only_flags_that_exist() -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", DOCUMENT)) - {"--force", *OF_OTHERS}
    parsers = map(make_parser, COMMANDS.values())
    known = {flag for each in parsers for flag in each._option_string_actions}
    assert named
    assert named <= known | {"--volumes"}


def test_document__shows_a_dotenv_that_can_be_read() -> None:
    (block,) = re.findall(r"```sh\n(# One NAME=value.*?)```", DOCUMENT, re.DOTALL)
    assert parse_dotenv(block) == {
        "DJANGO_SECRET_KEY": r"in single quotes, $every \character is literal",
        "GREETING": 'in double quotes, \n is a new line, " a quote, $ a dollar',
        "PYTHON_IMAGE": "python:3.13-slim",
    }
