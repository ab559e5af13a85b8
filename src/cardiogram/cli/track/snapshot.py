"""The command that asks for today's counts."""

from __future__ import annotations

import sys

import click

from cardiogram import store
from cardiogram.cli.options import json_option, print_results, study_argument
from cardiogram.cli.progress_bars import progress_bars


@click.command("snapshot")
@study_argument
@json_option
def command(study: store.Study, as_json: bool) -> None:
    """Ask the Hub for today's downloads and likes of a study's models.

    They are kept in FOLDER/snapshots, one file a day; the collection itself is the first snapshot.
    From two that lie 25 to 35 days apart, analyze tells what changed. Exits with 1 where a model
    could not be reached; the same command asks for it again.
    """
    from cardiogram.collect import take_snapshot

    with study.lock(), progress_bars() as on_progress:
        taken = store.redo(
            study.root, lambda: take_snapshot(study, on_progress=on_progress), store.DATED
        )
    problems = dict(taken.problems)
    counts = "".join(f", {count} {name}" for name, count in problems.items())
    print_results(
        {
            "day": taken.day.isoformat(),
            "models": taken.models,
            "problems": problems,
            "snapshot": str(taken.path),
        },
        f"{taken.models} models on {taken.day}{counts}: {taken.path}\n",
        as_json,
    )
    sys.exit(0 if taken.is_complete else 1)
