"""The command that says how far a judge can be trusted."""

from __future__ import annotations

import json
from pathlib import Path

import click

from cardiogram.cli.options import json_option, seed_option

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("ratings", type=click.Path(exists=True, path_type=Path))
@click.argument("gold", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("--judge", help="Whose ratings.  [the only judge there]")
@click.option("--gold-judge", help="Who of GOLD (or of RATINGS, without one) is right.")
@click.option("--cards", type=click.Path(exists=True, path_type=Path),
              help="Where the cards are, for figures by kind, length and language; a study "
              "folder has its own.")  # fmt: skip
@click.option("--draws", type=click.IntRange(100), default=1000, show_default=True,
              help="Bootstrap draws of authors.")  # fmt: skip
@seed_option
@json_option
def calibrate(
    ratings: Path,
    gold: Path | None,
    judge: str | None,
    gold_judge: str | None,
    cards: Path | None,
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """Measure how far a judge agrees with gold: any judge, any gold.

    RATINGS is a study folder or a file of ratings (.jsonl, .csv, .parquet). GOLD is the same:
    a labels file, the ratings of several people, or a study; without it, --gold-judge names
    another judge of RATINGS.
    """
    from cardiogram.judge.calibrate import calibrate as run
    from cardiogram.report.calibration import render_calibration

    found = run(
        ratings, gold, judge=judge, gold_judge=gold_judge, cards=cards, draws=draws, seed=seed
    )
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=2))
    else:
        click.echo(render_calibration(found), nl=False)
