"""The command that plans an experiment with drafts, and draws who goes first."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardiogram import store
from cardiogram.cli.options import json_option, ledger_option, print_results
from cardiogram.cli.printing import look_of
from cardiogram.errors import ConfigError, DataError
from cardiogram.report import terminal

if TYPE_CHECKING:
    from cardiogram.track.effect import EffectPanel, EffectPlan
    from cardiogram.track.history import CardEvent
    from cardiogram.track.series import ModelSeries


@click.command("plan")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@ledger_option
@click.option(
    "--effect", type=float, default=0.2, show_default=True, help="Gain to be seen: 0.2 is +20 %."
)
@click.option(
    "--seed", type=click.IntRange(0), help="Draw who changes first, and keep it in the ledger."
)
@click.option("--first", type=int, help="How many change first; half of them by default.")
@json_option
def command(
    targets: tuple[str, ...],
    ledger: Path,
    effect: float,
    seed: int | None,
    first: int | None,
    as_json: bool,
) -> None:
    """Say how many cards to change for how long; draw who goes first.

    It rests on how much the ledger's models move while their cards stay as they are. With --seed,
    half of the TARGETs (by default all models that you watch for themselves) are drawn to change
    first, and the draw is kept in design.toml: track effect then reads a true experiment, and
    no change before it. Exits with 1 where there is too little to plan by; nothing is drawn then.
    """
    from cardiogram.track.effect import (
        draw_turns,
        find_edited,
        fix_window,
        keep_draw,
        panel_of,
        plan_models,
        read_design,
    )
    from cardiogram.track.history import read_events
    from cardiogram.track.ledger import ModelLedger
    from cardiogram.track.series import read_series

    if first is not None and seed is None:
        raise click.UsageError("--first is a part of the draw: give --seed, too.")
    own = _portfolio(ledger, targets)
    series = read_series(ledger)
    events = [event for history in read_events(ledger) for event in history.events]
    panel = panel_of(series, events, edited=find_edited(ModelLedger(ledger)))
    plan = plan_models(panel.only_donors, fix_window(ledger, panel), effect)
    if seed is not None:
        turns = draw_turns(own, seed, first)
        if plan.spread is None and read_design(ledger).draw is None:
            raise ConfigError(
                "nothing is drawn, since a draw is kept for good and nothing can be planned yet: "
                f"{plan.reason}",
                hint="cardiogram track plan says when it can be.",
            )
        keep_draw(ledger, turns)
        fix_window(ledger, panel, drawn=True)
    draw = read_design(ledger).draw
    text = ""
    if not as_json:
        kept = str(ledger / "design.toml") if draw else ""
        advice, following = _advise(ledger, plan, panel, series, events)
        look = look_of("text", verbose=False)
        text = terminal.render_experiment(plan, look, draw, kept, following, advice)
    print_results(store.to_json({"plan": plan, "draw": draw}), text, as_json)
    sys.exit(1 if plan.needed is None and draw is None else 0)


def _advise(
    ledger: Path,
    plan: EffectPlan,
    panel: EffectPanel,
    series: Sequence[ModelSeries],
    events: Sequence[CardEvent],
) -> tuple[list[str], str]:
    """What to know and do now, and the command to run next."""
    from cardiogram.track.effect import (
        FEWEST_DONORS,
        count_set_aside,
        due_on,
        fixed_panel,
        read_design,
    )

    where = terminal.name_ledger(ledger)
    design = read_design(ledger)
    if design.draw is None:
        number = int(panel.treated.size)
        changed = "1 model" if number == 1 else f"{number:,} models"
        said = f"A draw sets aside {changed} changed before it: cardiogram track effect{where}"
        said += f" reads {'it' if number == 1 else 'them'} now."
        task = "plan --seed 1"
        if plan.needed is None:
            task = "add --study FOLDER" if plan.donors < FEWEST_DONORS else "snapshot"
        return [said] * bool(number), f"cardiogram track {task}{where}"
    experiment, choice = fixed_panel(ledger, series, events)
    number = count_set_aside(ledger, series, events)
    aside = terminal.say_set_aside(number, design.drawn_on, str(ledger / "design.toml"))
    due = due_on(experiment, choice)
    is_over = due <= datetime.now(timezone.utc).date()
    todo = (
        f"Edit the cards drawn first now and leave the others as they are; take a snapshot once a "
        f"day, and on {due}: cardiogram track effect{where}"
    )
    advice = [aside] * bool(aside) + [todo] * (not is_over)
    return advice, f"cardiogram track {'effect' if is_over else 'snapshot'}{where}"


def _portfolio(ledger: Path, targets: Sequence[str]) -> Sequence[str]:
    """The models that are drawn from: those named, or all that are watched for themselves."""
    from cardiogram.track.ledger import ModelLedger

    roles = {model.id: model.role for model in ModelLedger.open(ledger).watched()}
    if unknown := [target for target in targets if target not in roles]:
        raise DataError(
            f"the ledger does not watch {', '.join(map(repr, unknown))}",
            hint="Watch them first: cardiogram track add --help",
        )
    return targets or [id for id, role in roles.items() if role == "own"]
