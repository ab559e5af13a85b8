import csv
import io
import math

import pytest

from cardiogram.study.tables import render_table


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


def test_latex_escapes() -> None:
    out = render_table([{"a_b": "50% & \\x{#}$~^", "rho": -0.5}], "latex")
    assert r"a\_b & rho \\" in out
    assert (
        r"50\% \& \textbackslash{}x\{\#\}\$\textasciitilde{}\textasciicircum{} & $-$0.5 \\" in out
    )
    assert r"\begin{tabular}{lr}" in out


def test_text_aligns_wide_letters_and_drops_escapes() -> None:
    out = render_table([{"m": "模型", "n": 10}, {"m": "a\x1b[2J", "n": None}])
    assert out == "m       n\n-----  --\n模型   10\na [2J\n"


def test_no_columns_and_no_rows() -> None:
    assert render_table([]) == ""
    assert render_table([], "csv", columns=["a"]) == "a\n"
    assert render_table([], columns=["a"]) == "a\n-\n"
