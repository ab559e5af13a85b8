"""The command that lists the judges."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from cardiogram.cli.options import FILE, PATH, json_option, print_results


@click.command("list")
@click.argument("folder", type=PATH, required=False)
@click.option(
    "--calibration",
    "calibrations",
    multiple=True,
    type=FILE,
    help="Agreement that was saved by cardiogram judges calibrate save.",
)
@json_option
def command(folder: Path | None, calibrations: tuple[Path, ...], as_json: bool) -> None:
    """List the judges that are here: agreement, price and speed.

    With the FOLDER of a study, also the language models that rated it, with what they cost there
    and, where a calibration lies in it, how well they agreed.
    """
    from cardiogram.judge import describe_judges, list_judges

    study = None
    if folder is not None:
        from cardiogram.store import Study

        study = Study.open(folder)
    judges = list_judges(study, calibrations)
    print_results([asdict(judge) for judge in judges], describe_judges(judges), as_json)
