"""The command that lists the judges."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from cardiogram import judge, store
from cardiogram.cli.options import FILE, any_study_argument, json_option, print_results


@click.command("list")
@any_study_argument
@click.option(
    "--calibration",
    "calibrations",
    multiple=True,
    type=FILE,
    help="Agreement that was saved by cardiogram judges calibrate save.",
)
@json_option
def command(study: store.Study | None, calibrations: tuple[Path, ...], as_json: bool) -> None:
    """List the judges that are here: agreement, price and speed.

    With the FOLDER of a study, also the language models that rated it, with what they cost there
    and, where a calibration lies in it, how well they agreed.
    """
    judges = judge.list_judges(study, calibrations)
    print_results([asdict(listed) for listed in judges], judge.describe_judges(judges), as_json)
