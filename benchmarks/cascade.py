"""How far a cascade gets with few calls: the tables of docs/how-to/cascade-judges.md.

::

    cardiogram judges train LABELS --cards CARDS --out DIR --out-of-fold out-of-fold.jsonl
    python benchmarks/cascade.py out-of-fold.jsonl

The first judge's ratings are out-of-fold. The second judge is the second reading of the cards that
have one, against the first; and, on all cards, the label itself, which shows what the choice of
cards does and nothing of a judge.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from cardiogram.judge.ensemble.cascade import measure_uncertainty
from cardiogram.judge.ensemble.tolerance import (
    PARTS,
    CascadeData,
    CascadeTable,
    ToleranceStep,
    tabulate_tolerances,
)
from cardiogram.judge.gold.readings import PASSES, JudgeReading, read_readings
from cardiogram.judge.validation.metrics import AuthorDraws, draw_authors
from cardiogram.report.terminal import format_figure, format_interval
from cardiogram.stats.agreement import Floats, confusion_cells, kappa_of_counts
from run import fill
from timing import ROOT, SHARED

PAGE = ROOT / "docs" / "how-to" / "cascade-judges.md"
LABELS = SHARED / "corpus" / "labels-dev.jsonl"
TARGET = 0.93
SHOWN = (8.0, 2.5, 2.1, 1.95, 1.85, 1.75, 1.6, 1.4, 1.0, 0.75, 0.5, 0.0)
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5)


def main() -> None:
    """Fill the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("unseen", type=Path, help="what judges train --out-of-fold wrote")
    unseen = read_readings(parser.parse_args().unseen)
    first, second = (
        {item.id: item for item in read_readings(LABELS) if item.judge == name} for name in PASSES
    )
    twice = [item for item in unseen if item.id in second and second[item.id].status == "rated"]
    own, label = labelled(twice, first, second), labelled(unseen, first, first)
    tables = [tabulate_tolerances(data, target=TARGET) for data in (own, label)]
    page = fill(PAGE.read_text("utf-8"), "cascade", cascade_block(*tables))
    page = fill(page, "choice of cards", choice_block(label, widths(unseen)))
    PAGE.write_text(page, "utf-8")


def labelled(
    cheap: Sequence[JudgeReading],
    gold: Mapping[str, JudgeReading],
    strong: Mapping[str, JudgeReading],
) -> CascadeData:
    """Overall ratings of all three in columns."""
    parts = [np.array([getattr(item, part)[0] for item in cheap]) for part in PARTS]
    return CascadeData(
        gold=np.array([gold[item.id].whole[0] for item in cheap]),
        cheap=parts[0],
        strong=np.array([strong[item.id].whole[0] for item in cheap]),
        uncertainty=measure_uncertainty(*parts),
        authors=[item.author for item in cheap],
    )


def widths(cheap: Sequence[JudgeReading]) -> Floats:
    """Of the intervals alone, shape (n,)."""
    return np.array([item.high[0] - item.low[0] for item in cheap])


def cascade_block(own: CascadeTable, label: CascadeTable) -> str:
    """Tolerance against share sent and agreement, for both second judges, and what was chosen."""
    rows = [
        f"| tolerance | sent of {own.cards} | QWK | 95 % interval | exact at least | sent of "
        f"{label.cards} | QWK | 95 % interval | by chance | best |",
        "|" + " --- |" * 10,
    ]
    for tolerance in SHOWN:
        one, other = (at(table, tolerance) for table in (own, label))
        rows.append(
            f"| {tolerance:g} | {one.sent:.0%} | {format_figure(one.qwk)} | "
            f"{format_interval(one.qwk)} | {one.at_least:.0%} | {other.sent:.0%} | "
            f"{format_figure(other.qwk)} | {format_interval(other.qwk)} | "
            f"{other.random:.3f} | {other.best:.3f} |"
        )
    chosen = own.guaranteed
    said = f"QWK {TARGET} or more: " + "; ".join(_reached(table) for table in (own, label)) + "."
    if chosen is not None:
        said += (
            f" At least {own.agreement:.0%} equal numbers, guaranteed, with the second reading: "
            f"tolerance {chosen.tolerance:g}, {chosen.sent:.0%} of the calls."
        )
    return "\n".join([*rows, "", said])


def _reached(table: CascadeTable) -> str:
    if table.reached is None:
        return f"not on the {table.cards} cards"
    held = table.held_out
    return (
        f"with {table.reached.sent:.0%} of the calls on the {table.cards} cards (chosen on other "
        f"authors' cards: {format_figure(held.qwk)} with {held.sent:.0%})"
    )


def at(table: CascadeTable, tolerance: float) -> ToleranceStep:
    """The step of one tolerance."""
    return next(step for step in table.steps if step.tolerance == tolerance)


def choice_block(data: CascadeData, width: Floats) -> str:
    """QWK by share sent, for each way to choose which cards are sent."""
    draw = draw_authors(data.authors, 1000, 0)
    gain = (data.cheap - data.gold) ** 2
    ways = {
        "width of the interval": width,
        "doubt": data.uncertainty,
        "best, known afterwards": gain,
    }
    rows = ["| chosen by | " + " | ".join(f"{share:.0%} sent" for share in SHARES) + " |"]
    rows += ["|" + " --- |" * (1 + len(SHARES))]
    chance = []
    for share in SHARES:
        mixed = share * _cells(data, data.gold) + (1 - share) * _cells(data, data.cheap)
        chance.append(_interval(draw, mixed))
    rows.append("| chance | " + " | ".join(chance) + " |")
    for name, rank in ways.items():
        found = [_interval(draw, _cells(data, _sent(data, rank, share))) for share in SHARES]
        rows.append(f"| {name} | " + " | ".join(found) + " |")
    return "\n".join(rows)


def _sent(data: CascadeData, rank: Floats, share: float) -> Floats:
    first = np.argsort(-rank, kind="stable")[: round(share * rank.size)]
    order = np.zeros(rank.size)
    order[first] = 1.0
    return replace(data, doubt=order).given(0.5)


def _cells(data: CascadeData, given: Floats) -> Floats:
    cells: Floats = np.eye(25)[confusion_cells(data.gold.astype(int), given.astype(int))]
    return cells


def _interval(draw: AuthorDraws, cells: Floats) -> str:
    found = draw.figure(kappa_of_counts(draw.sums(cells)))
    return f"{format_figure(found)} ({format_interval(found)})".replace(" to ", "-")


if __name__ == "__main__":
    main()
