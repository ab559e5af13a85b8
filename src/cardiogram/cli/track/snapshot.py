"""The command that asks for today's counters."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cardiogram import store
from cardiogram.cli.options import PATH, json_option, ledger_option, print_results
from cardiogram.cli.printing import look_of
from cardiogram.cli.progress_bars import progress_bars
from cardiogram.report import terminal


@click.command("snapshot")
@click.argument("study", type=PATH, required=False)
@ledger_option
@json_option
def command(study: Path | None, ledger: Path, as_json: bool) -> None:
    """Write down what the Hub counts of the models today.

    They are those of the ledger, or of STUDY. Their counters are kept in snapshots/, one file a
    day; run it once a day. A day that is missed is a hole, and nothing is guessed for it. From two
    snapshots of a study that lie 25 to 35 days apart, analyze tells what changed. Exits with 1
    where a model could not be reached, which the same command asks for again, or none was counted.
    """
    from cardiogram.track.ledger import ModelLedger, take_snapshot

    with progress_bars() as on_progress:
        taken = take_snapshot(ModelLedger.open(study or ledger), on_progress=on_progress)
    look = look_of("json" if as_json else "text", False)
    print_results(store.to_json(taken), terminal.render_snapshot(taken, look), as_json)
    sys.exit(0 if taken.is_complete and taken.models else 1)
