"""The command that chooses when a cascade asks its second judge."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from cardiogram.cli.judges.options import (
    draws_option,
    gold_argument,
    gold_cards_option,
    gold_judge_option,
    judge_option,
    ratings_argument,
)
from cardiogram.cli.options import EXISTING, json_option, print_results, seed_option


@click.command("cascade")
@ratings_argument
@gold_argument
@click.option(
    "--cheap",
    type=EXISTING,
    required=True,
    help="Ratings of the judge that is asked first, on cards it has not learned from (judges "
    "train --out-of-fold).",
)
@click.option("--cheap-judge", help="Who of --cheap.  [the only judge there]")
@judge_option
@gold_judge_option
@gold_cards_option
@click.option(
    "--target",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.95,
    show_default=True,
    help="QWK wished for.",
)
@click.option(
    "--agreement",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.85,
    show_default=True,
    help="Share of equal numbers to be guaranteed.",
)
@draws_option
@seed_option
@json_option
def command(
    ratings: Path,
    gold: Path | None,
    cheap: Path,
    cheap_judge: str | None,
    judge: str | None,
    gold_judge: str | None,
    gold_cards: Literal["all", "unseen"],
    target: float,
    agreement: float,
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """Choose when a cascade asks its second judge.

    RATINGS are the second judge's, the strong one; GOLD is that of `judges measure`. The table says
    for each tolerance how many cards the second judge is asked about, and how well the ratings
    agree with gold.
    """
    from cardiogram.judge.ensemble import choose_tolerance
    from cardiogram.report.terminal import render_cascade

    table = choose_tolerance(
        ratings,
        gold,
        cheap,
        strong_judge=judge,
        gold_judge=gold_judge,
        cheap_judge=cheap_judge,
        gold_cards=gold_cards,
        target=target,
        agreement=agreement,
        draws=draws,
        seed=seed,
    )
    print_results(table.as_dict(), render_cascade(table), as_json)
