"""The command that lists models and reads their cards."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardiogram import store
from cardiogram.cli.options import (
    folder_argument,
    json_option,
    print_results,
    print_unread,
    seed_option,
    source_options,
    workers_options,
)
from cardiogram.cli.progress_bars import progress_bars

if TYPE_CHECKING:
    from cardiogram.collect import Source
    from cardiogram.engine import Workers


@click.command("collect")
@folder_argument
@source_options
@seed_option
@workers_options
@json_option
def command(
    folder: Path, source: Source | None, seed: int, workers: Workers, as_json: bool
) -> None:
    """List models and read their cards into FOLDER.

    Exits with 1 where cards could not be read; the same command asks for them again.
    """
    from cardiogram.collect import Source, collect, count_unread

    study = store.Study(folder)
    source = source or Source.of(study.manifest())
    with study.lock(), progress_bars() as on_progress:
        count = store.redo(
            study.root,
            lambda: collect(study, source, executor=workers, on_progress=on_progress),
            store.COLLECTED,
        )
        unread = count_unread(study)
    text = f"{count} models in {folder}\n"
    print_results({"models": count, "unread": unread, "folder": str(folder)}, text, as_json)
    print_unread(unread)
    sys.exit(1 if unread else 0)
