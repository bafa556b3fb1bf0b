import pytest

from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.key_lines import MAX_LINE_LENGTH
from rehearsal.diagnosis.rules import (
    MAX_EVIDENCE_LINES,
    Cause,
    Pattern,
    Variant,
    diagnose,
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


def test_diagnose__last_match_fills_placeholders() -> None:
    (found,) = diagnose(facts(log=LOG), [cause(hint="Set {name}.", paste="{name}: x")])
    assert (found.title, found.hint, found.paste) == ("B is missing", "Set B.", "B: x")
    assert found.matching_lines == ("KeyError: 'B'",)


def test_diagnose__only_for_its_verdicts() -> None:
    assert ids(facts(Verdict.NOT_READY, log=LOG), cause()) == []


def test_diagnose__stops_at_the_first_pattern_that_is_not_found() -> None:
    unsearched = Pattern("log", "KeyError")
    unsearched.sources = None  # type: ignore[assignment]
    assert ids(facts(log=LOG), cause(patterns=(Pattern("log", "no"), unsearched))) == []


def test_diagnose__needs_every_pattern() -> None:
    patterns = (Pattern("log", "KeyError"), Pattern("container", r"^exit code 3$"))
    assert ids(facts(log=LOG), cause(patterns=patterns)) == []
    assert ids(facts(log=LOG, container=("exit code 3",)), cause(patterns=patterns)) == ["known"]
    assert ids(facts(log=LOG, container=("exit code 30",)), cause(patterns=patterns)) == []


def test_diagnose__unless() -> None:
    assert ids(facts(log=LOG), cause(unless=(Pattern("log", "starting"),))) == []
    assert ids(facts(log=LOG), cause(unless=(Pattern("other", "starting"),))) == ["known"]


def test_diagnose__a_symptom_is_left_out_if_another_cause_fits() -> None:
    symptoms = cause("seen", symptom=True), cause("seen too", symptom=True)
    assert ids(facts(log=LOG), *symptoms) == ["seen"]
    assert ids(facts(log=LOG), *symptoms, cause("root")) == ["root"]


def test_diagnose__keeps_the_order() -> None:
    assert ids(facts(log=LOG), cause("root"), cause("branch")) == ["root", "branch"]


def test_diagnose__details_are_optional() -> None:
    details = (Pattern("log", r"^(?P<last>b\w+)$"), Pattern("log", "nowhere"))
    (found,) = diagnose(facts(log=LOG), [cause(details=details, title="{name}, {last}, {no|none}")])
    assert found.title == "B, bye, none"
    assert found.matching_lines == ("KeyError: 'B'", "bye")


def test_diagnose__ignores_github_expressions() -> None:
    (found,) = diagnose(facts(log=LOG), [cause(paste="{name}: ${{ secrets.{name} }}")])
    assert found.paste == "B: ${{ secrets.B }}"


def test_diagnose__limits_the_evidence() -> None:
    lines = ("Traceback", *(f"  {n} {'x' * 999}" for n in range(50)), "ValueError")
    traceback = cause(patterns=(Pattern("log", r"Traceback(?:.|\n)*ValueError"),))
    (found,) = diagnose(facts(log=lines), [traceback])
    assert len(found.matching_lines) == MAX_EVIDENCE_LINES
    assert found.matching_lines[-1] == "ValueError"
    assert max(map(len, found.matching_lines)) == MAX_LINE_LENGTH


def test_diagnose__evidence_without_frames_of_installed_code() -> None:
    lines = (
        "Traceback (most recent call last):",
        '  File "/venv/lib/python3.13/site-packages/server.py", line 9, in load',
        '  File "/src/app/settings.py", line 3, in <module>',
        '    KEY = os.environ["KEY"]',
        '  File "<frozen os>", line 716, in __getitem__',
        "KeyError: 'KEY'",
    )
    traceback = cause(patterns=(Pattern("log", r"Traceback(?:.|\n)*KeyError: '(?P<name>\w+)'"),))
    (found,) = diagnose(facts(log=lines), [traceback])
    assert found.matching_lines == (
        lines[0],
        "  … 1 frame of installed code …",
        *lines[2:4],
        "  … 1 frame of installed code …",
        lines[5],
    )


def test_pattern__first_source_with_a_match() -> None:
    pattern = Pattern(("setup.log", "log"), r"KeyError: '(?P<name>\w+)'")
    (found,) = pattern.find(
        Facts(verdict=Verdict.CRASHED, lines={"log": LOG, "setup.log": ("none",)})
    )
    assert found["name"] == "B"
    assert not pattern.find(facts())


def test_pattern__distinct_values_in_order_of_the_patterns() -> None:
    pattern = Pattern("log", "404 (?P<url>/.*css)", "404 (?P<url>/.*)", every_value_of="url")
    lines = ("404 /x.svg", "404 /a.css", "404 /a.css", "404 /b.css")
    known = facts(log=lines)
    assert [each["url"] for each in pattern.find(known)] == ["/a.css", "/b.css", "/x.svg"]
    (found,) = diagnose(known, [cause(patterns=(pattern,), title="no {url}{others|}")])
    assert found.title == "no /a.css and 2 more"
    assert found.matching_lines == ("404 /a.css", "404 /b.css", "404 /x.svg")
    (found,) = diagnose(
        facts(log=lines[1:3]), [cause(patterns=(pattern,), title="no {url}{others|}")]
    )
    assert found.title == "no /a.css"


def test_pattern__many_distinct_values() -> None:
    pattern = Pattern("log", "404 (?P<url>/.*)", every_value_of="url")
    known = facts(log=tuple(f"404 /{n}" for n in range(99)))
    (found,) = diagnose(known, [cause(patterns=(pattern,), title="no {url}{others|}")])
    assert found.title == "no /0 and 98 more"
    assert len(found.matching_lines) == MAX_EVIDENCE_LINES


@pytest.mark.parametrize(
    "log, title, paste",
    [
        (("no A",), "A", "A: x\ny"),
        (("no A", "no B"), "A and B", "A: x\nB: x\ny"),
        (("no A", "no B", "no C"), "A, B and C", "A: x\nB: x\nC: x\ny"),
    ],
)
def test_pattern__each_value(log: tuple[str, ...], title: str, paste: str) -> None:
    pattern = Pattern("log", "no (?P<name>.)", every_value_of="name")
    (found,) = diagnose(
        facts(log=log), [cause(patterns=(pattern,), title="{all}", paste="{each}: x\ny")]
    )
    assert (found.title, found.paste) == (title, paste)


def test_pattern__not_shown() -> None:
    pattern = Pattern("log", "KeyError: '(?P<name>.)'", shown=False)
    (found,) = diagnose(facts(log=LOG), [cause(patterns=(pattern, Pattern("log", "bye")))])
    assert found.title == "B is missing"
    assert found.matching_lines == ("bye",)


def texts(**changes: str) -> dict[str, str]:
    return {"title": "a", "hint": "b", "paste": "c", "background": "d"} | changes


@pytest.mark.parametrize(
    "pattern, title",
    [
        pytest.param(Pattern("log", "^(?P<word>bye)$"), "bye B", id="found"),
        pytest.param(Pattern("log", "^good(?P<word>bye)$"), "a", id="not found"),
        pytest.param(Pattern("captures", "^name (?P<word>B)$"), "B B", id="captured value"),
        pytest.param(Pattern("captures", "^verdict (?P<word>crashed)$"), "crashed B", id="verdict"),
    ],
)
def test_variant__replaces_texts_if_found(pattern: Pattern, title: str) -> None:
    variant = Variant(pattern=pattern, title="{word} {name}")
    (found,) = diagnose(facts(log=LOG), [cause(variants=(variant,), **texts())])
    assert (found.title, found.hint, found.paste, found.background) == (title, "b", "c", "d")
    assert found.matching_lines == ("KeyError: 'B'",)


def test_variant__first_that_fits() -> None:
    first, second = (Variant(pattern=Pattern("log", "bye"), **texts(title=each)) for each in "xy")
    (found,) = diagnose(facts(log=LOG), [cause(variants=(first, second))])
    assert found.title == "x"


def test_facts__to_json_and_back() -> None:
    known = facts(log=LOG, empty=(), words=("é", '"'))
    again = Facts.from_json(known.to_json(max_lines=3))
    assert again.verdict is Verdict.CRASHED
    assert again.lines == {"log": LOG[-3:], "words": ("é", '"')}


@pytest.mark.parametrize(
    "place, file, line",
    [
        ("shop/base.html:12", "shop/base.html", 12),
        ("/static/app.js:3", "", 0),
        ("", "", 0),
    ],
    ids=["a file", "an address", "unknown"],
)
def test_diagnose__the_line_at_fault(place: str, file: str, line: int) -> None:
    located = (f"place {place}",) if place else ()
    (found,) = diagnose(facts(log=LOG, locations=located), [cause(place="{place|}")])
    assert (found.file, found.line) == (file, line)
