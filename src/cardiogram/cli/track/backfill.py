"""The command that takes what other sources have counted."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardiogram import store
from cardiogram.cli.options import FILE, PATH, json_option, ledger_option, print_results
from cardiogram.cli.printing import look_of
from cardiogram.cli.progress_bars import progress_bars
from cardiogram.report import terminal

if TYPE_CHECKING:
    from cardiogram.track.sources import SourceKind

KINDS: tuple[SourceKind, ...] = (
    "hub-stats",
    "hf-hub-characterization",
    "modelpulse",
    "publisher",
    "dated-csv",
    "mapping",
)


@click.command("backfill")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@click.argument("path", type=PATH)
@click.option("--mapping", "mapping_file", type=FILE, help="TOML file: which column is which.")
@ledger_option
@json_option
def command(
    kind: SourceKind, path: Path, mapping_file: Path | None, ledger: Path, as_json: bool
) -> None:
    """Take the past of the watched models from what others counted.

    They lie at PATH. KIND is one of hub-stats, hf-hub-characterization, modelpulse (datasets of
    these names, as downloaded), publisher (CSV of an organisation's analytics), dated-csv (CSV
    files with their day in the name) and mapping (any Parquet or CSV). Take one with the Hub's ids
    first, such as hub-stats: it tells former names. What the same PATH gave before is replaced.

    A mapping has [columns], which names theirs by ours: id or hub_id, day, downloads (of 30 days),
    downloads_all_time, likes, new_downloads. measure is "levels" (what a counter shows), "steps"
    (what it moved by) or "days" (what happened on a day). Exits with 1 where a watched model has
    no row.
    """
    from cardiogram.track.ledger import ModelLedger
    from cardiogram.track.sources import backfill, built_in, read_mapping

    mapping = read_mapping(mapping_file, built_in(kind)) if mapping_file else None
    with progress_bars() as on_progress:
        opened = ModelLedger.open(ledger)
        taken = backfill(opened, kind, path, mapping=mapping, on_progress=on_progress)
    look = look_of("json" if as_json else "text", False)
    print_results(store.to_json(taken), terminal.render_backfill(taken, look, ledger), as_json)
    sys.exit(1 if taken.missing else 0)
