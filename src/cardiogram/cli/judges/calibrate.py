"""The commands that fit a calibration, apply it, and watch for drift."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from cardiogram import store
from cardiogram.cli.group import Group
from cardiogram.cli.judges.options import (
    GoldOptions,
    cards_option,
    gold_argument,
    gold_options,
    judge_option,
    ratings_argument,
)
from cardiogram.cli.options import (
    FILE,
    PATH,
    json_option,
    print_results,
    seed_option,
    study_argument,
)
from cardiogram.judge import ensemble, gold as gold_files, validation
from cardiogram.report import terminal


@click.group("calibrate", cls=Group)
def command() -> None:
    """Fit the ratings of a judge to gold ones."""


@command.command("save")
@ratings_argument
@gold_argument
@click.option("--out", type=PATH, required=True, help="The calibration, a .json file.")
@judge_option
@gold_options
@cards_option
@json_option
def save(
    ratings: Path,
    gold: Path | None,
    out: Path,
    judge: str | None,
    cards: Path | None,
    how: GoldOptions,
    as_json: bool,
) -> None:
    """Measure a judge, fit a calibration to gold, and keep it.

    RATINGS and GOLD are those of `judges measure`. Prints the agreement, and what the calibration
    changes in it on authors that it was not fitted on.
    """
    measured = validation.validate(ratings, gold, judge=judge, **how, cards=cards)
    saved = validation.calibrate(ratings, gold, judge=judge, **how)
    validation.save_calibration(saved, out)
    click.echo(f"calibration: {out}", err=True)
    calibrated = {name: asdict(figures) for name, figures in saved.after.items()}
    print_results(
        measured.as_dict() | {"calibrated": calibrated},
        terminal.render_validation(measured) + terminal.render_calibration(saved),
        as_json,
    )


@command.command("apply")
@study_argument
@click.argument("calibration", type=FILE)
@json_option
def apply(study: store.Study, calibration: Path, as_json: bool) -> None:
    """Write the ratings of a study as a CALIBRATION maps them.

    They stand beside the judge's own.
    """
    with study.lock():
        count = ensemble.apply_calibration(study, calibration)
    text = f"{count} calibrated ratings in {study.root}\n"
    print_results({"ratings": count, "folder": str(study.root)}, text, as_json)


@command.command("drift")
@ratings_argument
@click.argument("calibration", type=FILE)
@judge_option
@seed_option
@json_option
def drift(ratings: Path, calibration: Path, judge: str | None, seed: int, as_json: bool) -> None:
    """Compare ratings with those that a CALIBRATION was fitted to.

    On the same cards and the same gold. Exits with 1 where agreement fell.
    """
    saved = validation.load_calibration(calibration)
    readings = gold_files.read_readings(ratings)
    if judge is None and saved.judge in {reading.judge for reading in readings}:
        judge = saved.judge
    chosen = gold_files.choose_judge(readings, judge, ratings)
    drift_report = validation.find_drift(saved, chosen, seed=seed)
    print_results(drift_report.as_dict(), terminal.render_drift(drift_report), as_json)
    sys.exit(int(bool(drift_report.fell)))
