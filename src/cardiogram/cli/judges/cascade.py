"""The command that chooses when a cascade asks its second judge."""

from __future__ import annotations

from pathlib import Path

import click

from cardiogram.cli.judges.options import (
    GoldOptions,
    gold_argument,
    gold_options,
    judge_option,
    ratings_argument,
)
from cardiogram.cli.options import EXISTING, json_option, print_results
from cardiogram.judge import ensemble
from cardiogram.report import terminal


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
@gold_options
@click.option(
    "--target", type=click.FloatRange(0, 1, max_open=True), default=0.95, help="QWK wished for."
)
@click.option(
    "--agreement",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.85,
    help="Share of equal numbers to be guaranteed.",
)
@json_option
def command(
    ratings: Path,
    gold: Path | None,
    cheap: Path,
    cheap_judge: str | None,
    judge: str | None,
    target: float,
    agreement: float,
    how: GoldOptions,
    as_json: bool,
) -> None:
    """Choose when a cascade asks its second judge.

    RATINGS are the second judge's, the strong one; GOLD is that of `judges measure`. The table says
    for each tolerance how many cards the second judge is asked about, and how well the ratings
    agree with gold.
    """
    table = ensemble.choose_tolerance(
        ratings,
        gold,
        cheap,
        strong_judge=judge,
        **how,
        cheap_judge=cheap_judge,
        target=target,
        agreement=agreement,
    )
    print_results(table.as_dict(), terminal.render_cascade(table), as_json)
