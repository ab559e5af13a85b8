"""The command that begins to watch models."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cardiogram import store
from cardiogram.cli.options import PATH, json_option, ledger_option, print_results
from cardiogram.cli.printing import look_of
from cardiogram.report import terminal


@click.command("add")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--author", "authors", multiple=True, help="All models of this user: new ones, too.")
@click.option("--study", "folder", type=PATH, help="The models of a study, to compare with.")
@ledger_option
@json_option
def command(
    targets: tuple[str, ...],
    authors: tuple[str, ...],
    folder: Path | None,
    ledger: Path,
    as_json: bool,
) -> None:
    """Watch models from now on: TARGET is OWNER/NAME or its address.

    They are written to ledger.toml in the folder; track snapshot asks for what the Hub counts of
    them. Models of a study are donors: they show what happens to a model whose card stays as it
    is. Exits with 1 where a name is not on the Hub.
    """
    from cardiogram.track.ledger import ModelLedger, add_models

    study = None if folder is None else store.Study.open(folder)
    added = add_models(ModelLedger(ledger), targets, authors, study)
    look = look_of("json" if as_json else "text", False)
    print_results(store.to_json(added), terminal.render_added(added, look), as_json)
    sys.exit(1 if added.problems else 0)
