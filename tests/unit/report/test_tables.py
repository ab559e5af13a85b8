import csv
import io
import math
from dataclasses import dataclass

import pytest
from rich.cells import cell_len

from cardiogram.report.markup import Markup
from cardiogram.report.tables import (
    Cell,
    Chapter,
    Sheet,
    render_table,
    write_csv,
    write_html,
    write_markdown,
    write_table,
    write_text,
)


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-x", "@SUM(A1)", " =1", "\t=1"])
def test_csv_disarms_formulas(text: str) -> None:
    rows = list(csv.reader(io.StringIO(render_table([{"a": text}], "csv"))))
    assert rows[1] == [f"'{text}"]


def test_csv_numbers_stay_numbers() -> None:
    out = render_table([{"a": -0.1234567891, "b": -3, "c": "-1e5", "d": math.nan}], "csv")
    assert out == "a,b,c,d\n-0.1234567891,-3,-1e5,\n"


def test_csv_quotes_commas_and_lines() -> None:
    out = render_table([{"a": 'x,"y"\nz'}], "csv")
    assert list(csv.reader(io.StringIO(out)))[1] == ['x,"y"\nz']


def test_markdown_escapes() -> None:
    out = render_table([{"a_b": "x|y\n<b> \\ [l](u)"}], "markdown")
    assert out == "| a\\_b |\n| --- |\n| x\\|y \\<b\\> \\\\ \\[l\\](u) |\n"


def test_text_aligns_wide_letters_and_drops_escapes() -> None:
    out = render_table([{"m": "模型", "n": 10}, {"m": "a\x1b[2J", "n": None}])
    assert out == "m       n\n-----  --\n模型   10\na [2J\n"


def test_no_columns_and_no_rows() -> None:
    assert render_table([]) == ""
    assert render_table([], "csv", columns=["a"]) == "a\n"
    assert render_table([], columns=["a"]) == "a\n-\n"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a;=1+1", "a;'=1+1"),
        ("a; @x", "a;' @x"),
        ("a;b-c", "a;b-c"),
        ("=a;+b", "'=a;'+b"),
        ("-0.5", "-0.5"),
        ("-0.5 to 1", "'-0.5 to 1"),
    ],
)
def test_csv_disarms_what_another_separator_would_free(text: str, cell: str) -> None:
    """A spreadsheet with a semicolon for a separator takes what follows one for a cell."""
    assert next(csv.reader([render_table([{"a": text}], "csv").split("\n")[1]])) == [cell]


def test_figures_stand_to_the_right_and_reasons_once() -> None:
    few = Cell("only 3 models", "reason")
    rows = [{"a": "x", "b": "-0.34 to 0.40", "c": few}, {"a": "y", "b": "0.1", "c": few}]
    section = Chapter("Title", [Sheet.of(rows, "one")], ["It is 95 % sure."])
    text = write_text([section], "Head", ["Note."])
    assert text.count("only 3 models") == 1
    assert "x  -0.34 to 0.40  (a)\ny            0.1  (a)\n\n(a) only 3 models\n" in text
    assert text.endswith("It is 95 % sure.\n\n- Note.\n")


def test_long_names_are_clipped_and_numbers_are_not() -> None:
    table = Sheet.of([{"group": "模型 " * 40, "by author": "-0.34 to 0.40"}])
    lines = write_text([Chapter("Groups", [table])]).split("\n")
    assert max(map(cell_len, lines)) == 80
    assert lines[-2].endswith("-0.34 to 0.40")


def test_large_floats_have_no_exponent() -> None:
    assert "1,609,116" in render_table([{"median": 1_609_116.0}, {"median": 0.5}])


@dataclass(frozen=True)
class Ends:
    low: float
    high: float


ROW = {
    "group": Cell("<b>a|b", "name"),
    "n": Cell(1200, "count"),
    "rho": Cell(-0.314, "correlation"),
    "by author": Cell(Ends(-0.5, 0.002), "interval"),
    "times": Cell(2.04, "ratio"),
    "its ends": Cell(Ends(0.2, 2e9), "ratios"),
    "p": Cell(1e-9, "p_value"),
    "have it": Cell(0.125, "share"),
    "why": Cell("only 3", "reason"),
    "none": Cell(None, "correlation"),
    "drawn": Cell(Markup("<svg></svg>"), "picture"),
}
"""One cell of each kind."""


def test_one_table_is_written_four_ways() -> None:
    table = Sheet.of([ROW], "All kinds")
    section = Chapter("Kinds", [table], ["It is 95 % sure."])
    figures = ["1,200", "-0.31", "-0.50 to 0.002", "2.0", "0.20 to more than 1,000", "<0.001"]
    text = write_text([section])
    for shown in (*figures, "12 %", "<b>a|b", "(a) only 3", "All kinds"):
        assert shown in text
    assert "svg" not in text
    assert "drawn" not in text
    markdown = write_markdown([section])
    assert "\\<b\\>a\\|b" in markdown
    assert markdown.startswith("## Kinds\n\n### All kinds\n\n| group | n |")
    assert next(csv.DictReader(io.StringIO(write_csv(table)))) == {
        "group": "<b>a|b",
        "n": "1200",
        "rho": "-0.314",
        "by author": "'-0.50 to 0.002",
        "times": "2.04",
        "its ends": "0.20 to more than 1,000",
        "p": "1e-09",
        "have it": "0.125",
        "why": "only 3",
        "none": "",
    }
    html = write_html(section)
    for shown in ("<bdi>&lt;b&gt;a|b</bdi>", "1,200", "−0.31", "−0.50 to 0.002", "&lt;0.001"):
        assert shown in html
    assert "<svg></svg>" in html
    assert "95\u00a0% sure" in html


def test_a_row_that_stands_out_and_a_reason_that_is_a_sentence() -> None:
    why = Cell("a reason of more than thirty letters, in a column of numbers", "reason")
    rows = [(Cell("a"), Cell(0.5, "correlation", "below")), (Cell("b"), why)]
    html = write_html(Chapter("T", [Sheet(("x", "y"), rows, certain={0})]), folded=True)
    assert html.startswith("<details><summary>T</summary>")
    assert '<tr class="certain">' in html
    assert html.count('class="number"') == 2
    assert '<span class="sub">below</span>' in html
    assert '<td class="prose">' in html
    assert write_table(Sheet((), ())) == ""
