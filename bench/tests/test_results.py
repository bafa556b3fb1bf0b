import re
from pathlib import Path

import pytest

from bench import document
from bench.measure import Row
from bench.plot_data import plot_of
from bench.results import Results
from bench.table import digits, line, markdown


def a_row(**changes: object) -> Row:
    fields = {
        "id": "x",
        "title": "X",
        "unit": "s",
        "group": "probe",
        "values": {"ours": [1.0, 2.0, 4.0], "theirs": [2.0, 4.0, 16.0], "none": []},
        "failures": {"none": "too early"},
    }
    return Row(**{**fields, **changes})  # type: ignore[arg-type]


def results(*rows: Row) -> Results:
    return Results(machine={"processor": "2 x Y", "theirs": "1.2.3"}, rows=rows)


def test_markdown__numbers_reasons_versions_commands_and_the_machine() -> None:
    text = markdown(results(a_row(goal="1 s", commands={"theirs": "wait | tail"})))
    assert "### probe\n" in text
    assert "| **X** (goal: 1 s) | ours | 2 s | 1 to 4 |  |" in text
    theirs = r"theirs (1.2.3): `wait \| tail`"
    assert f"|  | {theirs} | 4 s | 2 to 16 | 0.5 (0.25 to 0.5) |" in text
    assert "|  | none | too early | |  |" in text
    assert "- processor: 2 x Y" in text


def test_markdown__a_table_for_each_group_and_a_plot_for_each_row() -> None:
    rows = [a_row(), a_row(id="y"), a_row(id="z", group="app")]
    text = markdown(results(*rows), plots="plots")
    assert text.count("| what |") == 2
    assert re.findall(r"!\[X\]\((.*)\)", text) == ["plots/x.svg", "plots/y.svg", "plots/z.svg"]
    assert "![" not in markdown(results(*rows))


@pytest.mark.parametrize(
    "value, shown",
    [
        (0.0123, "0.0123"),
        (0.00031, "0.0003"),
        (0.5, "0.5"),
        (12.345, "12.3"),
        (1234.5, "1234"),
        (0, "0"),
    ],
)
def test_digits(value: float, shown: str) -> None:
    assert digits(value) == shown


def test_line__medians_and_reasons() -> None:
    assert line(a_row()) == "x: ours 2 s, theirs 4 s, none too early"


def test_results__are_read_as_they_were_written(tmp_path: Path) -> None:
    written = results(a_row(goal="1 s", commands={"theirs": "wait"}), a_row(more_is_better=True))
    written.write(tmp_path / "new/results.json")
    assert Results.read(tmp_path / "new/results.json") == Results(
        machine=written.machine, rows=list(written.rows)
    )


def test_plot_of__a_line_for_each_contender() -> None:
    plot = plot_of(a_row())
    assert (plot.title, plot.axis, plot.is_logarithmic) == ("X", "s (less is better)", False)
    ours, theirs, none = plot.lines
    assert (ours.name, list(ours.values), ours.median, ours.label) == ("ours", [1, 2, 4], 2, "2 s")
    assert theirs.label == "4 s"
    assert (list(none.values), none.median, none.label) == ([], None, "too early")


def test_plot_of__small_and_large_numbers() -> None:
    assert plot_of(a_row(values={"ours": [1.0], "theirs": [21.0]}, failures={})).is_logarithmic
    assert not plot_of(a_row(values={"ours": [0.0], "theirs": [21.0]})).is_logarithmic
    assert "more is better" in plot_of(a_row(more_is_better=True)).axis
    assert not plot_of(a_row(values={"ours": []}, failures={"ours": "no"})).is_logarithmic


def test_document__has_the_tables_between_its_marks() -> None:
    text = document.DOCUMENT.read_text()
    first = document.with_tables(text, results(a_row(title="First")))
    assert "First" in first
    second = document.with_tables(first, results(a_row(title="Second")))
    assert "First" not in second
    assert second.startswith(text.partition("<!--")[0])
    with pytest.raises(ValueError, match="has to have the lines"):
        document.with_tables("# Performance\n", results())


def test_document__is_of_the_baseline() -> None:
    found = Results.read(document.BASELINE)
    text = document.DOCUMENT.read_text()
    assert document.with_tables(text, found) == text, "make bench ARGS=--write-baseline"
    plots = {file.stem for file in document.PLOTS.glob("*.svg")}
    assert plots == {row.id for row in found.rows}
