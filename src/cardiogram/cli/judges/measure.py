"""The command that measures agreement: of a judge with gold, or of judges with each other."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from cardiogram.cli.judges.options import (
    cards_option,
    draws_option,
    gold_argument,
    gold_cards_option,
    gold_judge_option,
    ratings_argument,
)
from cardiogram.cli.options import json_option, print_results, seed_option
from cardiogram.errors import ConfigError


@click.command("measure")
@ratings_argument
@gold_argument
@click.option(
    "--judge",
    "judges",
    multiple=True,
    help="Whose ratings; several make a panel, measured against each other.  [the only judge "
    "there]",
)
@gold_judge_option
@gold_cards_option
@cards_option
@draws_option
@seed_option
@json_option
def command(
    ratings: Path,
    gold: Path | None,
    judges: tuple[str, ...],
    gold_judge: str | None,
    gold_cards: Literal["all", "unseen"],
    cards: Path | None,
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """Measure agreement: of a judge with gold, or within a panel.

    RATINGS is a study folder or a file of ratings (.jsonl, .csv, .parquet). GOLD is the same: a
    labels file, the ratings of several people, or a study; without it, --gold-judge names another
    judge of RATINGS.
    """
    if len(judges) > 1:
        _measure_panel(ratings, gold, judges, draws, seed, as_json)
        return
    from cardiogram.judge.validation import validate
    from cardiogram.report.terminal import render_validation

    measured = validate(
        ratings,
        gold,
        judge=judges[0] if judges else None,
        gold_judge=gold_judge,
        gold_cards=gold_cards,
        cards=cards,
        draws=draws,
        seed=seed,
    )
    print_results(measured.as_dict(), render_validation(measured), as_json)


def _measure_panel(
    ratings: Path, gold: Path | None, judges: tuple[str, ...], draws: int, seed: int, as_json: bool
) -> None:
    from cardiogram.judge.ensemble import measure_panel
    from cardiogram.report.terminal import render_panel
    from cardiogram.store import Study

    if gold is not None:
        raise ConfigError("a panel is measured without GOLD", hint="With GOLD, name one --judge.")
    panel = measure_panel(Study.open(ratings), judges, draws=draws, seed=seed)
    print_results(panel.as_dict(), render_panel(panel), as_json)
