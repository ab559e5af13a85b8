"""The command that rates cards."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardiogram import hub, store
from cardiogram.cli.judge_options import (
    Asking,
    asking_options,
    ensemble_options,
    is_complete,
    names_option,
    print_coverage,
)
from cardiogram.cli.options import (
    PATH,
    json_option,
    print_unread,
    seed_option,
    type_option,
    workers_options,
)
from cardiogram.cli.progress_bars import progress_bars
from cardiogram.errors import ConfigError
from cardiogram.judge import ensemble
from cardiogram.names import CardType

if TYPE_CHECKING:
    from cardiogram.engine import Workers


@click.command("rate")
@click.argument("source", type=PATH)
@names_option
@asking_options
@click.option("--out", type=PATH, help="Folder of a new study, where SOURCE is a file of cards.")
@click.option("--limit", type=click.IntRange(1), help="Cards to take from a file.  [all]")
@type_option
@ensemble_options
@seed_option
@workers_options
@json_option
def command(
    source: Path,
    judge_names: tuple[str, ...],
    asking: Asking,
    out: Path | None,
    limit: int | None,
    card_type: CardType,
    how: ensemble.Ensemble,
    seed: int,
    workers: Workers,
    as_json: bool,
) -> None:
    """Rate the cards of a study, or of a file with --out.

    SOURCE is a study folder, or a .jsonl, .jsonl.gz or .parquet file, a folder of README.md or
    .parquet files, hf://datasets/OWNER/NAME/..., or ids in a .txt file. A card is rated again only
    when it, the judge or the rubric has changed; what a language model answered is kept, and never
    paid for twice. Exits with 1 where cards could not be read or are left without an answer.
    """
    from cardiogram.collect import Source, collect, count_unread, kind_of

    if card_type == "dataset" and judge_names == ("embedded",):
        judge_names = ("dataset-rules",)  # the one that is built in for these
    judges = asking.load_judges(judge_names)
    if out is None and (source.is_file() or hub.HubFiles.of(str(source))):
        raise ConfigError(
            f"{str(source)!r} is a file of cards: its ratings need a folder",
            hint=f"cardiogram rate {source} --out FOLDER",
        )
    if out is not None:
        kind_of(source)
    study = store.Study.open(source) if out is None else store.Study(out)
    with study.lock(), progress_bars() as on_progress:
        if out is not None:
            cards = Source(source, hub.Query(limit=limit), type=card_type)
            store.redo(
                out,
                lambda: collect(study, cards, executor=workers, on_progress=on_progress),
                store.COLLECTED,
            )
        coverage = store.redo(
            study.root,
            lambda: ensemble.rate_ensemble(
                study, judges, how, workers=workers, on_progress=on_progress, **asking.terms()
            ),
            store.RATED,
        )
        unread = 0 if out is None else count_unread(study)
    print_coverage(coverage, study.root, as_json)
    print_unread(unread)
    sys.exit(0 if is_complete(coverage) and not unread else 1)
