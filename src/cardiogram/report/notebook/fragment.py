"""What every fragment is made of: its frame and style, tables, gauges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cardiogram.judge import Score
from cardiogram.report.markup import Child, Markup, count_of, el, join, printable
from cardiogram.repository.access import withhold_logins

LONGEST = 300
"""Letters of a text from outside that a fragment shows."""

_STYLE = Markup(
    ".cardiogram.cardiogram{max-width:46rem;font:14px/1.5 system-ui,sans-serif;color:inherit;"
    "overflow-x:auto}"
    ".cardiogram.cardiogram p{margin:.4em 0}"
    ".cardiogram.cardiogram .head{font-size:1.15em;margin:0}"
    ".cardiogram.cardiogram .quiet{opacity:.72}"
    ".cardiogram.cardiogram .bad{color:#c4491d;font-weight:600}"
    ".cardiogram.cardiogram table{border-collapse:collapse;table-layout:auto;margin:.6em 0;"
    "width:100%;font-size:inherit;border:0;display:table}"
    ".cardiogram.cardiogram :is(th,td){text-align:left;vertical-align:top;padding:.2em .9em .2em 0;"
    "border:0;border-top:1px solid #8884;background:none;white-space:normal;"
    "overflow-wrap:anywhere;max-width:none}"
    ".cardiogram.cardiogram thead :is(th,td){border-top:0;opacity:.72;font-weight:400}"
    ".cardiogram.cardiogram tbody tr{background:none}"
    ".cardiogram.cardiogram :is(th,td).n{text-align:right;white-space:nowrap;"
    "font-variant-numeric:tabular-nums}"
    ".cardiogram.cardiogram .short{white-space:nowrap;overflow-wrap:normal}"
    ".cardiogram.cardiogram :is(.n,.short){width:1%}"
    ".cardiogram.cardiogram :is(th,td):not(.n,.short){min-width:8rem}"
    ".cardiogram.cardiogram table.tight,"
    ".cardiogram.cardiogram .tight :is(.n,.short){width:auto}"
    ".cardiogram.cardiogram .gauge{position:relative;display:block;width:9rem;height:.4rem;"
    "margin-top:.55em;border-radius:.2rem;background:#8883}"
    ".cardiogram.cardiogram .gauge span{position:absolute;height:100%;border-radius:.2rem;"
    "background:#3a86c077}"
    ".cardiogram.cardiogram .gauge b{position:absolute;top:-.15rem;width:.7rem;height:.7rem;"
    "margin-left:-.35rem;border-radius:50%;background:#3a86c0}"
    ".cardiogram.cardiogram pre{margin:.4em 0;padding:.6em .8em;border:1px solid #8884;"
    "border-radius:4px;background:none;color:inherit;font-size:12px;line-height:1.45;"
    "white-space:pre-wrap;overflow-wrap:anywhere}"
    ".cardiogram.cardiogram pre :is(ins,del){text-decoration:none;display:block}"
    ".cardiogram.cardiogram pre ins{background:#2c9f4522}"
    ".cardiogram.cardiogram pre del{background:#d1402a22}"
    ".cardiogram.cardiogram summary{cursor:pointer}"
    ".cardiogram.cardiogram img{max-width:100%;height:auto;border-radius:4px}"
)


def frame(*children: Child) -> Markup:
    """Put a fragment into its frame; formulas in it stay as they are written."""
    return el(
        "div", el("style", _STYLE), *children, class_="cardiogram tex2jax_ignore mathjax_ignore"
    )


def head(name: str, answer: Child, *below: str) -> Markup:
    """Open a fragment: what it is about, the answer, and smaller lines below it."""
    lines = [el("p", line, class_="quiet") for line in below if line]
    return join(el("p", el("strong", cut(name)), " ", answer, class_="head"), lines)


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[Child]],
    classes: Sequence[str | None] = (),
    kind: str | None = None,
) -> Markup:
    """Make a table.

    Parameters
    ----------
    classes
        Those of its columns: `n` for numbers, `short` for one line.
    kind
        `tight` for a table that is no wider than it must be.
    """
    every = [*classes, *[None] * (len(heads) - len(classes))]
    titles = [
        el("th", name, scope="col", class_=each) for name, each in zip(heads, every, strict=True)
    ]
    body = [
        el("tr", [el("td", cell, class_=each) for cell, each in zip(row, every, strict=True)])
        for row in rows
    ]
    top = el("thead", el("tr", titles)) if any(heads) else None
    return el("table", top, el("tbody", body), class_=kind)


def more(count: int, thing: str, place: str) -> Markup | None:
    """Say how many are left out, and where they are."""
    if count <= 0:
        return None
    return el("p", f"and {count_of(count, thing)} more: ", el("code", place), class_="quiet")


def gauge(score: Score) -> Markup:
    """A score from 1 to 5 as a dot, with its interval where it is known."""
    low, high = score.low, score.high
    band = None
    if low is not None and high is not None:
        band = el("span", style=f"left:{_place(low):.0f}%;width:{_place(high) - _place(low):.0f}%")
    dot = el("b", style=f"left:{_place(score.expected):.0f}%")
    return el("span", band, dot, class_="gauge", title=f"{score.expected:.1f} of 5")


def _place(value: float) -> float:
    return 25 * (value - 1)


def cut(text: str, longest: int = LONGEST) -> str:
    """A text from outside on one line, as far as there is room."""
    line = " ".join(printable(withhold_logins(text[: 4 * longest])).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
