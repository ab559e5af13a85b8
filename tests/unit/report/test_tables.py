import csv
import io
import math
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from rich.cells import cell_len

from cardiogram.report.tables.documents import Reason, Sheet, View, as_latex, as_text, fit
from cardiogram.report.tables.tables import render_table


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


HOSTILE = (
    '50% of $x$ & a_b \\evil{} {x} ^ ~ # <>|" [*] é ñ ž Ø “q” – … 模型 ρ \u202e\u0301 🙂 '
    "\\end{tabular}",
    "*[star] %",
    "[2pt] \\\\ \\input{/etc/hosts}",
    "a\nb\x1b[31m\x00",
)


def test_latex_spells_out_letters_and_names_others() -> None:
    out = render_table([{"a": name} for name in HOSTILE], "latex")
    assert out.startswith("\\providecommand{\\unicodechar}")
    assert "{\\'{e}} {\\~{n}} {\\v{z}} \\unicodechar{Ø}{00D8} ``q'' -- \\ldots{}" in out
    assert "\\unicodechar{模}{6A21}" in out
    assert "\n{*[star] \\%} \\\\\n{[2pt] \\textbackslash{}" in out
    assert "\\providecommand" not in render_table([{"a": "plain"}], "latex")
    bare = re.sub(r"\\unicodechar\{.\}|\\providecommand.*", "", out)
    assert bare.isascii()


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_latex_compiles(engine: str, tmp_path: Path) -> None:
    """Every table of a study with hostile names, by a real TeX where there is one."""
    if shutil.which(engine) is None:
        pytest.skip(f"{engine} is not installed")
    views = [
        View("Names: 50 % & more", [Sheet("a_b", [{"name": x, "rho": "-0.5"} for x in HOSTILE])]),
        View("Long", [Sheet("", [{"n": i, "by": HOSTILE[0], "": "█"} for i in range(60)])]),
        View("Reasons", [Sheet("", [{"n": Reason(HOSTILE[2])}])], [HOSTILE[3], HOSTILE[2]]),
    ]
    (tmp_path / "tables.tex").write_text(as_latex(HOSTILE[0], views, HOSTILE), "utf-8")
    (tmp_path / "all.tex").write_text(
        "\\documentclass{article}\\usepackage{longtable}\\begin{document}"
        "\\input{tables}\\end{document}"
    )
    command = [engine, "-halt-on-error", "-interaction=nonstopmode", "-no-shell-escape", "all"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "all.pdf").stat().st_size > 1000


def test_figures_stand_to_the_right_and_reasons_once() -> None:
    few = Reason("only 3 models")
    rows = [{"a": "x", "b": "-0.34 to 0.40", "c": few}, {"a": "y", "b": "0.1", "c": few}]
    text = as_text("Head", [View("Title", [Sheet("one", rows)], ["It is 95 % sure."])], ["Note."])
    assert text.count("only 3 models") == 1
    assert "x  -0.34 to 0.40  (a)\ny            0.1  (a)\n\n(a) only 3 models\n" in text
    assert text.endswith("It is 95 % sure.\n\n- Note.\n")


def test_long_names_are_clipped_and_numbers_are_not() -> None:
    rows = [{"group": "模型 " * 40, "by author": "-0.34 to 0.40"}]
    assert max(map(cell_len, render_table(fit(rows)).split("\n"))) == 80
    assert "-0.34 to 0.40" in render_table(fit(rows))
    assert fit([]) == []


def test_large_floats_have_no_exponent() -> None:
    assert "1,609,116" in render_table([{"median": 1_609_116.0}, {"median": 0.5}])
