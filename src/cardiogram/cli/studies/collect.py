"""The command that lists models and reads their cards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardiogram import store
from cardiogram.cli.options import (
    folder_argument,
    json_option,
    print_results,
    progress_bars,
    seed_option,
    source_options,
)

if TYPE_CHECKING:
    from cardiogram.collect import Source


@click.command("collect")
@folder_argument
@source_options
@seed_option
@json_option
def command(folder: Path, source: Source | None, seed: int, as_json: bool) -> None:
    """List models and read their cards into FOLDER."""
    from cardiogram.collect import Source, collect

    study = store.Study(folder)
    source = source or Source.of(study.manifest())
    with study.lock(), progress_bars() as on_progress:
        count = store.redo(
            study.root, lambda: collect(study, source, on_progress=on_progress), store.COLLECTED
        )
    text = f"{count} models in {folder}\n"
    print_results({"models": count, "folder": str(folder)}, text, as_json)
