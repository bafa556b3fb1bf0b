import pytest

from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.rules import (
    MAX_EVIDENCE,
    MAX_KEY_LINES,
    MAX_LINE,
    Cause,
    Pattern,
    Variant,
    diagnose,
    key_lines,
)
from rehearsal.verdict import Verdict

LOG = ("starting", "KeyError: 'A'", "starting", "KeyError: 'B'", "bye")


def facts(verdict: Verdict = Verdict.CRASHED, **lines: tuple[str, ...]) -> Facts:
    return Facts(verdict=verdict, lines=lines)


def cause(identity: str = "known", **changes: object) -> Cause:
    values: dict[str, object] = {
        "id": identity,
        "verdicts": (Verdict.CRASHED,),
        "patterns": (Pattern("log", r"KeyError: '(?P<name>\w+)'"),),
        "title": "{name} is missing",
    }
    return Cause(**values | changes)  # type: ignore[arg-type]


def ids(known: Facts, *causes: Cause) -> list[str]:
    return [each.id for each in diagnose(known, causes)]


def test_diagnose__fills_in_what_came_last_and_shows_its_line() -> None:
    (found,) = diagnose(facts(log=LOG), [cause(hint="Set {name}.", paste="{name}: x")])
    assert (found.title, found.hint, found.paste) == ("B is missing", "Set B.", "B: x")
    assert found.evidence == ("KeyError: 'B'",)


def test_diagnose__only_for_its_verdicts() -> None:
    assert ids(facts(Verdict.NOT_READY, log=LOG), cause()) == []


def test_diagnose__wants_every_clue() -> None:
    clues = (Pattern("log", "KeyError"), Pattern("container", r"^exit code 3$"))
    assert ids(facts(log=LOG), cause(patterns=clues)) == []
    assert ids(facts(log=LOG, container=("exit code 3",)), cause(patterns=clues)) == ["known"]
    assert ids(facts(log=LOG, container=("exit code 30",)), cause(patterns=clues)) == []


def test_diagnose__unless_something_else_is_there() -> None:
    assert ids(facts(log=LOG), cause(unless=(Pattern("log", "starting"),))) == []
    assert ids(facts(log=LOG), cause(unless=(Pattern("other", "starting"),))) == ["known"]


def test_diagnose__the_root_first() -> None:
    assert ids(facts(log=LOG), cause("root"), cause("branch")) == ["root", "branch"]


def test_diagnose__what_is_only_shown_decides_nothing() -> None:
    shown = (Pattern("log", r"^(?P<last>b\w+)$"), Pattern("log", "nowhere"))
    (found,) = diagnose(facts(log=LOG), [cause(details=shown, title="{name}, {last}, {no|none}")])
    assert found.title == "B, bye, none"
    assert found.evidence == ("KeyError: 'B'", "bye")


def test_diagnose__leaves_githubs_expressions_alone() -> None:
    (found,) = diagnose(facts(log=LOG), [cause(paste="{name}: ${{ secrets.{name} }}")])
    assert found.paste == "B: ${{ secrets.B }}"


def test_diagnose__evidence_is_short() -> None:
    lines = ("Traceback", *(f"  {n} {'x' * 999}" for n in range(50)), "ValueError")
    everything = cause(patterns=(Pattern("log", r"Traceback(?:.|\n)*ValueError"),))
    (found,) = diagnose(facts(log=lines), [everything])
    assert len(found.evidence) == MAX_EVIDENCE
    assert found.evidence[-1] == "ValueError"
    assert max(map(len, found.evidence)) == MAX_LINE


def test_diagnose__evidence_of_a_traceback_is_the_app_s_own_line() -> None:
    lines = (
        "Traceback (most recent call last):",
        '  File "/venv/lib/python3.13/site-packages/server.py", line 9, in load',
        '  File "/src/app/settings.py", line 3, in <module>',
        '    KEY = os.environ["KEY"]',
        '  File "<frozen os>", line 716, in __getitem__',
        "KeyError: 'KEY'",
    )
    everything = cause(patterns=(Pattern("log", r"Traceback(?:.|\n)*KeyError: '(?P<name>\w+)'"),))
    (found,) = diagnose(facts(log=lines), [everything])
    assert found.evidence == (
        lines[0],
        "  … 1 frame of installed code …",
        *lines[2:4],
        "  … 1 frame of installed code …",
        lines[5],
    )


def test_clue__the_first_source_that_has_it() -> None:
    clue = Pattern(("setup.log", "log"), r"KeyError: '(?P<name>\w+)'")
    (found,) = clue.find(Facts(verdict=Verdict.CRASHED, lines={"log": LOG, "setup.log": ("none",)}))
    assert found["name"] == "B"
    assert not clue.find(facts())


def test_clue__each_value_once_those_of_the_first_pattern_first() -> None:
    clue = Pattern("log", "404 (?P<url>/.*css)", "404 (?P<url>/.*)", each="url")
    lines = ("404 /x.svg", "404 /a.css", "404 /a.css", "404 /b.css")
    known = facts(log=lines)
    assert [each["url"] for each in clue.find(known)] == ["/a.css", "/b.css", "/x.svg"]
    (found,) = diagnose(known, [cause(patterns=(clue,), title="no {url}{others|}")])
    assert found.title == "no /a.css and 2 more"
    assert found.evidence == ("404 /a.css", "404 /b.css", "404 /x.svg")
    (found,) = diagnose(facts(log=lines[1:3]), [cause(patterns=(clue,), title="no {url}{others|}")])
    assert found.title == "no /a.css"


def test_clue__many_values_are_counted_and_few_are_shown() -> None:
    clue = Pattern("log", "404 (?P<url>/.*)", each="url")
    known = facts(log=tuple(f"404 /{n}" for n in range(99)))
    (found,) = diagnose(known, [cause(patterns=(clue,), title="no {url}{others|}")])
    assert found.title == "no /0 and 98 more"
    assert len(found.evidence) == MAX_EVIDENCE


def words(**changes: str) -> dict[str, str]:
    return {"title": "a", "hint": "b", "paste": "c", "background": "d"} | changes


@pytest.mark.parametrize(
    "clue, told",
    [
        pytest.param(Pattern("log", "^(?P<word>bye)$"), "bye B", id="found"),
        pytest.param(Pattern("log", "^good(?P<word>bye)$"), "a", id="not found"),
        pytest.param(Pattern("known", "^name (?P<word>B)$"), "B B", id="of a place"),
        pytest.param(
            Pattern("known", "^verdict (?P<word>crashed)$"), "crashed B", id="the verdict"
        ),
    ],
)
def test_wording__is_said_where_its_clue_is_found(clue: Pattern, told: str) -> None:
    wording = Variant(pattern=clue, title="{word} {name}")
    (found,) = diagnose(facts(log=LOG), [cause(variants=(wording,), **words())])
    assert (found.title, found.hint, found.paste, found.background) == (told, "b", "c", "d")
    assert found.evidence == ("KeyError: 'B'",)


def test_wording__the_first_that_fits() -> None:
    first, second = (Variant(pattern=Pattern("log", "bye"), **words(title=each)) for each in "xy")
    (found,) = diagnose(facts(log=LOG), [cause(variants=(first, second))])
    assert found.title == "x"


def test_facts__survive_a_file() -> None:
    known = facts(log=LOG, empty=(), words=("é", '"'))
    again = Facts.from_json(known.to_json(longest=3))
    assert again.verdict is Verdict.CRASHED
    assert again.lines == {"log": LOG[-3:], "words": ("é", '"')}


@pytest.mark.parametrize(
    "lines, told",
    [
        pytest.param(
            ("hello", "tiny: queue cannot be reached", "bye"),
            ("tiny: queue cannot be reached",),
            id="a complaint",
        ),
        pytest.param(
            ('  File "/x/error.py", line 1', "    raise Broken", "app.BrokenError: no"),
            ("app.BrokenError: no",),
            id="an exception and no frame",
        ),
        pytest.param(("FATAL role", "FATAL role", "x"), ("FATAL role",), id="once"),
        pytest.param(
            (
                "[7] [ERROR] Exception in worker process",
                "shop.FlagError: no flags",
                "[1] [ERROR] Worker (pid:7) exited with code 3",
                "gunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>",
                "[1] [ERROR] Shutting down: Master",
                "[1] [ERROR] Reason: Worker failed to boot.",
            ),
            ("shop.FlagError: no flags",),
            id="not what the server made of it",
        ),
        pytest.param(
            ("quiet", "Worker failed to boot."),
            ("quiet", "Worker failed to boot."),
            id="what the server made of it where nothing else is said",
        ),
        pytest.param(("a", "", "b"), ("a", "b"), id="the last lines where none complains"),
        pytest.param((), (), id="silence"),
    ],
)
def test_telling__lines(lines: tuple[str, ...], told: tuple[str, ...]) -> None:
    assert key_lines(facts(log=lines), ["log"]) == told


def test_telling__few_and_the_last() -> None:
    lines = tuple(f"error {n}" for n in range(20))
    assert key_lines(facts(log=lines), ["log"]) == lines[-MAX_KEY_LINES:]


def test_telling__the_next_source_where_the_first_says_nothing() -> None:
    assert key_lines(facts(log=LOG, other=("x error",)), ["none", "other", "log"]) == ("x error",)
