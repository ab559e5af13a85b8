"""The command that compares a judge's answers with each other."""

from __future__ import annotations

from pathlib import Path

import click

from cardiogram.cli.judges.options import draws_option, judge_option, ratings_argument
from cardiogram.cli.options import json_option, print_results, seed_option
from cardiogram.judge import validation
from cardiogram.report import terminal


@click.command("reliability")
@ratings_argument
@judge_option
@draws_option
@seed_option
@json_option
def command(ratings: Path, judge: str | None, draws: int, seed: int, as_json: bool) -> None:
    """Compare the answers that a judge gave to one card.

    They differ by repeat and by order of the criteria. RATINGS is a study that was rated with
    --samples and --orders, or a labels file with two readings. Makes no calls.
    """
    agreement = validation.measure_self_agreement(ratings, judge, draws=draws, seed=seed)
    print_results(agreement.as_dict(), terminal.render_self_agreement(agreement), as_json)
