import io
import re
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from rehearsal.outside.github import Console
from rehearsal.redaction.redactor import Redactor

from ..fakes import secret

HUSH = "planted-secret-value"
ON = {"GITHUB_ACTIONS": "true"}
OFF: dict[str, str] = {}
COMMAND = re.compile(r"^\s*::|##\[", re.MULTILINE)


class Spoken:
    """A console, and what it printed."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.out = io.BytesIO()
        self.console = Console(environ, self.out, Redactor([secret()]))

    @property
    def text(self) -> str:
        return self.out.getvalue().decode()


@pytest.fixture
def on(tmp_path: Path) -> Spoken:
    files = {name: str(tmp_path / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    return Spoken(ON | files)


@pytest.fixture
def off() -> Spoken:
    return Spoken(OFF)


def outputs(text: str) -> dict[str, str]:
    """Read a file of outputs as the runner does: NAME<<END, lines, END."""
    found, lines = {}, iter(text.split("\n"))
    for line in lines:
        if line:
            name, _, end = line.partition("<<")
            value = []
            while (more := next(lines)) != end:
                value.append(more)
            found[name] = "\n".join(value)
    return found


@pytest.mark.parametrize(
    "environ, github",
    [(ON, True), ({"GITHUB_ACTIONS": "false"}, False), (OFF, False)],
    ids=["true", "false", "unset"],
)
def test_console__on_github(environ: dict[str, str], github: bool) -> None:
    assert Spoken(environ).console.on_github is github


def test_info__prints_a_redacted_line(off: Spoken) -> None:
    off.console.info(f"a {HUSH} é")
    assert off.text == "a *** é\n"


def test_info__quotes_no_workflow_command(on: Spoken, off: Spoken) -> None:
    for printed in (on, off):
        printed.console.info("'##[add-mask]passed' could not be kept")
    assert "##[" not in on.text
    assert "##[" in off.text


def test_info__accepts_invalid_unicode(off: Spoken) -> None:
    off.console.info("caf\udce9")
    assert off.text.startswith("caf")


def test_mask__only_on_github(on: Spoken, off: Spoken) -> None:
    for printed in (on, off):
        printed.console.mask("hush%hush")
    assert on.text == "::add-mask::hush%25hush\n"
    assert off.text == ""


def test_error__is_an_annotation(on: Spoken) -> None:
    on.console.error(f"a\nb\r100% {HUSH}", title="T: 1, 2", file="a,b:c.py", line=7)
    assert on.text == ("::error file=a%2Cb%3Ac.py,line=7,title=T%3A 1%2C 2::a%0Ab\\r100%25 ***\n")


def test_error__is_not_longer_than_github_shows(on: Spoken, off: Spoken) -> None:
    message, title = "first " + "\x00" * 10_000 + " last", f"t {'é' * 1000}[x]"
    on.console.error(message, title=title)
    shown = re.fullmatch(r"::error title=(t .*\[x\])::(first .* last)\n", on.text)
    assert shown
    assert len(shown[1]) <= 255
    assert 3900 < len(shown[2]) <= 4096
    assert "characters are left out here" in shown[2]
    off.console.error(message, title=title)
    assert "left out" not in off.text, "a terminal shows all of it"


@pytest.mark.parametrize(
    "file, line, place",
    [("", 0, ""), ("", 7, ""), ("t.py", 0, "file=t.py,"), ("t.py", 7, "file=t.py,line=7,")],
    ids=["nowhere", "line alone", "file alone", "both"],
)
def test_error__has_file_and_line(on: Spoken, file: str, line: int, place: str) -> None:
    on.console.error("m", title="t", file=file, line=line)
    assert on.text == f"::error {place}title=t::m\n"


@pytest.mark.parametrize("part", ["message", "title", "file"])
def test_error__hostile_text_is_one_command(on: Spoken, part: str) -> None:
    hostile = "x\n::error::y\r::set-output name=a::b\n##[error]z"
    on.console.error(**{"message": "m", "title": "t", "file": "f", part: hostile})  # type: ignore[arg-type]
    assert on.text.count("\n") == 1
    assert "\r" not in on.text
    assert on.text.startswith("::error file=")


def test_error__is_a_plain_line_elsewhere(off: Spoken) -> None:
    off.console.error(HUSH, title="T", file="a.py", line=1)
    off.console.warning("w", title="W")
    assert off.text == "error: T: ***\nwarning: W: w\n"


def test_warning__has_file_and_line(on: Spoken) -> None:
    on.console.warning("m", title="t", file="a/b.py", line=7)
    assert on.text == "::warning file=a/b.py,line=7,title=t::m\n"


def test_warning__is_an_annotation(on: Spoken) -> None:
    on.console.warning("m", title="t")
    assert on.text == "::warning title=t::m\n"


def test_group__is_a_heading_elsewhere(on: Spoken, off: Spoken) -> None:
    for printed in (on, off):
        with printed.console.group("build\n::x"):
            printed.console.info("inside")
    assert on.text == "::group::build%0A::x\ninside\n::endgroup::\n"
    assert off.text.endswith("inside\n")
    assert not COMMAND.search(off.text.replace("\n::x", ""))


def test_group__ends_after_an_error(on: Spoken) -> None:
    with pytest.raises(ValueError, match="no"), on.console.group("build"):
        raise ValueError("no")
    assert on.text.endswith("::endgroup::\n")


def test_raw_output__contains_no_workflow_command(on: Spoken) -> None:
    with on.console.raw_output() as show:
        show(b"::error::mine\n::stop-commands::x\n")
        show(b"::endgroup::")
    lines = on.text.splitlines()
    token = lines[0].removeprefix("::stop-commands::")
    assert re.fullmatch(r"[0-9a-f]{32}", token)
    assert lines[1:] == ["::error::mine", "::stop-commands::x", "::endgroup::", f"::{token}::"]


def test_raw_output__uses_a_new_token_each_time(on: Spoken) -> None:
    for _ in "12":
        with on.console.raw_output():
            pass
    tokens = re.findall(r"::stop-commands::(\w+)", on.text)
    assert len(set(tokens)) == 2


def test_raw_output__ends_after_an_error(on: Spoken) -> None:
    with suppress(ValueError), on.console.raw_output() as show:
        show(b"half a line")
        raise ValueError
    assert re.search(r"^half a line\n::[0-9a-f]{32}::\n\Z", on.text, re.MULTILINE)


def test_raw_output__prints_no_token_elsewhere(off: Spoken) -> None:
    with off.console.raw_output() as show:
        show(b"::error::mine")
    assert off.text == "::error::mine\n"


def test_raw_output__keeps_the_bytes_on_github(on: Spoken) -> None:
    with on.console.raw_output() as show:
        show(b"\xff\0\x1b[2J\n")
    assert b"\xff\0\x1b[2J\n" in on.out.getvalue()


def test_raw_output__a_terminal_gets_no_escape_but_colours(off: Spoken) -> None:
    with off.console.raw_output() as show:
        show(b"\x1b[31mred\x1b[0m \x1b")
        show(b"[2J\n\x1b]0;title\x07")
    assert off.text == "\x1b[31mred\x1b[0m \\x1b[2J\n\\x1b]0;title\\x07\n"


def test_messages__no_escape_reaches_a_terminal(off: Spoken) -> None:
    off.console.info("\x1b[2Ja")
    off.console.error("\x1b]0;t\x07", title="\x1b[31mred\x1b[0m")
    assert off.text == "\\x1b[2Ja\nerror: red: \\x1b]0;t\\x07\n"


@pytest.mark.parametrize(
    "value", ["", "one", "one\ntwo", "a<<b\nend", "::error::x", "ends in a newline\n", "é %0A"]
)
def test_output__can_be_read_by_the_runner(on: Spoken, tmp_path: Path, value: str) -> None:
    on.console.output("verdict", value)
    on.console.output("tests", "3")
    text = (tmp_path / "GITHUB_OUTPUT").read_text(encoding="utf-8")
    assert outputs(text) == {"verdict": value, "tests": "3"}


def test_output__is_for_programs(on: Spoken, tmp_path: Path) -> None:
    on.console.output("image", f"rehearsed/{HUSH}")
    assert outputs((tmp_path / "GITHUB_OUTPUT").read_text()) == {"image": f"rehearsed/{HUSH}"}
    assert "The output image holds the value of the secret KEY" in on.text
    assert HUSH not in on.text
    on.console.output("verdict", "passed")
    assert "The output verdict" not in on.text


def test_summary__is_appended_and_redacted(on: Spoken, tmp_path: Path) -> None:
    (tmp_path / "GITHUB_STEP_SUMMARY").write_text("before\n")
    on.console.summary(f"# {HUSH} é\n")
    assert (tmp_path / "GITHUB_STEP_SUMMARY").read_text("utf-8") == "before\n# *** é\n"


def test_summary__a_second_one_replaces_the_first(on: Spoken, tmp_path: Path) -> None:
    file = tmp_path / "GITHUB_STEP_SUMMARY"
    file.write_text("before\n")
    file.chmod(0o640)
    for text in ("# one, which is longer\n", f"# two {HUSH}\n", "# three é\n"):
        on.console.summary(text)
    assert file.read_text("utf-8") == "before\n# three é\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [file]


def test_summary__the_first_stays_if_the_second_fails(
    on: Spoken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    on.console.summary("# one\n")
    monkeypatch.setattr("rehearsal.outside.github.shutil.copymode", full)
    on.console.summary("# two\n")
    assert (tmp_path / "GITHUB_STEP_SUMMARY").read_text() == "# one\n"
    assert [path.name for path in tmp_path.iterdir()] == ["GITHUB_STEP_SUMMARY"]
    assert "GITHUB_STEP_SUMMARY not written" in on.text


def test_summary__replaces_no_device(on: Spoken, tmp_path: Path) -> None:
    link = tmp_path / "GITHUB_STEP_SUMMARY"
    link.symlink_to("/dev/null")
    for text in ("# one\n", "# two\n"):
        on.console.summary(text)
    assert Path("/dev/null").is_char_device()
    assert link.is_symlink()


def test_files__are_not_written_elsewhere(off: Spoken, tmp_path: Path) -> None:
    off.console.output("a", "b")
    off.console.summary("c")
    assert list(tmp_path.iterdir()) == []
    assert off.text == ""
