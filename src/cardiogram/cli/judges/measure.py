"""The command that measures agreement: of a judge with gold, or of judges with each other."""

from __future__ import annotations

from pathlib import Path

import click

from cardiogram import store
from cardiogram.cli.judges.options import (
    GoldOptions,
    cards_option,
    gold_argument,
    gold_options,
    ratings_argument,
)
from cardiogram.cli.options import json_option, print_results
from cardiogram.errors import ConfigError
from cardiogram.judge import ensemble, validation
from cardiogram.report import terminal


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
@gold_options
@cards_option
@json_option
def command(
    ratings: Path,
    gold: Path | None,
    judges: tuple[str, ...],
    cards: Path | None,
    how: GoldOptions,
    as_json: bool,
) -> None:
    """Measure agreement: of a judge with gold, or within a panel.

    RATINGS is a study folder or a file of ratings (.jsonl, .csv, .parquet). GOLD is the same: a
    labels file, the ratings of several people, or a study; without it, --gold-judge names another
    judge of RATINGS.
    """
    if len(judges) > 1:
        _measure_panel(ratings, gold, judges, how, as_json)
        return
    measured = validation.validate(
        ratings, gold, judge=judges[0] if judges else None, **how, cards=cards
    )
    print_results(measured.as_dict(), terminal.render_validation(measured), as_json)


def _measure_panel(
    ratings: Path, gold: Path | None, judges: tuple[str, ...], how: GoldOptions, as_json: bool
) -> None:
    if gold is not None:
        raise ConfigError("a panel is measured without GOLD", hint="With GOLD, name one --judge.")
    study = store.Study.open(ratings)
    panel = ensemble.measure_panel(study, judges, draws=how["draws"], seed=how["seed"])
    print_results(panel.as_dict(), terminal.render_panel(panel), as_json)
