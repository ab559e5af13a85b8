"""The command that tells what became of a card."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardiogram import hub, store
from cardiogram.cli.options import json_option, ledger_option, print_results, type_option
from cardiogram.cli.printing import look_of, print_error
from cardiogram.cli.progress_bars import progress_bars
from cardiogram.errors import CardiogramError
from cardiogram.names import CardType
from cardiogram.report import markup, terminal

if TYPE_CHECKING:
    from datetime import date

    from cardiogram.track.history import CardHistory

_NAMED = 3
"""Cards that a line of an error names beside the first."""


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
    are named, too. Without a TARGET all that the ledger watches are read. What the Hub does not
    give now is shown as the ledger keeps it. Exits with 1 where a card cannot be read.
    """
    from cardiogram.track.history import write_events

    targets = targets or _watched(ledger)
    read, failed = _read(targets, card_type)
    kept = [past for target in failed if (past := _kept(target, card_type, ledger))]
    if len(targets) == len(failed) == 1 and not kept:
        raise next(iter(failed.values()))
    if failed:
        _say_failed(failed, len(targets))
    if ledger.is_dir():
        for history in read:
            write_events(ledger, history)
    histories = [*read, *kept]
    look, where = look_of("json" if as_json else "text", verbose), terminal.name_ledger(ledger)
    days = {} if as_json else _first_days(ledger, histories)
    screens = [
        terminal.render_history(past, look, where, days.get(past.repo))
        for past in histories
        if not as_json
    ]
    print_results(store.to_json(histories), "\n".join(screens), as_json)
    sys.exit(1 if failed else 0)


def _watched(ledger: Path) -> tuple[str, ...]:
    """The models of a ledger."""
    from cardiogram.track.ledger import ModelLedger

    watched = ModelLedger.open(ledger).watched()
    return tuple(model.id for model in watched if model.role == "own")


def _read(
    targets: Sequence[str], of: CardType
) -> tuple[list[CardHistory], dict[str, CardiogramError]]:
    """The histories that can be read, and why others cannot, by target."""
    from cardiogram.improve import is_written
    from cardiogram.track.history import read_history

    session = hub.HubSession()
    read: list[CardHistory] = []
    failed: dict[str, CardiogramError] = {}
    for target in targets:
        try:
            with progress_bars() as on_progress:
                read.append(
                    read_history(
                        target, session, of=of, written=is_written, on_progress=on_progress
                    )
                )
        except CardiogramError as error:
            failed[target] = error
    return read, failed


def _kept(target: str, of: CardType, ledger: Path) -> CardHistory | None:
    """What the ledger keeps of a card that the Hub does not give now."""
    from cardiogram.track.history import kept_history

    address = hub.read_address(target, of)
    past = kept_history(ledger, address.id) if address else None
    if past is None:
        return None
    return replace(past, problems=(*past.problems, f"not read anew: as {str(ledger)!r} keeps it"))


def _say_failed(failed: Mapping[str, CardiogramError], number: int) -> None:
    """Why cards were not read: each kind of error once, with how many others it holds for."""
    kinds: dict[type[CardiogramError], list[str]] = {}
    for target, error in failed.items():
        kinds.setdefault(type(error), []).append(target)
    for first, *others in kinds.values():
        error = failed[first]
        if others:
            shown = ", ".join(others[:_NAMED])
            shown += f" and {len(others) - _NAMED:,} more" * (len(others) > _NAMED)
            said = f"{len(others) + 1:,} of {number:,} cards not read: {error.message}"
            said += f"; the same for {shown}"
            lines = markup.wrap_lines(terminal.one_line(said), "", "  ", 68)
            error = CardiogramError("\n".join(lines), hint=error.hint)
        print_error(error)


def _first_days(ledger: Path, histories: Sequence[CardHistory]) -> dict[str, date]:
    """The first day of the ledger's counts, by the names of the models that it has any of."""
    from cardiogram.track.series import read_series

    with suppress(CardiogramError):
        series = read_series(ledger, {past.repo for past in histories})
        return {name: model.first_day for model in series for name in model.every_name}
    return {}
