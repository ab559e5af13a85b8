"""The command that says what followed the changes of cards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardiogram import store
from cardiogram.cli.options import json_option, ledger_option, look_of, print_results
from cardiogram.errors import DataError
from cardiogram.report import data, terminal

if TYPE_CHECKING:
    from cardiogram.track.effect import EffectPanel, SingleModel, WindowChoice
    from cardiogram.track.history import CardEvent
    from cardiogram.track.series import ModelSeries


@click.command("effect")
@click.argument("target", required=False)
@ledger_option
@click.option("-v", "--verbose", is_flag=True, help="Show every day and all who are left out.")
@json_option
def command(target: str | None, ledger: Path, verbose: bool, as_json: bool) -> None:
    """Say what followed the changes of cards, of all models together.

    New downloads in the days after an edit are compared with those before it, less those of
    models like it whose cards stayed as they were, on the same days. How many days is chosen among
    these models, and kept in design.toml before a changed one is read. There are three answers:
    an effect, none that this design could see, or not identified, with the reason. With TARGET,
    OWNER/NAME, that model comes first: alone it has no p-value, only what could have been seen.
    """
    from cardiogram.track.effect import FEWEST_DONORS, find_effect, fixed_panel, panel_of
    from cardiogram.track.history import read_events
    from cardiogram.track.series import read_series

    series = read_series(ledger)
    events = [event for history in read_events(ledger) for event in history.events]
    panel, choice = fixed_panel(ledger, series, events)
    effects = [find_effect(panel, choice, outcome) for outcome in ("downloads", "likes")]
    single = model = None
    if target is not None:
        every = panel if target in panel.models else panel_of(series, events)
        own = _changes_of(target, series, events)
        single = _compare(every, target, choice, own)
        mine = next(each for each in series if each.name == target)
        model = data.watch_model(mine, own, single, every.first_day)
    results = {"window": choice, "effects": effects, "model": single}
    look = look_of("json" if as_json else "text", verbose)
    task = "plan --effect 0.2"
    if not (events if target is None else _changes_of(target, series, events)):
        task = f"history {target}" if target else "history"
    elif panel.donors.size < FEWEST_DONORS and not panel.drawn:
        task = "add --study FOLDER"
    following = f"cardiogram track {task}{terminal.name_ledger(ledger)}"
    text = "" if as_json else terminal.render_effect(effects, look, model, following)
    print_results(store.to_json(results), text, as_json)


def _compare(
    panel: EffectPanel, target: str, choice: WindowChoice, events: list[CardEvent]
) -> SingleModel:
    from cardiogram.track.effect import compare_single

    try:
        return compare_single(panel, target, choice, events=events)
    except KeyError:
        raise DataError(
            f"the ledger has no series of {target!r}",
            hint=f"cardiogram track add {target}, then cardiogram track snapshot once a day",
        ) from None


def _changes_of(
    target: str, series: tuple[ModelSeries, ...], events: list[CardEvent]
) -> list[CardEvent]:
    """Changes of a model's card under any name that it bore."""
    spans = (span for each in series if each.name == target for span in each.spans)
    bore = {target, *(span.name for span in spans)}
    return [event for event in events if event.repo in bore]
