"""The command that says what followed the changes of cards."""

from __future__ import annotations

import shlex
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardiogram import store
from cardiogram.cli.options import json_option, ledger_option, print_results
from cardiogram.cli.printing import look_of
from cardiogram.report import data, terminal
from cardiogram.report.markup import wrap_lines

if TYPE_CHECKING:
    from cardiogram.track.effect import Effect, EffectPanel, WindowChoice


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
    from cardiogram.track.effect import (
        count_set_aside,
        find_effect,
        fixed_panel,
        read_design,
    )
    from cardiogram.track.history import read_events
    from cardiogram.track.series import read_series

    series = read_series(ledger)
    events = [event for history in read_events(ledger) for event in history.events]
    panel, choice = fixed_panel(ledger, series, events)
    effects = [find_effect(panel, choice, outcome) for outcome in ("downloads", "likes")]
    own, model = events, None
    if target is not None:
        model = data.watch_compared(series, events, target, panel, choice)
        own = [*model.events]
    results = {"window": choice, "effects": effects, "model": model.single if model else None}
    look = look_of("json" if as_json else "text", verbose)
    text = ""
    if not as_json:
        task = _next_task(ledger, panel, choice, effects[0])
        if not own and not panel.drawn:
            task = f"history {target or ''}".rstrip() + terminal.name_ledger(ledger)
        file = str(ledger / "design.toml")
        number = count_set_aside(ledger, series, events)
        aside = terminal.say_set_aside(number, read_design(ledger).drawn_on, file)
        notes = wrap_lines(aside, width=look.width) if aside else []
        text = terminal.render_effect(effects, look, model, f"cardiogram track {task}", notes)
    print_results(store.to_json(results), text, as_json)


def _next_task(ledger: Path, panel: EffectPanel, choice: WindowChoice, effect: Effect) -> str:
    """What to ask of `track` next: never a plan where the answer is there or a draw waits."""
    from cardiogram.track.effect import FEWEST_DONORS, due_on

    where = terminal.name_ledger(ledger)
    if panel.drawn and due_on(panel, choice) > datetime.now(timezone.utc).date():
        return f"plan{where}"  # says which cards, and when to ask again
    if panel.drawn or effect.verdict.kind == "effect":
        return f"study {shlex.quote(str(ledger))}"
    if panel.donors.size < FEWEST_DONORS:
        return f"add --study FOLDER{where}"
    return f"plan --effect 0.2{where}"
