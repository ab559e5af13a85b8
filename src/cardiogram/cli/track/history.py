"""The command that tells what became of a card."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardiogram import hub, store
from cardiogram.cli.group import print_error
from cardiogram.cli.options import json_option, ledger_option, look_of, print_results, type_option
from cardiogram.cli.progress_bars import progress_bars
from cardiogram.errors import CardiogramError
from cardiogram.names import CardType
from cardiogram.report import terminal

if TYPE_CHECKING:
    from cardiogram.track.history import CardHistory


@click.command("history")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@ledger_option
@click.option("-v", "--verbose", is_flag=True, help="Show every change.")
@type_option
@json_option
def command(
    targets: tuple[str, ...], ledger: Path, verbose: bool, card_type: CardType, as_json: bool
) -> None:
    """Tell what became of a card: each change with its rating.

    TARGET is a model's id on the Hub or its address, a folder in a git repository, or a bundle of
    git. Nothing of a repository is run. Changes of README.md alone are what track effect looks
    at; the others are named with the reason. Cards that a person wrote and a re-push took away
    are named, too. Without a TARGET all that the ledger watches are read. Exits with 1 where one
    of several cannot be read.
    """
    targets = targets or _watched(ledger)
    histories = list(_histories(targets, card_type))
    look = look_of("json" if as_json else "text", verbose)
    if ledger.is_dir():
        from cardiogram.track.history import write_events

        for history in histories:
            write_events(ledger, history)
    where = terminal.name_ledger(ledger)
    screens = [terminal.render_history(each, look, where) for each in histories if not as_json]
    print_results(store.to_json(histories), "\n".join(screens), as_json)
    sys.exit(0 if len(histories) == len(targets) else 1)


def _watched(ledger: Path) -> tuple[str, ...]:
    """The models of a ledger."""
    from cardiogram.track.ledger import ModelLedger

    watched = ModelLedger.open(ledger).watched()
    return tuple(model.id for model in watched if model.role == "own")


def _histories(targets: tuple[str, ...], of: CardType) -> Iterator[CardHistory]:
    """The histories that can be read; why others cannot is printed."""
    from cardiogram.track.history import read_history

    session = hub.HubSession()
    for target in targets:
        try:
            with progress_bars() as on_progress:
                history = read_history(
                    target, session, of=of, written=_is_written, on_progress=on_progress
                )
        except CardiogramError as error:
            if len(targets) == 1:
                raise
            print_error(error)
            continue
        yield history


def _is_written(data: bytes) -> bool:
    """Whether a person wrote a part of a card; what no draft could go on from counts as none."""
    from cardiogram.improve import ReadmeText, is_handwritten

    try:
        return is_handwritten(ReadmeText.of(data))
    except CardiogramError:
        return False
